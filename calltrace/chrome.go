package calltrace

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Chrome is the Encoder of --format chrome: the JSON array of trace events that Perfetto and
// chrome://tracing read ("Trace Event Format"). A thread is a track, a call a slice ("X") on
// it, a signal and what happens to processes an instant ("i"). Times are microseconds since the
// first event, whose time the first entry tells: counted from the Epoch they would lose their
// fractions in a reader that has floating point numbers only.
type Chrome struct {
	begun     bool
	start     int64          // ns since the Epoch
	processes map[int]string // names told
	threads   map[int]string
}

// Encode implements Encoder.
func (c *Chrome) Encode(b []byte, e *Event) []byte {
	if !c.begun {
		c.begun, c.start = true, e.Time
		c.processes, c.threads = map[int]string{}, map[int]string{}
		b = append(b, "[\n"...)
		b = c.head(b, "i", "trace begins", e, e.Time)
		b = append(b, `,"s":"g","args":{"epoch_ns":`...)
		b = append(strconv.AppendInt(b, e.Time, 10), "}}"...)
	}
	b = c.names(b, e)
	switch e.Type {
	case CallType:
		return c.call(b, e)
	case SignalType:
		return c.instant(b, e, e.Signal, "t", "siginfo", e.Info)
	case StoppedType:
		return c.instant(b, e, "stopped by "+e.Signal, "t")
	case ExitType:
		return c.exit(b, e)
	}
	switch e.Action {
	case "fork":
		return c.instant(b, e, e.How, "t", "child", strconv.Itoa(e.Child))
	case "exec":
		return c.instant(b, e, "exec", "p", "path", e.Path)
	}
	return b // the names tell of a start
}

// Finish implements Encoder.
func (c *Chrome) Finish(b []byte) []byte {
	if !c.begun {
		b = append(b, '[')
	}
	return append(b, "\n]\n"...)
}

// names tells how processes and threads are called, when that is news.
func (c *Chrome) names(b []byte, e *Event) []byte {
	for _, row := range []struct {
		kind string
		told map[int]string
		id   int
	}{{"process_name", c.processes, e.PID}, {"thread_name", c.threads, e.TID}} {
		if e.Command == "" || row.told[row.id] == e.Command {
			continue
		}
		row.told[row.id] = e.Command
		b = c.head(b, "M", row.kind, e, c.start)
		b = append(b, `,"args":{"name":`...)
		b = append(appendString(b, e.Command), "}}"...)
	}
	return b
}

// head begins an entry: {"ph":"X","name":"read","pid":1,"tid":1,"ts":12.345
func (c *Chrome) head(b []byte, phase, name string, e *Event, at int64) []byte {
	if len(b) != len("[\n") || string(b) != "[\n" {
		b = append(b, ",\n"...)
	}
	b = append(append(append(b, `{"ph":"`...), phase...), `","name":`...)
	b = appendString(b, name)
	b = strconv.AppendInt(append(b, `,"pid":`...), int64(e.PID), 10)
	b = strconv.AppendInt(append(b, `,"tid":`...), int64(e.TID), 10)
	return micros(append(b, `,"ts":`...), at-c.start)
}

func micros(b []byte, ns int64) []byte { return strconv.AppendFloat(b, float64(ns)/1000, 'f', 3, 64) }

func (c *Chrome) call(b []byte, e *Event) []byte {
	b = c.head(b, "X", e.Name, e, e.Entered)
	b = micros(append(b, `,"dur":`...), e.Duration)
	b = append(b, `,"cat":"syscall","args":{`...)
	at := len(b)
	field := func(name, text string) {
		if len(b) > at {
			b = append(b, ',')
		}
		b = appendString(append(appendString(b, name), ':'), text)
	}
	for i, a := range e.Args {
		field(argName(a.Name, i), a.Text)
	}
	for _, row := range [][2]string{{"result", e.Result}, {"unfinished", e.Unfinished}, {"note", e.Note}} {
		if row[1] != "" {
			field(row[0], row[1])
		}
	}
	for i, f := range e.Stack {
		field(fmt.Sprintf("stack %02d", i), f.String())
	}
	return append(b, "}}"...)
}

// argName is a name for argument i that is not one of the entry's others.
func argName(name string, i int) string {
	switch name {
	case "":
		return "arg" + strconv.Itoa(i)
	case "result", "unfinished", "note":
		return name + "_"
	}
	return name
}

func (c *Chrome) exit(b []byte, e *Event) []byte {
	scope, what := "t", "thread"
	if e.Whole != nil && *e.Whole {
		scope, what = "p", "process"
	}
	if e.Status != nil {
		return c.instant(b, e, what+" exited with "+strconv.Itoa(*e.Status), scope)
	}
	return c.instant(b, e, what+" killed by "+e.Signal, scope)
}

// instant writes an entry of a moment, with pairs of names and values.
func (c *Chrome) instant(b []byte, e *Event, name, scope string, pairs ...string) []byte {
	b = c.head(b, "i", name, e, e.Time)
	b = append(append(append(b, `,"s":"`...), scope...), '"')
	if len(pairs) == 2 && pairs[1] != "" {
		b = append(appendString(append(b, `,"args":{`...), pairs[0]), ':')
		b = append(appendString(b, pairs[1]), '}')
	}
	return append(b, '}')
}

// appendString appends s as JSON.
func appendString(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil { // a string can always be written
		panic(err)
	}
	return append(b, text...)
}
