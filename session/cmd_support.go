package session

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/session/expr"
	"github.com/trapline/trapline/syscalls"
)

func stackCommands() []Command {
	return []Command{
		{Names: []string{"backtrace", "bt", "where"}, Args: "[N | -N] [full]", Class: Stack, Needs: NeedsProcess, Repeat: RepeatSame, Run: (*Session).backtrace,
			Short: "show the stack: all frames, the innermost N, or the outermost -N", Long: "full shows the local variables of each frame."},
		{Names: []string{"frame", "f"}, Args: "[N]", Class: Stack, Needs: NeedsProcess, Run: (*Session).frameCommand, Short: "select a frame, or show the selected one"},
		{Names: []string{"up"}, Args: "[N]", Class: Stack, Needs: NeedsProcess, Repeat: RepeatSame, Run: moveFrame(1), Short: "select the caller's frame"},
		{Names: []string{"down", "dow"}, Args: "[N]", Class: Stack, Needs: NeedsProcess, Repeat: RepeatSame, Run: moveFrame(-1), Short: "select the called frame"},
		{Names: []string{"thread", "t"}, Args: "[N]", Class: Stack, Needs: NeedsProcess, Complete: CompleteThread, Run: (*Session).threadCommand,
			Short: "select a thread, or show the selected one", Sub: []Command{
				{Names: []string{"apply"}, Args: "all|N... COMMAND", Complete: CompleteCommand, Short: "run a command for threads", Run: (*Session).threadApply}}},
		{Names: []string{"inferior"}, Args: "[N]", Class: Stack, Run: (*Session).inferiorCommand, Short: "select a process, or show the selected one"},
		{Names: []string{"list", "l"}, Args: "[LOCATION | A,B | -]", Class: Stack, Complete: CompleteLocation, Needs: NeedsProgram, Repeat: RepeatBare, Run: (*Session).list,
			Short: "show source lines", Long: "Without an argument, around where the program is, then on from there; with - those before."},
		{Names: []string{"directory"}, Args: "[DIR]...", Class: Stack, Complete: CompleteFile, Run: (*Session).directory, Short: "say where to look for sources"},
	}
}

func supportCommands() []Command {
	return []Command{
		{Names: []string{"help", "h"}, Args: "[COMMAND]", Class: Support, Complete: CompleteCommand, Run: (*Session).help, Short: "list commands, or tell about one"},
		{Names: []string{"apropos"}, Args: "WORD", Class: Support, Run: (*Session).apropos, Short: "search the help"},
		{Names: []string{"source"}, Args: "FILE", Class: Support, Complete: CompleteFile, Run: func(s *Session, a *Args) error { return s.Source(a.Text) },
			Short: "run the commands in a file", Long: "It stops at the first line that fails and says which."},
		{Names: []string{"define"}, Args: "NAME", Class: Support, Run: (*Session).define, Short: "make a command of lines that follow, up to \"end\"",
			Long: "In the lines $arg0, $arg1... and $argc stand for what the command is given. NAME must not be a command's."},
		{Names: []string{"echo"}, Args: "TEXT", Class: Support, Run: (*Session).echo, Short: "print text; \\n is a new line"},
		{Names: []string{"shell", "!"}, Args: "[COMMAND]", Class: Support, Complete: CompleteFile, Run: (*Session).shell, Short: "run a command of the system"},
		{Names: []string{"pwd"}, Class: Support, Run: func(s *Session, _ *Args) error { s.printf("Working directory %s.\n", s.cwd()); return nil }, Short: "show the working directory"},
		{Names: []string{"cd"}, Args: "[DIR]", Class: Support, Complete: CompleteFile, Run: (*Session).cd, Short: "change the working directory"},
		{Names: []string{"quit", "q", "exit"}, Class: Support, Run: (*Session).quit, Short: "leave: end what was launched, let go of what was attached to"},
	}
}

func (s *Session) threadCommand(a *Args) error {
	if a.Text == "" {
		th, err := s.current()
		if err != nil {
			return err
		}
		s.printf("[Current thread is %d (LWP %d%s)]\n", s.number(th.TID), th.TID, s.quotedComm(th))
		return nil
	}
	th, err := s.findThread(a.Text)
	if err != nil {
		return err
	}
	s.selectThread(th)
	s.printf("[Switching to thread %d (LWP %d%s)]\n", s.number(th.TID), th.TID, s.quotedComm(th))
	return s.selectFrame(0, false)
}

func (s *Session) threadApply(a *Args) error {
	which, cmd, _ := strings.Cut(a.Text, " ")
	list := s.threads()
	if which != "all" {
		th, err := s.findThread(which)
		if err != nil {
			return err
		}
		list = list[:0:0]
		list = append(list, th)
	}
	cmd = strings.TrimSpace(cmd)
	if cmd == "" {
		return errors.New("thread apply needs a command: thread apply all bt")
	}
	back, frame := s.thread, s.frame
	defer func() {
		if s.thread != nil && back != nil && !back.Gone() {
			s.selectThread(back)
			s.frame = frame
		}
	}()
	for _, th := range list {
		if th.Gone() {
			continue
		}
		s.selectThread(th)
		s.printf("\n%s\n", s.paint(tty.Heading, fmt.Sprintf("Thread %d (LWP %d%s):", s.number(th.TID), th.TID, s.quotedComm(th))))
		if err := s.nested(cmd); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) inferiorCommand(a *Args) error {
	if a.Text == "" {
		s.printf("[Current inferior is %d (%s)]\n", s.inf.Num, s.inf.Path)
		return nil
	}
	n, err := s.evalInt(a.Text)
	if err != nil {
		return err
	}
	for _, inf := range s.inferiors {
		if int64(inf.Num) != n {
			continue
		}
		s.inf, s.thread, s.frame = inf, nil, 0
		s.stack.forget()
		s.printf("[Switching to inferior %d (%s)]\n", inf.Num, inf.Path)
		if inf.Proc != nil {
			s.selectThread(inf.Proc.Leader())
			return s.selectFrame(0, false)
		}
		return nil
	}
	return fmt.Errorf("no inferior %d; \"info inferiors\" lists them", n)
}

func (s *Session) directory(a *Args) error {
	s.sources = nil
	if a.Text == "" {
		s.opts.directories = nil
		return nil
	}
	for _, d := range a.Words() {
		abs, err := filepath.Abs(d)
		if err != nil {
			return err
		}
		s.opts.directories = append(s.opts.directories, abs)
	}
	return nil
}

// Source runs a script. The error names the file and the line of the command that
// failed.
func (s *Session) Source(name string) error {
	if name == "" {
		return errors.New("source needs a file")
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("script %s: %w", name, bareError(err))
	}
	defer f.Close()
	return s.Script(f, name)
}

func bareError(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// ScriptError is a line of a script that failed; the lines after it were not run.
type ScriptError struct {
	File string
	Line int
	Err  error
}

func (e *ScriptError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

func (e *ScriptError) Unwrap() error { return e.Err }

// Script runs the lines of a reader; name is for errors.
func (s *Session) Script(r io.Reader, name string) error {
	if s.depth >= maxNested {
		return fmt.Errorf("scripts nested %d deep", s.depth)
	}
	s.depth++
	defer func() { s.depth-- }()
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	n := 0
	read := func(string) (string, error) {
		if !in.Scan() {
			if err := in.Err(); err != nil {
				return "", err
			}
			return "", io.EOF
		}
		n++
		return in.Text(), nil
	}
	s.lines = append(s.lines, read)
	defer func() { s.lines = s.lines[:len(s.lines)-1] }()
	for {
		line, err := read("")
		if err == io.EOF {
			return nil
		}
		at := n
		if err == nil {
			err = s.Execute(line)
		}
		if end := s.faceEnded(); end != nil {
			return end
		}
		if errors.Is(err, ErrQuit) {
			return err
		}
		if err != nil {
			return &ScriptError{name, at, err}
		}
	}
}

// faceEnded asks a face that can tell whether it is to end: a script must not go on
// without anybody to see what it does.
func (s *Session) faceEnded() error {
	if f, ok := s.Face.(interface{ Health() error }); ok {
		return f.Health()
	}
	return nil
}

// readLine gives the next line of whoever is giving lines: the innermost script, else
// the face.
func (s *Session) readLine(prompt string) (string, error) {
	if n := len(s.lines); n > 0 {
		return s.lines[n-1](prompt)
	}
	return s.Face.ReadLine(prompt)
}

// maxArgs bounds the arguments of a command of the user's own.
const maxArgs = 10

// define adds a row to this session's own commands.
func (s *Session) define(a *Args) error {
	name := strings.TrimSpace(a.Text)
	if name == "" || strings.ContainsAny(name, " \t/") || !isLetterWord(name) {
		return errors.New("define needs a name: define mystep")
	}
	for i := range table {
		for _, n := range table[i].Names {
			if n == name && !strings.HasPrefix(name, "hook-") {
				return fmt.Errorf("%q is a command already", name)
			}
		}
	}
	var body []string
	for depth := 1; ; {
		l, err := s.readLine(">")
		if err != nil {
			return fmt.Errorf("the definition of %s ends without \"end\": %w", name, err)
		}
		l = strings.TrimSpace(l)
		switch {
		case l == "end":
			depth--
		case strings.HasPrefix(l, "commands") || strings.HasPrefix(l, "define "):
			depth++
		}
		if depth == 0 {
			break
		}
		body = append(body, l)
	}
	if s.defined == nil {
		s.defined = map[string][]string{}
	}
	s.defined[name] = body
	return nil
}

// runDefined runs a command of the user's own; false when there is none of that name.
func (s *Session) runDefined(line string) (bool, error) {
	word, _, rest := cutWord(line)
	body, ok := s.defined[word]
	if !ok {
		return false, nil
	}
	args := strings.Fields(rest)
	if len(args) > maxArgs {
		return true, fmt.Errorf("%s takes at most %d arguments", word, maxArgs)
	}
	var text strings.Builder
	for _, l := range body {
		l = strings.ReplaceAll(l, "$argc", fmt.Sprint(len(args)))
		for i := maxArgs - 1; i >= 0; i-- {
			name := fmt.Sprintf("$arg%d", i)
			if i >= len(args) {
				if strings.Contains(l, name) {
					return true, fmt.Errorf("%s needs at least %d arguments", word, i+1)
				}
				continue
			}
			l = strings.ReplaceAll(l, name, args[i])
		}
		text.WriteString(l + "\n")
	}
	return true, s.Script(strings.NewReader(text.String()), word)
}

var echoEscapes = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\"`, `"`, `\e`, "\x1b", "\\ ", " ")

func (s *Session) echo(a *Args) error {
	s.printf("%s", echoEscapes.Replace(a.Text))
	return nil
}

// shell runs a command with our terminal; it must be ours at the prompt.
func (s *Session) shell(a *Args) error {
	sh := os.Getenv("SHELL")
	if sh == "" {
		sh = "/bin/sh"
	}
	c := exec.Command(sh, "-c", a.Text)
	if a.Text == "" {
		c = exec.Command(sh)
	}
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, s.Out, os.Stderr
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		s.setIntVar("_shell_exitcode", uint64(exit.ExitCode()))
		return nil
	}
	if err == nil {
		s.setIntVar("_shell_exitcode", 0)
	}
	return err
}

func (s *Session) cwd() string {
	dir, err := os.Getwd()
	if err != nil {
		return "?"
	}
	return dir
}

func (s *Session) cd(a *Args) error {
	dir := a.Text
	if dir == "" || dir == "~" {
		home, err := os.UserHomeDir()
		if err != nil {
			return err
		}
		dir = home
	}
	if err := os.Chdir(dir); err != nil {
		return fmt.Errorf("%s: %w", dir, bareError(err))
	}
	s.printf("Working directory %s.\n", s.cwd())
	return nil
}

// quit asks when a program lives that would die with us.
func (s *Session) quit(*Args) error {
	if live := s.Live(); len(live) > 0 {
		what := "detached"
		if live[0].Launched {
			what = "killed"
		}
		if err := s.confirm("A debugging session is active.\n\n\tInferior [process %d] will be %s.\n\nQuit anyway?", live[0].PID, what); err != nil {
			return err
		}
	}
	return ErrQuit
}

// printfCommand is C's printf over expressions.
func (s *Session) printfCommand(a *Args) error {
	n, err := expr.Parse(a.Text, s.env())
	if err != nil {
		return err
	}
	e := s.env()
	text, err := expr.Sprintf(n, e, s.printer())
	if err != nil {
		return err
	}
	s.printf("%s", text)
	return nil
}

// System calls by number and name.

func (s *Session) syscallName(nr uint64) string { return syscalls.Native(s.os).CallName(nr) }

// maxSyscall is beyond every number the table has.
const maxSyscall = 1024

func (s *Session) syscallNames() (names []string) {
	for nr := range uint64(maxSyscall) {
		if n := s.syscallName(nr); !strings.HasPrefix(n, "syscall_") {
			names = append(names, n)
		}
	}
	for _, class := range syscalls.Classes() {
		names = append(names, "%"+strings.TrimPrefix(class, "%"))
	}
	return names
}
