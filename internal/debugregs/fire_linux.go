package debugregs

import (
	"encoding/binary"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Try watches a variable of our own by a perf event (perf_event_open(2),
// PERF_TYPE_BREAKPOINT), which uses the same registers as ptrace(2) does, and writes it. It
// returns nil when the write was counted, ErrSilent when it was not, and the kernel's error
// when that could not be tried (EACCES, EPERM: perf_event_paranoid or a filter; ENOSPC: all
// registers are in use). It is tried once.
var Try = sync.OnceValue(func() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	fd, err := unix.PerfEventOpen(&unix.PerfEventAttr{
		Type:    unix.PERF_TYPE_BREAKPOINT,
		Size:    uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Bp_type: 2, // HW_BREAKPOINT_W, linux/hw_breakpoint.h
		Ext1:    uint64(uintptr(unsafe.Pointer(&watched))),
		Ext2:    8,
		Bits:    unix.PerfBitExcludeKernel | unix.PerfBitExcludeHv,
	}, 0, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	atomic.StoreUint64(&watched, 1)
	var count [8]byte
	if _, err := unix.Read(fd, count[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint64(count[:]) == 0 {
		return ErrSilent
	}
	return nil
})

var watched uint64
