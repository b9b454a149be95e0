package procfs

// The address space with what is in it.

import "bytes"

// MapUse is a mapping and how it is used.
type MapUse struct {
	Map
	Anonymous uint64   // bytes resident or swapped out that are no file's: written to
	Flags     []string // VmFlags of proc_pid_smaps(5): "dd" no core, "io" a device, "ht" huge pages
}

// MapUses reads smaps. The kernel walks every page table for it.
func (p Proc) MapUses() ([]MapUse, error) {
	b, err := p.readMemory("smaps")
	if err != nil {
		return nil, err
	}
	u, err := ParseSmaps(b)
	return u, p.parsed("smaps", err)
}

// CoreFilter is which of the process's mappings go into a core (coredump_filter of core(5)).
func (p Proc) CoreFilter() (uint32, error) {
	b, err := p.readMemory("coredump_filter")
	if err != nil {
		return 0, err
	}
	n, ok := number(bytes.TrimSpace(b), 16)
	if !ok || n > 1<<32-1 {
		return 0, p.parsed("coredump_filter", malformed(1, b, "not a number"))
	}
	return uint32(n), nil
}

// ParseSmaps reads the text of /proc/PID/smaps: a line of maps, then lines with a key each.
func ParseSmaps(b []byte) (out []MapUse, err error) {
	for n, line := range lines(b) {
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || bytes.ContainsAny(key, " -") { // addresses
			maps, err := ParseMaps(append(bytes.Clone(line), '\n'))
			if err != nil || len(maps) != 1 {
				return nil, malformed(n, line, "no mapping")
			}
			out = append(out, MapUse{Map: maps[0]})
			continue
		}
		if len(out) == 0 {
			return nil, malformed(n, line, "before any mapping")
		}
		u := &out[len(out)-1]
		switch string(key) {
		case "Anonymous", "Swap":
			kb, ok := kilobytes(value)
			if !ok {
				return nil, malformed(n, line, "not a size in kB")
			}
			u.Anonymous += kb
		case "VmFlags":
			for _, f := range bytes.Fields(value) {
				u.Flags = append(u.Flags, string(f))
			}
		}
	}
	return out, nil
}
