package main

// The modeled systems that the engine is played on.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/internal/testprog"
)

// system is one of them.
type system struct {
	name     string   // as model.Options has it
	variant  string   // of the programs, "" the plain ones
	programs []string // that can be had there; nil: all
	without  []string // profiles that are not for it
	urg      int      // the signal that the debugger gives: no program here sends or minds it
}

var systems = []*system{
	{name: "linux", urg: abi.Linux.SignalByName("SIGURG").Num},
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

// Subjects are the runs of all programs of the simulation on Linux whose name has this in it.
func Subjects(program string) ([]*subject, error) { return systems[0].subjects(program) }

// subjects are the runs of a system's programs whose name has this in it.
func (y *system) subjects(program string) ([]*subject, error) {
	var all []*subject
	for _, row := range testprog.Programs() {
		if !strings.HasPrefix(row.Name, "sim") || !strings.Contains(row.Name, program) || y.programs != nil && !slices.Contains(y.programs, row.Name) {
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
