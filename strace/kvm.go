// -e kvm=vcpu: where a process has mapped what it shares with its virtual processors.

package strace

import (
	"strings"

	"github.com/trapline/trapline/procfs"
)

// vcpu is a virtual processor: a process and the file that its descriptor is of, "anon_inode:kvm-vcpu:0".
type vcpu struct {
	pid  int
	file string
}

// vcpus finds the struct kvm_run of virtual processors: a mapping of the descriptor's file. As with strace, of
// two virtual machines of a process that number their processors alike the first mapping counts.
type vcpus struct {
	proc func(pid int) procfs.Proc
	runs map[vcpu]uint64 // what was found; to be cleared when mappings change
}

// run is the address of the structure of a descriptor, or 0: see syscalls.Options.VCPU.
func (v *vcpus) run(pid int, fd int32) uint64 {
	p := v.proc(pid)
	link, err := p.FDLink(int(fd))
	if err != nil || !strings.HasPrefix(link, "anon_inode:kvm-vcpu:") {
		return 0
	}
	key := vcpu{pid, link}
	if at, ok := v.runs[key]; ok {
		return at
	}
	maps, err := p.Maps()
	if err != nil {
		return 0
	}
	v.runs[key] = 0
	for i := range maps {
		if maps[i].Name == link || maps[i].Path == link {
			v.runs[key] = maps[i].Start
			break
		}
	}
	return v.runs[key]
}
