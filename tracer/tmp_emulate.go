package tracer

import "github.com/trapline/trapline/regs"

func emulate(code []byte, set *regs.Set, p *Process) (bool, error) { return false, nil }
