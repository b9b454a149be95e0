/* The first of two libraries with the same symbols, for dl. */
const char *const lib_name = "one";
int lib_calls;

static int lib_inner(int x)
{
	return x * 10 + 1;
}

int lib_function(int x)
{
	lib_calls++;
	return lib_inner(x);
}
