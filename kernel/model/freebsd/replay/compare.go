package replay

// Steps against a recording: any recorded value where it varies, any recorded order where there are
// several.

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// Plain is steps as JSON has them.
func Plain(steps []Step) []map[string]any {
	b, err := json.Marshal(steps)
	if err != nil {
		panic(err)
	}
	var all []map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		panic(err)
	}
	return all
}

// Compare compares steps with one form of a recording, and is what differs, a line each.
func Compare(want, got []map[string]any) []string {
	var diffs []string
	newborn := false
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			return append(diffs, fmt.Sprintf("step %d: ended; recorded: %s", i+1, brief(want[i])))
		case i >= len(want):
			return append(diffs, fmt.Sprintf("step %d: %s; recorded: the end", i+1, brief(got[i])))
		case want[i]["op"] != got[i]["op"]:
			return append(diffs, fmt.Sprintf("step %d: %s; recorded: %s", i+1, brief(got[i]), brief(want[i])))
		}
		if flags, ok := get(want[i], "out.flags").(string); ok {
			newborn = strings.Contains(flags, "CHILD")
		}
		varies, _ := want[i]["varies"].(map[string]any)
		var paths []string
		differ("", want[i], got[i], &paths)
		sort.Strings(paths)
		for _, p := range paths {
			if newborn && p == "out.retval1" { // what was in the thread's structure before
				continue
			}
			if p == "varies" || allowed(varies, p, got[i]) {
				continue
			}
			diffs = append(diffs, fmt.Sprintf("step %d %s %v: %s is %v; recorded: %v", i+1, want[i]["op"], want[i]["pid"], p, show(get(got[i], p)), show(get(want[i], p))))
		}
	}
	return diffs
}

// brief is a step in short.
func brief(s map[string]any) string {
	out, _ := s["out"].(map[string]any)
	return fmt.Sprintf("%v of %v = %v %v %v %v", s["op"], s["pid"], s["ret"], s["errno"], out["means"], s["note"])
}

func show(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// allowed says whether other runs had this value. A field in a list varies as the list.
func allowed(varies map[string]any, path string, got map[string]any) bool {
	for k, v := range varies {
		if bare(k) != bare(path) && !strings.HasPrefix(bare(path), bare(k)+".") {
			continue
		}
		all, _ := cooked(v).([]any)
		mine := cooked(get(got, bare(k)))
		if slices.ContainsFunc(all, func(x any) bool { return reflect.DeepEqual(x, mine) || sameFrame(x, mine) }) {
			return true
		}
	}
	return false
}

// sameFrame says whether two addresses, or the first ones of lists, are those of a signal's frame
// that only differ by how it is aligned, which depends on where the stack is.
func sameFrame(a, b any) bool {
	x, xok := a.([]any)
	y, yok := b.([]any)
	if xok && yok && len(x) == len(y) && len(x) > 0 {
		return sameFrame(x[0], y[0]) && reflect.DeepEqual(x[1:], y[1:])
	}
	m, n := stackOff(fmt.Sprint(a)), stackOff(fmt.Sprint(b))
	return m != 0 && n != 0 && (m-n)%16 == 0 && abs(m-n) < 64
}

// cooked is a value without what is raw in it.
func cooked(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, x := range v {
			if !strings.HasSuffix(k, "_raw") {
				m[k] = cooked(x)
			}
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i := range v {
			l[i] = cooked(v[i])
		}
		return l
	}
	return v
}

// bare is a path up to its first index.
func bare(path string) string {
	path, _, _ = strings.Cut(path, "[")
	return path
}

// differ lists the fields in which two values differ, raw ones left out.
func differ(path string, a, b any, out *[]string) {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if !aok || !bok {
		as, aok := a.([]any)
		bs, bok := b.([]any)
		if aok && bok && len(as) == len(bs) {
			for i := range as {
				differ(fmt.Sprintf("%s[%d]", path, i), as[i], bs[i], out)
			}
			return
		}
		if !reflect.DeepEqual(a, b) && !chance(path, a, b) {
			*out = append(*out, path)
		}
		return
	}
	for k := range am {
		if _, ok := bm[k]; !ok && !strings.HasSuffix(k, "_raw") && path+k != "varies" {
			*out = append(*out, strings.TrimPrefix(path+"."+k, "."))
		}
	}
	for k := range bm {
		if strings.HasSuffix(k, "_raw") {
			continue
		}
		differ(strings.TrimPrefix(path+"."+k, "."), am[k], bm[k], out)
	}
}

// chance says whether two values differ by chance alone: the flags of a counter, the number of a
// process that has no name, an address of a mapping, how far from a page's end a stack begins.
func chance(path string, a, b any) bool {
	x, y := fmt.Sprint(a), fmt.Sprint(b)
	switch {
	case strings.HasSuffix(path, "rflags"):
		return sameFlags(a, b)
	case strings.HasSuffix(path, "start"):
		return stackOff(x) != 0 && stackOff(y) != 0 && abs(stackOff(x)-stackOff(y)) < 4096
	case strings.HasSuffix(path, "rax"):
		return isPID(x) && isPID(y)
	case strings.HasSuffix(path, "out.bytes"):
		return isMapping(x) && isMapping(y)
	}
	return false
}

// stackOff is N of "stack-N".
func stackOff(s string) (n int) {
	fmt.Sscanf(s, "stack%d", &n)
	return n
}

func abs(n int) int { return max(n, -n) }

func isPID(s string) bool {
	var n uint64
	fmt.Sscanf(s, "0x%x", &n)
	return n >= firstPid && n < 100000
}

// isMapping says whether eight bytes are an address of a mapping.
func isMapping(s string) bool {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 8 {
		return false
	}
	n := binary.LittleEndian.Uint64(b)
	return n >= mapLow && n < mapHigh && n%page == 0
}

// sameFlags says whether flags are the same but for parity and adjust, which show how far a counter
// came, or what process ids there were.
func sameFlags(a, b any) bool {
	var x, y uint64
	fmt.Sscanf(fmt.Sprint(a), "0x%x", &x)
	fmt.Sscanf(fmt.Sprint(b), "0x%x", &y)
	return (x^y)&^0x14 == 0
}

// get is the value at a path, which may have indices.
func get(s any, path string) any {
	for _, k := range strings.Split(path, ".") {
		k, index, indexed := strings.Cut(k, "[")
		if k != "" {
			m, ok := s.(map[string]any)
			if !ok {
				return nil
			}
			s = m[k]
		}
		for indexed {
			var i int
			fmt.Sscanf(index, "%d", &i)
			l, ok := s.([]any)
			if !ok || i >= len(l) {
				return nil
			}
			s = l[i]
			_, index, indexed = strings.Cut(index, "[")
		}
	}
	return s
}
