package main

// A modeled FreeBSD, as it is used: programs with FreeBSD's system calls, debugged and traced.

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/internal/testprog"
)

// told replaces what differs from place to place in an output: directories, and addresses of
// the stack.
func told(s string) string {
	for _, u := range []struct {
		re *regexp.Regexp
		to string
	}{
		{regexp.MustCompile(`/\S*/(testdata/)`), "$1"},
		{regexp.MustCompile(`/\S*/sim([a-z]+)`), "sim$1"},
		{regexp.MustCompile(`0x8[0-9a-f]{8}\b`), "STACK"},
		{regexp.MustCompile(`/\* \d+ vars \*/`), "VARS"},
	} {
		s = u.re.ReplaceAllString(s, u.to)
	}
	return s
}

// Sessions: what is typed, and what must be seen, in this order.
func TestFreeBSDSessions(t *testing.T) {
	for _, c := range []struct {
		name   string
		prog   []string
		typed  string
		seen   []string
		status string
	}{
		{"breakpoints", []string{"simfork", "1", "1", "3"}, "break work|continue|bt|print n|step|next|delete|tbreak leaf|continue|finish|continue",
			[]string{"Breakpoint 2, work (n=0)", "#1  0x", " in tree (depth=1)", "#2  0x", " in main (argc=4", "$1 = 0", "tree (depth=1)", "work(n);",
				"Temporary breakpoint 3, leaf (depth=1)", "Value returned is $2 = 2", "processes 2", "exited normally]"}, "exit 0"},
		{"watchpoint", []string{"simwatch", "1", "3"}, "watch around.cell|continue|continue|delete|continue",
			[]string{"Hardware watchpoint 2: around.cell", "[New thread 2 (LWP ", "Old value = 0\nNew value = 1\n", "Old value = 1\nNew value = 2\n", "cell 3 left -9 right 15", "exited normally]"}, "exit 0"},
		{"child", []string{"simfork", "1", "1", "3"}, "set follow-fork-mode child|break work|continue|info inferiors|delete|continue",
			[]string{"[Following fork: process ", "[New inferior 2 (process ", "hit Breakpoint 2, work (n=0)", "* 2    process ", "[Inferior 2 (process ", "exited with code 1]"}, "exit 1"},
		{"both", []string{"simfork", "1", "1", "2"}, "set follow-fork-mode both|break leaf|continue|info inferiors|continue",
			[]string{"[New inferior 2 (process ", "Breakpoint 2, leaf (depth=", "* ", "process "}, ""},
		{"exec", []string{"simexec"}, "catch exec|continue|info proc|delete|continue",
			[]string{"Catchpoint 2 (exec)", "is executing new program: ", "Catchpoint 2 (exec'd ", "simexec leader 2 2 ", "exec 0", "exited with code 5]"}, "exit 5"},
		{"calls", []string{"simsignals"}, "catch syscall kill|continue|info registers rax|continue|delete|handle all nostop noprint|continue",
			[]string{"Catchpoint 2 (syscall kill", "Catchpoint 2 (call to syscall kill", "Catchpoint 2 (returned from syscall kill", "self 3", "exited normally]"}, "exit 0"},
		{"threads", []string{"simthreads"}, "break *work|continue|info threads|continue|delete|continue",
			[]string{"hit Breakpoint 2, work (", "(LWP 100004", "exited normally]"}, "exit 0"},
		{"kernel", []string{"simfork", "1", "1", "3"}, "info kernel tree|info os|kill", []string{"simfork"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog := append([]string{testprog.Build(t, c.prog[0]+"+freebsd")}, c.prog[1:]...)
			script := scriptFile(t, strings.Split(c.typed, "|")...)
			e := finish(t, onModel(t, "model:freebsd", append([]string{"run", "--batch", "-x", script}, prog...)...))
			rest := e.stdout
			for _, want := range c.seen {
				i := strings.Index(rest, want)
				if i < 0 {
					t.Fatalf("%q is not in the rest of the session:\n%s\nwhich was:\n%s%s", want, rest, e.stdout, e.stderr)
				}
				rest = rest[i+len(want):]
			}
			if c.status != "" && e.status != c.status {
				t.Errorf("%s, want %s\n%s", e.status, c.status, e.stderr)
			}
			if strings.Contains(e.stdout, "warning:") {
				t.Errorf("a warning in:\n%s", e.stdout)
			}
		})
	}
}

// Traces: in strace's form by trace, in truss's by truss.
func TestFreeBSDTraces(t *testing.T) {
	simfork, simsignals := testprog.Build(t, "simfork+freebsd"), testprog.Build(t, "simsignals+freebsd")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"trace", "-a0", "-s", "200", simfork, "0", "0", "1"}, `execve("simfork", ["simfork", "0", "0", "1"], STACK VARS) = 0
write(1, "processes 1\n", 12) = 12
exit(0) = ?
+++ exited with 0 +++
`},
		{[]string{"trace", "-a0", "-s", "200", "-f", "-e", "trace=wait4,%process", "-e", "signal=none", "-qq", simfork, "1", "1", "1"}, `execve("simfork", ["simfork", "1", "1", "1"], STACK VARS) = 0
fork() = 26907
[pid 26906] wait4(26907,  <unfinished ...>
[pid 26907] exit(1) = ?
<... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 26907
exit(0) = ?
`},
		{[]string{"trace", "-a0", "-e", "trace=none", "-e", "signal=USR2", simsignals, "1"},
			"--- SIGUSR2 {si_signo=SIGUSR2, si_code=SI_LWP, si_pid=26906, si_uid=0} ---\n+++ exited with 0 +++\n"},
		{[]string{"trace", "-a0", "-e", "trace=none", "-e", "signal=INFO", simfork, "0", "0", "1"}, "+++ exited with 0 +++\n"},
		{[]string{"trace", "-a0", "-z", "-y", "-e", "write", "-qq", simfork, "0", "0", "1"}, "write(1<stdout>, \"processes 1\\n\", 12) = 12\n"},
		{[]string{"trace", "-a0", "-e", "openn", simfork}, "trapline: trace: -e openn: invalid system call 'openn'; did you mean open?\n"},
		{[]string{"truss", "-f", simfork, "1", "1", "1"}, `26906: fork()					 = 26907 (0x691b)
26907: <new process>
26907: exit(0x1)				
26907: process exit, rval = 1
26906: wait4(26907,{ EXITED,val=1 },0x0,0x0)	 = 26907 (0x691b)
26906: write(1,"processes 2\n",12)		 = 12 (0xc)
26906: exit(0x0)				
26906: process exit, rval = 0
`},
	} {
		t.Run(c.args[0]+" "+c.args[len(c.args)-1], func(t *testing.T) {
			e := finish(t, onModel(t, "model:freebsd", c.args...))
			if diff := cmp.Diff(c.want, told(e.stderr)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
