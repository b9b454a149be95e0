package procfs

// Resource limits (getrlimit(2)): the kernel prints a table whose labels have
// blanks, so each label is a row.

import (
	"bytes"
	"math"
)

// Unlimited is RLIM_INFINITY.
const Unlimited uint64 = math.MaxUint64

// Limit is one resource limit.
type Limit struct {
	Name       string // as ulimit and prlimit call it: "core", "nofile"
	Soft, Hard uint64
	Unit       string // "bytes", "s", "us", "" for a count
}

type limitRow struct{ label, name, unit string }

// limitRows gives each label of /proc/PID/limits its name and unit
// (fs/proc/base.c, lnames).
var limitRows = []limitRow{
	{"Max cpu time", "cpu", "s"},
	{"Max file size", "fsize", "bytes"},
	{"Max data size", "data", "bytes"},
	{"Max stack size", "stack", "bytes"},
	{"Max core file size", "core", "bytes"},
	{"Max resident set", "rss", "bytes"},
	{"Max processes", "nproc", ""},
	{"Max open files", "nofile", ""},
	{"Max locked memory", "memlock", "bytes"},
	{"Max address space", "as", "bytes"},
	{"Max file locks", "locks", ""},
	{"Max pending signals", "sigpending", ""},
	{"Max msgqueue size", "msgqueue", "bytes"},
	{"Max nice priority", "nice", ""},
	{"Max realtime priority", "rtprio", ""},
	{"Max realtime timeout", "rttime", "us"},
}

// moreLimits are FreeBSD's own (sys/resource.h); their text is made by freebsdtext.go.
var moreLimits = []limitRow{
	{"Max socket buffer size", "sbsize", "bytes"},
	{"Max pseudo-terminals", "npts", ""},
	{"Max swap", "swap", "bytes"},
	{"Max kqueues", "kqueues", ""},
	{"Max umtx objects", "umtxp", ""},
	{"Max pipe buffers", "pipebuf", "bytes"},
}

var allLimits = append(append([]limitRow(nil), limitRows...), moreLimits...)

// Limits reads the process's limits.
func (p Proc) Limits() ([]Limit, error) {
	b, err := p.readFull("limits")
	if err != nil {
		return nil, err
	}
	l, err := ParseLimits(b)
	return l, p.parsed("limits", err)
}

// ParseLimits reads the text of /proc/PID/limits. Labels that have no row here are
// passed over.
func ParseLimits(b []byte) ([]Limit, error) {
	if !bytes.HasPrefix(b, []byte("Limit ")) {
		return nil, malformed(1, b, "no heading")
	}
	var out []Limit
	for n, line := range lines(b) {
		for _, row := range allLimits {
			rest, ok := bytes.CutPrefix(line, []byte(row.label+" "))
			if !ok {
				continue
			}
			soft, rest := field(rest)
			hard, _ := field(rest)
			l := Limit{Name: row.name, Unit: row.unit}
			var ok1, ok2 bool
			l.Soft, ok1 = limitValue(soft)
			l.Hard, ok2 = limitValue(hard)
			if !ok1 || !ok2 {
				return nil, malformed(n, line, "bad limit")
			}
			out = append(out, l)
		}
	}
	return out, nil
}

func limitValue(b []byte) (uint64, bool) {
	if string(b) == "unlimited" {
		return Unlimited, true
	}
	return number(b, 10)
}
