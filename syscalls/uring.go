// io_uring_register(2): what its pointer is depends on the command; the number behind it counts
// elements, or the bytes of a structure that may grow (linux/io_uring.h).

package syscalls

import "bytes"

var uringArg = kind{of: func(c *Call) *kind {
	if k, ok := uringArgs[uint32(c.arg(1))]; ok {
		return &k
	}
	return &ptr
}}

// uringArgs are the pointers by command.
var uringArgs = map[uint32]kind{
	0:  uringList(uringIovec),                                                                             // REGISTER_BUFFERS
	2:  uringList(uringFD),                                                                                // REGISTER_FILES
	4:  uringList(uringFD),                                                                                // REGISTER_EVENTFD
	6:  in((*Call).uringFiles),                                                                            // REGISTER_FILES_UPDATE
	7:  uringList(uringFD),                                                                                // REGISTER_EVENTFD_ASYNC
	8:  hollow((*Call).uringProbeAt, (*Call).uringProbe, false),                                           // REGISTER_PROBE
	11: uringList(field{member: member{raw: (*Call).uringRestriction}, widths: [layouts]int{16, 16, 16}}), // REGISTER_RESTRICTIONS
	13: uringGrowing(uringResources(uringFD)),                                                             // REGISTER_FILES2
	14: uringGrowing(uringUpdate(uringFDOrSkip)),                                                          // REGISTER_FILES_UPDATE2
	15: uringGrowing(uringResources(uringIovec)),                                                          // REGISTER_BUFFERS2
	16: uringGrowing(uringUpdate(uringIovec)),                                                             // REGISTER_BUFFERS_UPDATE
	17: in(func(c *Call, v uint64) { c.cpus(v, c.uringCount()) }),                                         // REGISTER_IOWQ_AFF
	19: uringWorkers,                                                                                      // REGISTER_IOWQ_MAX_WORKERS
	20: uringList(sub("", uringRing)),                                                                     // REGISTER_RING_FDS
	21: uringList(sub("", uringRingGone)),                                                                 // UNREGISTER_RING_FDS
	22: uringBuffers.in(),                                                                                 // REGISTER_PBUF_RING
	23: uringBuffers.in(),                                                                                 // UNREGISTER_PBUF_RING
}

// uringCount is the last argument.
func (c *Call) uringCount() uint64 { return uint64(uint32(c.arg(3))) }

// uringList is as many elements as the last argument says.
func uringList(e field) kind {
	return in(func(c *Call, v uint64) { c.listOf(v, c.uringCount(), &e) })
}

// listOf prints n elements of a kind.
func (c *Call) listOf(v, n uint64, e *field) {
	c.list(v, n, e.widths[c.ABI.layout()], func(c *Call, p []byte) { c.element(&e.member, p) })
}

// uringGrowing is a structure as long as the last argument says.
func uringGrowing(r *record) kind {
	return in(func(c *Call, v uint64) {
		n, size := c.uringCount(), r.sizeOf(c)
		p, ok := c.read(v, size)
		if n < uint64(size) || !ok {
			c.addr(v)
			return
		}
		c.byte('{')
		r.some(c, p, true)
		c.sizedRest(v, size, n)
		c.byte('}')
	})
}

var (
	uringFD       = fdOf("")
	uringFDOrSkip = natural("", 4, func(c *Call, v uint64) {
		if int32(v) == -2 {
			c.intEnum(&tUringSkip, v)
			return
		}
		c.fd(v)
	})
	uringIovec = sub("", newRecord(word("iov_base", (*Call).addr), ulong("iov_len")))

	uringRing = newRecord(natural("offset", 4, func(c *Call, v uint64) {
		if uint32(v) == ^uint32(0) { // any
			c.str("-1")
			return
		}
		c.udec(v)
	}), h32("resv").ifSet(), natural("data", 8, (*Call).fd))
	uringRingGone = newRecord(u32le("offset"), h32("resv").ifSet(), h64("data").ifSet())
	uringBuffers  = newRecord(pointer64("ring_addr"), u32le("ring_entries"), u16le("bgid"), h16("pad").ifSet(), tuple(3, h64("resv")).ifSet())
)

// uringMany is a pointer to as many elements as the member nr says.
func uringMany(name string, e field) field {
	f := natural(name, 8, nil)
	f.by = "nr"
	f.all = func(c *Call, m *member, s []byte) { c.listOf(m.number(s), m.by.number(s), &e) }
	return f
}

// uringResources is struct io_uring_rsrc_register, uringUpdate struct io_uring_rsrc_update2.
func uringResources(e field) *record {
	return newRecord(u32le("nr"), flags32("flags", &tUringResource), h64("resv2").ifSet(), uringMany("data", e), uringMany("tags", h64("")))
}

func uringUpdate(e field) *record {
	return newRecord(u32le("offset"), h32("resv").ifSet(), uringMany("data", e), uringMany("tags", h64("")), u32le("nr"), h32("resv2").ifSet())
}

// uringFiles is struct io_uring_files_update.
func (c *Call) uringFiles(v uint64) {
	p, ok := c.read(v, 16)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('{')
	uringFilesHead.some(c, p, true)
	c.field(false, "fds")
	c.listOf(u64(p[8:]), c.uringCount(), &uringFDOrSkip)
	c.byte('}')
}

var uringFilesHead = newRecord(u32le("offset"), h32("resv").ifSet())

// uringRestriction is struct io_uring_restriction, whose operand is what its opcode restricts.
func (c *Call) uringRestriction(p []byte) {
	opcode := uint64(u16(p))
	c.field(true, "opcode")
	c.enum(&tUringRestriction, opcode)
	if opcode < uint64(len(uringOperands)) {
		c.field(false, uringOperands[opcode].name)
		uringOperands[opcode].f(c, uint64(p[2]))
	} else {
		c.str(" /* op: ")
		c.hex(uint64(p[2]))
		c.str(" */")
	}
	uringRestrictionRest.some(c, p, false)
	c.byte('}')
}

var (
	uringOperands        = [...]member{{name: "register_op", f: fEnum(&tUringReg)}, {name: "sqe_op", f: fEnum(&tUringOp)}, {name: "sqe_flags", f: fFlags(&tUringSqe)}, {name: "sqe_flags", f: fFlags(&tUringSqe)}}
	uringRestrictionRest = newRecord(pad(3), h8("resv").ifSet(), tuple(3, h32("resv2")).ifSet())
)

// hollow is a structure that a program hands over as zeros, which are not shown, and the kernel fills: load reads
// it, show prints it. Other bytes are shown before the call too; behind them tell has the address of what a call that
// failed has not filled.
func hollow(load func(c *Call, v uint64) ([]byte, bool), show func(c *Call, p []byte), tell bool) kind {
	return phased(func(c *Call, v uint64) bool {
		p, ok := load(c, v)
		switch {
		case !ok:
			c.addr(v)
		case !allZero(p):
			show(c, p)
			c.saved[0] = 1
		}
		return ok
	}, func(c *Call, v uint64) {
		p, ok := load(c, v)
		shown := c.saved[0] != 0
		if shown && c.failed && !tell {
			return
		}
		if shown {
			c.str(" => ")
		}
		if c.failed || !ok {
			c.addr(v)
		} else {
			show(c, p)
		}
	})
}

// uringOpsMost is how many operations there may be: their numbers have 8 bits.
const uringOpsMost = 256

// uringProbeAt reads struct io_uring_probe with the operations that there is room for.
func (c *Call) uringProbeAt(v uint64) ([]byte, bool) {
	if c.uringCount() > uringOpsMost {
		return nil, false
	}
	return c.read(v, 16+8*int(c.uringCount()))
}

// uringProbe shows what has been probed: those that the kernel has told of, when it has.
func (c *Call) uringProbe(p []byte) {
	c.byte('{')
	uringProbeHead.some(c, p, true)
	c.field(false, "ops")
	n, told := len(p)/8-2, int(p[1])
	if c.exit {
		n = min(n, told)
	}
	width := uringOp.sizeOf(c)
	ops := sub("", uringOp)
	c.elements(p[16:16+n*width], width, &ops.member)
	if c.exit && told > n && !bytes.HasSuffix(c.b, []byte("...]")) { // there was no room for the others
		c.b = c.b[:len(c.b)-1]
		if n > 0 {
			c.str(", ")
		}
		c.str("...]")
	}
	c.byte('}')
}

var (
	uringProbeHead = newRecord(natural("last_op", 1, fEnumDec(&tUringOp)), u8("ops_len"), h16("resv").ifSet(), tuple(3, h32("resv2")).ifSet())
	uringOp        = newRecord(natural("op", 1, fEnumDec(&tUringOp)), h8("resv").ifSet(), natural("flags", 2, fFlags(&tUringOpFlags)), h32("resv2").ifSet())
)

// uringWorkers is the greatest numbers of workers of each kind; the kernel gives back those before.
var uringWorkers = phased((*Call).uringMax, func(c *Call, v uint64) {
	c.str(" => ")
	if c.failed {
		c.addr(v)
	} else {
		c.uringMax(v)
	}
})

func (c *Call) uringMax(v uint64) bool {
	c.broken = false
	i := uint64(0)
	c.list(v, c.uringCount(), 4, func(c *Call, p []byte) {
		c.byte('[')
		fEnumDec(&tUringWorker)(c, i)
		c.str("]=")
		c.udec(uint64(u32(p)))
		i++
	})
	return !c.broken
}

var (
	tUringSkip        = table{"", []name{{0xfffffffe, "IORING_REGISTER_FILES_SKIP"}}}
	tUringResource    = table{"IORING_RSRC_REGISTER_???", []name{{1, "IORING_RSRC_REGISTER_SPARSE"}}}
	tUringRestriction = table{"IORING_RESTRICTION_???", names("IORING_RESTRICTION_", "REGISTER_OP SQE_OP SQE_FLAGS_ALLOWED SQE_FLAGS_REQUIRED")}
	tUringSqe         = table{"IOSQE_???", []name{{1, "IOSQE_FIXED_FILE"}, {2, "IOSQE_IO_DRAIN"}, {4, "IOSQE_IO_LINK"}, {8, "IOSQE_IO_HARDLINK"}, {0x10, "IOSQE_ASYNC"},
		{0x20, "IOSQE_BUFFER_SELECT"}, {0x40, "IOSQE_CQE_SKIP_SUCCESS"}}}
	tUringOpFlags = table{"IO_URING_OP_???", []name{{1, "IO_URING_OP_SUPPORTED"}}}
	tUringWorker  = table{"IO_WQ_???", names("IO_WQ_", "BOUND UNBOUND")}
	tUringOp      = table{"IORING_OP_???", names("IORING_OP_", "NOP READV WRITEV FSYNC READ_FIXED WRITE_FIXED POLL_ADD POLL_REMOVE SYNC_FILE_RANGE SENDMSG RECVMSG TIMEOUT "+
		"TIMEOUT_REMOVE ACCEPT ASYNC_CANCEL LINK_TIMEOUT CONNECT FALLOCATE OPENAT CLOSE FILES_UPDATE STATX READ WRITE FADVISE MADVISE SEND RECV OPENAT2 EPOLL_CTL SPLICE "+
		"PROVIDE_BUFFERS REMOVE_BUFFERS TEE SHUTDOWN RENAMEAT UNLINKAT MKDIRAT SYMLINKAT LINKAT MSG_RING FSETXATTR SETXATTR FGETXATTR GETXATTR SOCKET URING_CMD "+
		"SEND_ZC SENDMSG_ZC READ_MULTISHOT WAITID FUTEX_WAIT FUTEX_WAKE FUTEX_WAITV FIXED_FD_INSTALL FTRUNCATE BIND LISTEN RECV_ZC EPOLL_WAIT READV_FIXED WRITEV_FIXED PIPE")}
)
