package session

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/x86"
)

// Instructions as text: x/i, disassemble.

// examineCode shows instructions and says where the next one is.
func (s *Session) examineCode(pc uint64, count int) (uint64, error) {
	for range count {
		text, n, _, err := s.instruction(pc)
		if err != nil {
			return pc, err
		}
		s.printf("%s%s:\t%s\n", s.mark(pc), s.addressText(pc), text)
		s.xs.last = pc
		pc += uint64(n)
	}
	return pc, nil
}

func (s *Session) showInsn(pc uint64) {
	if _, err := s.examineCode(pc, 1); err != nil {
		s.printf("%v\n", err)
	}
}

// mark is the arrow at the selected frame's pc.
func (s *Session) mark(pc uint64) string {
	if f, err := s.selected(); err == nil && f.PC() == pc {
		return s.paint(tty.Current, "=> ")
	}
	return "   "
}

// instruction disassembles one instruction.
func (s *Session) instruction(pc uint64) (text string, n int, code []byte, err error) {
	code = make([]byte, x86.MaxLen)
	got := len(code)
	for got > 0 {
		if err = s.env().ReadMem(pc, code[:got]); err == nil {
			break
		}
		got-- // the end of the mapping may be near
	}
	if got == 0 {
		return "", 0, nil, err
	}
	text, n, _ = x86.Disasm(code[:got], pc, s.disasmOptions())
	return text, n, code[:n], nil
}

func (s *Session) disasmOptions() x86.Options {
	o := x86.Options{Symbol: func(addr uint64) (string, uint64) {
		m := s.mods().at(addr)
		if m == nil {
			return "", 0
		}
		found, ok := m.elf.Symbols().Lookup(addr - m.bias)
		if !ok {
			return "", 0
		}
		return found.Demangled(), found.Value + m.bias
	}}
	if s.opts.intel {
		o.Syntax = x86.Intel
	}
	return o
}

// disassemble shows a function, or a range.
func (s *Session) disassemble(a *Args) error {
	mods, text := a.Format, a.Text
	if mods == "" && strings.HasPrefix(text, "/") {
		mods, text, _ = strings.Cut(text[1:], " ")
	}
	if bad := strings.Trim(mods, "srm"); bad != "" {
		return fmt.Errorf("no modifier %q: they are s, m (source) and r (bytes)", bad)
	}
	low, high, name, err := s.codeRange(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	if name != "" {
		s.printf("Dump of assembler code for function %s:\n", s.paint(tty.Function, name))
	} else {
		s.printf("Dump of assembler code from %#x to %#x:\n", low, high)
	}
	line := 0
	for pc := low; pc < high; {
		text, n, code, err := s.instruction(pc)
		if err != nil {
			return err
		}
		if strings.ContainsAny(mods, "sm") {
			line = s.disassembledLine(pc, line)
		}
		raw := ""
		if strings.Contains(mods, "r") {
			raw = s.paint(tty.Faint, fmt.Sprintf("%-30s", fmt.Sprintf("% x", code))) + "\t"
		}
		s.printf("%s%s %s:\t%s%s\n", s.mark(pc), s.paint(tty.Address, fmt.Sprintf("0x%016x", pc)), s.offsetText(pc, name != ""), raw, text)
		pc += uint64(n)
	}
	s.printf("End of assembler dump.\n")
	return nil
}

// offsetText is "<+4>" inside the function that is shown, else "<main+4>".
func (s *Session) offsetText(pc uint64, short bool) string {
	n := s.symbolText(pc)
	if !short || n == "" {
		return "<" + n + ">"
	}
	if i := strings.LastIndexByte(n, '+'); i >= 0 {
		if _, err := strconv.Atoi(n[i+1:]); err == nil {
			return "<" + n[i:] + ">"
		}
	}
	return "<+0>"
}

// disassembledLine prints the source line of an address if it is not the one before.
func (s *Session) disassembledLine(pc uint64, before int) int {
	at, ok := s.mods().line(pc)
	if !ok || at.line == before || at.line == 0 {
		return before
	}
	if text, err := s.sourceLine(s.mods().at(pc), at.file, at.line); err == nil {
		s.printf("%d\t%s\n", at.line, text)
	} else {
		s.printf("%s:%d\n", s.shortFile(at.file), at.line)
	}
	return at.line
}

// maxDump bounds a disassembly, in bytes.
const maxDump = 1 << 22

// codeRange reads the argument of disassemble.
func (s *Session) codeRange(text string) (low, high uint64, name string, err error) {
	start, end, ranged := strings.Cut(text, ",")
	addr := uint64(0)
	switch {
	case text == "":
		f, err := s.selected()
		if err != nil {
			return 0, 0, "", err
		}
		addr = f.LookupPC()
	default:
		if addr, err = s.codeAddress(start); err != nil {
			return 0, 0, "", err
		}
	}
	if !ranged {
		low, high, name = s.mods().function(addr)
		if name == "" {
			return 0, 0, "", fmt.Errorf("no function contains %#x; give a range: disassemble %#x,+64", addr, addr)
		}
		return low, high, name, nil
	}
	end = strings.TrimSpace(end)
	if rel, ok := strings.CutPrefix(end, "+"); ok {
		n, err := s.evalInt(rel)
		if err != nil {
			return 0, 0, "", err
		}
		high = addr + uint64(n)
	} else if high, err = s.codeAddress(end); err != nil {
		return 0, 0, "", err
	}
	if high <= addr || high-addr > maxDump {
		return 0, 0, "", fmt.Errorf("the range %#x to %#x is empty or too large", addr, high)
	}
	return addr, high, "", nil
}

// codeAddress takes an expression, or what only a location can say (file:line).
func (s *Session) codeAddress(text string) (uint64, error) {
	v, err := s.evalInt(text)
	if err == nil {
		return uint64(v), nil
	}
	if locs, lerr := s.locate(text); lerr == nil {
		return locs[0].addr, nil
	}
	return 0, err
}
