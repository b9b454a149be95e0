package strace

import (
	"os"
	"os/user"
	"strconv"

	"github.com/trapline/trapline/kernel"
)

// credentials looks up the user of -u.
func (t *trace) credentials() error {
	if t.User == "" {
		return nil
	}
	if os.Getuid() != 0 {
		return fatal("You must be root to use the -u option")
	}
	u, err := user.Lookup(t.User)
	if err != nil {
		return fatal("Cannot find user '%s'", t.User)
	}
	cred := &kernel.Cred{}
	cred.UID, _ = strconv.Atoi(u.Uid)
	cred.GID, _ = strconv.Atoi(u.Gid)
	groups, _ := u.GroupIds()
	for _, g := range groups {
		if n, err := strconv.Atoi(g); err == nil {
			cred.Groups = append(cred.Groups, n)
		}
	}
	t.Cred = cred
	return nil
}
