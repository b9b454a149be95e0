package main

import "fmt"

// row is one comparison. Every contestant's cost is for the same unit of work, and
// lower is better.
type row struct {
	name string
	per  string // what one event is, for the table
	goal string // what ARCHITECTURE.md asks for, in words

	floor, ours, peer contestant
}

// contestant is one program's way of doing the row's work.
//
// args are expanded: {n} is the number of events, {trapline} the binary under test,
// {prog:NAME} a program under test and {file:TEXT} the path of a file that holds TEXT
// (with \n for newlines).
type contestant struct {
	name string   // "" for none
	args []string // args[0] is the program
	n    int      // events in one run
	cost measure
}

// measure turns runs into a cost.
type measure uint8

const (
	// perEvent is the wall time of n events less that of one, divided by n-1: neither
	// starting a program nor reading its symbols counts.
	perEvent measure = iota
	// perReport is taken from the floor's own report: "... SECONDS s ...", divided by n.
	perReport
	wallTime // of one run
	peakRSS  // resident memory of one run at its largest
)

var units = map[measure]string{perEvent: "ns", perReport: "ns", wallTime: "ms", peakRSS: "MiB"}

func floor(cost measure, n int, args ...string) contestant {
	return contestant{"floor", append([]string{"{prog:floor}"}, args...), n, cost}
}

// untraced is the floor of what costs a program nothing.
func untraced(n int, args ...string) contestant {
	return contestant{"untraced", args, n, perEvent}
}

func trace(n int, args ...string) contestant {
	return contestant{"trapline", append([]string{"{trapline}", "trace", "-o", "/dev/null"}, args...), n, perEvent}
}

// session is a scripted debugging session of ours.
func session(cost measure, n int, script string, args ...string) contestant {
	return contestant{"trapline", append([]string{"{trapline}", "run", "--batch", "--stop=entry", "-x", "{file:" + script + "}"}, args...), n, cost}
}

func strace(n int, args ...string) contestant {
	return contestant{"strace", append([]string{"strace", "-o", "/dev/null"}, args...), n, perEvent}
}

// gdb is a batch session of gdb's without the user's own configuration.
func gdb(cost measure, n int, script string, args ...string) contestant {
	return contestant{"gdb", append([]string{"gdb", "-nx", "-q", "-batch", "-x", "{file:" + script + "}", "--args"}, args...), n, cost}
}

// breakRow is a breakpoint that is hit and gone on from, in calls.S's function, whose
// first instruction the name tells.
func breakRow(instruction, prog string) row {
	p := "{prog:" + prog + "}"
	return row{
		name: "breakpoint on " + instruction, per: "hit", goal: "70 % of the floor",
		floor: floor(perEvent, 50000, "break", instruction, "401000", p, "{n}"),
		ours:  session(perEvent, 50000, `break *0x401000\nignore 1 100000000\ncontinue`, p, "{n}"),
		peer:  gdb(perEvent, 5000, `break *0x401000\nignore 1 100000000\nrun`, p, "{n}"),
	}
}

// processes is a script that makes as many short processes as its argument says.
const processes = `while [ $1 -gt 0 ]; do /bin/true; set $(($1-1)); done`

var rows = []row{
	{
		name: "system calls, full trace", per: "call", goal: "90 % of the floor, faster than strace",
		floor: floor(perEvent, 50000, "syscalls", "{prog:getppid}", "{n}"),
		ours:  trace(50000, "{prog:getppid}", "{n}"),
		peer:  strace(50000, "{prog:getppid}", "{n}"),
	},
	{
		name: "system calls, none of interest", per: "call", goal: "1.05 of untraced where a call does something",
		floor: untraced(2_000_000, "{prog:getppid}", "{n}"),
		ours:  trace(2_000_000, "-e", "openat2", "{prog:getppid}", "{n}"),
		peer:  strace(20_000, "-e", "trace=openat2", "{prog:getppid}", "{n}"),
	},
	{
		name: "system calls, counted (-c)", per: "call", goal: "the floor",
		floor: floor(perEvent, 50000, "syscalls", "{prog:getppid}", "{n}"),
		ours:  trace(50000, "-c", "{prog:getppid}", "{n}"),
		peer:  strace(50000, "-c", "{prog:getppid}", "{n}"),
	},
	{
		name: "system calls, with stacks (-k)", per: "call", goal: "5 times strace's speed",
		ours: trace(5000, "-k", "{prog:deepcalls}", "{n}"),
		peer: strace(500, "-k", "{prog:deepcalls}", "{n}"),
	},
	{
		name: "short processes (-f)", per: "process", goal: "0.8 of the time that strace adds",
		floor: untraced(200, "sh", "{file:"+processes+"}", "{n}"),
		ours:  trace(200, "-f", "sh", "{file:"+processes+"}", "{n}"),
		peer:  strace(200, "-f", "sh", "{file:"+processes+"}", "{n}"),
	},
	{
		name: "short processes, the least that following them takes", per: "process",
		floor: floor(perEvent, 200, "tree", "/bin/sh", "{file:"+processes+"}", "{n}"),
		ours:  trace(200, "-f", "sh", "{file:"+processes+"}", "{n}"),
	},
	{
		name: "single steps", per: "step", goal: "80 % of the floor",
		floor: floor(perReport, 100000, "step", "{n}", "{prog:spin}"),
		ours:  session(perEvent, 100000, `stepi {n}`, "{prog:spin}"),
		peer:  gdb(perEvent, 10000, `starti\nstepi {n}\nkill`, "{prog:spin}"),
	},
	breakRow("push", "pushcalls"),
	breakRow("endbr", "endbrcalls"),
	bigRow("100 MB of DWARF: time to stop at main", wallTime, "half of gdb's"),
	bigRow("100 MB of DWARF: memory at main", peakRSS, "a quarter of gdb's"),
}

// bigRow is a big program, stopped at main.
func bigRow(name string, cost measure, goal string) row {
	return row{
		name: name, goal: goal,
		ours: contestant{"trapline", []string{"{trapline}", "run", "--batch", "-x", "{file:info registers rip}", "{prog:bigdwarf}"}, 1, cost},
		peer: gdb(cost, 1, `break main\nrun\ninfo registers rip`, "{prog:bigdwarf}"),
	}
}

// String names the contestant in errors.
func (c contestant) String() string { return fmt.Sprintf("%s %v", c.name, c.args) }
