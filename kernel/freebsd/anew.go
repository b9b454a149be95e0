package freebsd

// A stop that is told anew. When a thread ends while its process is stopped, as those do that an exec or an exit
// ends, the kernel tells of the stop once more, and refuses all requests (EBUSY) until it has been waited for
// again. Nothing else has changed: so that is done here, and the request made again.

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// anew is a Sys whose requests wait for stops that are told anew.
type anew struct {
	Sys
	k *Kernel
}

// retold says whether a request is to be made again.
func (x anew) retold(id int, e Errno) bool {
	if e != raw.EBUSY {
		return false
	}
	p := x.k.procs[kernel.PID(id)]
	if t := x.k.tasks[kernel.TID(id)]; t != nil {
		p = t.proc
	}
	if p == nil || !p.stopped {
		return false
	}
	st, e := x.k.take(int(p.pid), false)
	switch {
	case e != 0 || st.pid == 0:
		return false
	case raw.DecodeStatus(st.status, &st.info).Kind != raw.StatusStopped:
		x.k.ready = append(x.k.ready, st)
		return false
	}
	return true
}

func (x anew) Ptrace(req, id int, addr, data uint64) (n int, e Errno) {
	for again := true; again; again = x.retold(id, e) {
		n, e = x.Sys.Ptrace(req, id, addr, data)
	}
	return n, e
}

func (x anew) PtraceBuf(req, id int, buf []byte, data uint64) (n int, e Errno) {
	for again := true; again; again = x.retold(id, e) {
		n, e = x.Sys.PtraceBuf(req, id, buf, data)
	}
	return n, e
}

func (x anew) IO(id, op int, addr uint64, p []byte) (n int, e Errno) {
	for again := true; again; again = x.retold(id, e) {
		n, e = x.Sys.IO(id, op, addr, p)
	}
	return n, e
}

func (x anew) Regset(req, id, note int, buf []byte) (n int, e Errno) {
	for again := true; again; again = x.retold(id, e) {
		n, e = x.Sys.Regset(req, id, note, buf)
	}
	return n, e
}
