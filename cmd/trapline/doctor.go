package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/doctor"
)

// exitProblem is doctor's status when something does not work.
const exitProblem = 1

// newDoctor is `trapline doctor`: what may be traced here, and what to do if not.
func newDoctor(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [PID | PROG]...",
		Short: "Say what this machine, a process or a program allows",
		Long: `Looks at the user's rights, the kernel, its settings and the container, or at the
processes and programs named, and says what can be debugged and traced, what cannot,
and how to change that. The exit status is 1 when something does not work.`,
		Example: "  trapline doctor\n  trapline doctor 1234\n  trapline doctor ./prog",
		RunE: func(c *cobra.Command, args []string) error {
			worst, err := diagnose(a, doctor.New(), args)
			if err != nil {
				return failf(c, "%w", err)
			}
			if worst == doctor.Problem {
				a.status = exitProblem
			}
			return nil
		},
		ValidArgsFunction: completeProcessOrProgram,
	}
}

// diagnose prints what is found about the machine or the things named, each under its
// name if there are several, and returns the worst of it.
func diagnose(a *app, d *doctor.Doctor, args []string) (doctor.Level, error) {
	colour := a.colours()
	if len(args) == 0 {
		found := d.Host()
		return doctor.Worst(found), doctor.Render(a.out, found, colour)
	}
	worst := doctor.OK
	for i, arg := range args {
		if len(args) > 1 {
			if i > 0 {
				fmt.Fprintln(a.out)
			}
			fmt.Fprintf(a.out, "%s:\n", oneLine(arg))
		}
		found := d.About(arg)
		worst = max(worst, doctor.Worst(found))
		if err := doctor.Render(a.out, found, colour); err != nil {
			return worst, err
		}
	}
	return worst, nil
}

// completeProcessOrProgram offers processes for digits and files for anything else.
func completeProcessOrProgram(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if prefix != "" && strings.Trim(prefix, "0123456789") == "" {
		return completePID(c, nil, prefix)
	}
	return nil, cobra.ShellCompDirectiveDefault
}
