package report

import (
	"path"
	"slices"

	"github.com/trapline/trapline/calltrace"
)

// stacks is the tree of all stacks: below the root commands, below each what it runs, the outermost
// function first, and at last the call.
type stacks struct {
	nodes     []node
	children  map[branch]int32
	frames    []frame
	byFrame   map[frame]int32
	maxNodes  int
	maxFrames int
}

type node struct {
	parent, frame int32
	calls, errors int64 // of stacks that end here
	time          int64
}

type branch struct{ parent, frame int32 }

type frame struct {
	kind  frameKind
	name  string
	image string
}

type frameKind int32

// The kinds of frames; the page has the same.
const (
	rootFrame frameKind = iota
	commandFrame
	functionFrame
	callFrame
	moreFrame // stands for what did not fit
)

func (s *stacks) init(nodes, frames int) {
	s.maxNodes, s.maxFrames = nodes, frames
	s.children, s.byFrame = map[branch]int32{}, map[frame]int32{}
	s.frames = []frame{{rootFrame, "all", ""}, {moreFrame, "(more)", ""}}
	s.nodes = []node{{parent: -1}}
}

// add counts the call at its stack, and returns the node of it.
func (s *stacks) add(e *calltrace.Event, duration int64, failed bool, n *notes) int32 {
	at := s.child(0, frame{commandFrame, e.Command, ""}, n)
	for _, f := range slices.Backward(e.Stack) {
		at = s.child(at, frameOf(&f), n)
	}
	at = s.child(at, frame{callFrame, e.Name, ""}, n)
	s.nodes[at].calls++
	s.nodes[at].time += duration
	if failed {
		s.nodes[at].errors++
	}
	return at
}

// frameOf is a frame without its place in the function, of which a flame graph has one.
func frameOf(f *calltrace.Frame) frame {
	switch {
	case f.Symbol != "":
		return frame{functionFrame, clip(f.Symbol, maxSubject), f.Image}
	case f.Image != "":
		return frame{functionFrame, path.Base(f.Image) + "+" + f.Addr, f.Image}
	}
	return frame{functionFrame, f.PC, ""}
}

// child is the node of a frame below another; that other when there is no more room.
func (s *stacks) child(parent int32, f frame, n *notes) int32 {
	i, ok := s.byFrame[f]
	if !ok {
		if len(s.frames) < s.maxFrames {
			i = int32(len(s.frames))
			s.frames = append(s.frames, f)
			s.byFrame[f] = i
		} else {
			i = 1
		}
	}
	b := branch{parent, i}
	at, ok := s.children[b]
	if ok {
		return at
	}
	if len(s.nodes) >= s.maxNodes {
		n.nodes++
		return parent
	}
	at = int32(len(s.nodes))
	s.nodes = append(s.nodes, node{parent: parent, frame: i})
	s.children[b] = at
	return at
}
