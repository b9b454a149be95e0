package expr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/trapline/trapline/regs"
)

// fakeEnv is a memory, a few symbols and a set of registers.
type fakeEnv struct {
	mem   map[uint64]byte
	syms  map[string]Value
	types map[string]*Type
	vars  map[string]Value
	hist  []Value
	set   regs.Set
}

func (e *fakeEnv) ReadMem(addr uint64, p []byte) error {
	for i := range p {
		b, ok := e.mem[addr+uint64(i)]
		if !ok {
			return fmt.Errorf("cannot access memory at %#x", addr+uint64(i))
		}
		p[i] = b
	}
	return nil
}

func (e *fakeEnv) WriteMem(addr uint64, p []byte) error {
	if err := e.ReadMem(addr, make([]byte, len(p))); err != nil {
		return err
	}
	for i, b := range p {
		e.mem[addr+uint64(i)] = b
	}
	return nil
}

func (e *fakeEnv) Lookup(name string) (Value, error) {
	if v, ok := e.syms[name]; ok {
		return v, nil
	}
	return Value{}, &NotFoundError{Name: name, Near: []string{"count", "counter"}}
}

func (e *fakeEnv) Register(name string) (Value, bool, error) {
	row, ok := regs.Lookup(name)
	if !ok {
		return Value{}, false, nil
	}
	v, err := row.Read(&e.set)
	return Value{Type: RegisterType(row), Bytes: v.Data()}, true, err
}

func (e *fakeEnv) SetRegister(name string, v Value) error {
	row, _ := regs.Lookup(name)
	return row.Write(&e.set, regs.Uint(row.Bits, v.Uint()))
}

func (e *fakeEnv) Var(name string) Value       { return e.vars[name] }
func (e *fakeEnv) SetVar(name string, v Value) { e.vars[name] = v }
func (e *fakeEnv) TypeNamed(name string) *Type { return e.types[name] }
func (e *fakeEnv) History(n int, back bool) (Value, error) {
	if back {
		n = len(e.hist) - n
	}
	if n < 1 || n > len(e.hist) {
		return Value{}, fmt.Errorf("history has not yet reached $%d", n)
	}
	return e.hist[n-1], nil
}

func newFake() *fakeEnv {
	e := &fakeEnv{mem: map[uint64]byte{}, vars: map[string]Value{}, syms: map[string]Value{}}
	put := func(addr uint64, b ...byte) {
		for i, c := range b {
			e.mem[addr+uint64(i)] = c
		}
	}
	point := &Type{Kind: Struct, Name: "struct point", Size: 16}
	point.Fields = []Field{{Name: "x", Type: IntType}, {Name: "y", Type: IntType, Off: 4},
		{Name: "flags", Type: UintType, Off: 8, BitOff: 3, BitSize: 5}, {Name: "c", Type: CharType, Off: 12}}
	node := &Type{Kind: Struct, Name: "struct node", Size: 16}
	node.Complete = func(t *Type) {
		t.Fields = []Field{{Name: "next", Type: PointerTo(t)}, {Name: "v", Type: IntType, Off: 8}}
	}
	color := &Type{Kind: Enum, Name: "enum color", Size: 4, Enums: []Enumerator{{"RED", 1}, {"GREEN", 2}, {"BLUE", 4}}}
	e.types = map[string]*Type{"struct point": point, "struct node": node, "enum color": color,
		"num": {Kind: Typedef, Name: "num", Elem: IntType}}

	put(0x1000, 7, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x98, 0, 0, 0, 'A', 0, 0, 0)
	put(0x1010, 0x20, 0x10, 0, 0, 0, 0, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0)
	put(0x1020, 0x10, 0x10, 0, 0, 0, 0, 0, 0, 43, 0, 0, 0, 0, 0, 0, 0)
	put(0x1030, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0)
	put(0x1040, []byte("hello\n\x00\x00")...)
	put(0x1048, 0x40, 0x10, 0, 0, 0, 0, 0, 0)
	put(0x1050, binary.LittleEndian.AppendUint64(nil, 0x4004000000000000)...) // 2.5
	put(0x1058, 6, 0, 0, 0)
	e.syms = map[string]Value{
		"p":          Memory(point, 0x1000),
		"n":          Memory(node, 0x1010),
		"count":      Memory(IntType, 0x1030),
		"a":          Memory(ArrayOf(IntType, 4), 0x1030),
		"buf":        Memory(ArrayOf(CharType, 8), 0x1040),
		"s":          Memory(PointerTo(CharType), 0x1048),
		"d":          Memory(DoubleType, 0x1050),
		"c":          Memory(color, 0x1058),
		"ns::x":      Memory(IntType, 0x1034),
		"main.g":     Memory(IntType, 0x1038),
		"file.c::st": Memory(IntType, 0x103c),
		"nodebug":    {Type: VoidType, Place: InMemory, Addr: 0x1030, Name: "nodebug"},
		"fn":         {Type: &Type{Kind: Func, Elem: IntType, Size: 1}, Place: InMemory, Addr: 0x2000},
		"gone":       {Type: IntType, Gone: "optimized out"},
		"wild":       Memory(IntType, 0x9000),
		"wildp":      MakeInt(PointerTo(CharType), 0x9000),
	}
	e.set.Have = regs.General
	e.set.G[regs.RAX] = 0xffffffff80000001
	e.set.G[regs.RBX] = 5
	e.set.G[regs.RIP] = 0x2004
	e.set.G[regs.RSP] = 0x1030
	e.hist = []Value{MakeInt(IntType, 11), MakeInt(IntType, 22), MakeInt(IntType, 33)}
	return e
}

func symbolAt(addr uint64) string {
	if addr >= 0x2000 && addr < 0x2100 {
		if addr == 0x2000 {
			return "<fn>"
		}
		return fmt.Sprintf("<fn+%d>", addr-0x2000)
	}
	return ""
}

func TestEval(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"1+2*3", "7"},
		{"(1+2)*3", "9"},
		{"-7/2", "-3"}, {"-7%3", "-1"}, {"7u/2", "3"},
		{"1<<31", "-2147483648"}, {"1ul<<63", "9223372036854775808"}, {"1<<40", "0"}, {"-1>>1", "-1"}, {"-1u>>1", "2147483647"},
		{"0x10+010+0b11", "27"},
		{"'a'", "97 'a'"}, {"'a'+1", "98"}, {`'\n'`, `10 '\n'`}, {`'\x41'`, "65 'A'"}, {`'\0'`, `0 '\000'`},
		{"1 ? 2 : 3", "2"}, {"0 || 0", "0"}, {"1 && 2", "1"}, {"!5", "0"}, {"~0", "-1"},
		{"1 == 1.0", "1"}, {"3/2.0", "1.5"}, {"1e3", "1000"}, {"2.5f", "2.5"},
		{"-1 < 0u", "0"}, {"-1 < 0", "1"}, {"5 & 3 == 3", "1"}, {"5 | 2 ^ 1", "7"},
		{"1, 2", "2"},
		{"sizeof(int)", "4"}, {"sizeof(struct point)", "16"}, {"sizeof p", "16"}, {"sizeof(a)", "16"}, {"sizeof(char*)", "8"},
		{"(char)321", "65 'A'"}, {"(unsigned char)-1", `255 '\377'`}, {"(short)0x18000", "-32768"}, {"(long)-1", "-1"},
		{"(unsigned)-1", "4294967295"}, {"(float)1/3", "0.33333334"}, {"(_Bool)7", "true"}, {"(uint16_t)-1", "65535"},
		{"(long unsigned int)3", "3"}, {"(num)3", "3"}, {"(enum color)2", "GREEN"}, {"(enum color)3", "(RED | GREEN)"},
		{"(enum color)9", "(RED | unknown: 0x8)"},
		{"count", "1"}, {"a", "{1, 2, 3, 4}"}, {"a[2]", "3"}, {"*a", "1"}, {"*(a+1)", "2"}, {"2[a]", "3"},
		{"&a[1]", "(int *) 0x1034"}, {"&a", "(int (*)[4]) 0x1030"}, {"&a[3]-&a[1]", "2"}, {"&a[3]>&a[1]", "1"},
		{"count@3", "{1, 2, 3}"}, {"a[1]@2", "{2, 3}"},
		{"p", "{x = 7, y = -2, flags = 19, c = 65 'A'}"}, {"p.x", "7"}, {"p.y", "-2"}, {"(&p)->flags", "19"}, {"&p", "(struct point *) 0x1000"},
		{"n.next->v", "43"}, {"n.next->next->v", "42"}, {"n.next", "(struct node *) 0x1020"}, {"*n.next", "{next = 0x1010, v = 43}"},
		{"buf", `"hello\n"`}, {"s", `0x1040 "hello\n"`}, {"*s", "104 'h'"}, {"s[1]", "101 'e'"}, {"s+1", `0x1041 "ello\n"`},
		{`"abc"`, `"abc"`}, {`"abc"[1]`, "98 'b'"}, {`sizeof("abc")`, "4"},
		{"d", "2.5"}, {"d*2", "5"}, {"c", "(GREEN | BLUE)"}, {"c == 6", "1"},
		{"ns::x", "2"}, {"main.g", "3"}, {"'file.c'::st", "4"},
		{"$rax", "-2147483647"}, {"$eax", "-2147483647"}, {"$al", "1"}, {"$rbx*2", "10"}, {"$eax < 0", "1"},
		{"$pc", "(void (*)()) 0x2004 <fn+4>"}, {"$sp", "(void *) 0x1030"}, {"*(int*)$sp", "1"}, {"{int}$sp", "1"}, {"{char}0x1040", "104 'h'"},
		{"*(int*)($sp+4)", "2"}, {"$sp+4", "(void *) 0x1034"},
		{"$", "33"}, {"$$", "22"}, {"$1", "11"}, {"$$2", "11"}, {"$unset", "void"},
		{"$x = 5", "5"}, {"$x + 1", "6"}, {"$x += 2", "7"}, {"$x++", "7"}, {"$x", "8"}, {"--$x", "7"}, {"$y = p", "{x = 7, y = -2, flags = 19, c = 65 'A'}"}, {"$y.x", "7"},
		{"count = 9", "9"}, {"a[0]", "9"}, {"p.flags = 6", "6"}, {"p", "{x = 7, y = -2, flags = 6, c = 65 'A'}"}, {"count += 1", "10"},
		{"$ebx = -1", "-1"}, {"$rbx", "4294967295"}, {"$bl = 0", "0"},
		{"fn", "{int ()} 0x2000 <fn>"}, {"&fn", "(int (*)()) 0x2000 <fn>"}, {"*fn", "{int ()} 0x2000 <fn>"}, {"(long)fn", "8192"},
		{"(int)nodebug", "10"}, {"&nodebug", "(void *) 0x1030"}, {"*(int*)&nodebug", "10"}, {"nodebug", "<data variable, no debug info>"},
		{"gone", "<optimized out>"}, {"(int(*)(void))0x2000", "(int (*)()) 0x2000 <fn>"}, {"(char**)&s", "(char **) 0x1048"}, {"**(char**)&s", "104 'h'"},
		{"wildp", "0x9000"}, {"&wild", "(int *) 0x9000"}, {"&*wildp", "0x9000"}, {"true && !false", "1"}, {"(int[2])a", "{10, 2}"},
		{"1 ? 2 : 0 ? 3 : 4", "2"}, {"(__int128)-1", "-1"}, {"-9223372036854775807-1", "-9223372036854775808"},
		{"(-9223372036854775807-1)/-1", "-9223372036854775808"},
	} {
		env := evalEnv
		n, err := Parse(c.in, env)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		v, err := n.Eval(env)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		p := &Printer{Env: env, Symbol: symbolAt}
		if got := p.Top(v, 0); got != c.want {
			t.Errorf("%s = %s, want %s", c.in, got, c.want)
		}
	}
}

var evalEnv = newFake() // shared: later rows see the assignments of earlier ones

func TestErrors(t *testing.T) {
	env := newFake()
	for _, c := range []struct{ in, want string }{
		{"", "expression expected at the end"},
		{"1+", "expression expected at the end"},
		{"(1", `")" expected at the end`},
		{"1 2", `unexpected text near "2"`},
		{"1 # 2", `unexpected character near "# 2"`},
		{"08", "malformed number"},
		{"0x", "malformed number"},
		{"99999999999999999999", "does not fit 64 bits"},
		{"'a", "missing closing '"},
		{`"a`, `missing closing "`},
		{"cout", `no symbol "cout" in current context; did you mean count or counter?`},
		{"1/0", "division by zero"}, {"1%0", "division by zero"},
		{"p.z", "there is no member named z in struct point"},
		{"count.x", "int has no members"},
		{"count->x", "int is no pointer"},
		{"p+1", "operator + does not apply to struct point and int"},
		{"*d", "double is no pointer"},
		{"wild", "cannot access memory at 0x9000"},
		{"gone+1", "optimized out"},
		{"&1", "cannot take the address: it is not in memory"},
		{"&$rax", "it is in register rax"},
		{"&p.flags", "it is a bit-field"},
		{"1 = 2", "neither a register, nor a variable, nor memory"},
		{"f(1)", "calling functions"},
		{"$unset + 1", "value is void"},
		{"(struct nope)1", "no struct of that name"},
		{"*(void*)0x1000", "void *"},
		{"nodebug+1", "unknown type"},
		{"$9", "history has not yet reached $9"},
		{"1.5 << 2", "needs integers"}, {"a[1.5]", "an index must be an integer"},
		{"count@-1", "cannot be shown"}, {"1@2", "only values in memory"},
		{strings.Repeat("(", 2000), "too deeply nested"},
		{strings.Repeat("-", 9000) + "1", "too deeply nested"},
	} {
		n, err := Parse(c.in, env)
		if err == nil {
			_, err = Eval(n, env)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", clip(c.in), err, c.want)
		}
	}
	var missing *NotFoundError
	n, _ := Parse("cout", env)
	if _, err := Eval(n, env); !errors.As(err, &missing) {
		t.Errorf("an unknown name is %T", err)
	}
}

func TestFormats(t *testing.T) {
	env := newFake()
	for _, c := range []struct {
		letter byte
		in     string
		want   string
	}{
		{'x', "255", "0xff"}, {'x', "-1", "0xffffffff"}, {'x', "a", "{0x1, 0x2, 0x3, 0x4}"}, {'x', "p", "{x = 0x7, y = 0xfffffffe, flags = 0x13, c = 0x41}"},
		{'d', "-1u", "-1"}, {'u', "-1", "4294967295"}, {'o', "8", "010"}, {'o', "0", "0"}, {'t', "10", "1010"}, {'z', "(short)5", "0x0005"},
		{'c', "65", "65 'A'"}, {'a', "0x2004", "0x2004 <fn+4>"}, {'f', "1", "1e-45"}, {'f', "0x4004000000000000", "2.5"}, {'x', "2.5", "0x4004000000000000"},
		{'x', "(__int128)-1", "0xffffffffffffffffffffffffffffffff"}, {'u', "(__int128)-1", "340282366920938463463374607431768211455"},
		{'s', "buf", `"hello\n"`}, {'x', "s", "0x1040"}, {'d', "p.flags", "-13"},
	} {
		n, err := Parse(c.in, env)
		if err != nil {
			t.Fatal(err)
		}
		v, err := Eval(n, env)
		if err != nil {
			t.Fatalf("%s: %v", c.in, err)
		}
		p := &Printer{Env: env, Symbol: symbolAt}
		if got := p.Top(v, c.letter); got != c.want {
			t.Errorf("/%c %s = %s, want %s", c.letter, c.in, got, c.want)
		}
	}
	for _, c := range []struct {
		in   string
		want Format
		bad  bool
	}{
		{in: "8xw", want: Format{8, 'x', 'w'}}, {in: "s", want: Format{0, 's', 0}}, {in: "3", want: Format{Count: 3}},
		{in: "i", want: Format{0, 'i', 0}}, {in: "gx", want: Format{0, 'x', 'g'}}, {in: "q", bad: true}, {in: "99999999999x", bad: true},
	} {
		got, err := ParseFormat(c.in)
		if (err != nil) != c.bad || err == nil && got != c.want {
			t.Errorf("ParseFormat(%q) = %v, %v", c.in, got, err)
		}
	}
}

func TestRepeatsAndLimit(t *testing.T) {
	zero := Value{Type: ArrayOf(IntType, 100), Bytes: make([]byte, 400)}
	zero.Bytes[400-4] = 1
	p := &Printer{}
	if got, want := p.Show(zero, 0), "{0 <repeats 99 times>, 1}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	many := Value{Type: ArrayOf(IntType, 5), Bytes: make([]byte, 20)}
	for i := range 5 {
		many.Bytes[4*i] = byte(i)
	}
	p.Limit = 2
	if got, want := p.Show(many, 0), "{0, 1, ...}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What Fast compiles must mean what Eval says.
func TestFastAgrees(t *testing.T) {
	env := newFake()
	for _, c := range []struct {
		in   string
		fast bool
	}{
		{"$rax == 5", true}, {"$rbx == 5", true}, {"$eax < 0", true}, {"$al == 1", true}, {"$ah == 0", true}, {"$rbx > 4 && $rbx < 6", true},
		{"$rax < 0u", true}, {"$eax == -2147483647", true}, {"$pc == 0x2004", true}, {"$rsp > 0x1000", true}, {"$rbx % 5 == 0", true},
		{"!($rbx & 1)", true}, {"~$rbx == -6", true}, {"-$ebx == -5", true}, {"$rbx - 5 || $rbx ^ 5", true}, {"$rax + $rbx == -2147483642", true},
		{"count == 1", false}, {"$rbx / 0", false}, {"$rbx % $rax", false}, {"$rsp + 1 == 0", false}, {"1.5 > 1", false}, {"$novar", false},
	} {
		n, err := Parse(c.in, env)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := Fast(n)
		if ok != c.fast {
			t.Errorf("%s: fast %v, want %v", c.in, ok, c.fast)
		}
		if !ok {
			continue
		}
		v, err := Eval(n, env)
		if err != nil {
			t.Fatalf("%s: %v", c.in, err)
		}
		if got := f(&env.set); got != v.True() {
			t.Errorf("%s: fast says %v, Eval %v", c.in, got, v.True())
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1+2", "*(int*)$sp", "'a'::b", "p->x[3].y@4", "(unsigned long long)-1 >> 3 ? 'x' : \"y\"", "{int}0x1000", "$$3 += 1.5e-3f", "sizeof(struct point[4])", "(int(*)(char))f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		env := newFake()
		n, err := Parse(s, env)
		if err != nil {
			return
		}
		if v, err := Eval(n, env); err == nil {
			(&Printer{Env: env, Symbol: symbolAt}).Top(v, 0)
		}
		if fn, ok := Fast(n); ok {
			fn(&env.set)
		}
	})
}
