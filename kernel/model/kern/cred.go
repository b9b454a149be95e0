package kern

// Credentials. They are a process's, but where a System says so (ThreadCreds) a thread may come
// to have its own: to Linux the ids are the thread's, and that all threads of a process have
// the same is the C library's work (credentials(7), "C library/kernel differences").

// Cred is what the thread may do, to look at.
func (t *Thread) Cred() *Cred {
	if t.own != nil {
		return t.own
	}
	return &t.Proc.Cred
}

// OwnCred is the same, for the thread to change.
func (t *Thread) OwnCred() *Cred {
	p := t.Proc
	if !p.Sys.ThreadCreds || t.own != nil || p.living() == 1 {
		return t.Cred()
	}
	if t != p.Leader { // what the leader may do is what the process may
		t.own = p.Cred.copied()
		return t.own
	}
	for _, o := range p.Threads {
		if o != t && o.own == nil {
			o.own = p.Cred.copied()
		}
	}
	return &p.Cred
}

func (c *Cred) copied() *Cred {
	n := *c
	n.Groups = append([]uint32(nil), c.Groups...)
	return &n
}

// inheritCred gives a new thread what its maker may do.
func (n *Thread) inheritCred(maker *Thread) {
	switch {
	case maker.own == nil:
	case n.Proc == maker.Proc:
		n.own = maker.own.copied()
	default:
		n.Proc.Cred = *maker.own.copied()
	}
}

// takeOver makes what the thread may do what its process may: it is the only one left.
func (t *Thread) takeOver() {
	if t.own != nil {
		t.Proc.Cred, t.own = *t.own, nil
	}
}
