package main

import (
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/doctor"
)

// newAttach is `trapline attach`: a debugging session on a running process.
func newAttach(a *app) *cobra.Command {
	return withFlags(&cobra.Command{
		Use:   "attach [flags] PID",
		Short: "Debug a running process",
		Long: `Stops every thread of process PID and gives the prompt. When the session ends the
process is let go and runs on as it was found; "kill" at the prompt ends it instead.

trapline doctor PID says whether attaching is allowed, and what to change if it is not.`,
		Example: "  trapline attach 1234\n  trapline attach --batch -x where.tl 1234",
		Args:    wantArgs(1, 1, "the process number", "trapline attach 1234"),
		RunE: func(c *cobra.Command, args []string) error {
			if a.kernel.modeled() {
				return noProcesses(c, "")
			}
			pid, err := parsePID(c, args[0])
			if err != nil {
				return err
			}
			return a.debug(c, DebugConfig{PID: pid})
		},
		ValidArgsFunction: completePID,
	}, a.scriptFlags)
}

// noProcesses refuses to attach to a process of a modeled kernel, which has none before
// one is started.
func noProcesses(c *cobra.Command, what string) error {
	return usagef(c, "%sa modeled kernel has no processes but those that it starts", what).try("use trapline --kernel ... run PROG, or trace PROG")
}

func withFlags(c *cobra.Command, add func(*cobra.Command)) *cobra.Command {
	add(c)
	return c
}

// parsePID accepts a positive number that could be a process. Whether it is one, and
// one that may be attached to, the attach itself says.
func parsePID(c *cobra.Command, s string) (int, error) {
	pid, err := strconv.ParseInt(s, 10, 32)
	if err != nil || pid <= 0 {
		return 0, usagef(c, "%q is not a process number", s).try("pgrep -l NAME finds it")
	}
	if int(pid) == os.Getpid() {
		return 0, failf(c, "process %d is trapline itself", pid).try("name another process")
	}
	return int(pid), nil
}

// completePID offers the processes of the user, with their names.
func completePID(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	fs := doctor.New().FS // Linux's /proc, or FreeBSD's sysctls
	pids, _ := fs.Processes()
	var found []string
	for _, n := range pids {
		pid := strconv.Itoa(n)
		if !strings.HasPrefix(pid, prefix) || n == os.Getpid() {
			continue
		}
		if comm, err := fs.Proc(n).Comm(); err == nil {
			found = append(found, pid+"\t"+comm)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
