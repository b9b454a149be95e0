/* A global of each kind that DWARF describes, with a value that a debugger must
 * print as the comment says, and locals of some kinds in show(), where a
 * breakpoint finds them. The program prints nothing of them but a checksum. */
#include "tp.h"
#include <complex.h>
#include <stdbool.h>
#include <uchar.h>
#include <wchar.h>

int8_t g_int8 = -8;
uint8_t g_uint8 = 200;
int16_t g_int16 = -1600;
uint16_t g_uint16 = 65000;
int32_t g_int32 = -320000;
uint32_t g_uint32 = 4000000000U;
int64_t g_int64 = -6400000000;
uint64_t g_uint64 = 18446744073709551615U;
__int128 g_int128 = -((__int128)1 << 100);               /* -1267650600228229401496703205376 */
unsigned __int128 g_uint128 = (unsigned __int128)1 << 127; /* 170141183460469231731687303715884105728 */
float g_float = 1.5f;
double g_double = -2.25;
long double g_longdouble = 3.0625L;
_Float128 g_float128 = 1.0F128;
double _Complex g_complex = 1.0 + 2.0 * I;
bool g_true = true, g_false;
char g_char = 'A';
signed char g_schar = -1;
char16_t g_char16 = u'\u00e9';
char32_t g_char32 = U'\U0001f600';
wchar_t g_wchar = L'\u00fc';
_Atomic int g_atomic = 77;
volatile const int g_cv = 5;

enum colour { RED, GREEN = 5, BLUE = -1 };
enum colour g_enum = GREEN;
enum flags { F_A = 1, F_B = 2, F_C = 4 };
enum flags g_flags = F_A | F_C;

struct bits { unsigned a : 3; int b : 5; unsigned c : 20; unsigned long d : 40; bool e : 1; };
struct bits g_bits = {5, -3, 777777, 123456789012UL, true};

struct point { int x, y; };
struct nested { struct point p[2]; union { int i; float f; char c[4]; } u; const char *name; struct nested *next; };
struct nested g_nested = {{{1, 2}, {3, 4}}, {.i = 0x3f800000}, "nested", NULL};
struct nested g_list = {{{5, 6}, {7, 8}}, {.i = 0x61626364}, "list", &g_nested};
struct { int anon_a; struct { int inner_b; }; } g_anonymous = {9, {10}};
struct __attribute__((packed)) { char c; int i; } g_packed = {'p', 11};
struct flexible { int n; char tail[]; } g_flexible = {3, "abc"};

int g_array[5] = {1, 2, 3, 4, 5};
int g_matrix[2][3] = {{1, 2, 3}, {4, 5, 6}};
char g_text[16] = "some text";
char g_binary[6] = {'a', 0, '\n', '\\', '"', (char)0xff};
const char *g_string = "a string";
const char *g_utf8 = "gr\xc3\xbc\xc3\x9f";
const char *g_null_string;
const wchar_t *g_wide = L"wide";
const char16_t *g_utf16 = u"utf16";
int *g_pointer = &g_array[2];
void *g_void = &g_array;
int **g_pointer2 = &g_pointer;
struct point *g_struct_pointer = &g_nested.p[1];

typedef int (*binary)(int, int);
NOINLINE int add(int a, int b) { return a + b; }
binary g_function = add;
binary g_functions[2] = {add, NULL};
typedef struct point point_t;
point_t g_typedef = {-1, -2};
__thread int g_tls = 42;
static int s_file_static = 12;

NOINLINE long show(int arg, struct point by_value, const char *text)
{
	int local = arg * 2;
	static int calls = 3;
	double half = arg / 2.0;
	char name[8] = "local";
	int vla[arg];
	for (int i = 0; i < arg; i++) {
		int square = i * i; /* in an inner block */
		vla[i] = square;
	}
	calls++;
	return local + by_value.x + text[0] + (long)half + name[0] + vla[arg - 1] + calls + s_file_static + g_tls;
}

int main(void)
{
	long sum = show(4, (struct point){20, 30}, g_string);
	sum += g_function(1, 2) + g_flexible.n + g_anonymous.inner_b + g_packed.i + g_list.next->p[0].x;
	printf("types %ld\n", sum);
	return 0;
}
