package model

// SVR4 as a World has it: traced by its /proc, or as of old by ptrace(2) alone.

import (
	"github.com/trapline/trapline/kernel"
	hostsvr4 "github.com/trapline/trapline/kernel/svr4"

	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/svr4"
)

func bootSVR4(w *World, c kern.Config, o *Options) {
	w.Kernel = hostsvr4.New(sysSVR4(w, c, o))
}

func bootOldSVR4(w *World, c kern.Config, o *Options) {
	w.Kernel = hostsvr4.NewPtrace(sysSVR4(w, c, o))
}

func sysSVR4(w *World, c kern.Config, o *Options) *svr4.Sys {
	w.M = svr4.New(c)
	w.X = w.M.NewExternal("trapline", kern.Cred{})
	w.tid = func(t *kern.Thread) kernel.TID { return kernel.TID(svr4.TID(t)) }
	sys := svr4.NewSys(w.M, w.X)
	sys.Drift, sys.Idle, sys.Refused = o.Drift, w.idle, w.refused
	return sys
}

// TID is what the engine calls a thread.
func (w *World) TID(t *kern.Thread) kernel.TID {
	if w.tid != nil {
		return w.tid(t)
	}
	return kernel.TID(t.TID)
}

// Thread is the thread that the engine calls so, nil if it is no more.
func (w *World) Thread(tid kernel.TID) *kern.Thread {
	if w.tid == nil {
		return w.M.Thread(int(tid))
	}
	for _, p := range w.M.Procs() {
		for _, t := range p.Threads {
			if t.State < kern.Gone && w.tid(t) == tid {
				return t
			}
		}
	}
	return nil
}

// Traced says whether a tracer has hold of a thread.
func (w *World) Traced(t *kern.Thread) bool {
	teller, ok := w.M.System.Tracing.(interface{ TracerOf(*kern.Thread) int })
	return ok && teller.TracerOf(t) != 0
}

// idle asks whether what everybody waits for may come.
func (w *World) idle() bool {
	if w.Idle == nil {
		return false
	}
	w.Idle()
	return true
}

func (w *World) refused(request, id, errno int) {
	if w.Refused != nil {
		w.Refused(request, id, errno)
	}
}
