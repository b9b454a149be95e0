package x86

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLen(t *testing.T) {
	for _, c := range []string{ // each is one instruction, whole
		"90", "f3 90", "66 90", "c3", "c2 08 00", "c8 10 00 01", "cc", "cd 80", "55", "41 57",
		"0f 05", "0f 0b", "0f 1f 00", "66 2e 0f 1f 84 00 00 00 00 00", "66 66 2e 0f 1f 84 00 00 00 00 00",
		"f3 0f 1e fa", "f3 0f 1e fb", "f3 48 0f 1e c8", "66 0f 38 f6 c0", "f3 48 0f 38 f6 c0", "f3 0f c7 f8",
		"e8 00 00 00 00", "66 48 e8 00 00 00 00", "66 e8 00 00", "eb fe", "e9 00 00 00 00", "0f 84 00 00 00 00", "e3 00",
		"48 b8 01 02 03 04 05 06 07 08", "b8 01 02 03 04", "66 b8 01 02", "b0 01", "41 b0 01",
		"a1 01 02 03 04 05 06 07 08", "67 a1 01 02 03 04", "48 a3 01 02 03 04 05 06 07 08",
		"68 01 02 03 04", "66 68 01 02", "6a 01", "69 c0 01 02 03 04", "66 69 c0 01 02", "6b c0 01",
		"80 3d 00 00 00 00 01", "81 7c 24 08 01 02 03 04", "66 81 f8 01 02", "83 ec 08", "48 81 ec 00 01 00 00",
		"f6 c1 01", "f6 d1", "f6 04 25 00 00 00 00 01", "f7 c1 01 02 03 04", "66 f7 c1 01 02", "f7 d9", "f7 30",
		"8b 04 25 01 02 03 04", "8b 04 24", "8b 44 24 08", "8b 05 01 02 03 04", "8b 80 01 02 03 04", "8b 45 00",
		"8b 04 2d 01 02 03 04", "8b 44 25 08", "64 48 8b 04 25 28 00 00 00", "c6 00 01", "c7 00 01 02 03 04",
		"66 c7 00 01 02", "c7 f8 00 00 00 00", "c6 f8 01",
		"0f 20 00", "0f 22 05", // mov cr: modrm names registers whatever mod says
		"66 0f 78 c0 01 02", "f2 0f 78 c1 01 02", "0f 78 c1", "f2 0f 79 c1", // SSE4a, vmread
		"0f 0f c1 b4", "0f 0f 40 08 b4", "0f 0e", // 3DNow!
		"66 0f 3a 0f c1 08", "66 0f 38 00 c1", "0f a4 c1 08", "0f ba e0 08", "0f c2 c1 01", "0f 70 c1 1b", "0f 77", "0f a2",
		"c5 f8 77", "c5 fc 77", "c5 f9 6f 04 24", "c5 fd 6f 05 00 00 00 00", "c4 e2 79 18 04 24", "c4 e3 7d 39 c1 01",
		"c5 f9 70 c1 1b", "c5 f8 c2 c1 00", "c5 f9 73 d8 08", "c5 f8 92 c8",
		"62 f1 7c 48 10 00", "62 f1 7c 48 10 40 01", "62 f1 7c 48 10 80 00 00 00 00", "62 f3 7d 48 3f c1 00",
		"62 f1 7d 48 72 f1 01", "62 f1 7d 48 70 c1 1b", "62 f5 7c 48 58 c1", "62 f6 7d 48 98 c1",
		"8f 40 08", "8f c0", "8f e9 78 81 c0", "8f e8 78 c0 c1 01", "8f ea 78 10 c1 01 02 03 04", // pop, XOP
		"c4 e3 79 69 c1 20", "c4 e3 7d 5c c1 20", // FMA4
		"48 0f c7 0f", "f0 48 0f b1 0f", "f3 48 a5", "9b", "d9 3c 24", "0f 01 f9", "0f 01 ee", "0f ff c1", "0f b9 c1",
		strings.Repeat("64 ", 14) + "90", "40 90", "48 66 90",
	} {
		code := unhex(t, c)
		n, err := Len(append(code, 0xcc, 0xcc))
		if err != nil || n != len(code) {
			t.Errorf("%s: length %d, %v; want %d", c, n, err, len(code))
		}
		if n, err = Len(code); err != nil || n != len(code) {
			t.Errorf("%s alone: length %d, %v", c, n, err)
		}
		for i := range code {
			if _, err := Len(code[:i]); !errors.Is(err, ErrTruncated) {
				t.Errorf("%s cut to %d bytes: %v", c, i, err)
			}
		}
	}
	for _, c := range []struct {
		code string
		want error
	}{
		{"06", ErrInvalid}, {"9a", ErrInvalid}, {"62 f1 78 48 10 00", ErrInvalid}, {"66 c5 f8 77", ErrInvalid},
		{"48 c5 f8 77", ErrInvalid}, {"0f 04", ErrInvalid}, {"d6", ErrInvalid}, {"ea", ErrInvalid}, {"", ErrTruncated},
		{strings.Repeat("66 ", 15) + "90", ErrTooLong}, {strings.Repeat("66 ", 40), ErrTooLong},
		{strings.Repeat("66 ", 15), ErrTruncated},
		{strings.Repeat("64 ", 9) + "81 80 00 00 00 00 00 00 00 00", ErrTooLong},
	} {
		if _, err := Len(unhex(t, c.code)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.code, err, c.want)
		}
	}
	if got := testing.AllocsPerRun(100, func() { Len([]byte{0x48, 0x8b, 0x04, 0x24}) }); got != 0 {
		t.Errorf("Len allocates %v times", got)
	}
}

// line is one instruction of objdump -d -w: address, bytes, text.
type line struct {
	addr string
	code []byte
	text string
}

// objdump lists the instructions of a binary, or skips the test where it cannot.
func objdump(t testing.TB, f func(line), args ...string) {
	t.Helper()
	path, err := exec.LookPath("objdump")
	if err != nil {
		t.Skip("no objdump here (Debian: apt install binutils)")
	}
	cmd := exec.Command(path, append([]string{"-d", "-w", "-z"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(out)
	sc.Buffer(make([]byte, 1<<16), 1<<20)
	for sc.Scan() {
		p := bytes.SplitN(sc.Bytes(), []byte("\t"), 3)
		if len(p) < 2 || len(p[0]) == 0 || p[0][0] != ' ' {
			continue
		}
		l := line{addr: strings.Trim(string(p[0]), " :")}
		l.code, err = hex.DecodeString(strings.ReplaceAll(string(bytes.TrimSpace(p[1])), " ", ""))
		if err != nil {
			t.Fatalf("objdump line %q: %v", sc.Text(), err)
		}
		if len(p) == 3 {
			l.text = string(p[2])
		}
		f(l)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// texts are binaries of this machine; the big ones only in full runs.
func texts(t testing.TB) []string {
	files := []string{"/proc/self/exe", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/libc.so.7", "/usr/lib64/libc.so.6"}
	if !testing.Short() {
		files = append(files, "/usr/bin/gdb", "/usr/local/go/bin/go")
	}
	var have []string
	for _, f := range files {
		if _, err := os.Stat(f); err == nil {
			have = append(have, f)
		}
	}
	return have
}

// objdump shows the data in a text section as it can: lines that are no instruction,
// a REX or other prefix that it gives a line of its own, .byte at the end of a function, and fwait with the instruction
// after it.
func incomparable(l line) bool {
	last := l.text[strings.LastIndex(l.text, " ")+1:]
	return l.text == "" || strings.Contains(l.text, "(bad)") || strings.HasPrefix(last, "rex") ||
		strings.HasPrefix(l.text, ".byte") || l.code[0] == 0x9b && len(l.code) > 1 || prefixOf[l.code[len(l.code)-1]] != 0 && len(l.code) == 1
}

func TestLenAgainstObjdump(t *testing.T) {
	for _, file := range texts(t) {
		n, skipped, wrong := 0, 0, 0
		objdump(t, func(l line) {
			if incomparable(l) {
				skipped++
				return
			}
			n++
			got, err := Len(append(l.code, 0x90, 0x90)[:len(l.code)])
			if err != nil || got != len(l.code) {
				if wrong++; wrong < 20 {
					t.Errorf("%s %s: % x %s: length %d, %v", file, l.addr, l.code, l.text, got, err)
				}
			}
		}, file)
		t.Logf("%s: %d instructions, %d wrong, %d lines that are data", file, n, wrong, skipped)
	}
}

func FuzzLen(f *testing.F) {
	for _, s := range []string{"90", "66 2e 0f 1f 84 00 00 00 00 00", "c5 f8 77", "62 f1 7c 48 10 00", "8f e9 78 81 c0"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		n, err := Len(code)
		if err == nil && (n < 1 || n > MaxLen || n > len(code)) {
			t.Fatalf("% x: length %d of %d", code, n, len(code))
		}
		i, derr := Decode(code, 0x401000)
		if derr != err || err == nil && (i.Len != n || i.RelOff+i.RelLen > n) {
			t.Fatalf("% x: Len %d, %v; Decode %+v, %v", code, n, err, i, derr)
		}
	})
}

func BenchmarkLen(b *testing.B) {
	code := unhex(b, "48 8b 84 24 80 00 00 00")
	for b.Loop() {
		Len(code)
	}
}

func BenchmarkDecode(b *testing.B) {
	code := unhex(b, "48 8d 05 80 00 00 00")
	for b.Loop() {
		Decode(code, 0x401000)
	}
}
