package main

import (
	"os"

	"github.com/spf13/cobra"
)

// newRun is `trapline run`: a debugging session from a program's start.
func newRun(a *app) *cobra.Command {
	var cfg DebugConfig
	var env []string
	c := &cobra.Command{
		Use:   "run [flags] PROG [ARGS]",
		Short: "Debug a program from its start",
		Long: `Starts PROG, stops it at main (or at its first instruction if it has no main, or with
--stop=entry) and gives the prompt. "help" there lists the commands.

PROG is looked up in PATH when it has no slash in it. The program runs with address
randomisation off, so that addresses are the same from run to run (--aslr leaves it on).`,
		Example: `  trapline run ./prog arg
  trapline run --batch -x script.tl ./prog`,
		Args: wantArgs(1, -1, "the program", "trapline run ./prog"),
		RunE: func(c *cobra.Command, args []string) error {
			cfg.Program, cfg.Args = args[0], args[1:]
			var err error
			if cfg.Env, err = environ(c, env); err != nil {
				return err
			}
			if cfg.Path, err = findProgram(c, cfg.Program, cfg.Dir); err != nil {
				return err
			}
			return a.debug(c, cfg)
		},
		ValidArgsFunction: completeProgram,
	}
	f := c.Flags()
	f.SetInterspersed(false)
	a.scriptFlags(c)
	f.Var(newChoice(&cfg.Stop, StopMain, StopEntry), "stop", "where to stop first: main or entry")
	f.StringVar(&cfg.Dir, "cwd", "", "run the program in `DIR`")
	f.StringArrayVarP(&env, "env", "E", nil, "set `NAME=VALUE` for the program, or unset NAME (may be repeated)")
	f.BoolVar(&cfg.ASLR, "aslr", false, "leave address randomisation on")
	_ = c.MarkFlagDirname("cwd")
	_ = c.RegisterFlagCompletionFunc("stop", cobra.FixedCompletions(
		[]string{string(StopMain), string(StopEntry)}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// debug completes a configuration with the global flags and runs the session.
func (a *app) debug(c *cobra.Command, cfg DebugConfig) error {
	cfg.Scripts, cfg.Batch, cfg.Colour = a.script, a.batch, a.colour
	cfg.Stdout, cfg.Stderr, cfg.Kernel = a.out, a.stderr, a.kernel
	if err := checkScripts(c, cfg.Scripts); err != nil {
		return err
	}
	if cfg.Env == nil {
		cfg.Env = os.Environ()
	}
	exit, err := runDebugger(cfg)
	if err != nil {
		return asFailure(c, err)
	}
	if cfg.Batch {
		a.status = exit
	}
	return nil
}
