package calltrace

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
)

// Needed is the calls that have to stop the tracees of a kernel of os for a trace with these options
// to be whole; nil: all.
func Needed(o *Options, os *abi.OS) kernel.CallFilter {
	if o.Filter == nil || o.Filter.All() {
		return nil
	}
	f := kernel.CallFilter{}
	for convention, a := range abis {
		if a.OS != os {
			continue
		}
		sets := []*syscalls.Set{o.Filter}
		if o.Stack != nil || o.Frames != nil || o.Syscall.VCPU != nil { // they change with what is mapped
			sets = append(sets, changesMap())
		}
		for _, set := range sets {
			for _, r := range set.Ranges(a) {
				f[convention] = append(f[convention], kernel.CallRange{First: r[0], Last: r[1]})
			}
		}
	}
	return f
}

// Mode is how tracees of a kernel of os have to run for a trace with these options to be whole: without
// stops at system calls where none is wanted, and then without what they cost.
func Mode(o *Options, os *abi.OS) kernel.Mode {
	if needed := Needed(o, os); needed != nil && len(needed) == 0 {
		return kernel.Run
	}
	return kernel.Syscalls
}
