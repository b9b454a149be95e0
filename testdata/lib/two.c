/* The second of two libraries with the same symbols, for dl; bigger, and its
 * function is elsewhere. */
const char *const lib_name = "two";
int lib_calls;
static int table[5000] = {1, 2, 3};

static int lib_helper(int i)
{
	return table[i % 5000];
}

static int lib_inner(int x)
{
	int sum = 0;
	for (int i = 0; i < 3; i++)
		sum += lib_helper(i);
	return x * 100 + sum;
}

int lib_function(int x)
{
	lib_calls++;
	return lib_inner(x);
}
