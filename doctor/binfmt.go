package doctor

// Formats that the kernel was taught (Linux's binfmt_misc, Documentation/admin-guide/
// binfmt-misc.rst): qemu for other machines, wine, jar files. A program that one of
// them takes does start.

import (
	"bytes"
	"encoding/hex"
	"path/filepath"
	"strconv"
	"strings"
)

const binfmtDir = "fs/binfmt_misc"

// handler returns the interpreter registered for a file of that name and beginning;
// "" when there is none.
func (d *Doctor) handler(path string, head []byte) string {
	if on, err := d.FS.Sysctl(binfmtDir + "/status"); err != nil || on != "enabled" {
		return ""
	}
	names, _ := d.FS.SysctlNames(binfmtDir)
	for _, name := range names {
		if name == "register" || name == "status" {
			continue
		}
		text, err := d.FS.Sysctl(binfmtDir + "/" + name)
		if err != nil || !strings.HasPrefix(text, "enabled\n") {
			continue
		}
		if entry := parseBinfmt(text); entry.takes(path, head) {
			return entry.interpreter
		}
	}
	return ""
}

// binfmt is one registered format: an extension, or bytes at an offset.
type binfmt struct {
	interpreter, extension string
	offset                 int
	magic, mask            []byte
}

// parseBinfmt reads the text of an entry: lines of a key, a blank and a value.
func parseBinfmt(text string) binfmt {
	var f binfmt
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch key {
		case "interpreter":
			f.interpreter = value
		case "extension":
			f.extension = value
		case "offset":
			f.offset, _ = strconv.Atoi(value)
		case "magic":
			f.magic, _ = hex.DecodeString(value)
		case "mask":
			f.mask, _ = hex.DecodeString(value)
		}
	}
	return f
}

func (f *binfmt) takes(path string, head []byte) bool {
	if f.extension != "" {
		return filepath.Ext(path) == f.extension
	}
	if len(f.magic) == 0 || f.offset < 0 || f.offset > len(head) || len(head)-f.offset < len(f.magic) {
		return false
	}
	got := bytes.Clone(head[f.offset : f.offset+len(f.magic)])
	want := bytes.Clone(f.magic)
	for i := range min(len(f.mask), len(got)) {
		got[i] &= f.mask[i]
		want[i] &= f.mask[i]
	}
	return bytes.Equal(got, want)
}

// taught is the row of such a format; the rows that would refuse the file are skipped
// for it.
func (p *program) taught() *Finding {
	if p.handler == "" {
		return nil
	}
	return note("", "%s is started through %s (binfmt_misc): what is debugged is that interpreter", printable(p.path), printable(p.handler))
}
