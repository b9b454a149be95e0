package main

// Events of a trace, for the tests of its forms on every kernel.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/docs"
)

// eventsOf reads a trace of --format json; every line must be as the schema says.
func eventsOf(t *testing.T, file string) (events []calltrace.Event) {
	t.Helper()
	const name = "trace-event.schema.json"
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(docs.TraceEventSchema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(name, whole); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s%v", line, err)
		}
		var e calltrace.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

// story is what a trace tells of processes, in words.
func story(events []calltrace.Event) map[string]int {
	told := map[string]int{}
	for _, e := range events {
		what := e.Type
		switch {
		case e.Type == calltrace.ProcessType:
			if what = e.Action; what == "start" && e.How == calltrace.HowThread {
				what = "thread"
			}
		case e.Type == calltrace.SignalType:
			what = e.Signal
		case e.Type == calltrace.ExitType && e.Whole != nil && *e.Whole && e.Status != nil:
			what = fmt.Sprintf("exit %d", *e.Status)
		case e.Type == calltrace.ExitType && e.Whole != nil && *e.Whole:
			what = "killed by " + e.Signal
		}
		told[what]++
		if e.CallEvent != nil && e.Unfinished != "" {
			told["unfinished"]++
		}
	}
	return told
}
