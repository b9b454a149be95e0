package main

// The modeled systems that the engine is played on.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/tracer"
)

// system is one of them.
type system struct {
	name     string   // as model.Options has it
	variant  string   // of the programs, "" the plain ones
	programs []string // that can be had there; nil: all
	but      []string // programs that cannot
	unfit    []unfit
	lingers  bool     // threads of a process that was killed go on until one of them has ended it
	without  []string // profiles that are not for it
	urg      int      // the signal that the debugger gives: no program here sends or minds it
}

// unfit is a program that profiles are not for on a system.
type unfit struct {
	program string
	by      func(*Profile) bool
}

var systems = []*system{
	{name: "linux", urg: abi.Linux.SignalByName("SIGURG").Num},
	// Who is traced there is not stopped by job control: sigprocess() drops the default action of a stop
	// signal for P_TRACED (sig-stop-self), so that a parent waits for the stop of its child in vain.
	{name: "freebsd", variant: "+freebsd", urg: abi.FreeBSD.SignalByName("SIGURG").Num, lingers: true,
		unfit: []unfit{{"simstopcont", func(p *Profile) bool { return p.Follow != tracer.FollowParent }}}},
	// Programs for SVR4 are those that do without futexes, queued signals and the like.
	{name: "svr4", variant: "+svr4", urg: abi.SVR4.SignalByName("SIGURG").Num, programs: []string{"simcondition", "simdaemon", "simexec",
		"simfaults", "simfork", "simforkthreads", "simfutex", "simjobs", "simpipes", "simrep", "simsigchld", "simstopcont", "simthreads",
		"simtimer", "simtrapflag", "simvfork", "simwatch"},
		without: []string{"hardware breakpoints"}}, // a watched instruction is passed by others while one steps over it
}

func systemNamed(name string) (*system, error) {
	i := slices.IndexFunc(systems, func(s *system) bool { return s.name == name })
	if i < 0 {
		return nil, fmt.Errorf("no system %q to simulate", name)
	}
	return systems[i], nil
}

// has says whether a program can be had there.
func (y *system) has(program string) bool {
	return (y.programs == nil || slices.Contains(y.programs, program)) && !slices.Contains(y.but, program)
}

// Subjects are the runs of all programs of the simulation on Linux whose name has this in it.
func Subjects(program string) ([]*subject, error) { return systems[0].subjects(program) }

// subjects are the runs of a system's programs whose name has this in it.
func (y *system) subjects(program string) ([]*subject, error) {
	var all []*subject
	for _, row := range testprog.Programs() {
		if !strings.HasPrefix(row.Name, "sim") || !strings.Contains(row.Name, program) || !y.has(row.Name) {
			continue
		}
		for _, run := range row.Runs {
			args, err := testprog.Expand(run.Args)
			if err != nil {
				return nil, err
			}
			run.Args = args
			s, err := load(y, row, run)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}
