package model

// SVR4 as a World has it: traced by its /proc, or as of old by ptrace(2) alone.

import (
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
	sys := svr4.NewSys(w.M, w.X)
	sys.Drift = o.Drift
	sys.Idle = w.idle
	sys.Refused = func(request, pid int, e hostsvr4.Errno) {
		if w.Refused != nil {
			w.Refused(request, pid, int(e))
		}
	}
	return sys
}

// idle asks whether what everybody waits for may come.
func (w *World) idle() bool {
	if w.Idle == nil {
		return false
	}
	w.Idle()
	return true
}
