package session

import "github.com/trapline/trapline/breakpoints"

const breakLong = `LOCATION is a function, file:line, line, file:function, +n, -n or *ADDRESS; without one, where the selected frame is.
COND is evaluated at each hit; the program stops when it is true. thread N limits it to a thread. A location that
nothing loaded has can wait for the library that has it.`

func breakCommands() []Command {
	return []Command{
		{Names: []string{"break", "b", "br", "brea"}, Args: "[LOCATION] [thread N] [if COND]", Class: Breaking, Complete: CompleteLocation, Needs: NeedsProgram,
			Run: breakCommand(false, false), Short: "stop where the program reaches a location", Long: breakLong},
		{Names: []string{"tbreak", "tb", "tbr"}, Args: "[LOCATION] [thread N] [if COND]", Class: Breaking, Complete: CompleteLocation, Needs: NeedsProgram,
			Run: breakCommand(true, false), Short: "break, once", Long: breakLong},
		{Names: []string{"hbreak", "hb"}, Args: "[LOCATION] [thread N] [if COND]", Class: Breaking, Complete: CompleteLocation, Needs: NeedsProgram,
			Run: breakCommand(false, true), Short: "break with a debug register, without changing the program's code", Long: breakLong},
		{Names: []string{"catch"}, Class: Breaking, Sub: catchSubs(false), Short: "stop at an event"},
		{Names: []string{"tcatch"}, Class: Breaking, Sub: catchSubs(true), Short: "catch, once"},
		{Names: []string{"delete", "d"}, Args: "[N]...", Class: Breaking, Complete: CompleteBreakpoint, Run: (*Session).deleteCommand,
			Short: "delete stop-points: those numbered, or all", Long: "Numbers may be ranges: delete 2 4-6."},
		{Names: []string{"clear"}, Args: "[LOCATION]", Class: Breaking, Complete: CompleteLocation, Run: (*Session).clear, Short: "delete the breakpoints at a location"},
		{Names: []string{"disable", "dis"}, Args: "[N]...", Class: Breaking, Complete: CompleteBreakpoint, Run: enableCommand(false), Short: "let stop-points rest"},
		{Names: []string{"enable", "en"}, Args: "[N]...", Class: Breaking, Complete: CompleteBreakpoint, Run: enableCommand(true), Short: "wake stop-points up again"},
		{Names: []string{"condition"}, Args: "N [COND]", Class: Breaking, Complete: CompleteExpr, Run: (*Session).condition,
			Short: "give a stop-point a condition, or take it away"},
		{Names: []string{"ignore"}, Args: "N COUNT", Class: Breaking, Complete: CompleteBreakpoint, Run: (*Session).ignore, Short: "pass a stop-point a number of times"},
		{Names: []string{"commands"}, Args: "[N]...", Class: Breaking, Complete: CompleteBreakpoint, Run: (*Session).commands,
			Short: "give lines to run when a stop-point stops the program",
			Long:  "The lines follow, up to \"end\". Without N they are for the last stop-point. \"silent\" first leaves out the usual text."},
	}
}

const watchLong = `EXPR is an object of 1, 2, 4 or 8 bytes at an address that is a multiple of its size. The processor watches it, in all
threads, at full speed; it can watch four. A watchpoint on a variable of a function ends when the function returns;
with -l it is the address that is watched.

Where the processor's debug registers do not work, as in some virtual machines, or are not to be used ("set
can-use-hw-watchpoints off"), watch lets the program go by single steps, some ten thousand a second, and looks at the
object after each; it may then have any size up to 8 bytes and any address, and there may be any number of them.`

func watchCommands() []Command {
	return []Command{
		{Names: []string{"watch", "wa"}, Args: "[-l] EXPR [if COND]", Class: Breaking, Complete: CompleteExpr, Needs: NeedsProcess, Run: watchCommand(breakpoints.Write),
			Short: "stop when a value changes", Long: watchLong},
		{Names: []string{"rwatch"}, Args: "[-l] EXPR [if COND]", Class: Breaking, Complete: CompleteExpr, Needs: NeedsProcess, Run: watchCommand(breakpoints.Read),
			Short: "stop when a value is read", Long: watchLong},
		{Names: []string{"awatch"}, Args: "[-l] EXPR [if COND]", Class: Breaking, Complete: CompleteExpr, Needs: NeedsProcess, Run: watchCommand(breakpoints.ReadWrite),
			Short: "stop when a value is read or written", Long: watchLong},
	}
}
