package kerneltest

// The modeled kernel: each program in a machine of its own.

import (
	"context"

	"github.com/trapline/trapline/kernel/model"
)

// Model is the [Runner] of a modeled kernel, under one schedule.
type Model struct {
	System string // as model.Options has it
	Seed   uint64
	// Calm lets threads run long, as a kernel with nothing else to do would.
	Calm bool
}

// Run implements [Runner].
func (m Model) Run(_ context.Context, path string, args ...string) (Output, error) {
	out, err := model.Run(model.Options{System: m.System, Seed: m.Seed, Calm: m.Calm}, path, args, nil)
	return Output{Stdout: out.Stdout, Stderr: out.Stderr, Status: out.Status}, err
}
