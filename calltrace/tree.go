package calltrace

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// Tree remembers which process made which, for --tree.
type Tree struct {
	os    *abi.OS
	comm  func(tid int) string
	now   func() time.Time
	nodes map[kernel.PID]*treeNode // of processes that live
	roots []*treeNode
	count int
	more  int // that were not kept
}

// maxTree bounds the processes that a Tree remembers.
const maxTree = 1 << 16

type treeNode struct {
	pid           kernel.PID
	command       string
	begun, ended  time.Time
	calls, errors int
	end           string // "" while it lives
	children      []*treeNode
}

// NewTree makes an empty tree. comm is the command that a thread runs.
func NewTree(os *abi.OS, comm func(tid int) string, now func() time.Time) *Tree {
	return &Tree{os: os, comm: comm, now: now, nodes: map[kernel.PID]*treeNode{}}
}

// Add puts in a process that was launched or attached to.
func (t *Tree) Add(p *tracer.Process) { t.add(p, nil) }

func (t *Tree) add(p *tracer.Process, parent *treeNode) {
	if t.count >= maxTree {
		t.more++
		return
	}
	t.count++
	n := &treeNode{pid: p.PID, begun: t.now(), command: t.comm(int(p.PID))}
	t.nodes[p.PID] = n
	if parent == nil {
		t.roots = append(t.roots, n)
	} else {
		parent.children = append(parent.children, n)
	}
}

// Watch takes an event.
func (t *Tree) Watch(e *tracer.Event) {
	if e.Kind == tracer.EvProcessNew {
		t.add(e.Process, t.nodes[e.Process.Parent])
		return
	}
	if e.Process == nil {
		return
	}
	n := t.nodes[e.Process.PID]
	if n == nil {
		return
	}
	switch e.Kind {
	case tracer.EvExec:
		n.command = t.comm(int(n.pid))
	case tracer.EvSyscallExit:
		n.calls++
		if e.Thread.Call.Failed {
			n.errors++
		}
	case tracer.EvExited:
		t.ended(n, fmt.Sprintf("exited with %d", e.Stop.Code))
	case tracer.EvKilled:
		t.ended(n, "killed by "+t.os.SignalName(int(e.Stop.Signal)))
	}
}

func (t *Tree) ended(n *treeNode, how string) {
	n.end, n.ended = how, t.now()
	delete(t.nodes, n.pid) // its number may be another's soon
}

// Write writes the tree, a line for each process, children further to the right.
func (t *Tree) Write(w io.Writer) error {
	var b strings.Builder
	for _, n := range t.roots {
		t.write(&b, n, "")
	}
	if t.more > 0 {
		fmt.Fprintf(&b, "and %d processes more\n", t.more)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const maxIndent = 60 // a chain of processes may be long

func (t *Tree) write(b *strings.Builder, n *treeNode, indent string) {
	end, ended := n.end, n.ended
	if end == "" {
		end, ended = "lives on", t.now()
	}
	fmt.Fprintf(b, "%s%s (%d) %s, %d calls, %d errors, %s\n", indent, n.command, n.pid,
		ended.Sub(n.begun).Round(100*time.Microsecond), n.calls, n.errors, end)
	for _, child := range n.children {
		deeper := indent + "  "
		t.write(b, child, deeper[:min(len(deeper), maxIndent)])
	}
}
