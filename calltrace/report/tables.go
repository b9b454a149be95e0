package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/syscalls"
)

// category is what a call is about: its colour on the timeline.
type category struct {
	name string
	expr string // as for -e trace=
}

// categories are told by the first that a call is in; the last has the rest.
var categories = []category{
	{"waiting", "?poll,?ppoll,?select,?_newselect,?pselect6,?pselect,?epoll_wait,?epoll_pwait,?epoll_pwait2,?kevent,?wait4,?waitid,?waitpid,?wait6," +
		"?futex,?futex_waitv,?futex_wait,?_umtx_op,?nanosleep,?clock_nanosleep,?pause,?rt_sigsuspend,?sigsuspend,?rt_sigtimedwait,?sigtimedwait," +
		"?sigwaitinfo,?io_getevents,?io_pgetevents,?flock"},
	{"network", "%network"},
	{"signals", "%signal"},
	{"process", "%process,?clone,?clone3,?fork,?vfork,?set_robust_list,?set_tid_address,?rseq,?prlimit64,?arch_prctl,?prctl"},
	{"memory", "%memory"},
	{"ipc", "%ipc,?pipe,?pipe2,?eventfd2,?signalfd4"},
	{"files", "%file,%desc"},
	{"other", ""},
}

// categoryOf is the index of a call's category. It goes by the name, since the number of a part of
// socketcall(2) or ipc(2) is theirs.
func categoryOf(abi, name string) int {
	for _, a := range syscalls.ABIs {
		if a.Name != abi {
			continue
		}
		for i, c := range categorySets() {
			if c != nil && c.HasName(a, name) {
				return i
			}
		}
	}
	return len(categories) - 1
}

var parsedCategories []*syscalls.Set

func categorySets() []*syscalls.Set {
	if parsedCategories == nil {
		for _, c := range categories {
			var set *syscalls.Set
			if c.expr != "" {
				var err error
				if set, err = syscalls.ParseSet(c.expr); err != nil {
					panic("category " + c.name + ": " + err.Error()) // a test parses all
				}
			}
			parsedCategories = append(parsedCategories, set)
		}
	}
	return parsedCategories
}

// kind is a call by its name and those of its arguments, of which ioctl and its like have several.
type kind struct {
	name     int32 // index of the summary
	category int32
	args     []string
}

// kinds are the calls there have been, and what is counted of each name.
type kinds struct {
	all    []kind
	byKey  map[string]int32
	rows   []counter
	byName map[string]int32
	native string // the first ABI: the names of others say theirs
	key    []byte
}

// counter is a row of the summary.
type counter struct {
	name          string
	calls, errors int64
	total         int64 // ns
	min, max      int64
	spread        calltrace.Spread
}

// of is the kind of a call.
func (k *kinds) of(c *calltrace.CallEvent, limit int, n *notes) int32 {
	k.key = append(append(append(k.key[:0], c.ABI...), 0), c.Name...)
	for _, a := range c.Args {
		k.key = append(append(k.key, 0), a.Name...)
	}
	if i, ok := k.byKey[string(k.key)]; ok {
		return i
	}
	if len(k.all) >= limit {
		n.kinds++
		return int32(len(k.all) - 1)
	}
	if k.native == "" {
		k.native = c.ABI
	}
	name := c.Name
	if c.ABI != k.native {
		name += " (" + c.ABI + ")"
	}
	row, ok := k.byName[name]
	if !ok {
		row = int32(len(k.rows))
		k.rows = append(k.rows, counter{name: name})
		k.byName[name] = row
	}
	added := kind{name: row, category: int32(categoryOf(c.ABI, c.Name))}
	for _, a := range c.Args {
		added.args = append(added.args, a.Name)
	}
	i := int32(len(k.all))
	k.all = append(k.all, added)
	k.byKey[string(k.key)] = i
	return i
}

func (k *kinds) name(i int32) string { return k.rows[k.all[i].name].name }

func (k *kinds) count(i int32, duration int64, failed bool) {
	r := &k.rows[k.all[i].name]
	if r.calls == 0 || duration < r.min {
		r.min = duration
	}
	r.max = max(r.max, duration)
	r.calls++
	r.total += duration
	if failed {
		r.errors++
	}
	r.spread.Add(time.Duration(duration))
}

// table counts calls by a name. When it is full, the half of the rows with the least time becomes one.
type table struct {
	rows  map[string]*tableRow
	limit int
	rest  tableRow // of those
}

type tableRow struct {
	calls, errors int64
	time, longest int64
	in, out       int64 // bytes
	begin, end    int64 // of the first and the last call
	thread        int32 // of the first
	most          int64 // when the longest began
}

// row is the row of a name.
func (t *table) row(name string) *tableRow {
	if t.rows == nil {
		t.rows = map[string]*tableRow{}
	}
	name = clip(name, maxSubject)
	r := t.rows[name]
	if r == nil {
		if len(t.rows) >= t.limit {
			t.halve()
		}
		r = &tableRow{}
		t.rows[strings.Clone(name)] = r
	}
	return r
}

func (t *table) halve() {
	for _, name := range t.sorted()[len(t.rows)/2:] {
		t.rest.merge(t.rows[name])
		delete(t.rows, name)
	}
}

// merge adds the calls of a row to those of another.
func (r *tableRow) merge(s *tableRow) {
	if r.calls == 0 || s.begin < r.begin {
		r.begin, r.thread = s.begin, s.thread
	}
	if s.longest > r.longest {
		r.longest, r.most = s.longest, s.most
	}
	r.calls += s.calls
	r.errors += s.errors
	r.time += s.time
	r.in += s.in
	r.out += s.out
	r.end = max(r.end, s.end)
}

// count counts a call.
func (r *tableRow) count(duration int64, failed bool, in, out int64, th int32, at int64) {
	one := tableRow{calls: 1, time: duration, longest: duration, in: in, out: out, begin: at, end: at, most: at, thread: th}
	if failed {
		one.errors = 1
	}
	r.merge(&one)
}

// sorted are the names of rows, those with the most time first.
func (t *table) sorted() []string {
	return slices.SortedFunc(maps.Keys(t.rows), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.rows[b].time, t.rows[a].time), cmp.Compare(a, b))
	})
}
