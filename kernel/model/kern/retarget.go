package kern

// Who takes a signal that was sent to a process is chosen when it is sent, as only that thread
// is woken (Linux: signal_wake_up, recalc_sigpending, retarget_shared_pending).

// retarget has other threads take the signals of a set that were sent to the process and
// that this thread, which may have been woken for them, does not take any more: it blocks
// them now, or ends.
func (t *Thread) retarget(set Sigset) {
	p := t.Proc
	set = set.And(p.Pending.Set())
	if set.Empty() {
		return
	}
	for _, o := range p.Threads {
		if o != t && o.Alive() && !o.killed && !set.Minus(o.Mask).Empty() {
			set = set.And(o.Mask)
			o.signalled()
		}
		if set.Empty() {
			return
		}
	}
}
