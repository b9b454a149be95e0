package cpu

// Real programs' text: every instruction must have the length that package x86 gives it,
// and most of those of integer code must be modeled.

import (
	"debug/elf"
	"reflect"
	"strings"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/x86"
)

func isUnsupported(o *op) bool {
	return reflect.ValueOf(o.run).Pointer() == reflect.ValueOf(unsupported).Pointer()
}

func TestText(t *testing.T) {
	for _, name := range []string{"hello", "loop+O2", "getppid", "stepover"} {
		f, err := elf.Open(testprog.Build(t, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		text := f.Section(".text")
		code, err := text.Data()
		if err != nil {
			t.Fatal(err)
		}
		lacking, total := checkText(t, code, text.Addr)
		if lacking*20 > total {
			t.Errorf("%s: %d of %d instructions are not modeled", name, lacking, total)
		}
	}
}

// TestTextOfLibc decodes a whole C library, vector code and all: only lengths count.
func TestTextOfLibc(t *testing.T) {
	f, err := elf.Open(testprog.Build(t, "hello+static"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text := f.Section(".text")
	code, err := text.Data()
	if err != nil {
		t.Fatal(err)
	}
	lacking, total := checkText(t, code, text.Addr)
	t.Logf("%d of %d instructions of the static C library are not modeled", lacking, total)
}

func checkText(t *testing.T, code []byte, addr uint64) (lacking, total int) {
	names := map[string]int{}
	for at := 0; at < len(code); {
		n, err := x86.Len(code[at:])
		if err != nil {
			at++
			continue
		}
		var o op
		if !o.decode(append(code[at:min(len(code), at+16):min(len(code), at+16)], make([]byte, 16)...)) || int(o.len) != n {
			text, _, _ := x86.Disasm(code[at:], addr+uint64(at), x86.Options{Syntax: x86.Intel})
			t.Errorf("%#x: % x (%s) has %d bytes, decoded %d", addr+uint64(at), code[at:at+n], text, n, o.len)
		}
		if total++; isUnsupported(&o) {
			lacking++
			text, _, _ := x86.Disasm(code[at:], addr+uint64(at), x86.Options{Syntax: x86.Intel})
			names[strings.Fields(text)[0]]++
		}
		at += n
	}
	if testing.Verbose() {
		for name, n := range names {
			if n > 20 && name[0] != 'v' {
				t.Logf("not modeled: %s, %d times", name, n)
			}
		}
	}
	return lacking, total
}
