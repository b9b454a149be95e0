/* Who the program is: real, effective and saved ids agree, AT_SECURE is off,
 * the dumpable flag is on. It counts its descriptors above 2: whoever starts
 * tests may leak some, but a debugger adds none to what they are untraced. */
#include "tp.h"
#include <sys/auxv.h>
#include <sys/prctl.h>

int main(void)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;
	CHECK(getresuid(&r, &e, &s) == 0 && getresgid(&rg, &eg, &sg) == 0);
	int extra = 0;
	for (int fd = 3; fd < 1024; fd++)
		extra += fcntl(fd, F_GETFD) >= 0;
	printf("same %d secure %lu dumpable %d extra descriptors %d\n", r == e && e == s && rg == eg && eg == sg,
	       getauxval(AT_SECURE), prctl(PR_GET_DUMPABLE), extra);
	return 0;
}
