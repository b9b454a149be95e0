package dwarf

import (
	"strings"
	"testing"
)

// rustSource has enums with data; rustc writes LLVM's DWARF: no siblings, no aranges.
const rustSource = `
#[derive(Clone, Copy)]
pub enum Shape { Point, Circle(u32), Rect { w: i16, h: i16 } }
pub enum Level { Low = 1, High = 300 }
#[no_mangle] pub static POINT: Shape = Shape::Point;
#[no_mangle] pub static CIRCLE: Shape = Shape::Circle(7);
#[no_mangle] pub static RECT: Shape = Shape::Rect { w: -2, h: 3 };
#[no_mangle] pub static LEVEL: Level = Level::High;
#[no_mangle] pub static SOME: Option<u8> = Some(5);
#[no_mangle] pub static NONE: Option<&'static u32> = None;
#[no_mangle] pub static NUM: u32 = 5;
#[no_mangle] pub static REF: Option<&'static u32> = Some(&NUM);
#[no_mangle] pub static LETTER: char = 'é';
#[no_mangle] pub static TUPLE: (i8, bool) = (-1, true);
#[no_mangle] pub static ARR: [u16; 3] = [1, 2, 3];
mod inner { pub struct Thing { pub a: i64 } impl Thing { #[inline(never)] pub fn method(&self) -> i64 { self.a } } }
#[no_mangle] pub static THING: inner::Thing = inner::Thing { a: -9 };
fn main() {
    println!("{}", THING.method() + unsafe { std::ptr::read_volatile(&NUM) } as i64);
    let all: [*const u8; 10] = [&POINT as *const _ as *const u8, &CIRCLE as *const _ as *const u8, &RECT as *const _ as *const u8,
        &LEVEL as *const _ as *const u8, &SOME as *const _ as *const u8, &NONE as *const _ as *const u8, &REF as *const _ as *const u8,
        &LETTER as *const _ as *const u8, &TUPLE as *const _ as *const u8, &ARR as *const _ as *const u8];
    println!("{:?}", all);
}
`

func TestRust(t *testing.T) {
	for _, flags := range [][]string{{"-g"}, {"-g", "-O"}, {"-g", "-Cdwarf-version=5"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			src := open(t, compile(t, "p.rs", rustSource, append(flags, "-Crelocation-model=static")...))
			d := New(src, nil)
			for name, want := range map[string]string{
				"POINT": "Point", "CIRCLE": "Circle{__0 = 7}", "RECT": "Rect{w = -2, h = 3}", "LEVEL": "Level::High",
				"SOME": "Some{__0 = 5}", "NONE": "None", "REF": "Some{__0 = 0xADDR}", "LETTER": "233 U'é'",
				"TUPLE": "{__0 = -1, __1 = true}", "ARR": "{1, 2, 3}", "THING": "{a = -9}", "p::NUM": "5",
			} {
				if name == "THING" && len(flags) == 2 && flags[1] == "-O" {
					want = "<not found>" // folded into its only use and discarded by the linker
				}
				if got := showGlobal(t, d, src, name); !likeAddr(got, want) {
					t.Errorf("%s: got %s, want %s", name, got, want)
				}
			}
			fs := d.FunctionsNamed("p::inner::Thing::method")
			if len(fs) == 0 && flags[len(flags)-1] == "-O" {
				return // folded as well
			}
			if len(fs) != 1 || !fs[0].HasCode() {
				t.Fatalf("p::inner::Thing::method: %v", fs)
			}
			if f, err := d.FunctionAt(fs[0].Entry); err != nil || f != fs[0] {
				t.Errorf("FunctionAt its entry: %v, %v", f, err)
			}
			if p := fs[0].Params(fs[0].Entry); len(p) != 1 || p[0].Name != "self" || p[0].Type().Elem().Qualified() != "p::inner::Thing" {
				t.Errorf("its parameters: %v", p)
			}
		})
	}
}

const goSource = `package main

import "fmt"

type point struct {
	x, y int32
	name string
	next *point
}

var (
	origin = point{x: 1, y: -2, name: "origin"}
	table  = [3]uint16{7, 8, 9}
	flag   = true
)

//go:noinline
func (p *point) sum(k int) int { return int(p.x) + int(p.y) + k }

func main() { fmt.Println(origin.sum(3), table, flag) }
`

func TestGo(t *testing.T) {
	src := open(t, compile(t, "p.go", goSource))
	d := New(src, nil)
	if got := showGlobal(t, d, src, "main.origin"); !likeAddr(got, `{x = 1, y = -2, name = {str = 0xADDR "origin`) && !strings.HasPrefix(got, "{x = 1, y = -2, name = {str = 0x") {
		t.Errorf("main.origin: %s", got)
	}
	for name, want := range map[string]string{"main.table": "{7, 8, 9}", "main.flag": "true"} {
		if got := showGlobal(t, d, src, name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	fs := d.FunctionsNamed("main.(*point).sum")
	if len(fs) != 1 {
		t.Fatalf("main.(*point).sum: %v", fs)
	}
	params := fs[0].Params(fs[0].Entry)
	var names []string
	for _, p := range params {
		names = append(names, p.Name+" "+p.Type().String())
	}
	if got := strings.Join(names, ", "); !strings.HasPrefix(got, "p main.point *, k int") && !strings.HasPrefix(got, "p *main.point, k int") {
		t.Errorf("its parameters: %s", got)
	}
	u := fs[0].Unit()
	if u.Lang() != LangGo || u.Name() != "main" && !strings.Contains(u.Name(), "command-line-arguments") {
		t.Errorf("its unit: %q in language %#x", u.Name(), u.Lang())
	}
}
