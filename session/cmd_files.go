package session

// "info files": where the sections of every loaded file lie in the process.

import (
	"debug/elf"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/trapline/trapline/internal/tty"
)

func (s *Session) infoFiles(*Args) error {
	list := s.mods().list
	if len(list) == 0 {
		return errors.New("no file is known; name one with \"file PROGRAM\"")
	}
	for _, m := range list {
		if m.main {
			s.printf("Symbols from %q.\n", m.path)
			s.printf("Entry point: %s\n", s.paint(tty.Address, fmt.Sprintf("%#x", m.elf.Entry()+m.bias)))
		}
	}
	for _, m := range list {
		for i := range m.elf.Sections {
			sec := &m.elf.Sections[i]
			if sec.Flags&elf.SHF_ALLOC == 0 || sec.Size == 0 || sec.Flags&elf.SHF_TLS != 0 && sec.Type == elf.SHT_NOBITS {
				continue // takes no room in the process
			}
			low := sec.Addr + m.bias
			s.printf("\t0x%016x - 0x%016x is %s", low, low+sec.Size, sec.Name)
			if !m.main {
				s.printf(" in %s", filepath.Clean(m.path))
			}
			s.printf("\n")
		}
	}
	return nil
}
