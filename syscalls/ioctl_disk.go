// ioctl commands of disks: block devices, IDE, SCSI (sg), loop and network block devices, flash
// memory (mtd, ubi).

package syscalls

func ioctlDisk() ioctlTable {
	return ioctlTable{
		0x301: hdGeometry.out(),                                      // HDIO_GETGEO
		0x302: out(boxedWord(fUint)),                                 // HDIO_GET_UNMASKINTR
		0x304: out(boxedWord(fUint)),                                 // HDIO_GET_MULTCOUNT
		0x307: out(in(func(c *Call, v uint64) { c.buffer(v, 142) })), // HDIO_OBSOLETE_IDENTITY
		0x308: out(boxedWord(fUint)),                                 // HDIO_GET_KEEPSETTINGS
		0x309: out(boxedWord(fUint)),                                 // HDIO_GET_32BIT
		0x30a: out(boxedWord(fUint)),                                 // HDIO_GET_NOWERR
		0x30b: out(boxedWord(fUint)),                                 // HDIO_GET_DMA
		0x30c: out(boxedWord(fFlags(&tIdeNice))),                     // HDIO_GET_NICE
		0x30d: out(in(func(c *Call, v uint64) { c.buffer(v, 512) })), // HDIO_GET_IDENTITY
		0x30e: out(boxedWord(fUint)),                                 // HDIO_GET_WCACHE
		0x30f: out(boxedWord(fUint)),                                 // HDIO_GET_ACOUSTIC
		0x310: out(boxedWord(fUint)),                                 // HDIO_GET_ADDRESS
		0x31a: out(boxedWord(fEnum(&tBusState))),                     // HDIO_GET_BUSSTATE
		0x31c: listOf(3, h32("")),                                    // HDIO_DRIVE_RESET
		0x31f: driveCmd,                                              // HDIO_DRIVE_CMD
		0x321: size,                                                  // HDIO_SET_MULTCOUNT
		0x322: size,                                                  // HDIO_SET_UNMASKINTR
		0x323: size,                                                  // HDIO_SET_KEEPSETTINGS
		0x324: size,                                                  // HDIO_SET_32BIT
		0x325: size,                                                  // HDIO_SET_NOWERR
		0x326: size,                                                  // HDIO_SET_DMA
		0x327: size,                                                  // HDIO_SET_PIO_MODE
		0x328: listOf(3, h32("")),                                    // HDIO_SCAN_HWIF
		0x32a: size,                                                  // HDIO_UNREGISTER_HWIF
		0x329: flags64(&tIdeNice),                                    // HDIO_SET_NICE
		0x32b: size,                                                  // HDIO_SET_WCACHE
		0x32c: size,                                                  // HDIO_SET_ACOUSTIC
		0x32d: in(fEnum(&tBusState)),                                 // HDIO_SET_BUSSTATE
		0x32f: size,                                                  // HDIO_SET_ADDRESS

		0x125d:     intPtr,                                                                         // BLKROSET
		0x125e:     out(intPtr),                                                                    // BLKROGET
		0x125f:     ioNone,                                                                         // BLKRRPART
		0x1260:     out(boxedWord(fUint)),                                                          // BLKGETSIZE
		0x1261:     ioNone,                                                                         // BLKFLSBUF
		0x1262:     size,                                                                           // BLKRASET
		0x1263:     out(boxedWord(fLong)),                                                          // BLKRAGET
		0x1264:     size,                                                                           // BLKFRASET
		0x1265:     out(boxedWord(fLong)),                                                          // BLKFRAGET
		0x1267:     out(boxed(2, fUint)),                                                           // BLKSECTGET
		0x1268:     out(intPtr),                                                                    // BLKSSZGET
		0x1269:     newRecord(enum32("op", &tBlkpg), i32("flags"), i32("datalen"), blkpgData).in(), // BLKPG
		0x1274:     ioNone,                                                                         // BLKTRACESTART
		0x1275:     ioNone,                                                                         // BLKTRACESTOP
		0x1276:     ioNone,                                                                         // BLKTRACETEARDOWN
		0x1277:     arrayOf(2, u64le("")),                                                          // BLKDISCARD
		0x1278:     out(uintPtr),                                                                   // BLKIOMIN
		0x1279:     out(uintPtr),                                                                   // BLKIOOPT
		0x127a:     out(intPtr),                                                                    // BLKALIGNOFF
		0x127b:     out(uintPtr),                                                                   // BLKPBSZGET
		0x127c:     out(uintPtr),                                                                   // BLKDISCARDZEROES
		0x127d:     arrayOf(2, u64le("")),                                                          // BLKSECDISCARD
		0x127e:     out(boxed(2, fUint)),                                                           // BLKROTATIONAL
		0x127f:     arrayOf(2, u64le("")),                                                          // BLKZEROOUT
		0x80081270: out(intPtr),                                                                    // BLKBSZGET
		0x40081271: intPtr,                                                                         // BLKBSZSET
		0x80081272: out(boxed(8, fUint)),                                                           // BLKGETSIZE64
		0xc0481273: blktrace,                                                                       // BLKTRACESETUP
		0x80041284: out(uintPtr),                                                                   // BLKGETZONESZ
		0x80041285: out(uintPtr),                                                                   // BLKGETNRZONES
		0x80081280: out(boxed(8, fUint)),                                                           // BLKGETDISKSEQ

		0x2201: intPtr,             // SG_SET_TIMEOUT
		0x2202: ioNone,             // SG_GET_TIMEOUT
		0x2203: out(intPtr),        // SG_EMULATED_HOST
		0x2205: out(intPtr),        // SG_GET_TRANSFORM
		0x2270: out(intPtr),        // SG_GET_COMMAND_Q
		0x2271: intPtr,             // SG_SET_COMMAND_Q
		0x2272: out(intPtr),        // SG_GET_RESERVED_SIZE
		0x2275: intPtr,             // SG_SET_RESERVED_SIZE
		0x2276: sgID.out(),         // SG_GET_SCSI_ID
		0x2279: intPtr,             // SG_SET_FORCE_LOW_DMA
		0x227a: out(intPtr),        // SG_GET_LOW_DMA
		0x227b: intPtr,             // SG_SET_FORCE_PACK_ID
		0x227c: out(intPtr),        // SG_GET_PACK_ID
		0x227d: out(intPtr),        // SG_GET_NUM_WAITING
		0x227e: intPtr,             // SG_SET_DEBUG
		0x227f: out(intPtr),        // SG_GET_SG_TABLESIZE
		0x2282: out(intPtr),        // SG_GET_VERSION_NUM
		0x2283: intPtr,             // SG_NEXT_CMD_LEN
		0x2284: boxed(4, fSgReset), // SG_SCSI_RESET
		0x2285: {of: sgIO},         // SG_IO
		0x2286: sgRequest.out(),    // SG_GET_REQUEST_TABLE
		0x2287: intPtr,             // SG_SET_KEEP_ORPHAN
		0x2288: out(intPtr),        // SG_GET_KEEP_ORPHAN
		0x2289: out(intPtr),        // SG_GET_ACCESS_COUNT

		0x4c00: fd,                                                                                                            // LOOP_SET_FD
		0x4c01: ioNone,                                                                                                        // LOOP_CLR_FD
		0x4c02: loopInfo.in(),                                                                                                 // LOOP_SET_STATUS
		0x4c03: loopInfo.out(),                                                                                                // LOOP_GET_STATUS
		0x4c04: loopInfo64.in(),                                                                                               // LOOP_SET_STATUS64
		0x4c05: loopInfo64.out(),                                                                                              // LOOP_GET_STATUS64
		0x4c06: fd,                                                                                                            // LOOP_CHANGE_FD
		0x4c07: ioNone,                                                                                                        // LOOP_SET_CAPACITY
		0x4c08: size,                                                                                                          // LOOP_SET_DIRECT_IO
		0x4c09: size,                                                                                                          // LOOP_SET_BLOCK_SIZE
		0x4c0a: newRecord(fdOf("fd"), u32le("block_size"), sub("info", loopInfo64), tuple(8, h64("__reserved")).ifSet()).in(), // LOOP_CONFIGURE
		0x4c80: d,                                                                                                             // LOOP_CTL_ADD
		0x4c81: d,                                                                                                             // LOOP_CTL_REMOVE
		0x4c82: ioNone,                                                                                                        // LOOP_CTL_GET_FREE

		0xab00: fd,                 // NBD_SET_SOCK
		0xab01: size,               // NBD_SET_BLKSIZE
		0xab02: size,               // NBD_SET_SIZE
		0xab03: ioNone,             // NBD_DO_IT
		0xab04: ioNone,             // NBD_CLEAR_SOCK
		0xab05: ioNone,             // NBD_CLEAR_QUE
		0xab06: ioNone,             // NBD_PRINT_DEBUG
		0xab07: size,               // NBD_SET_SIZE_BLOCKS
		0xab08: ioNone,             // NBD_DISCONNECT
		0xab09: size,               // NBD_SET_TIMEOUT
		0xab0a: flags64(&tNbdFlag), // NBD_SET_FLAGS

		0x80204d01: mtdInfo.out(),                                                // MEMGETINFO
		0x40084d02: mtdErase.in(),                                                // MEMERASE
		0xc0104d03: mtdOob.in(),                                                  // MEMWRITEOOB
		0xc0104d04: mtdOob.in(),                                                  // MEMREADOOB
		0x40084d05: mtdErase.in(),                                                // MEMLOCK
		0x40084d06: mtdErase.in(),                                                // MEMUNLOCK
		0x80044d07: out(intPtr),                                                  // MEMGETREGIONCOUNT
		0xc0104d08: mtdRegion.inout("regionindex", "offset erasesize numblocks"), // MEMGETREGIONINFO
		0x80c84d0a: mtdOobSel.out(),                                              // MEMGETOOBSEL
		0x40084d0b: boxed(8, fUint),                                              // MEMGETBADBLOCK
		0x40084d0c: boxed(8, fUint),                                              // MEMSETBADBLOCK
		0x80044d0d: boxed(4, fEnum(&tMtdOtp)),                                    // OTPSELECT
		0x40044d0e: out(uintPtr),                                                 // OTPGETREGIONCOUNT
		0x400c4d0f: mtdOtp.out(),                                                 // OTPGETREGIONINFO
		0x800c4d10: mtdOtp.in(),                                                  // OTPLOCK
		0x81484d11: mtdLayout.out(),                                              // ECCGETLAYOUT
		0x80104d12: mtdStats.out(),                                               // ECCGETSTATS
		0x4d13:     in(fEnum(&tMtdMode)),                                         // MTDFILEMODE
		0x40104d14: newRecord(h64("start"), h64("length")).in(),                  // MEMERASE64
		0xc0184d15: mtdOob64.in(),                                                // MEMWRITEOOB64
		0xc0184d16: mtdOob64.in(),                                                // MEMREADOOB64
		0x80084d17: mtdErase.in(),                                                // MEMISLOCKED
		0xc0304d18: mtdWrite.in(),                                                // MEMWRITE

		0x40986f00: then(ubiVolume.whole, intPtr),                                                            // UBI_IOCMKVOL
		0x40046f01: intPtr,                                                                                   // UBI_IOCRMVOL
		0x400c6f02: newRecord(i64("bytes"), i32("vol_id")).packed().in(),                                     // UBI_IOCRSVOL
		0x51106f03: ubiRename.in(),                                                                           // UBI_IOCRNVOL
		0x40046f04: intPtr,                                                                                   // UBI_IOCRPEB
		0x40046f05: intPtr,                                                                                   // UBI_IOCSPEB
		0x40186f40: then(ubiAttach.whole, intPtr),                                                            // UBI_IOCATT
		0x40046f41: intPtr,                                                                                   // UBI_IOCDET
		0x40084f00: boxed(8, fInt64),                                                                         // UBI_IOCVOLUP
		0x40044f01: intPtr,                                                                                   // UBI_IOCEBER
		0x40044f02: newRecord(i32("lnum"), i32("bytes"), natural("dtype", 1, fEnum(&tUbiType)), pad(7)).in(), // UBI_IOCEBCH
		0x40084f03: newRecord(i32("lnum"), natural("dtype", 1, fEnum(&tUbiType))).in(),                       // UBI_IOCEBMAP
		0x40044f04: intPtr,                                                                                   // UBI_IOCEBUNMAP
		0x80044f05: intPtr,                                                                                   // UBI_IOCEBISMAP
		0x40104f06: newRecord(natural("property", 1, fEnum(&tUbiProp)), pad(7), h64("value")).in(),           // UBI_IOCSETVOLPROP
		0x40804f07: ioNone,                                                                                   // UBI_IOCVOLCRBLK
		0x4f08:     ioNone,                                                                                   // UBI_IOCVOLRMBLK
	}
}

var hdGeometry = newRecord(u8("heads"), u8("sectors"), u16le("cylinders"), ulong("start"))

// driveCmd is four bytes of a command, which the drive's answer replaces, and its data.
var driveCmd = phased(func(c *Call, v uint64) bool {
	p, ok := driveRequest.load(c, v)
	if !ok {
		c.addr(v)
		return false
	}
	c.saved[0] = uint64(p[3])
	driveRequest.body(c, p)
	return true
}, func(c *Call, v uint64) {
	p, ok := driveAnswer.load(c, v)
	if c.failed || !ok {
		return
	}
	c.str(" => {")
	driveAnswer.some(c, p, true)
	if n := c.saved[0]; n != 0 {
		c.str(", buf=")
		c.hexBuffer(v+4, n*512)
	}
	c.byte('}')
})

var (
	driveRequest = newRecord(natural("command", 1, fEnum(&tAtaCmd)), u8("sector_number"), u8("feature"), u8("sector_count"))
	driveAnswer  = newRecord(h8("status"), u8("error"), u8("nsector"))
)

// blkpgData is a partition.
var (
	blkpgData      = pointer("data").as(blkpgPartition.print)
	blkpgPartition = newRecord(i64("start"), i64("length"), i32("pno"), text("devname", 64), text("volname", 64), upTo(4, 0))
	blktraceSetup  = newRecord(text("name", 32), u16le("act_mask"), u32le("buf_size"), u32le("buf_nr"), u64le("start_lba"), u64le("end_lba"), natural("pid", 4, (*Call).pid))
	blktrace       = blktraceSetup.inout("act_mask buf_size buf_nr start_lba end_lba pid", "name")
)

var (
	sgID      = newRecord(i32("host_no"), i32("channel"), h32("scsi_id"), i32("lun"), h32("scsi_type"), natural("h_cmd_per_lun", 2, fInt16), natural("d_queue_depth", 2, fInt16), pad(8))
	sgRequest = newRecord(natural("req_state", 1, fInt8), natural("orphan", 1, fInt8), natural("sg_io_owned", 1, fInt8), natural("problem", 1, fInt8), i32("pack_id"), pointer("usr_ptr"), u32le("duration"), pad(4))
)

// sgIO is struct sg_io_hdr or sg_io_v4, as its first number says.
func sgIO(c *Call) *kind {
	k := &uintPtr
	if p, ok := c.read(c.arg(2), 4); ok {
		switch u32(p) {
		case 'S':
			k = &sgV3
		case sgGuard:
			k = &sgV4
		}
	}
	return k
}

// The ways that data go.
const (
	sgToDev     = 0xfffffffe
	sgFromDev   = 0xfffffffd
	sgToFromDev = 0xfffffffc
	sgGuard     = 'Q'
)

// sgHeader is struct sg_io_hdr; sgHeader4 is struct sg_io_v4.
var (
	sgHeader = newRecord(natural("interface_id", 4, fChar), enum32("dxfer_direction", &tSgDirection), u8("cmd_len"), u8("mx_sb_len"), u16le("iovec_count"), u32le("dxfer_len"),
		pointer("dxferp"), pointer("cmd"), pointer("sb"), u32le("timeout"), flags32("flags", &tSgFlag), i32("pack_id"), pointer("usr_ptr"),
		h8("status"), h8("masked_status"), h8("msg_status"), u8("sb_len_wr"), h16("host_status"), h16("driver_status"), i32("resid"), u32le("duration"), flags32("info", &tSgInfo)).
		and(hexFar("cmdp", "cmd", "cmd_len"), hexFar("sbp", "sb", "sb_len_wr"))
	sgHeader4 = newRecord(natural("guard", 4, fChar), enum32("protocol", &tBsgProtocol), enum32("subprotocol", &tBsgSub), u32le("request_len"), pointer64("req"), h64("request_tag"),
		u32le("request_attr"), u32le("request_priority"), u32le("request_extra"), u32le("max_response_len"), pointer64("resp"), u32le("dout_iovec_count"), u32le("dout_xfer_len"),
		u32le("din_iovec_count"), u32le("din_xfer_len"), pointer64("dout_xferp"), pointer64("din_xferp"), u32le("timeout"), flags32("flags", &tBsgFlag), h64("usr_ptr"), u32le("spare_in"),
		h32("driver_status"), h32("transport_status"), h32("device_status"), u32le("retry_delay"), flags32("info", &tSgInfo), u32le("duration"), u32le("response_len"),
		i32("din_resid"), i32("dout_resid"), h64("generated_tag"), u32le("spare_out"), u32le("padding")).
		and(hexFar("request", "req", "request_len"), hexFar("response", "resp", "response_len"))

	sgBefore  = sgHeader.pick("interface_id dxfer_direction cmd_len cmdp mx_sb_len iovec_count dxfer_len timeout flags")
	sgAfter   = sgHeader.pick("status masked_status msg_status sb_len_wr sbp host_status driver_status resid duration info")
	sgBefore4 = sgHeader4.pick("guard protocol subprotocol request_len request request_tag request_attr request_priority request_extra max_response_len " +
		"dout_iovec_count dout_xfer_len din_iovec_count din_xfer_len")
	sgMiddle4 = sgHeader4.pick("timeout flags usr_ptr")
	sgAnswer4 = sgHeader4.pick("response_len response")
	sgAfter4  = sgHeader4.pick("driver_status transport_status device_status retry_delay info duration response_len din_resid dout_resid generated_tag")
)

func pointer64(name string) field { return natural(name, 8, (*Call).addr) }

// hexFar is what the member ptr points to, as long as the member by says.
func hexFar(name, ptr, by string) derived {
	return derived{name, func(c *Call, r *record, s []byte) { c.hexBuffer(r.get(c, s, ptr), r.get(c, s, by)) }}
}

// transfer prints what is sent or received: n bytes, or those of several pieces.
func (c *Call) transfer(ptr, pieces, n uint64) {
	if pieces != 0 {
		c.iovecs(ptr, pieces, n)
	} else {
		c.hexBuffer(ptr, n)
	}
}

// sgTruncated is a header of which nothing can be read but what has said which one it is.
func (c *Call) sgTruncated(name string, id, v uint64) {
	c.field(true, name)
	fChar(c, id)
	c.str(", ")
	c.addr(v + 4)
	c.byte('}')
}

var sgV3 = phased(func(c *Call, v uint64) bool {
	p, ok := sgHeader.load(c, v)
	if !ok {
		c.sgTruncated("interface_id", 'S', v)
		return false
	}
	c.byte('{')
	sgBefore.some(c, p, true)
	if way := sgHeader.get(c, p, "dxfer_direction"); way == sgToDev || way == sgToFromDev {
		c.str(", dxferp=")
		c.transfer(sgHeader.get(c, p, "dxferp"), sgHeader.get(c, p, "iovec_count"), sgHeader.get(c, p, "dxfer_len"))
	}
	return true
}, func(c *Call, v uint64) {
	p, ok := sgHeader.load(c, v)
	if !ok {
		c.byte('}')
		return
	}
	n := received(sgHeader.get(c, p, "dxfer_len"), sgHeader.get(c, p, "resid"))
	way := sgHeader.get(c, p, "dxfer_direction")
	switch {
	case way == sgFromDev:
		c.str(", dxferp=")
	case way == sgToFromDev && n > 0:
		c.str(" => dxferp=")
	default:
		way = sgToDev
	}
	if way != sgToDev {
		c.transfer(sgHeader.get(c, p, "dxferp"), sgHeader.get(c, p, "iovec_count"), n)
	}
	sgAfter.some(c, p, false)
	c.byte('}')
})

// received is what of n bytes came when rest did not; all, where rest makes no sense.
func received(n, rest uint64) uint64 {
	if int32(rest) > 0 && rest <= n {
		return n - rest
	}
	return n
}

// left is what of n bytes was transferred when rest were not.
func left(n, rest uint64) uint64 { return uint64(uint32(n - rest)) }

var sgV4 = phased(func(c *Call, v uint64) bool {
	p, ok := sgHeader4.load(c, v)
	if !ok {
		c.sgTruncated("guard", sgGuard, v)
		return false
	}
	c.byte('{')
	sgBefore4.some(c, p, true)
	c.str(", dout_xferp=")
	c.transfer(sgHeader4.get(c, p, "dout_xferp"), sgHeader4.get(c, p, "dout_iovec_count"), sgHeader4.get(c, p, "dout_xfer_len"))
	sgMiddle4.some(c, p, false)
	return true
}, func(c *Call, v uint64) {
	p, ok := sgHeader4.load(c, v)
	if !ok {
		c.byte('}')
		return
	}
	sgAnswer4.some(c, p, false)
	c.str(", din_xferp=")
	c.transfer(sgHeader4.get(c, p, "din_xferp"), sgHeader4.get(c, p, "din_iovec_count"), left(sgHeader4.get(c, p, "din_xfer_len"), sgHeader4.get(c, p, "din_resid")))
	sgAfter4.some(c, p, false)
	c.byte('}')
})

// loop(4). What is about the cipher is shown where there is one, or with -v.
var (
	loopInfo = newRecord(i32("lo_number"), oldDev("lo_device").verbose(), ulong("lo_inode").verbose(), oldDev("lo_rdevice").verbose(), h32("lo_offset"),
		enum32("lo_encrypt_type", &tLoCrypt).cipher(), u32le("lo_encrypt_key_size").cipher(), flags32("lo_flags", &tLoFlags),
		text("lo_name", 64), loopKey.cipher(), more(), array(2, word("lo_init", fHex)), array(4, h8("reserved")))
	loopInfo64 = newRecord(natural("lo_device", 8, (*Call).makedev).verbose(), u64le("lo_inode").verbose(), natural("lo_rdevice", 8, (*Call).makedev).verbose(), h64("lo_offset"),
		u64le("lo_sizelimit").verbose(), u32le("lo_number"), enum32("lo_encrypt_type", &tLoCrypt).cipher(),
		u32le("lo_encrypt_key_size").cipher(), flags32("lo_flags", &tLoFlags), text("lo_file_name", 64),
		text("lo_crypt_name", 64).cipher(), loopKey.cipher(), more(), array(2, h64("lo_init")))
	loopKey = textOf("lo_encrypt_key", "lo_encrypt_key_size", 32)
)

func (f field) cipher() field { return f.unlessZero("lo_encrypt_type") }

func oldDev(name string) field {
	return field{member: member{name: name, f: (*Call).makedev}, widths: [layouts]int{8, 2, 2}, aligns: [layouts]int{8, 2, 2}}
}

// Flash memory: include/uapi/mtd/mtd-abi.h, ubi-user.h.
var (
	mtdInfo   = newRecord(natural("type", 1, fEnum(&tMtdType)), flags32("flags", &tMtdFlag), h32("size"), h32("erasesize"), h32("writesize"), h32("oobsize"), h64("padding"))
	mtdErase  = newRecord(h32("start"), h32("length"))
	mtdOob    = newRecord(h32("start"), h32("length"), pointer("ptr"))
	mtdOob64  = newRecord(h64("start"), pad(4), h32("length"), pointer64("usr_ptr"))
	mtdRegion = newRecord(h32("offset"), h32("erasesize"), h32("numblocks"), h32("regionindex"))
	mtdOtp    = newRecord(h32("start"), h32("length"), u32le("locked"))
	mtdStats  = newRecord(h32("corrected"), h32("failed"), h32("badblocks"), h32("bbtblocks"))
	mtdWrite  = newRecord(h64("start"), h64("len"), h64("ooblen"), pointer64("usr_data"), pointer64("usr_oob"), natural("mode", 1, fEnum(&tMtdOps)), pad(7))
	mtdOobSel = newRecord(enum32("useecc", &tMtdEcc), h32("eccbytes"), array(8, array(2, h32("oobfree"))), array(32, h32("eccpos")))
	mtdLayout = newRecord(h32("eccbytes"), array(64, h32("eccpos")), h32("oobavail"), array(8, sub("oobfree", newRecord(h32("offset"), h32("length")))))

	ubiVolume = newRecord(i32("vol_id"), i32("alignment"), i64("bytes"), natural("vol_type", 1, fEnum(&tUbiVolume)), natural("flags", 1, fFlags(&tUbiFlag)),
		natural("name_len", 2, fInt16), pad(4), ubiName)
	ubiAttach = newRecord(i32("ubi_num"), i32("mtd_num"), i32("vid_hdr_offset"), natural("max_beb_per1024", 2, fInt16), pad(10))
	ubiRename = newRecord(i32("count"), pad(12), counted("count", 32, sub("ents", newRecord(i32("vol_id"), natural("name_len", 2, fInt16), pad(2), ubiName))))
	ubiName   = textWithin("name", "name_len", 128)
)

// fSgReset is what to reset, and whether to stop at that.
func fSgReset(c *Call, v uint64) {
	if v&sgNoEscalate != 0 {
		c.enum(&tSgNoEscalate, sgNoEscalate)
		c.byte('|')
	}
	c.enum(&tSgReset, v&^sgNoEscalate)
}

const sgNoEscalate = 0x100

var tSgNoEscalate = table{"", []name{{sgNoEscalate, "SG_SCSI_RESET_NO_ESCALATE"}}}

func fInt8(c *Call, v uint64) { c.dec(int64(int8(v))) }

// fChar is a letter.
func fChar(c *Call, v uint64) {
	c.byte('\'')
	c.byte(byte(v))
	c.byte('\'')
}

var tIdeNice = table{"IDE_NICE_???", []name{{1, "1 << IDE_NICE_DSC_OVERLAP"}, {2, "1 << IDE_NICE_ATAPI_OVERLAP"}, {8, "1 << IDE_NICE_1"}, {4, "1 << IDE_NICE_0"},
	{0x10, "1 << IDE_NICE_2"}}}

var tBusState = table{"BUSSTATE_???", []name{{0, "BUSSTATE_OFF"}, {1, "BUSSTATE_ON"}, {2, "BUSSTATE_TRISTATE"}}}

var tBlkpg = table{"BLKPG_???", []name{{1, "BLKPG_ADD_PARTITION"}, {2, "BLKPG_DEL_PARTITION"}, {3, "BLKPG_RESIZE_PARTITION"}}}

var tSgReset = table{"SG_SCSI_RESET_???", []name{{0, "SG_SCSI_RESET_NOTHING"}, {1, "SG_SCSI_RESET_DEVICE"}, {2, "SG_SCSI_RESET_BUS"}, {3, "SG_SCSI_RESET_HOST"},
	{4, "SG_SCSI_RESET_TARGET"}}}

var tSgDirection = table{"SG_DXFER_???", []name{{0xffffffff, "SG_DXFER_NONE"}, {0xfffffffe, "SG_DXFER_TO_DEV"}, {0xfffffffd, "SG_DXFER_FROM_DEV"},
	{0xfffffffc, "SG_DXFER_TO_FROM_DEV"}}}

var tSgFlag = table{"SG_FLAG_???", []name{{1, "SG_FLAG_DIRECT_IO"}, {2, "SG_FLAG_UNUSED_LUN_INHIBIT"}, {4, "SG_FLAG_MMAP_IO"}, {0x10000, "SG_FLAG_NO_DXFER"},
	{0x10, "SG_FLAG_Q_AT_TAIL"}, {0x20, "SG_FLAG_Q_AT_HEAD"}}}

var tSgInfo = table{"SG_INFO_???", []name{{1, "SG_INFO_CHECK"}, {2, "SG_INFO_DIRECT_IO"}, {4, "SG_INFO_MIXED_IO"}}}

var tBsgProtocol = table{"BSG_PROTOCOL_???", []name{{0, "BSG_PROTOCOL_SCSI"}}}

var tBsgSub = table{"BSG_SUB_PROTOCOL_???", []name{{0, "BSG_SUB_PROTOCOL_SCSI_CMD"}, {1, "BSG_SUB_PROTOCOL_SCSI_TMF"},
	{2, "BSG_SUB_PROTOCOL_SCSI_TRANSPORT"}}}

var tBsgFlag = table{"BSG_FLAG_???", []name{{0x10, "BSG_FLAG_Q_AT_TAIL"}, {0x20, "BSG_FLAG_Q_AT_HEAD"}}}

var tLoCrypt = table{"LO_CRYPT_???", []name{{0, "LO_CRYPT_NONE"}, {1, "LO_CRYPT_XOR"}, {2, "LO_CRYPT_DES"}, {3, "LO_CRYPT_FISH2"}, {4, "LO_CRYPT_BLOW"},
	{5, "LO_CRYPT_CAST128"}, {6, "LO_CRYPT_IDEA"}, {9, "LO_CRYPT_DUMMY"}, {0xa, "LO_CRYPT_SKIPJACK"}, {0x12, "LO_CRYPT_CRYPTOAPI"}}}

var tLoFlags = table{"LO_FLAGS_???", []name{{1, "LO_FLAGS_READ_ONLY"}, {2, "LO_FLAGS_USE_AOPS"}, {4, "LO_FLAGS_AUTOCLEAR"}, {8, "LO_FLAGS_PARTSCAN"},
	{0x10, "LO_FLAGS_DIRECT_IO"}}}

var tNbdFlag = table{"NBD_IOC_FLAG_???", []name{{1, "NBD_FLAG_HAS_FLAGS"}, {2, "NBD_FLAG_READ_ONLY"}, {4, "NBD_FLAG_SEND_FLUSH"}, {8, "NBD_FLAG_SEND_FUA"},
	{0x10, "NBD_FLAG_ROTATIONAL"}, {0x20, "NBD_FLAG_SEND_TRIM"}, {0x40, "NBD_FLAG_SEND_WRITE_ZEROES"}, {0x80, "NBD_FLAG_SEND_DF"},
	{0x100, "NBD_FLAG_CAN_MULTI_CONN"}, {0x200, "NBD_FLAG_SEND_RESIZE"}, {0x400, "NBD_FLAG_SEND_CACHE"}}}

var tMtdType = table{"MTD_???", []name{{0, "MTD_ABSENT"}, {1, "MTD_RAM"}, {2, "MTD_ROM"}, {3, "MTD_NORFLASH"}, {4, "MTD_NANDFLASH"}, {6, "MTD_DATAFLASH"},
	{7, "MTD_UBIVOLUME"}, {8, "MTD_MLCNANDFLASH"}}}

var tMtdFlag = table{"MTD_???", []name{{0x400, "MTD_WRITEABLE"}, {0x800, "MTD_BIT_WRITEABLE"}, {0x1000, "MTD_NO_ERASE"}, {0x2000, "MTD_POWERUP_LOCK"},
	{0x4000, "MTD_SLC_ON_MLC_EMULATION"}}}

var tMtdOtp = table{"MTD_OTP_???", []name{{0, "MTD_OTP_OFF"}, {1, "MTD_OTP_FACTORY"}, {2, "MTD_OTP_USER"}}}

var tMtdMode = table{"MTD_FILE_MODE_???", []name{{0, "MTD_FILE_MODE_NORMAL"}, {1, "MTD_FILE_MODE_OTP_FACTORY"}, {2, "MTD_FILE_MODE_OTP_USER"},
	{3, "MTD_FILE_MODE_RAW"}}}

var tMtdOps = table{"MTD_OPS_???", []name{{0, "MTD_OPS_PLACE_OOB"}, {1, "MTD_OPS_AUTO_OOB"}, {2, "MTD_OPS_RAW"}}}

var tMtdEcc = table{"MTD_NANDECC_???", []name{{0, "MTD_NANDECC_OFF"}, {1, "MTD_NANDECC_PLACE"}, {2, "MTD_NANDECC_AUTOPLACE"},
	{3, "MTD_NANDECC_PLACEONLY"}, {4, "MTD_NANDECC_AUTOPL_USR"}}}

var tUbiType = table{"UBI_???", []name{{1, "UBI_LONGTERM"}, {2, "UBI_SHORTTERM"}, {3, "UBI_UNKNOWN"}}}
var tUbiVolume = table{"UBI_???_VOLUME", []name{{3, "UBI_DYNAMIC_VOLUME"}, {4, "UBI_STATIC_VOLUME"}}}

var tUbiFlag = table{"UBI_VOL_???", []name{{1, "UBI_VOL_SKIP_CRC_CHECK_FLG"}}}

var tUbiProp = table{"UBI_VOL_PROP_???", []name{{1, "UBI_VOL_PROP_DIRECT_WRITE"}}}

var tAtaCmd = table{"ATA_CMD_???", []name{{0, "ATA_CMD_NOP"}, {0x3, "ATA_CMD_CFA_REQ_EXT_ERR"}, {0x6, "ATA_CMD_DSM"}, {0x8, "ATA_CMD_DEV_RESET"},
	{0xb, "ATA_CMD_REQ_SENSE_DATA"}, {0x10, "ATA_CMD_RESTORE"}, {0x20, "ATA_CMD_PIO_READ"}, {0x22, "ATA_CMD_READ_LONG"},
	{0x23, "ATA_CMD_READ_LONG_ONCE"}, {0x24, "ATA_CMD_PIO_READ_EXT"}, {0x25, "ATA_CMD_READ_EXT"}, {0x26, "ATA_CMD_READ_QUEUED"},
	{0x27, "ATA_CMD_READ_NATIVE_MAX_EXT"}, {0x29, "ATA_CMD_READ_MULTI_EXT"}, {0x2a, "ATA_CMD_READ_STREAM_DMA_EXT"}, {0x2b, "ATA_CMD_READ_STREAM_EXT"},
	{0x2f, "ATA_CMD_READ_LOG_EXT"}, {0x30, "ATA_CMD_PIO_WRITE"}, {0x32, "ATA_CMD_WRITE_LONG"}, {0x33, "ATA_CMD_WRITE_LONG_ONCE"},
	{0x34, "ATA_CMD_PIO_WRITE_EXT"}, {0x35, "ATA_CMD_WRITE_EXT"}, {0x36, "ATA_CMD_WRITE_QUEUED"}, {0x37, "ATA_CMD_SET_MAX_EXT"},
	{0x38, "ATA_CMD_CFA_WRITE_NE"}, {0x39, "ATA_CMD_WRITE_MULTI_EXT"}, {0x3a, "ATA_CMD_WRITE_STREAM_DMA_EXT"}, {0x3b, "ATA_CMD_WRITE_STREAM_EXT"},
	{0x3d, "ATA_CMD_WRITE_FUA_EXT"}, {0x3e, "ATA_CMD_WRITE_QUEUED_FUA_EXT"}, {0x3f, "ATA_CMD_WRITE_LOG_EXT"}, {0x40, "ATA_CMD_VERIFY"},
	{0x42, "ATA_CMD_VERIFY_EXT"}, {0x45, "ATA_CMD_WRITE_UNCORR_EXT"}, {0x47, "ATA_CMD_READ_LOG_DMA_EXT"}, {0x4a, "ATA_CMD_ZAC_MGMT_IN"},
	{0x51, "ATA_CMD_CONFIG_STREAM"}, {0x57, "ATA_CMD_WRITE_LOG_DMA_EXT"}, {0x5b, "ATA_CMD_TRUSTED_NONDATA"}, {0x5c, "ATA_CMD_TRUSTED_RCV"},
	{0x5d, "ATA_CMD_TRUSTED_RCV_DMA"}, {0x5e, "ATA_CMD_TRUSTED_SND"}, {0x5f, "ATA_CMD_TRUSTED_SND_DMA"}, {0x60, "ATA_CMD_FPDMA_READ"},
	{0x61, "ATA_CMD_FPDMA_WRITE"}, {0x63, "ATA_CMD_NCQ_NON_DATA"}, {0x64, "ATA_CMD_FPDMA_SEND"}, {0x65, "ATA_CMD_FPDMA_RECV"},
	{0x87, "ATA_CMD_CFA_TRANS_SECT"}, {0x90, "ATA_CMD_EDD"}, {0x91, "ATA_CMD_INIT_DEV_PARAMS"}, {0x92, "ATA_CMD_DOWNLOAD_MICRO"},
	{0x93, "ATA_CMD_DOWNLOAD_MICRO_DMA"}, {0x9f, "ATA_CMD_ZAC_MGMT_OUT"}, {0xa0, "ATA_CMD_PACKET"}, {0xa1, "ATA_CMD_ID_ATAPI"},
	{0xa2, "ATA_CMD_SERVICE"}, {0xb0, "ATA_CMD_SMART"}, {0xb1, "ATA_CMD_CONF_OVERLAY"}, {0xb4, "ATA_CMD_SANITIZE_DEVICE"}, {0xc0, "ATA_CMD_CFA_ERASE"},
	{0xc4, "ATA_CMD_READ_MULTI"}, {0xc5, "ATA_CMD_WRITE_MULTI"}, {0xc6, "ATA_CMD_SET_MULTI"}, {0xc8, "ATA_CMD_READ"}, {0xca, "ATA_CMD_WRITE"},
	{0xcd, "ATA_CMD_CFA_WRITE_MULT_NE"}, {0xce, "ATA_CMD_WRITE_MULTI_FUA_EXT"}, {0xd1, "ATA_CMD_CHK_MED_CRD_TYP"}, {0xde, "ATA_CMD_MEDIA_LOCK"},
	{0xdf, "ATA_CMD_MEDIA_UNLOCK"}, {0xe0, "ATA_CMD_STANDBYNOW1"}, {0xe1, "ATA_CMD_IDLEIMMEDIATE"}, {0xe2, "ATA_CMD_STANDBY"}, {0xe3, "ATA_CMD_IDLE"},
	{0xe4, "ATA_CMD_PMP_READ"}, {0xe5, "ATA_CMD_CHK_POWER"}, {0xe6, "ATA_CMD_SLEEP"}, {0xe7, "ATA_CMD_FLUSH"}, {0xe8, "ATA_CMD_PMP_WRITE"},
	{0xe9, "ATA_CMD_PMP_READ_DMA"}, {0xea, "ATA_CMD_FLUSH_EXT"}, {0xeb, "ATA_CMD_PMP_WRITE_DMA"}, {0xec, "ATA_CMD_ID_ATA"},
	{0xef, "ATA_CMD_SET_FEATURES"}, {0xf1, "ATA_CMD_SEC_SET_PASS"}, {0xf2, "ATA_CMD_SEC_UNLOCK"}, {0xf3, "ATA_CMD_SEC_ERASE_PREP"},
	{0xf4, "ATA_CMD_SEC_ERASE_UNIT"}, {0xf5, "ATA_CMD_SEC_FREEZE_LOCK"}, {0xf6, "ATA_CMD_SEC_DISABLE_PASS"}, {0xf8, "ATA_CMD_READ_NATIVE_MAX"},
	{0xf9, "ATA_CMD_SET_MAX"}}}
