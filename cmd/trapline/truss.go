package main

import (
	"github.com/spf13/cobra"

	"github.com/trapline/trapline/truss"
)

// newTruss is `trapline truss`: what a binary called truss does, for those who have no such link,
// and on a modeled kernel.
func newTruss(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "truss [-facedDHS] [-o file] [-s strsize] command [args]\n  trapline truss [-facedDHS] [-o file] [-s strsize] -p pid",
		Short: "Print system calls in the form of FreeBSD's truss",
		Long: `Takes the command line of FreeBSD's truss(1) and prints its text, as a binary called truss does:
ln -s trapline truss. The exit status is truss's: 0 however the program ended.

  -a  show the arguments that a program is executed with   -e  and its environment
  -c  a table of calls, errors and time instead of calls   -S  nothing about signals
  -d  the time since the start of the trace                -D  and since the thread's event before
  -f  children too                                         -H  the numbers of threads
  -o  to a file    -p  attach to a process    -s  show at most so many bytes of a string`,
		Example: `  trapline truss -f make
  trapline --kernel model:freebsd truss ./prog`,
		DisableFlagParsing: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
				return c.Help()
			}
			m := &machine{close: func() {}, runOn: func() {}}
			a.status = truss.Main(append([]string{"truss"}, args...), a.stderr, func() (truss.Host, error) {
				made, err := newMachine(a.kernel, "")
				if err != nil {
					return truss.Host{}, err
				}
				m = made
				return truss.Host{Kernel: m.kernel, Clock: m.clock, Alone: m.alone, Interrupted: func(end func()) { m.interrupt = end }}, nil
			})
			m.runOn()
			m.close()
			return nil
		},
	}
	return c
}

// hostMachine is the machine we run on, for truss by its own name.
func hostMachine() (truss.Host, error) {
	k, err := hostKernel()
	return truss.Host{Kernel: k}, err
}
