package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel/model"
)

func TestKernelFlag(t *testing.T) {
	for _, row := range []struct {
		in   string
		want kernelChoice
		err  string // in the error
	}{
		{in: "host"},
		{in: "model", want: kernelChoice{System: "linux", Seed: 1}},
		{in: "model:linux", want: kernelChoice{System: "linux", Seed: 1}},
		{in: "model,seed=7", want: kernelChoice{System: "linux", Seed: 7}},
		{in: "model,seed=0x10,wild", want: kernelChoice{System: "linux", Seed: 16, Wild: true}},
		{in: "model:linux,wild,calm", want: kernelChoice{System: "linux", Seed: 1}},
		{in: "model,seed=18446744073709551615", want: kernelChoice{System: "linux", Seed: 1<<64 - 1}},
		{in: "model,seed=18446744073709551616", err: "is no number from 0"},
		{in: "model,seed=", err: "is no number from 0"},
		{in: "model,seed=-1", err: "is no number from 0"},
		{in: "model,", err: `"" is none of seed=N, calm and wild`},
		{in: "model,fast", err: `"fast" is none of`},
		{in: "model:", err: `no modeled system is called ""`},
		{in: "model:vms", err: `no modeled system is called "vms"`},
		{in: "host,calm", err: `"host" is none of`},
		{in: "help", err: "the kernels are host, model, model:linux"},
		{in: "", err: `"" is none of host, model, model:linux`},
		{in: "linux", err: `"linux" is none of`},
	} {
		before := kernelChoice{System: "x", Seed: 99}
		got := before
		err := got.Set(row.in)
		switch {
		case row.err == "" && err != nil:
			t.Errorf("%q: %v", row.in, err)
		case row.err == "" && got != row.want:
			t.Errorf("%q: %+v, want %+v", row.in, got, row.want)
		case row.err != "" && (err == nil || !strings.Contains(err.Error(), row.err)):
			t.Errorf("%q: error %v, want %q in it", row.in, err, row.err)
		case row.err != "" && (got != before || strings.Contains(err.Error(), "\n")):
			t.Errorf("%q: %+v, %q: a refused value changes nothing and is told in one line", row.in, got, err)
		}
		var again kernelChoice
		if err == nil && (again.Set(got.String()) != nil || again != got) {
			t.Errorf("%q: %s is read as %+v", row.in, got.String(), again)
		}
	}
}

// Every system that can be modeled is a value, is offered, and is told of by help.
func TestKernelNames(t *testing.T) {
	offered, _ := completeKernel(nil, nil, "")
	var k kernelChoice
	help := k.Set("help").Error()
	for _, s := range model.Systems {
		value := "model:" + s.Name
		if err := k.Set(value); err != nil || k.System != s.Name {
			t.Errorf("%s: %+v, %v", value, k, err)
		}
		if !slices.Contains(offered, value+"\t"+s.Text) {
			t.Errorf("%s is not among %q", value, offered)
		}
		if !strings.Contains(help, value) {
			t.Errorf("%s is not in %q", value, help)
		}
	}
	after, _ := completeKernel(nil, nil, "model,wild,s")
	if d := cmp.Diff([]string{"model,wild,seed=", "model,wild,calm", "model,wild,wild"}, after); d != "" {
		t.Error(d)
	}
}

// What the flag is like stands where people look for it.
func TestKernelDocumented(t *testing.T) {
	for _, file := range []string{"../../README.md", "../../docs/man/man1/trapline.1", "../../docs/commands.md"} {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			t.Skip("the binary is run without the sources: there is no " + file)
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ReplaceAll(string(text), `\-`, "-"), "--kernel model") {
			t.Errorf("%s does not tell of --kernel model", file)
		}
	}
}
