package testprog

// Nothing may be left behind: no process of a test, stopped or running. A
// process is ours when its parents lead to us, or, when it was orphaned and
// has a new parent, when its environment still carries our mark.

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// markName is an environment variable that every process we start inherits.
const markName = "TRAPLINE_TEST_OWNER"

func init() { os.Setenv(markName, strconv.Itoa(os.Getpid())) }

// grace is how long processes may take to go by themselves after the test:
// they have been killed or told to finish and only need to be scheduled.
var grace = 5 * time.Second

// Left is a process that a test left behind.
type Left struct {
	PID    int
	Parent int
	Comm   string
	State  byte // as in /proc/PID/stat: R, S, D, T (stopped), t (traced stop), Z (zombie)
}

func (l Left) String() string {
	s := fmt.Sprintf("pid %d (%s), state %c, parent %d", l.PID, l.Comm, l.State, l.Parent)
	switch l.State {
	case 'T', 't':
		s += ": left stopped"
	case 'Z':
		s += ": never waited for"
	}
	return s
}

// Leftovers makes the test fail at its end when a process that it started, or
// a descendant of one, still exists, and kills it. Call it first, so that it
// runs after the test's other cleanups. In parallel tests the processes of
// others would be taken for the test's own: use [Main] there.
func Leftovers(t testing.TB) {
	t.Helper()
	before := map[int]bool{}
	for _, l := range Descendants() {
		before[l.PID] = true
	}
	t.Cleanup(func() {
		for _, l := range reap(before) {
			t.Errorf("left behind: %v", l)
		}
	})
}

// Main is a TestMain: it runs the package's tests and fails when any of them
// left a process behind.
//
//	func TestMain(m *testing.M) { os.Exit(testprog.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	for _, l := range reap(nil) {
		fmt.Fprintf(os.Stderr, "FAIL: left behind: %v\n", l)
		code = max(code, 1)
	}
	return code
}

// reap waits out the grace, then kills and returns what is still there and was
// not there before.
func reap(before map[int]bool) []Left {
	var left []Left
	for end := time.Now().Add(grace); ; time.Sleep(10 * time.Millisecond) {
		left = left[:0]
		for _, l := range Descendants() {
			if !before[l.PID] {
				left = append(left, l)
			}
		}
		if len(left) == 0 || time.Now().After(end) {
			break
		}
	}
	for _, l := range left {
		if p, err := os.FindProcess(l.PID); err == nil {
			p.Kill()
		}
	}
	return left
}

// Descendants lists the processes that descend from this one or carry its
// mark. Without a Linux /proc the list is empty.
func Descendants() []Left {
	self := os.Getpid()
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	all := map[int]Left{}
	for _, dir := range dirs {
		if l, ok := readStat(dir); ok {
			all[l.PID] = l
		}
	}
	mark := []byte(markName + "=" + strconv.Itoa(self))
	var found []Left
	for pid, l := range all {
		if pid != self && (descends(all, pid, self) || marked(pid, mark)) {
			found = append(found, l)
		}
	}
	return found
}

// readStat takes PID, name, state and parent from a process's stat file
// (proc_pid_stat(5)); the name is in parentheses and may itself contain some.
func readStat(dir string) (Left, bool) {
	data, err := os.ReadFile(filepath.Join(dir, "stat"))
	text := string(data)
	open, shut := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if err != nil || open < 0 || shut < open {
		return Left{}, false
	}
	fields := strings.Fields(text[shut+1:])
	if len(fields) < 2 {
		return Left{}, false
	}
	pid, err1 := strconv.Atoi(filepath.Base(dir))
	parent, err2 := strconv.Atoi(fields[1])
	return Left{pid, parent, text[open+1 : shut], fields[0][0]}, err1 == nil && err2 == nil
}

func descends(all map[int]Left, pid, ancestor int) bool {
	for range len(all) { // bounded: the snapshot is not atomic and may hold a cycle
		l, ok := all[pid]
		if !ok {
			return false
		}
		if l.Parent == ancestor {
			return true
		}
		pid = l.Parent
	}
	return false
}

func marked(pid int, mark []byte) bool {
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return false
	}
	for _, v := range bytes.Split(env, []byte{0}) {
		if bytes.Equal(v, mark) {
			return true
		}
	}
	return false
}
