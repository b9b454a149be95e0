/* dl LIB...: loads each library, calls its lib_function(7), unloads it; twice
 * around, so that a breakpoint in a library is pending, resolved, gone and
 * resolved again. The second time the order is reversed and the load addresses
 * may differ. */
#include "tp.h"
#include <dlfcn.h>

NOINLINE static void use(const char *path)
{
	void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		fprintf(stderr, "%s\n", dlerror());
		exit(TP_FAILED);
	}
	int (*fn)(int) = (int (*)(int))dlsym(lib, "lib_function");
	const char *const *name = dlsym(lib, "lib_name");
	CHECK(fn && name);
	printf("%s: %d\n", *name, fn(7));
	fflush(stdout);
	CHECK(dlclose(lib) == 0);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		use(argv[i]);
	for (int i = argc - 1; i >= 1; i--)
		use(argv[i]);
	return 0;
}
