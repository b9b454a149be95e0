package freebsd

// Requests about a tracee's memory, its map, and its core.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

func init() {
	for req, f := range map[int]func(*request) (int, errno.Errno){
		raw.ReadI: (*request).peek, raw.ReadD: (*request).peek, raw.WriteI: (*request).poke, raw.WriteD: (*request).poke,
		raw.IO: (*request).io, raw.VMTimestamp: (*request).vmTimestamp, raw.VMEntry: (*request).vmEntry, raw.Coredump: (*request).coredump,
	} {
		requests[req] = f
	}
}

// maxUser is past the last address of programs.
const maxUser = 0x800000000000

// peek is PT_READ_I and PT_READ_D: an int (peek-poke).
func (r *request) peek() (int, errno.Errno) {
	var b [4]byte
	if peekAll(r.p, r.addr, b[:]) != len(b) {
		return 0, errno.ENOMEM
	}
	return int(int32(le.Uint32(b[:]))), errno.OK
}

// poke writes what can be written, also if it is not all.
func (r *request) poke() (int, errno.Errno) {
	b := le.AppendUint32(nil, uint32(r.data))
	r.wrote()
	if n := pokeAll(r.p, r.addr, b); n != len(b) {
		return 0, errno.ENOMEM
	}
	return 0, errno.OK
}

// wrote notes that registers or memory were changed: a sleep that the thread is in ends.
func (r *request) wrote() { lwpOf(r.t).userWrite = true }

// reachable is how many of n bytes a debugger can reach: pages that the program may read, which it
// may then write too (io-partial, peek-poke).
func reachable(p *kern.Proc, addr uint64, n int) int {
	if p.Space == nil {
		return 0
	}
	for done := 0; done < n; {
		if e, ok := p.Space.At(addr + uint64(done)); !ok || e.Prot&vm.Read == 0 || addr+uint64(done) < addr {
			return done
		}
		done += int(vm.PageSize - (addr+uint64(done))%vm.PageSize)
	}
	return n
}

func peekAll(p *kern.Proc, addr uint64, b []byte) int {
	n := reachable(p, addr, len(b))
	if n == 0 {
		return 0
	}
	return p.Space.Peek(addr, b[:n])
}

// pokeAll writes over the edge of what is mapped; the map's timestamp counts writes that make
// private what was the file's (vm-timestamp).
func pokeAll(p *kern.Proc, addr uint64, b []byte) int {
	n := reachable(p, addr, len(b))
	if n == 0 {
		return 0
	}
	if e, ok := p.Space.At(addr); ok && e.Prot&vm.Write == 0 {
		procOf(p).timestamp++
	}
	return p.Space.Poke(addr, b[:n])
}

// io is PT_IO: a transfer that runs off what is mapped moves what comes before, is EFAULT, and
// leaves piod_len (io-partial).
func (r *request) io() (int, errno.Errno) {
	b := make([]byte, raw.IODescSize)
	if e := r.mem.in(r.addr, b); e != errno.OK {
		return 0, e
	}
	op, offs, at, n := int(int32(le.Uint32(b))), le.Uint64(b[8:]), le.Uint64(b[16:]), le.Uint64(b[24:])
	switch op {
	case raw.ReadData, raw.ReadInstr, raw.WriteData, raw.WriteInstr:
	default:
		return 0, errno.EINVAL
	}
	if int64(n) < 0 {
		return 0, errno.EINVAL
	}
	write := op == raw.WriteData || op == raw.WriteInstr
	if write {
		r.wrote()
	}
	done, e := r.move(offs, at, n, write)
	if e == errno.OK && done < n {
		e = errno.EFAULT
	}
	if e != errno.OK {
		return 0, e
	}
	le.PutUint64(b[24:], done)
	return 0, r.mem.out(r.addr, b)
}

// move moves up to n bytes, and is how many it did.
func (r *request) move(offs, at, n uint64, write bool) (done uint64, e errno.Errno) {
	buf := make([]byte, min(n, vm.PageSize))
	for done < n {
		part := buf[:min(n-done, vm.PageSize-(offs+done)%vm.PageSize, uint64(len(buf)))]
		got := 0
		if write {
			if e := r.mem.in(at+done, part); e != errno.OK {
				return done, e
			}
			got = pokeAll(r.p, offs+done, part)
		} else if got = peekAll(r.p, offs+done, part); got > 0 {
			if e := r.mem.out(at+done, part[:got]); e != errno.OK {
				return done, e
			}
		}
		if done += uint64(got); got < len(part) {
			break
		}
	}
	return done, errno.OK
}

func (r *request) vmTimestamp() (int, errno.Errno) {
	return int(procOf(r.p).timestamp), errno.OK
}

// prots are a map entry's protection, and in the high half the maximum.
func prots(p vm.Prot) uint32 {
	n := uint32(0)
	for i, bit := range []vm.Prot{vm.Read, vm.Write, vm.Exec} {
		if p&bit != 0 {
			n |= 1 << i
		}
	}
	return n
}

// vmEntry is PT_VM_ENTRY: the entry of that number or after it, and the next one's number.
func (r *request) vmEntry() (int, errno.Errno) {
	b := make([]byte, raw.VMEntrySize)
	if e := r.mem.in(r.addr, b); e != errno.OK {
		return 0, e
	}
	v := raw.DecodeVMEntry(b)
	if r.p.Space == nil {
		return 0, errno.ESRCH
	}
	all := mapEntries(r.p)
	v.Entry = max(v.Entry, 0)
	switch {
	case int(v.Entry) > len(all):
		return 0, errno.EINVAL
	case int(v.Entry) == len(all):
		return 0, errno.ENOENT
	}
	e := all[v.Entry]
	path, room := "", v.PathLen
	if e.node != nil {
		path = e.path
	}
	v.Entry, v.Timestamp = v.Entry+1, procOf(r.p).timestamp
	v.Start, v.End, v.Offset, v.Prot = e.start, e.end-1, e.offset, e.prot
	v.FileID, v.FSID, v.PathLen = 0, 0, 0
	if path != "" && room > 0 {
		v.PathLen = uint32(len(path) + 1)
		st := e.node.Stat()
		v.FileID, v.FSID = int64(st.Ino), 1
		if v.PathLen > room {
			return 0, errno.ENAMETOOLONG
		} else if e := r.mem.out(le.Uint64(b[56:]), append([]byte(path), 0)); e != errno.OK {
			return 0, e
		}
	}
	v.Encode(b)
	return 0, r.mem.out(r.addr, b)
}

// mapEntry is an entry as procstat -v shows it.
type mapEntry struct {
	start, end, offset uint64
	prot               uint32
	guard              bool
	grows              bool
	copied             bool // it is copied when written
	needsCopy          bool
	node               *fs.Node
	path               string
	e                  vm.Entry
}
