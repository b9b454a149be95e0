package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/internal/tty"
)

const rootLong = `trapline debugs and traces programs on Linux x86-64: it stops them at breakpoints,
steps them, shows and changes their registers, memory and signals, and prints the
system calls they make.

  trapline run ./prog arg        debug a program from its start
  trapline attach 1234           debug a running process
  trapline trace -f make -j2     print the system calls of a program and its children

What follows the program's name belongs to the program.

--kernel model runs the program on a modeled kernel instead, with a modeled processor: a
machine that exists in memory only. The program's file and the libraries it needs are this
machine's, which it can read but not change; it sees no other processes and no network. Its
schedule follows from a seed, so that what happened once happens again: with the same seed
the same session, with another one perhaps the other outcome of a race. calm, the default,
lets threads run long; wild has them take turns at any instruction and inside of the kernel.
Time is the model's: sleeping takes none. "info kernel" at the prompt shows the kernel
from inside. On a terminal the program has a modeled one, which the keys are typed on;
^C twice stops what does not answer to it. --kernel help lists the kernels.`

const rootStatus = `The exit status is that of the program under --batch and trace (128 plus the signal's
number when a signal ended it), 1 when a line of a script failed, 2 for a command line that
makes no sense, and 125 when trapline itself failed.`

// newRoot is the command tree.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "trapline",
		Short: "Debug and trace programs",
		Long:  rootLong + "\n\n" + rootStatus,
		// The global flags may stand before the verb, where trace's -x, which means
		// another thing, does not see them.
		TraverseChildren: true,
		SilenceErrors:    true,
		SilenceUsage:     true,
		Args:             rootArgs,
		RunE:             a.rootVerb,
	}
	root.SetOut(a.out)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(newHelp())
	root.Flags().BoolVarP(&a.version, "version", "V", false, "print the version")
	root.PersistentFlags().Var(&a.colour, "color", "colour output: auto, always or never")
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(
		[]string{tty.Auto.String(), tty.Always.String(), tty.Never.String()}, cobra.ShellCompDirectiveNoFileComp))
	root.PersistentFlags().Var(&a.kernel, "kernel", "run programs on `KERNEL`: "+kernelUsage)
	_ = root.RegisterFlagCompletionFunc("kernel", completeKernel)
	a.scriptFlags(root)
	root.AddCommand(newRun(a), newAttach(a), newTrace(a), newTruss(a), newInfo(a), newDoctor(a), newVersion(a), newGen(a))
	return root
}

// scriptFlags adds the flags of a scripted session. They are not persistent ones
// because trace has a -x of its own, strace's.
func (a *app) scriptFlags(c *cobra.Command) {
	c.Flags().StringArrayVarP(&a.script, "script", "x", a.script, "run the debugger commands in `FILE` (may be repeated)")
	c.Flags().BoolVar(&a.batch, "batch", a.batch, "no prompt: end after the scripts, with the program's exit status")
	_ = c.MarkFlagFilename("script")
}

// rootVerb is trapline without a verb: help, or a scripted session that starts with
// no program.
func (a *app) rootVerb(c *cobra.Command, _ []string) error {
	if a.version {
		printVersion(a.out)
		return nil
	}
	if len(a.script) == 0 && !a.batch {
		return c.Help()
	}
	return a.debug(c, DebugConfig{})
}

// newHelp is `trapline help VERB`, for those who type it: the same as VERB --help.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:    "help [command]",
		Short:  "Help about a command",
		Hidden: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Root().Help()
			}
			verb, _, err := c.Root().Find(args[:1])
			if err != nil || verb == c.Root() {
				return rootArgs(c.Root(), args)
			}
			return verb.Help()
		},
	}
}

// rootArgs refuses what is not a verb, and says what might have been meant.
func rootArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	word := args[0]
	err := usagef(nil, "unknown command %q", word)
	if near := c.SuggestionsFor(word); len(near) > 0 && word != "" {
		return err.try("did you mean trapline %s?", strings.Join(near, " or trapline "))
	}
	if strings.ContainsAny(word, "./") {
		return err.try("to debug the program use trapline run %s", strings.Join(args, " "))
	}
	return err.try("the commands are %s", strings.Join(verbs(c), ", "))
}

func verbs(c *cobra.Command) (names []string) {
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	slices.Sort(names)
	return names
}

// flagError makes the flag package's errors ours: it tells of strconv where a number
// is no number, and knows no names that resemble a wrong one.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		for _, flags := range []*pflag.FlagSet{c.Flags(), c.InheritedFlags()} {
			flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		}
		if near := spell.Near(unknown.GetSpecifiedName(), names, 2); len(near) > 0 {
			return usagef(c, "%w", err).try("did you mean --%s?", strings.Join(near, " or --"))
		}
	}
	var bad *pflag.InvalidValueError
	if errors.As(err, &bad) {
		name := "--" + bad.GetFlag().Name
		if bad.GetFlag().Shorthand != "" {
			name = "-" + bad.GetFlag().Shorthand
		}
		if needs := flagNeeds[bad.GetFlag().Value.Type()]; needs != "" {
			return usagef(c, "%s needs %s, not %q", name, needs, bad.GetValue())
		}
	}
	return usagef(c, "%w", err)
}

// flagNeeds are the values of types of flags.
var flagNeeds = map[string]string{"int": "a number", "count": "a number", "bool": "true or false", "duration": "a time, as in 10ms or 1.5s"}

// wantArgs is a cobra.PositionalArgs that names what is missing or too much. Of a
// verb with a program, everything after its name is the program's: max < 0.
func wantArgs(min, max int, what, example string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		var err *failure
		switch {
		case len(args) < min:
			err = usagef(c, "%s is missing", what)
		case max >= 0 && len(args) > max:
			err = usagef(c, "%q is too much", args[max])
		default:
			return nil
		}
		return err.try("as in: %s", example)
	}
}
