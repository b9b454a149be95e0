package kern

// Waiting for a word of memory: futex(2) of Linux, umtx of FreeBSD.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Futexes are those who wait for words, by word.
type futexes map[vm.Key][]*futexWaiter

type futexWaiter struct {
	sleep.Queue
	bits  uint32
	key   vm.Key
	woken bool
}

// FutexKey names the word at an address: within the process (private) or wherever it is mapped.
// EINVAL: it is not aligned. EFAULT: it cannot be read.
func (t *Thread) FutexKey(addr uint64, private bool) (vm.Key, errno.Errno) {
	if addr%4 != 0 {
		return vm.Key{}, errno.EINVAL
	}
	if private {
		return t.Proc.Space.PrivateKey(addr), errno.OK
	}
	key, f := t.Proc.Space.Key(addr, cpu.Read)
	if f != vm.None {
		return vm.Key{}, errno.EFAULT
	}
	return key, errno.OK
}

// FutexWait sleeps while the word at addr, whose key is given, is value, until it is woken by
// one of the bits, or the time. EAGAIN: it is not value. EINTR, ETIMEDOUT, EFAULT.
func (t *Thread) FutexWait(key vm.Key, addr uint64, value, bits uint32, until int64) errno.Errno {
	now, f := t.Proc.Space.Load32(addr)
	switch {
	case f != vm.None:
		return errno.EFAULT
	case now != value:
		return errno.EAGAIN
	}
	m := t.M
	w := &futexWaiter{bits: bits, key: key}
	m.futexes[key] = append(m.futexes[key], w)
	e := errno.OK
	for !w.woken && e == errno.OK {
		e = t.Sleep("futex", until, &w.Queue)
	}
	if w.woken {
		return errno.OK
	}
	m.futexes.remove(w)
	return e
}

func (f futexes) remove(w *futexWaiter) {
	rest := slices.DeleteFunc(f[w.key], func(x *futexWaiter) bool { return x == w })
	if len(rest) == 0 {
		delete(f, w.key)
	} else {
		f[w.key] = rest
	}
}

// FutexWake wakes up to n of those who wait for a word by one of the bits, and is how many.
func (m *Machine) FutexWake(key vm.Key, n int, bits uint32) int {
	woken := 0
	for _, w := range slices.Clone(m.futexes[key]) {
		if woken >= n {
			break
		}
		if w.bits&bits == 0 {
			continue
		}
		w.woken = true
		m.futexes.remove(w)
		w.Wake()
		woken++
	}
	return woken
}

// FutexRequeue wakes up to n, and has up to move others wait for another word; it is how many
// of both.
func (m *Machine) FutexRequeue(key, to vm.Key, n, move int) int {
	done := m.FutexWake(key, n, ^uint32(0))
	moved := 0
	for _, w := range slices.Clone(m.futexes[key]) {
		if moved >= move {
			break
		}
		if key != to {
			m.futexes.remove(w)
			w.key = to
			m.futexes[to] = append(m.futexes[to], w)
		}
		moved++
	}
	return done + moved
}
