package main

// The global --kernel: whose processes a verb works on, the machine's or a modeled kernel's.

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/model"
)

// kernelChoice is the value of --kernel. The zero value is the machine that we run on.
type kernelChoice struct {
	System string // "": the machine's own; else a row of model.Systems
	Seed   uint64
	Wild   bool // threads take turns after a few instructions, and inside of the kernel
}

// The words of the flag.
const (
	kernelHost  = "host"
	kernelModel = "model"
	defaultSeed = 1
)

// kernelUsage is how the flag is written.
const kernelUsage = "host, or model[:SYSTEM][,seed=N][,calm|wild]"

// modeled says whether it is a model.
func (k *kernelChoice) modeled() bool { return k.System != "" }

// systems are the binary interfaces of what can be modeled, and of hosts, by name.
var systems = map[string]*abi.OS{"linux": abi.Linux, "freebsd": abi.FreeBSD, "svr4": abi.SVR4, "svr4-ptrace": abi.SVR4}

// os is the interface of the kernel chosen: its signals, its errors. A host that there is no
// adapter for has Linux's, for what is said before it is refused.
func (k *kernelChoice) os() *abi.OS {
	return cmp.Or(systems[cmp.Or(k.System, runtime.GOOS)], abi.Linux)
}

// String is the value as it can be given.
func (k *kernelChoice) String() string {
	if !k.modeled() {
		return kernelHost
	}
	return fmt.Sprintf("%s:%s,seed=%d,%s", kernelModel, k.System, k.Seed, map[bool]string{false: "calm", true: "wild"}[k.Wild])
}

// Type names the kind of value in the flag's help.
func (k *kernelChoice) Type() string { return "kernel" }

// Set parses a value.
func (k *kernelChoice) Set(s string) error {
	words := strings.Split(s, ",")
	name, system, named := strings.Cut(words[0], ":")
	switch {
	case s == kernelHost:
		*k = kernelChoice{}
		return nil
	case s == "help":
		return errKernels("the kernels are")
	case name != kernelModel:
		return errKernels("%q is none of", words[0])
	case !named:
		system = model.Systems[0].Name
	case !slices.Contains(modelSystems(), system):
		return errKernels("no modeled system is called %q; the kernels are", system)
	}
	c := kernelChoice{System: system, Seed: defaultSeed}
	for _, word := range words[1:] {
		if err := c.option(word); err != nil {
			return err
		}
	}
	*k = c
	return nil
}

// option takes one of the words after a model's name.
func (k *kernelChoice) option(word string) error {
	number, isSeed := strings.CutPrefix(word, "seed=")
	switch {
	case word == "calm" || word == "wild":
		k.Wild = word == "wild"
	case isSeed:
		seed, err := strconv.ParseUint(number, 0, 64)
		if err != nil {
			return fmt.Errorf("seed=%s is no number from 0 to 2^64-1", number)
		}
		k.Seed = seed
	default:
		return errKernels("%q is none of seed=N, calm and wild; the kernels are", word)
	}
	return nil
}

func errKernels(format string, args ...any) error {
	all := []string{kernelHost, kernelModel}
	for _, name := range modelSystems() {
		all = append(all, kernelModel+":"+name)
	}
	return fmt.Errorf(format+" %s; a model's name may be followed by ,seed=N ,calm or ,wild", append(args, strings.Join(all, ", "))...)
}

// modelSystems are the names of what can be modeled; the first is what "model" means.
func modelSystems() (names []string) {
	for _, s := range model.Systems {
		names = append(names, s.Name)
	}
	return names
}

// completeKernel offers values for the flag, and after a comma what may follow.
func completeKernel(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	if i := strings.LastIndexByte(prefix, ','); i >= 0 {
		head := prefix[:i+1]
		return []string{head + "seed=", head + "calm", head + "wild"}, directive
	}
	all := []string{kernelHost, kernelModel}
	for _, s := range model.Systems {
		all = append(all, kernelModel+":"+s.Name+"\t"+s.Text)
	}
	return all, directive
}
