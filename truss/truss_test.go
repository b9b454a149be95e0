package truss

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel/model"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// onModel runs truss over a recorded tracee on a modeled FreeBSD. Numbers of processes,
// threads and times are replaced: PID, LWP, TIME.
func onModel(t *testing.T, options []string, elf string) (text string, status int) {
	t.Helper()
	dir := t.TempDir()
	prog := filepath.Join(dir, elf)
	b := recordings.ELF(elf + ".elf")
	if len(b) == 0 {
		t.Fatalf("no tracee is called %s", elf)
	}
	if err := os.WriteFile(prog, b, 0o755); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var w *model.World
	argv := append([]string{"truss", "-o", filepath.Join(dir, "out")}, options...)
	status = Main(append(argv, prog), &out, func() (Host, error) {
		var err error
		w, err = model.New(model.Options{System: "freebsd", Seed: 1, Calm: true, Host: true, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out})
		if err != nil {
			return Host{}, err
		}
		return Host{Kernel: w.Kernel, Alone: true}, nil
	})
	if w != nil {
		w.Close()
	}
	lines, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	return settle(string(lines)), status
}

var unsettled = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`(?m)^(\d+ )?\d+: `), "PID: "},
	{regexp.MustCompile(`\d\.\d{9}`), "TIME"},
	{regexp.MustCompile(`= (\d{4,6}) \(0x[0-9a-f]+\)`), "= PID"},
	{regexp.MustCompile(`(pid=|kill\(|wait4\()\d{3,}`), "${1}PID"},
	{regexp.MustCompile(`thread \d+`), "thread LWP"},
}

func settle(s string) string {
	for _, u := range unsettled {
		s = u.re.ReplaceAllString(s, u.to)
	}
	return s
}

func TestFreeBSD(t *testing.T) {
	for _, c := range []struct{ options, elf, want string }{
		{"", "launch-hello-syscalls.a", `write(1,"hello, world\n",13)			 = 13 (0xd)
exit(0x3)					
process exit, rval = 3
`},
		{"-s 5", "launch-hello-syscalls.a", `write(1,"hello"...,13)				 = 13 (0xd)
exit(0x3)					
process exit, rval = 3
`},
		{"-f", "fork-syscall.a", `PID: fork()					 = PID
PID: <new process>
PID: getppid()				 = PID
PID: exit(0x2)				
PID: process exit, rval = 2
PID: wait4(-1,{ EXITED,val=2 },0x0,0x0)	 = PID
PID: exit(0x1)				
PID: process exit, rval = 1
`},
		{"", "fork-syscall.a", `fork()						 = PID
wait4(-1,{ EXITED,val=2 },0x0,0x0)		 = PID
exit(0x1)					
process exit, rval = 1
`},
		{"-dDH", "launch-hello-syscalls.a", `PID: TIME TIME write(1,"hello, world\n",13) = 13 (0xd)
PID: TIME TIME exit(0x3)	
PID: TIME TIME process exit, rval = 3
`},
		{"-c", "fork-syscall.a", `syscall                     seconds   calls  errors
fork                    TIME       1       0
wait4                   TIME       1       0
                      ------------- ------- -------
                        TIME       2       0
`},
	} {
		t.Run(c.elf+c.options, func(t *testing.T) {
			got, status := onModel(t, strings.Fields(c.options), c.elf)
			if diff := cmp.Diff(c.want, got); diff != "" || status != 0 {
				t.Errorf("status %d (-want +got):\n%s", status, diff)
			}
		})
	}
}

// Threads, signals, programs that others become: what is told of them, whatever the order.
func TestFreeBSDEvents(t *testing.T) {
	for _, c := range []struct {
		options, elf string
		want         []string
		not          string
	}{
		{"", "lwp-events.a", []string{"thr_new(0x", "<new thread LWP>", "<thread LWP exited>", "process exit, rval = "}, "SIGNAL"},
		{"", "step-int3.a", []string{"SIGNAL 5 (SIGTRAP) code=TRAP_BRKPT\n", "process killed, signal = 5 (core dumped)\n"}, "process exit"},
		{"-S", "step-int3.a", []string{"process killed, signal = 5"}, "SIGNAL"},
		{"", "exec-fails.a", []string{"execve(", "ERR#2 'No such file or directory'"}, "EJUSTRETURN"},
	} {
		t.Run(c.elf+c.options, func(t *testing.T) {
			got, _ := onModel(t, strings.Fields(c.options), c.elf)
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q is not in:\n%s", w, got)
				}
			}
			if strings.Contains(got, c.not) {
				t.Errorf("%q is in:\n%s", c.not, got)
			}
		})
	}
}

// A wrong command line: what is said, and the exit status.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, 1, usageText},
		{[]string{"-p", "1", "ls"}, 1, usageText},
		{[]string{"-fq", "ls"}, 1, "truss: illegal option -- q\n" + usageText},
		{[]string{"-o"}, 1, "truss: option requires an argument -- o\n" + usageText},
		{[]string{"-s", "abc", "ls"}, 1, "truss: maximum string size is invalid: abc\n"},
		{[]string{"-s-1", "ls"}, 1, "truss: maximum string size is too small: -1\n"},
		{[]string{"-s", "99999999999999999999", "ls"}, 1, "truss: maximum string size is too large: 99999999999999999999\n"},
		{[]string{"-p", "none"}, 1, "truss: invalid process id: none\n"},
		{[]string{"-p", fmt.Sprint(os.Getpid())}, 2, "truss: attempt to grab self.\n"},
		{[]string{"nosuchprogram"}, 1, "truss: execvp nosuchprogram: No such file or directory\n"},
		{[]string{plain}, 1, "truss: execvp " + plain + ": Permission denied\n"},
		{[]string{"-o", dir + "/none/out", os.Args[0]}, 1, "truss: cannot open " + dir + "/none/out: No such file or directory\n"},
	} {
		var out bytes.Buffer
		status := Main(append([]string{"truss"}, c.args...), &out, func() (Host, error) { return Host{}, fmt.Errorf("a kernel was made") })
		if status != c.status || out.String() != c.want {
			t.Errorf("%q: status %d, want %d; said:\n%s", c.args, status, c.status, out.String())
		}
	}
}

func TestOptions(t *testing.T) {
	c, err := Parse([]string{"-facedDHS", "-s100", "-o", "file", "--", "-prog", "-x"})
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{Program: []string{"-prog", "-x"}, Follow: true, Args: true, Env: true, Count: true, Since: true, Delta: true, Threads: true,
		NoSignals: true, Output: "file", Strings: 100}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	if c, err = Parse([]string{"-p12"}); err != nil || c.PID != 12 {
		t.Errorf("%+v, %v", c, err)
	}
}
