package dwarf

// valuesC has globals of every kind of C type, and functions around them.
const valuesC = `
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <complex.h>
#include <uchar.h>
#include <stdatomic.h>
enum color { RED, GREEN = 5, BLUE = -2 };
enum flags { READ = 1, WRITE = 2, EXEC = 4 };
typedef struct node { struct node *next; const char *name; int value; } node_t;
union u { int i; float f; unsigned char b[4]; };
struct bits { unsigned a : 3; int b : 5; enum flags f : 4; unsigned long long c : 40; _Bool d : 1; char tail; };
struct opaque;
struct outer { struct { int x, y; }; union { int k; float g; } un; int flex[]; };
typedef int (*callback)(const char *, struct node *, ...);
int g_int = -42; unsigned g_uint = 4000000000u; long g_long = -5000000000L; unsigned long long g_ull = ~0ull;
short g_short = -3; signed char g_schar = 'A'; unsigned char g_uchar = 200; char g_char = '\n'; _Bool g_bool = 1;
float g_float = 1.5f; double g_double = -2.25e100; long double g_ld = 3.25L; __float128 g_f128 = 0.5; double complex g_cplx = 1.0 + 2.0 * I;
__int128 g_i128 = -170; unsigned __int128 g_u128 = 5;
char16_t g_c16 = u'\u00e9'; char32_t g_c32 = U'\U0001F600'; char32_t g_s32[] = U"hi";
enum color g_color = GREEN, g_neg = BLUE, g_odd = 77; enum flags g_flags = READ | EXEC;
char g_text[16] = "hi \"there\""; const char *const g_str = "pointed to"; const char *g_null = 0;
int g_array[2][3] = {{1, 2, 3}, {4, 5, 6}}; int g_zeros[40] = {1}; const char *g_names[2] = {"one", "two"};
node_t g_second = {0, "second", 2}; node_t g_first = {&g_second, "first", 1}; struct node *volatile g_list = &g_first;
union u g_union = {.i = 0x3f800000}; struct bits g_bits = {5, -3, READ | WRITE, 0x123456789aULL, 1, 'z'};
struct opaque *g_opaque = 0; struct outer g_outer = {{1, 2}, {3}};
callback g_callback; int (*(*g_fpp)(int (*)[3], char **restrict))(void); const volatile int *const *g_cv = 0;
_Atomic int g_atomic = 9; static int hidden = 11; void *g_void = (void *)16; typedef float v4 __attribute__((vector_size(16))); v4 g_vec = {1, 2, 3, 4};
int g_empty[0];
__attribute__((noinline)) int stop(int n) { if (n == 3) raise(SIGSTOP); return n + hidden; }
static inline __attribute__((always_inline)) int twice(int inl) { int doubled = inl * 2; return stop(doubled - inl) + doubled; }
__attribute__((noinline)) int frame(int n, const char *word, node_t list) {
	int local = n * 7; double ratio = 0.5; char buffer[8] = "abc"; int vla[n];
	for (int i = 0; i < n; i++) vla[i] = i + 10;
	{ long local = 123456789; static int counter = 5; counter += local & 1; local += twice(n); vla[0] += local + counter; }
	return local + (int)ratio + buffer[0] + vla[n - 1] + list.value + word[0] + vla[0];
}
int main(int argc, char **argv) { return frame(argc > 1 ? 3 : 2, "word", g_first) == 0; }
`

// classesCC has what C++ adds.
const classesCC = `
#include <string>
#include <vector>
namespace ns {
struct Base { int b = 1; virtual ~Base() {} virtual int f() const { return b; } };
struct Other { int o = 2; };
enum class Shade : unsigned char { Dark = 1, Light = 200 };
template <typename T, int N> struct Box { T items[N]; static int count; int size() const { return N; } };
template <typename T, int N> int Box<T, N>::count = 3;
class Derived : public Base, public Other {
public:
	int d = 3; Shade shade = Shade::Light; int &ref; int &&moved; int Derived::*member = &Derived::d;
	Derived(int &r) : ref(r), moved(static_cast<int &&>(r)) {}
	int f() const override { return d + b; }
	__attribute__((noinline)) static int helper(int x);
	struct Inner { char c = 'q'; } inner;
};
int Derived::helper(int x) { return x * 3; }
namespace { int anon = 4; int hidden(int v) { return v + anon; } }
int number = 7;
Derived object(number);
Box<int, 2> box = {{8, 9}};
}
struct Fwd; Fwd *fwd = nullptr; decltype(nullptr) np = nullptr; char16_t c8 = u'x';
int overloaded(int a) { return a; }
int overloaded(double a) { return (int)a; }
int main() {
	std::vector<int> v{1, 2, 3};
	auto lambda = [&](int k) { return k + (int)v.size(); };
	return lambda(ns::object.f()) + ns::Derived::helper(2) + ns::hidden(1) + overloaded(1) + overloaded(1.5) + ns::box.size() + ns::Box<int, 2>::count;
}
`
