package x86

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// symbols of the table: main at 0x401120, msg at 0x404000.
func symbols(addr uint64) (string, uint64) {
	switch {
	case addr >= 0x401120 && addr < 0x401200:
		return "main", 0x401120
	case addr >= 0x404000 && addr < 0x404010:
		return "msg", 0x404000
	}
	return "", 0
}

func TestDisasm(t *testing.T) {
	for _, c := range []struct{ code, att, intel string }{
		{"f3 0f 1e fa", "endbr64", "endbr64"},
		{"f3 0f 1e fb", "endbr32", "endbr32"},
		{"f3 48 0f 1e c8", "rdsspq %rax", "rdsspq rax"},
		{"f3 0f 1e c9", "rdsspd %ecx", "rdsspd ecx"},
		{"f3 48 0f ae e8", "incsspq %rax", "incsspq rax"},
		{"66 4c 0f 38 f6 c9", "adcx %rcx,%r9", "adcx r9,rcx"},
		{"f3 4d 0f 38 f6 28", "adox (%r8),%r13", "adox r13,QWORD PTR [r8]"},
		{"f3 0f c7 f8", "rdpid %rax", "rdpid rax"},
		{"48 0f c7 f0", "rdrand %rax", "rdrand rax"},
		{"49 0f c7 fa", "rdseed %r10", "rdseed r10"},
		{"0f 01 ee", "rdpkru", "rdpkru"},
		{"c5 f8 77", "vzeroupper", "vzeroupper"},
		{"c5 fc 77", "vzeroall", "vzeroall"},
		{"8f e8 78 c2 ec 0e", "vprotd $0xe,%xmm4,%xmm5", "vprotd xmm5,xmm4,0xe"},
		{"e8 11 00 00 00", "call 0x401136 <main+22>", "call 0x401136 <main+22>"},
		{"e8 fb ff ff ff", "call 0x401120 <main>", "call 0x401120 <main>"},
		{"74 1e", "je 0x401140 <main+32>", "je 0x401140 <main+32>"},
		{"0f 85 00 10 00 00", "jne 0x402126", "jne 0x402126"},
		{"ff 25 da 2e 00 00", "jmp *0x2eda(%rip)  # 0x404000 <msg>", "jmp QWORD PTR [rip+0x2eda]  # 0x404000 <msg>"},
		{"48 8d 3d dd 2e 00 00", "lea 0x2edd(%rip),%rdi  # 0x404004 <msg+4>", "lea rdi,[rip+0x2edd]  # 0x404004 <msg+4>"},
		{"55", "push %rbp", "push rbp"},
		{"c3", "ret", "ret"},
		{"f3 c3", "repz ret", "repz ret"},
		{"c9", "leave", "leave"},
		{"48 89 e5", "mov %rsp,%rbp", "mov rbp,rsp"},
		{"48 83 e4 f0", "and $0xfffffffffffffff0,%rsp", "and rsp,0xfffffffffffffff0"},
		{"83 f8 ff", "cmp $0xffffffff,%eax", "cmp eax,0xffffffff"},
		{"66 83 f8 ff", "cmp $0xffff,%ax", "cmp ax,0xffff"},
		{"80 38 ff", "cmpb $0xff,(%rax)", "cmp BYTE PTR [rax],0xff"},
		{"6a ff", "push $0xffffffffffffffff", "push 0xffffffffffffffff"},
		{"49 8b bc 24 88 00 00 00", "mov 0x88(%r12),%rdi", "mov rdi,QWORD PTR [r12+0x88]"},
		{"8b 45 fc", "mov -0x4(%rbp),%eax", "mov eax,DWORD PTR [rbp-0x4]"},
		{"64 48 8b 04 25 28 00 00 00", "mov %fs:0x28,%rax", "mov rax,QWORD PTR fs:0x28"},
		{"8b 04 25 00 00 00 00", "mov 0x0,%eax", "mov eax,DWORD PTR ds:0x0"},
		{"8b 04 85 00 00 00 00", "mov 0x0(,%rax,4),%eax", "mov eax,DWORD PTR [rax*4+0x0]"},
		{"8b 44 60 08", "mov 0x8(%rax,%riz,2),%eax", "mov eax,DWORD PTR [rax+riz*2+0x8]"},
		{"67 8b 44 88 08", "mov 0x8(%eax,%ecx,4),%eax", "mov eax,DWORD PTR [eax+ecx*4+0x8]"},
		{"a1 f0 de bc 9a 78 56 34 82", "movabs 0x823456789abcdef0,%eax", "movabs eax,ds:0x823456789abcdef0"},
		{"48 b8 01 02 03 04 05 06 07 08", "movabs $0x807060504030201,%rax", "movabs rax,0x807060504030201"},
		{"66 90", "xchg %ax,%ax", "xchg ax,ax"},
		{"66 2e 0f 1f 84 00 00 00 00 00", "cs nopw 0x0(%rax,%rax,1)", "cs nop WORD PTR [rax+rax*1+0x0]"},
		{"66 66 2e 0f 1f 84 00 00 00 00 00", "data16 cs nopw 0x0(%rax,%rax,1)", "data16 cs nop WORD PTR [rax+rax*1+0x0]"},
		{"0f 1f 40 00", "nopl 0x0(%rax)", "nop DWORD PTR [rax+0x0]"},
		{"66 41 0f 1f c1", "nop %r9w", "nop r9w"},
		{"48 98", "cltq", "cdqe"},
		{"48 63 d0", "movslq %eax,%rdx", "movsxd rdx,eax"},
		{"0f 95 c0", "setne %al", "setne al"},
		{"48 0f 44 c2", "cmove %rdx,%rax", "cmove rax,rdx"},
		{"f0 48 0f b1 17", "lock cmpxchg %rdx,(%rdi)", "lock cmpxchg QWORD PTR [rdi],rdx"},
		{"f3 48 a5", "rep movsq %ds:(%rsi),%es:(%rdi)", "rep movs QWORD PTR es:[rdi],QWORD PTR ds:[rsi]"},
		{"f3 a4", "rep movsb %ds:(%rsi),%es:(%rdi)", "rep movs BYTE PTR es:[rdi],BYTE PTR ds:[rsi]"},
		{"f2 ae", "repnz scas %es:(%rdi),%al", "repnz scas al,BYTE PTR es:[rdi]"},
		{"3e ff e0", "notrack jmp *%rax", "notrack jmp rax"},
		{"de c9", "fmulp %st,%st(1)", "fmulp st(1),st"},
		{"db 6c 24 18", "fldt 0x18(%rsp)", "fld TBYTE PTR [rsp+0x18]"},
		{"dd d8", "fstp %st(0)", "fstp st(0)"},
		{"d1 e8", "shr %eax", "shr eax,1"},
		{"62 b3 75 20 1f c2 00", "vpcmpeqd %ymm18,%ymm17,%k0", "vpcmpeqd k0,ymm17,ymm18"},
		{"62 f1 7c 48 10 40 01", "vmovups 0x40(%rax),%zmm0", "vmovups zmm0,ZMMWORD PTR [rax+0x40]"},
		{"c4 e2 71 90 04 82", "vpgatherdd %xmm1,(%rdx,%xmm0,4),%xmm0", "vpgatherdd xmm0,DWORD PTR [rdx+xmm0*4],xmm1"},
		{"66 0f 3a 44 c8 10", "pclmullqhqdq %xmm0,%xmm1", "pclmullqhqdq xmm1,xmm0"},
		{"f6 c9 01", "test $0x1,%cl", "test cl,0x1"},
		{"cc", "int3", "int3"},
		{"0f 05", "syscall", "syscall"},
		{"8c b1 00 00 00 00", ".byte 0x8c,0xb1,0x00,0x00,0x00,0x00", ".byte 0x8c,0xb1,0x00,0x00,0x00,0x00"},
	} {
		code := unhex(t, c.code)
		for s, want := range []string{c.att, c.intel} {
			got, n, err := Disasm(append(code, 0x90), 0x401120, Options{Syntax: Syntax(s), Symbol: symbols})
			if got != want || n != len(code) || err != nil {
				t.Errorf("%s:\n got %q, %d bytes, %v\nwant %q", c.code, got, n, err, want)
			}
		}
	}
	for _, c := range []struct {
		code string
		n    int
		err  error
	}{{"06", 1, nil}, {"48 8b", 1, ErrTruncated}, {"", 0, ErrTruncated}, {"0f 04 00", 1, nil}} {
		text, n, err := Disasm(unhex(t, c.code), 0, Options{})
		if text != "(bad)" || n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%q: %q, %d, %v", c.code, text, n, err)
		}
	}
}

// canonical is objdump's line as Disasm writes it: one space, no symbols or comments,
// branch targets with 0x.
func canonical(text string) string {
	text, _, _ = strings.Cut(text, " <")
	text, _, _ = strings.Cut(text, " #")
	f := strings.Fields(text)
	last := f[len(f)-1]
	if v, err := strconv.ParseUint(last, 16, 64); err == nil && len(f) > 1 {
		f[len(f)-1] = fmt.Sprintf("%#x", v)
	}
	return strings.Join(f, " ")
}

// On this machine's binaries the text is objdump's, save for a remnant: data that lies
// among the code, and rip-relative operands that objdump's Intel syntax writes with
// 64-bit displacements.
func TestDisasmAgainstObjdump(t *testing.T) {
	if v, err := exec.Command("objdump", "--version").Output(); err == nil && !newBinutils(string(v)) {
		t.Skip("an objdump before 2.37 writes other names (callq)")
	}
	for _, file := range texts(t)[:1] {
		for syntax, args := range map[Syntax][]string{ATT: {file}, Intel: {"-Mintel", file}} {
			n, wrong := 0, 0
			objdump(t, func(l line) {
				if incomparable(l) {
					return
				}
				n++
				pc, _ := strconv.ParseUint(l.addr, 16, 64)
				got, size, err := Disasm(l.code, pc, Options{Syntax: syntax})
				got, _, _ = strings.Cut(got, "  #")
				if want := canonical(l.text); got != want || size != len(l.code) || err != nil {
					if wrong++; wrong <= 5 && !strings.Contains(want, "rip+0xffff") {
						t.Logf("%s: % x: %q, objdump %q", l.addr, l.code, got, want)
					}
				}
			}, args...)
			t.Logf("%v: syntax %d: %d instructions, %d differ", file, syntax, n, wrong)
			if wrong*200 > n {
				t.Errorf("%s: syntax %d: %d of %d differ from objdump", file, syntax, wrong, n)
			}
		}
	}
}

// newBinutils reads "GNU objdump (GNU Binutils for Debian) 2.40".
func newBinutils(version string) bool {
	line, _, _ := strings.Cut(version, "\n")
	f := strings.Fields(line)
	if len(f) == 0 || !strings.Contains(line, "GNU") {
		return false
	}
	major, rest, _ := strings.Cut(f[len(f)-1], ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, _ := strconv.Atoi(major)
	b, _ := strconv.Atoi(minor)
	return a > 2 || a == 2 && b >= 37
}

// FuzzDisasm: any bytes give a text, in both syntaxes, and the length of Len.
func FuzzDisasm(f *testing.F) {
	for _, s := range []string{"90", "66 2e 0f 1f 84 00 00 00 00 00", "c5 f8 77", "62 f1 7c 48 10 00", "8f e9 78 81 c0",
		"f3 0f 1e fa", "66 4c 0f 38 f6 c9", "de c9", "f3 48 a5", "a1 f0 de bc 9a 78 56 34 82", "0f c2 c1 07"} {
		f.Add(unhex(f, s), uint64(0x401120))
	}
	f.Fuzz(func(t *testing.T, code []byte, pc uint64) {
		size, lerr := Len(code)
		for _, s := range []Syntax{ATT, Intel} {
			text, n, err := Disasm(code, pc, Options{Syntax: s, Symbol: symbols})
			if text == "" || n < min(1, len(code)) || n > len(code) || lerr == nil && (n != size || err != nil) {
				t.Fatalf("% x: %q, %d, %v; Len %d, %v", code, text, n, err, size, lerr)
			}
		}
	})
}

func BenchmarkDisasm(b *testing.B) {
	code := unhex(b, "48 8d 05 80 00 00 00")
	for b.Loop() {
		Disasm(code, 0x401000, Options{Symbol: symbols})
	}
}
