package report

import (
	"slices"

	"github.com/trapline/trapline/calltrace"
)

// call is one call that is kept.
type call struct {
	begin, duration int64
	thread, kind    int32
	errno, stack    int32
	at              uint32 // of its text
	args, result    uint16 // lengths; the rest of a note follows
	note            uint16
}

// calls are those that are kept, with the text of all of them in one piece.
type calls struct {
	rows        []call
	text        []byte
	limit       int
	textLimit   int
	dropped     int64 // let go of
	droppedTime int64
	longest     int64 // of those
	density     density
	errnos      map[int32]string
}

func (k *calls) init(limit, text, cells int) {
	k.limit, k.textLimit, k.errnos = limit, text, map[int32]string{}
	k.density.init(cells)
}

// argumentEnd stands between the arguments of a call; decoded text has none.
const argumentEnd = '\n'

// add keeps a call. shown is how its texts are to be read.
func (k *calls) add(c call, e *calltrace.CallEvent, shown func(text string) string) {
	if len(k.rows) >= k.limit || len(k.text) > k.textLimit {
		k.halve()
	}
	c.at = uint32(len(k.text))
	for i, a := range e.Args {
		if i > 0 {
			k.text = append(k.text, argumentEnd)
		}
		k.text = append(k.text, clip(shown(a.Text), maxArgument)...)
	}
	c.args = uint16(len(k.text) - int(c.at))
	at := len(k.text)
	k.text = append(k.text, clip(shown(outcome(e)), maxArgument)...)
	c.result = uint16(len(k.text) - at)
	at = len(k.text)
	k.text = append(k.text, clip(note(e), maxArgument)...)
	c.note = uint16(len(k.text) - at)
	k.rows = append(k.rows, c)
	if c.errno != 0 && k.errnos[c.errno] == "" && len(k.errnos) < 1<<12 {
		k.errnos[c.errno] = errorName(e)
	}
}

// outcome is what stands behind the = of a call.
func outcome(e *calltrace.CallEvent) string {
	if e.Unfinished != "" {
		return "?"
	}
	return e.Result
}

// note is what else is to be said of a call.
func note(e *calltrace.CallEvent) string {
	switch {
	case e.Unfinished != "":
		return "never returned: " + e.Unfinished
	case e.Restart != "":
		return "begun again by the kernel (" + e.Restart + ")"
	}
	return e.Note
}

// texts are the arguments, the result and the note of a call, in the text of all.
func (c *call) texts(all string) (args, result, note string) {
	p := all[c.at:]
	a, b := int(c.args), int(c.args)+int(c.result)
	return p[:a], p[a:b], p[b : b+int(c.note)]
}

// halve lets go of the shorter half of the calls; of equally long ones, of the later.
func (k *calls) halve() {
	keep := len(k.rows) / 2
	durations := make([]int64, len(k.rows))
	for i := range k.rows {
		durations[i] = k.rows[i].duration
	}
	slices.Sort(durations)
	threshold := durations[len(durations)-keep]
	over, _ := slices.BinarySearch(durations, threshold+1)
	equal := keep - (len(durations) - over) // of those that take as long as that
	rows, text := k.rows[:0], k.text[:0]
	for _, c := range k.rows {
		if c.duration < threshold || c.duration == threshold && equal == 0 {
			k.dropped++
			k.droppedTime += c.duration
			k.longest = max(k.longest, c.duration)
			k.density.add(c.thread, c.begin, c.duration, c.errno != 0)
			continue
		}
		if c.duration == threshold {
			equal--
		}
		n := int(c.args) + int(c.result) + int(c.note)
		from := int(c.at)
		c.at = uint32(len(text))
		text = append(text, k.text[from:from+n]...)
		rows = append(rows, c)
	}
	k.rows, k.text = rows, text
}

// density is the calls that were let go of, by thread and span of time. Spans become longer when
// there are too many cells.
type density struct {
	width int64 // ns
	limit int
	cells map[place]cell
}

type place struct {
	thread int32
	span   int64
}

type cell struct{ calls, errors, time int64 }

const firstWidth = 1 << 17 // ns

func (d *density) init(limit int) { d.width, d.limit, d.cells = firstWidth, limit, map[place]cell{} }

func (d *density) add(thread int32, begin, duration int64, failed bool) {
	c := cell{1, 0, duration}
	if failed {
		c.errors = 1
	}
	d.put(place{thread, begin / d.width}, c)
	// A trace of more threads than cells has one cell each at last: no width helps then.
	for len(d.cells) > d.limit && d.width < 1<<60 {
		d.widen()
	}
}

func (d *density) widen() {
	d.width *= 2
	wide := density{cells: make(map[place]cell, len(d.cells)/2)}
	for at, c := range d.cells {
		at.span /= 2
		wide.put(at, c)
	}
	d.cells = wide.cells
}

// put adds to a cell.
func (d *density) put(at place, more cell) {
	c := d.cells[at]
	d.cells[at] = cell{c.calls + more.calls, c.errors + more.errors, c.time + more.time}
}
