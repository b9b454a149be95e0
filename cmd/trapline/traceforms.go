package main

// What `trapline trace` has beyond strace: calls chosen by an expression, and forms of the
// trace for other programs.

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/calltrace/where"
	"github.com/trapline/trapline/internal/spell"
)

// traceForms are the values of --format, and what makes their encoder; none for lines.
var traceForms = []struct {
	name string
	make func() calltrace.Encoder
}{
	{"text", func() calltrace.Encoder { return nil }},
	{"json", func() calltrace.Encoder { return &calltrace.JSONLines{} }},
	{"chrome", func() calltrace.Encoder { return &calltrace.Chrome{} }},
}

func formatNames() []string {
	var names []string
	for _, f := range traceForms {
		names = append(names, f.name)
	}
	return names
}

// encoder is what a value of --format stands for.
func encoder(c *cobra.Command, name string) (calltrace.Encoder, error) {
	for _, f := range traceForms {
		if f.name == name {
			return f.make(), nil
		}
	}
	all := formatNames()
	if near := spell.Near(name, all, 1); len(near) > 0 {
		return nil, usagef(c, "--format %s: there is no such form", name).try("did you mean %s?", near[0])
	}
	return nil, usagef(c, "--format %s: there is no such form", name).try("the forms are %s", strings.Join(all, ", "))
}

// choose reads --where and --slower.
func (fl *traceFlags) choose(c *cobra.Command, show *calltrace.Options) error {
	if c.Flags().Changed("where") {
		e, err := where.Parse(fl.where)
		if err != nil {
			return usagef(c, "--where: %w", err).try("")
		}
		show.Where = e
	}
	if fl.slower > 0 {
		show.Where = where.And(show.Where, where.Slower(fl.slower))
	}
	return nil
}

// whereFields are the fields of --where for the help.
func whereFields() string {
	var rows []string
	for _, f := range where.Fields() {
		rows = append(rows, f.Name)
	}
	return strings.Join(rows, ", ")
}
