package calltrace

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// Pprof is the Encoder of --format pprof: a profile of the time that calls took and of their
// number, by the stack behind each, which `go tool pprof` and flame graphs read (profile.proto of
// github.com/google/pprof, whose numbers of fields stand in the code). The innermost frame is
// the call itself. It wants events with stacks, and writes nothing before the end; whether that
// is compressed is the output's affair.
type Pprof struct {
	out     message // all but samples and strings
	samples []*pprofSample
	stacks  map[string]*pprofSample
	strings []string
	ids     [nProfileTables]map[string]uint64
	begun   int64 // ns since the Epoch
	last    int64 // when the last call ended
}

// pprofSample is what the calls of one name and stack have come to.
type pprofSample struct {
	locations    []uint64
	calls, nanos uint64
}

// profileTable is one of the lists of a profile whose elements others name: strings by their place, the others by
// an id.
type profileTable int

const (
	profileStrings profileTable = iota
	profileMappings
	profileLocations
	profileFunctions
	nProfileTables
)

// message is a message of protocol buffers as it is written: numbers are varints, 0 is left out.
type message []byte

func (m *message) number(field int, v uint64) {
	if v != 0 {
		*m = binary.AppendUvarint(binary.AppendUvarint(*m, uint64(field)<<3), v)
	}
}

func (m *message) bytes(field int, p string) {
	*m = append(binary.AppendUvarint(binary.AppendUvarint(*m, uint64(field)<<3|2), uint64(len(p))), p...)
}

// list is numbers one after another.
func (m *message) list(field int, vs ...uint64) {
	var p []byte
	for _, v := range vs {
		p = binary.AppendUvarint(p, v)
	}
	m.bytes(field, string(p))
}

// ofNumbers is a message that holds numbers alone, in the order of their fields.
func ofNumbers(vs ...uint64) string {
	var m message
	for i, v := range vs {
		m.number(i+1, v)
	}
	return string(m)
}

// Encode implements Encoder.
func (x *Pprof) Encode(b []byte, e *Event) []byte {
	if x.stacks == nil {
		x.begin(e.Time)
	}
	if e.CallEvent == nil {
		return b
	}
	var id strings.Builder
	id.WriteString(e.Name)
	for i := range e.Stack {
		id.WriteByte(' ')
		id.WriteString(placeID(&e.Stack[i]))
	}
	s := x.stacks[id.String()]
	if s == nil {
		s = &pprofSample{locations: []uint64{x.call(e.Name)}}
		for i := range e.Stack {
			s.locations = append(s.locations, x.location(&e.Stack[i]))
		}
		x.stacks[id.String()] = s
		x.samples = append(x.samples, s)
	}
	s.calls++
	s.nanos += uint64(e.Duration)
	x.last = max(x.last, e.Entered+e.Duration)
	return b
}

func (x *Pprof) begin(at int64) {
	x.stacks, x.begun, x.last = map[string]*pprofSample{}, at, at
	for i := range x.ids {
		x.ids[i] = map[string]uint64{}
	}
	x.text("") // the first has to be
	calls := ofNumbers(x.text("calls"), x.text("count"))
	x.out.bytes(1, calls) // sample_type
	x.out.bytes(1, ofNumbers(x.text("time"), x.text("nanoseconds")))
	x.out.number(9, uint64(at))      // time_nanos
	x.out.bytes(11, calls)           // period_type
	x.out.number(12, 1)              // period
	x.out.number(14, x.text("time")) // default_sample_type
}

// placeID tells places apart over all processes: by file and address in it, if there is a file.
func placeID(f *Frame) string {
	if f.Image == "" {
		return f.PC
	}
	return f.Image + "+" + f.Addr
}

// known is the number of an element of a table, counted from 1; first says that it is new.
func (x *Pprof) known(t profileTable, key string) (id uint64, first bool) {
	id, found := x.ids[t][key]
	if !found {
		id = uint64(len(x.ids[t]) + 1)
		x.ids[t][key] = id
	}
	return id, !found
}

func (x *Pprof) text(s string) uint64 {
	id, first := x.known(profileStrings, s)
	if first {
		x.strings = append(x.strings, s)
	}
	return id - 1
}

// call is the frame of a system call.
func (x *Pprof) call(name string) uint64 {
	id, first := x.known(profileLocations, "call "+name)
	if first {
		x.place(id, 0, 0, x.function(name, ""), 0)
	}
	return id
}

// location is the frame of a place in a program.
func (x *Pprof) location(f *Frame) uint64 {
	id, first := x.known(profileLocations, placeID(f))
	if !first {
		return id
	}
	mapping, text := uint64(0), f.PC
	if f.Image != "" {
		mapping, text = x.mapping(f.Image), f.Addr
	}
	addr, _ := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 64)
	name := f.Symbol
	if name == "" {
		name = placeID(f)
	}
	x.place(id, mapping, addr, x.function(name, f.File), uint64(f.Line))
	return id
}

// place writes a location: mapping, address and one line of a function.
func (x *Pprof) place(id, mapping, addr, function, line uint64) {
	l := message(ofNumbers(id, mapping, addr))
	l.bytes(4, ofNumbers(function, line))
	x.out.bytes(4, string(l))
}

func (x *Pprof) function(name, file string) uint64 {
	id, first := x.known(profileFunctions, name+"\x00"+file)
	if first {
		x.out.bytes(5, ofNumbers(id, x.text(name), x.text(name), x.text(file)))
	}
	return id
}

// mapping stands for a file wherever it is mapped: addresses are the file's own.
func (x *Pprof) mapping(image string) uint64 {
	const start, limit, offset, buildID, hasFunctions = 0, 1<<63 - 1, 0, 0, 1
	id, first := x.known(profileMappings, image)
	if first {
		x.out.bytes(3, ofNumbers(id, start, limit, offset, x.text(image), buildID, hasFunctions))
	}
	return id
}

// Finish implements Encoder.
func (x *Pprof) Finish(b []byte) []byte {
	if x.stacks == nil {
		x.begin(0)
	}
	x.out.number(10, uint64(x.last-x.begun)) // duration_nanos
	for _, s := range x.samples {
		var m message
		m.list(1, s.locations...)
		m.list(2, s.calls, s.nanos)
		x.out.bytes(2, string(m))
	}
	for _, s := range x.strings {
		x.out.bytes(6, s)
	}
	return append(b, x.out...)
}
