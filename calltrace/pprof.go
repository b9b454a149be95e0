package calltrace

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

// Pprof is the Encoder of --format pprof: a profile of the time that calls took and of their
// number, by the stack behind each, which `go tool pprof` and flame graphs read. The innermost frame is
// the call itself. It wants events with stacks, and writes nothing before the end; whether that
// is compressed is the output's affair.
type Pprof struct {
	p         *profile.Profile
	samples   map[string]*profile.Sample
	locations map[string]*profile.Location
	functions map[string]*profile.Function
	mappings  map[string]*profile.Mapping
	last      int64 // when the last call ended
}

// Encode implements Encoder.
func (x *Pprof) Encode(b []byte, e *Event) []byte {
	if x.p == nil {
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
	s := x.samples[id.String()]
	if s == nil {
		s = &profile.Sample{Value: []int64{0, 0}, Location: []*profile.Location{x.call(e.Name)}}
		for i := range e.Stack {
			s.Location = append(s.Location, x.location(&e.Stack[i]))
		}
		x.samples[id.String()] = s
		x.p.Sample = append(x.p.Sample, s)
	}
	s.Value[0]++
	s.Value[1] += e.Duration
	x.last = max(x.last, e.Entered+e.Duration)
	return b
}

func (x *Pprof) begin(at int64) {
	x.p = &profile.Profile{TimeNanos: at, DefaultSampleType: "time",
		SampleType: []*profile.ValueType{{Type: "calls", Unit: "count"}, {Type: "time", Unit: "nanoseconds"}},
		PeriodType: &profile.ValueType{Type: "calls", Unit: "count"}, Period: 1}
	x.samples, x.locations = map[string]*profile.Sample{}, map[string]*profile.Location{}
	x.functions, x.mappings = map[string]*profile.Function{}, map[string]*profile.Mapping{}
	x.last = at
}

// placeID tells places apart over all processes: by file and address in it, if there is a file.
func placeID(f *Frame) string {
	if f.Image == "" {
		return f.PC
	}
	return f.Image + "+" + f.Addr
}

// call is the frame of a system call.
func (x *Pprof) call(name string) *profile.Location {
	return x.place("call "+name, func(l *profile.Location) { l.Line = []profile.Line{{Function: x.function(name, "")}} })
}

// location is the frame of a place in a program.
func (x *Pprof) location(f *Frame) *profile.Location {
	return x.place(placeID(f), func(l *profile.Location) {
		addr := f.Addr
		if f.Image != "" {
			l.Mapping = x.mapping(f.Image)
		} else {
			addr = f.PC
		}
		l.Address, _ = strconv.ParseUint(strings.TrimPrefix(addr, "0x"), 16, 64)
		name := f.Symbol
		if name == "" {
			name = placeID(f)
		}
		l.Line = []profile.Line{{Function: x.function(name, f.File), Line: int64(f.Line)}}
	})
}

// place is the location of an id, filled in when it is new.
func (x *Pprof) place(id string, fill func(*profile.Location)) *profile.Location {
	l := x.locations[id]
	if l == nil {
		l = &profile.Location{ID: uint64(len(x.p.Location) + 1)}
		fill(l)
		x.locations[id] = l
		x.p.Location = append(x.p.Location, l)
	}
	return l
}

func (x *Pprof) function(name, file string) *profile.Function {
	f := x.functions[name+"\x00"+file]
	if f == nil {
		f = &profile.Function{ID: uint64(len(x.p.Function) + 1), Name: name, SystemName: name, Filename: file}
		x.functions[name+"\x00"+file] = f
		x.p.Function = append(x.p.Function, f)
	}
	return f
}

// mapping stands for a file wherever it is mapped: addresses are the file's own.
func (x *Pprof) mapping(image string) *profile.Mapping {
	m := x.mappings[image]
	if m == nil {
		m = &profile.Mapping{ID: uint64(len(x.p.Mapping) + 1), File: image, Limit: 1<<63 - 1, HasFunctions: true}
		x.mappings[image] = m
		x.p.Mapping = append(x.p.Mapping, m)
	}
	return m
}

// Finish implements Encoder.
func (x *Pprof) Finish(b []byte) []byte {
	if x.p == nil {
		x.begin(0)
	}
	x.p.DurationNanos = x.last - x.p.TimeNanos
	var out bytes.Buffer
	if err := x.p.WriteUncompressed(&out); err != nil { // memory takes it
		panic(err)
	}
	return append(b, out.Bytes()...)
}
