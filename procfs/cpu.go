package procfs

import "strings"

// CPUFlags lists the processor's features as the kernel names them and means to use
// them ("user_shstk", "avx2": proc_cpuinfo(5)), of the first processor.
func (f *FS) CPUFlags() ([]string, error) {
	b, err := f.files.ReadFile("cpuinfo")
	if err != nil {
		return nil, f.pathError("read", "cpuinfo", err)
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "flags" {
			return strings.Fields(value), nil
		}
	}
	return nil, nil
}
