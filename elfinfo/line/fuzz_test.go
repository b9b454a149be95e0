package line

import (
	"encoding/binary"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/trapline/trapline/elfinfo"
)

// sections is a Source made of byte slices.
type sections map[string][]byte

func (s sections) Section(name string) ([]byte, error) {
	if b, ok := s[name]; ok {
		return b, nil
	}
	return nil, fmt.Errorf("%s: %w", name, elfinfo.ErrNoSection)
}
func (sections) ByteOrder() binary.ByteOrder { return binary.LittleEndian }
func (sections) Mapped(uint64) bool          { return true }

// fuzzed are the sections the fuzzer fills, in the order of its arguments.
var fuzzed = []string{".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".debug_line_str",
	".debug_aranges", ".debug_ranges", ".debug_rnglists", ".debug_addr", ".debug_str_offsets"}

func FuzzTable(f *testing.F) {
	for _, v := range variants {
		if _, err := exec.LookPath(v.cc); err != nil || v.name == "gcc-static" {
			continue
		}
		file, _ := open(f, filepath.Join(build(f, v.cc, v.flags...), "prog"))
		var args [10][]byte
		for i, name := range fuzzed {
			b, _ := file.OwnSection(name)
			args[i] = append([]byte(nil), b...)
		}
		f.Add(args[0], args[1], args[2], args[3], args[4], args[5], args[6], args[7], args[8], args[9], uint64(0x1139))
	}
	f.Fuzz(func(t *testing.T, info, abbrev, lines, str, lineStr, aranges, ranges, rnglists, addr, strOffsets []byte, pc uint64) {
		src := sections{}
		for i, b := range [][]byte{info, abbrev, lines, str, lineStr, aranges, ranges, rnglists, addr, strOffsets} {
			src[fuzzed[i]] = b
		}
		table := New(src, "fuzz")
		e, ok, _ := table.Find(pc)
		if ok && (pc < e.Addr || pc >= e.End) {
			t.Errorf("%#x is in [%#x, %#x)?", pc, e.Addr, e.End)
		}
		if low, high, ok := table.StepRange(pc); ok && (pc < low || pc >= high) {
			t.Errorf("%#x steps in [%#x, %#x)?", pc, low, high)
		}
		table.PrologueEnd(pc, pc+100)
		table.Range(pc, pc+100)
		files, _ := table.Files()
		for i, name := range files {
			if i > 3 {
				break
			}
			es, _ := table.Lines(name, 1)
			table.OnePerFunction(es, func(pc uint64) (uint64, uint64, bool) { return pc, pc + 10, true })
		}
		table.Lines("main.c", 5)
	})
}
