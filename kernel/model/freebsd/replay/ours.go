package replay

import (
	"slices"

	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/procfs/kinfo"
)

// EndOurs ends the processes that live and that the calling one has made or traces, and others by
// their pids: who is stopped is detached, and all are sent SIGKILL. It returns how many it found.
func EndOurs(k Kernel, others []int) (found int) {
	b, _ := k.Sysctl([]int32{1, 14, 0}, nil) // kern.proc.all: a record a thread
	all, _ := kinfo.DecodeProcs(b)
	self := int32(k.Pid())
	for i := range all {
		p := &all[i]
		if p.Stat == kinfo.Zombie || p.PPID != self && p.Tracer != self && !slices.Contains(others, int(p.PID)) {
			continue
		}
		found++
		k.Kill(int(p.PID), raw.SIGKILL)
		k.Ptrace(raw.Detach, int(p.PID), 1, raw.SIGKILL)
	}
	return found
}
