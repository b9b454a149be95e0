// What bpf(BPF_OBJ_GET_INFO_BY_FD) tells of a program or a map. The kernel takes the lengths of
// the program's buffers from the structure that it fills, and puts there what it has.

package syscalls

import (
	"strings"
	"sync"
)

// bpfInfoMost is the part of a structure that is looked at.
const bpfInfoMost = 256

// bpfBefore remembers the structure that the kernel is to fill and, first, its length.
func (c *Call) bpfBefore(v uint64) {
	if uint32(c.arg(0)) != bpfGetInfoByFD {
		return
	}
	attr, ok := c.read(v, 16)
	if !ok {
		return
	}
	n := u32(attr[4:])
	c.before = append(c.before[:0], attr[4:8]...)
	if info, ok := c.read(u64(attr[8:]), int(min(n, bpfInfoMost))); ok {
		c.before = append(c.before, info...)
	}
}

// bpfInfoLen is the length that was given and, behind an arrow, the one that the kernel has put there.
func (c *Call) bpfInfoLen(v uint64) { c.changed(c.before, v) }

// changed prints the number of 4 bytes that was before and, behind an arrow, what it has become.
func (c *Call) changed(before []byte, v uint64) {
	if len(before) >= 4 && uint64(u32(before)) != v {
		c.udec(uint64(u32(before)))
		c.str(" => ")
	}
	c.udec(v)
}

// bpfInfo is the structure, by what the descriptor is of.
func (c *Call) bpfInfo(m *member, s []byte) {
	at, fd := u64(s[m.off:]), int32(u32(s))
	r := (*record)(nil)
	if c.opts.Verbose && c.opts.Link != nil {
		r = bpfInfos()[c.opts.Link(c.PID, fd)]
	}
	if r == nil {
		c.addr(at)
		return
	}
	p, ok := c.read(at, int(min(u32(s[4:]), bpfInfoMost)))
	if !ok {
		c.addr(at)
		return
	}
	r.body(c, p)
}

// bpfInfos are the structures by what /proc says of a descriptor.
var bpfInfos = sync.OnceValue(func() map[string]*record {
	return map[string]*record{
		"anon_inode:bpf-map": newRecord(enum32("type", &tBpfMap), u32le("id"), u32le("key_size"), u32le("value_size"), u32le("max_entries"), flags32("map_flags", &tBpfMapFlags),
			text("name", 16), natural("ifindex", 4, fIfindex), u32le("btf_vmlinux_value_type_id"), natural("netns_dev", 8, (*Call).makedev), u64le("netns_ino"),
			u32le("btf_id"), u32le("btf_key_type_id"), u32le("btf_value_type_id"), pad(4), u64le("map_extra").newer()),
		"anon_inode:bpf-prog": bpfProgInfo.pick(bpfProgOrder),
	}
})

// bpfProgOrder has each buffer behind its length.
const bpfProgOrder = "type id tag jited_prog_len jited_prog_insns xlated_prog_len xlated_prog_insns load_time created_by_uid nr_map_ids map_ids name ifindex gpl_compatible netns_dev " +
	"netns_ino nr_jited_ksyms nr_jited_func_lens jited_ksyms jited_func_lens btf_id func_info_rec_size func_info nr_func_info nr_line_info line_info jited_line_info " +
	"nr_jited_line_info line_info_rec_size jited_line_info_rec_size nr_prog_tags prog_tags run_time_ns run_cnt recursion_misses verified_insns attach_btf_obj_id attach_btf_id"

var bpfProgInfo = newRecord(enum32("type", &tBpfProg), u32le("id"), octets("tag", 8), bpfCount("jited_prog_len"), bpfCount("xlated_prog_len"),
	bpfResult("jited_prog_insns", "jited_prog_len", 1, nil), bpfResult("xlated_prog_insns", "xlated_prog_len", 8, (*Call).bpfInsn),
	natural("load_time", 8, (*Call).sinceBoot), u32le("created_by_uid"), bpfCount("nr_map_ids"), bpfResult("map_ids", "nr_map_ids", 4, udec32),
	text("name", 16), natural("ifindex", 4, fIfindex), natural("gpl_compatible", 4, func(c *Call, v uint64) { c.udec(v & 1) }),
	natural("netns_dev", 8, (*Call).makedev), u64le("netns_ino"), bpfCount("nr_jited_ksyms"), bpfCount("nr_jited_func_lens"),
	bpfResult("jited_ksyms", "nr_jited_ksyms", 8, func(c *Call, p []byte) { c.addr(u64(p)) }), bpfResult("jited_func_lens", "nr_jited_func_lens", 4, udec32),
	u32le("btf_id"), bpfCount("func_info_rec_size"), natural("func_info", 8, (*Call).addr), bpfCount("nr_func_info"), bpfCount("nr_line_info"),
	natural("line_info", 8, (*Call).addr), natural("jited_line_info", 8, (*Call).addr), bpfCount("nr_jited_line_info"), bpfCount("line_info_rec_size"),
	bpfCount("jited_line_info_rec_size"), bpfCount("nr_prog_tags"), bpfResult("prog_tags", "nr_prog_tags", 8, (*Call).hexQuote),
	u64le("run_time_ns"), u64le("run_cnt"), u64le("recursion_misses"), u32le("verified_insns"),
	u32le("attach_btf_obj_id").newer(), u32le("attach_btf_id").newer())

func udec32(c *Call, p []byte) { c.udec(uint64(u32(p))) }

// bpfCount is a number that the kernel may have changed.
func bpfCount(name string) field {
	f := u32le(name)
	f.all = func(c *Call, m *member, s []byte) { c.changed(c.bpfWas(m.off), m.number(s)) }
	return f
}

// bpfWas is the structure from off on, as the kernel was given it.
func (c *Call) bpfWas(off int) []byte { return c.before[min(4+off, len(c.before)):] }

// bpfResult is a buffer that the kernel has filled with elements of width bytes, as many as the member
// by says in bytes, or in elements where its name begins with "nr_"; no more than there was room for.
// Without each they are bytes.
func bpfResult(name, by string, width int, each func(c *Call, p []byte)) field {
	f := natural(name, 8, nil)
	f.by = by
	f.all = func(c *Call, m *member, s []byte) {
		at, n := m.number(s), m.by.number(s)
		if was := c.bpfWas(m.by.off); len(was) >= 4 {
			n = min(n, uint64(u32(was)))
		}
		switch {
		case c.failed || at == 0:
			c.addr(at)
		case each == nil:
			c.hexBuffer(at, n)
		case strings.HasPrefix(by, "nr_"):
			c.list(at, n, width, each)
		default:
			c.list(at, n/uint64(width), width, each)
		}
	}
	return f
}

// sinceBoot is a time of CLOCK_BOOTTIME in ns, with its date.
func (c *Call) sinceBoot(v uint64) {
	c.udec(v)
	if c.opts.Booted != 0 && v != 0 {
		c.date((c.opts.Booted+int64(v))/1e9, 0, 9)
	}
}
