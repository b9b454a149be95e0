package procfs

// Sets of small numbers that the kernel shows as hexadecimal masks: signals and
// capabilities.

import (
	"fmt"
	"math/bits"
	"strings"
)

// SigSet is a set of signals: signal n is bit n-1. Linux has 64, FreeBSD 128.
type SigSet [2]uint64

// Has tells whether the set holds signal n.
func (s SigSet) Has(n int) bool {
	n--
	return n >= 0 && n < 128 && s[n/64]>>(n%64)&1 == 1
}

// Empty tells whether no signal is in the set.
func (s SigSet) Empty() bool { return s == SigSet{} }

// Signals lists the numbers, ascending.
func (s SigSet) Signals() []int {
	var out []int
	for w, word := range s {
		for ; word != 0; word &= word - 1 {
			out = append(out, w*64+bits.TrailingZeros64(word)+1)
		}
	}
	return out
}

// Caps is a set of Linux capabilities: capability n is bit n.
type Caps uint64

// Capability is the number of a Linux capability (capabilities(7), linux/capability.h).
type Capability uint8

// The capabilities that debugging depends on.
const (
	CapKill       Capability = 5
	CapSysPtrace  Capability = 19
	CapSysAdmin   Capability = 21
	CapPerfmon    Capability = 38
	CapBPF        Capability = 39
	CapCheckpoint Capability = 40
)

var capNames = [...]string{
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
	"setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
	"ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
	"sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
	"lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
	"wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
}

// String is the name capsh(1) uses: "cap_sys_ptrace".
func (c Capability) String() string {
	if int(c) < len(capNames) {
		return "cap_" + capNames[c]
	}
	return fmt.Sprintf("cap_%d", uint8(c))
}

// Has tells whether the capability is in the set.
func (s Caps) Has(c Capability) bool { return c < 64 && s>>c&1 == 1 }

// Sub tells whether every capability of s is in t.
func (s Caps) Sub(t Caps) bool { return s&^t == 0 }

// String lists the names, comma-separated; "" for none.
func (s Caps) String() string {
	var names []string
	for c := Capability(0); c < 64; c++ {
		if s.Has(c) {
			names = append(names, c.String())
		}
	}
	return strings.Join(names, ",")
}
