package syscalls

import "testing"

// The reason for which a virtual processor stopped stands behind the result of KVM_RUN.
func TestKVMRun(t *testing.T) {
	run := func(reason uint64) string { return le("qww", 0, reason, 0) }
	mem := memory{0x1000: run(6), 0x2000: run(9999), 0x3000: run(39), 0x4000: run(10)[:9]}
	vcpu := func(_ int, fd int32) uint64 {
		return map[int32]uint64{5: 0x1000, 6: 0x2000, 7: 0x3000, 8: 0x4000, 9: 0x99000}[fd]
	}
	for _, row := range []struct {
		fd    uint64
		as61  bool
		errno int
		vcpu  func(int, int32) uint64
		want  string
	}{
		{5, true, 0, vcpu, "ioctl(5, KVM_RUN, 0) = 0 (KVM_EXIT_MMIO)"},
		{6, true, 0, vcpu, "ioctl(6, KVM_RUN, 0) = 0 (KVM_EXIT_???)"},
		{7, true, 0, vcpu, "ioctl(7, KVM_RUN, 0) = 0 (KVM_EXIT_???)"},
		{7, false, 0, vcpu, "ioctl(7, KVM_RUN, 0) = 0 (KVM_EXIT_MEMORY_FAULT)"},
		{8, false, 0, vcpu, "ioctl(8, KVM_RUN, 0) = 0"}, // memory ends in the reason
		{9, false, 0, vcpu, "ioctl(9, KVM_RUN, 0) = 0"},
		{4, false, 0, vcpu, "ioctl(4, KVM_RUN, 0) = 0"}, // no processor
		{5, true, 4, vcpu, "ioctl(5, KVM_RUN, 0) = -1 EINTR (Interrupted system call)"},
		{5, true, 0, nil, "ioctl(5, KVM_RUN, 0) = 0"},
	} {
		c := &Call{ABI: X8664, Nr: 16, Args: [6]uint64{row.fd, 0xae80}, Errno: row.errno, Returned: true, Mem: mem,
			Opts: &Options{Column: -1, As61: row.as61, VCPU: row.vcpu}}
		enter := AppendEnter(nil, c)
		if row.vcpu != nil && c.BareExit() {
			t.Error("kvm_run is read while the process stands still")
		}
		if got := string(AppendExit(enter, c)); got != row.want {
			t.Errorf("got  %s\nwant %s", got, row.want)
		}
	}
}
