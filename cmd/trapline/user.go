package main

import (
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/kernel"
)

// credentials is the user of -u by name or number, with the groups of a login; nil
// for "", which is us. Without anyone, only root may be somebody else.
func credentials(c *cobra.Command, name string, anyone bool) (*kernel.Cred, error) {
	if name == "" {
		return nil, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		u, err = user.LookupId(name)
	}
	if err != nil {
		f := usagef(c, "-u %s: no such user", name)
		if near := spell.Near(name, userNames(), 2); len(near) > 0 {
			return nil, f.try("did you mean %s?", strings.Join(near, " or "))
		}
		return nil, f.try("getent passwd lists them")
	}
	if os.Geteuid() != 0 && !anyone {
		return nil, failf(c, "-u %s: only root may run a program as another user", name).try("try: sudo trapline trace -u %s", name)
	}
	groups, err := u.GroupIds()
	if err != nil {
		return nil, failf(c, "-u %s: %w", name, err)
	}
	numbers, err := atois(append([]string{u.Uid, u.Gid}, groups...))
	if err != nil {
		return nil, failf(c, "-u %s: %w", name, err)
	}
	return &kernel.Cred{UID: numbers[0], GID: numbers[1], Groups: numbers[2:]}, nil
}

func atois(words []string) ([]int, error) {
	out := make([]int, len(words))
	for i, w := range words {
		var err error
		if out[i], err = strconv.Atoi(w); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// userNames are the names in passwd(5), for completion.
func userNames() (names []string) {
	data, _ := os.ReadFile("/etc/passwd")
	for _, line := range strings.Split(string(data), "\n") {
		if name, _, ok := strings.Cut(line, ":"); ok {
			names = append(names, name)
		}
	}
	return names
}
