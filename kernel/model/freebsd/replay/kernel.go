// Package replay makes again, on any kernel, what was recorded of a real FreeBSD, and says where
// it differs. Its scenarios are those of the recorder, over a Kernel: the modeled one, or a real
// one. They assemble the very tracees that were recorded, whose sums are compared.
package replay

import "time"

// Kernel is the calls of one debugger process. Addresses are of this process's memory.
type Kernel interface {
	Ptrace(req, id int, addr uintptr, data int) (int, Errno)
	Wait6(kind, id int, status *int32, options int, usage *[288]byte, info *Siginfo) (int, Errno)
	Wait4(pid int, status *int32, options int) (int, Errno)
	Kill(pid, sig int) Errno
	ThrKill2(pid, lwp, sig int) Errno
	Sigqueue(pid, sig int, value uint64) Errno
	Procctl(pid, cmd int, data *int32) Errno
	Sysctl(mib []int32, set []byte) ([]byte, Errno)
	SysctlMib(name string) []int32

	Pid() int
	// Spawn starts a program, and returns when it has been executed.
	Spawn(path string, argv []string, o Options) (int, Errno)
	// Second is another debugger process, a child of this one; Leave ends it, by a signal or by
	// itself, and has its parent reap it.
	Second(uid int) Kernel
	Leave(sig int)

	Sleep(d time.Duration)
	Now() time.Duration

	// Files. Errors are the test's.
	Pipe() (r *File, w *File)
	WriteFile(path string, b []byte, mode int) error
	ReadFile(path string) []byte
	Chown(path string, uid, gid int)
	Chmod(path string, mode int)
	Open(path string) int
	Close(fd int)
}

// File is an end of a pipe.
type File struct {
	FD    int
	Write func(b []byte)
}

// Scenario is one recording.
type Scenario struct {
	Name, About string
	Run         func(*R)
	Parts       map[string]func(*R, []int) // what a second debugger does
}

// Scenarios are all that were recorded, and those that were held back.
func Scenarios() []Scenario {
	var all []Scenario
	for _, g := range [][]Scenario{attachScenarios, resumeScenarios, syscallScenarios, forkScenarios, threadScenarios, execScenarios,
		signalScenarios, registerScenarios, memoryScenarios, waitScenarios, accessScenarios, tableScenarios, sysctlScenarios, lastScenarios} {
		all = append(all, g...)
	}
	return all
}

// Find is a scenario by name, nil if there is none.
func Find(name string) *Scenario {
	all := Scenarios()
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// Play makes a scenario and is its steps.
func Play(name string, k Kernel) []Step {
	r := newR(name, k, k.Pid())
	Find(name).Run(r)
	return r.steps
}

// byName is Find, for the scenarios themselves.
var byName func(string) *Scenario

func init() { byName = Find }
