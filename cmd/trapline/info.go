package main

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/elfinfo/core"
)

// newInfo is `trapline info`: what an ELF file is, without running it.
func newInfo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "info FILE...",
		Short: "Say what an ELF file or a core is: headers, segments, debug files; threads, signal, memory",
		Long: `Prints of each FILE what file(1), readelf -h and readelf -l say: type, machine, entry point,
interpreter, build-id, segments, and where its debug information is found. Of a core file,
of Linux or FreeBSD, it prints the process that it is of: what it died of, its threads and
where they were, its memory, and what else the kernel put into it. The files are only
read.`,
		Example: "  trapline info /bin/ls\n  trapline info core.1234",
		Args:    wantArgs(1, -1, "the file", "trapline info /bin/ls"),
		RunE: func(c *cobra.Command, args []string) error {
			for i, name := range args {
				if i > 0 {
					fmt.Fprintln(a.out)
				}
				if err := describe(a, name); err != nil {
					return unreadable(c, name, err)
				}
			}
			return nil
		},
	}
}

func describe(a *app, name string) error {
	f, err := elfinfo.Open(name, elfinfo.Options{})
	if err != nil {
		return err
	}
	defer f.Close()
	text := f.Describe().Text
	if f.Header.Type == elf.ET_CORE {
		c, err := core.New(f)
		if err != nil {
			return err
		}
		text = c.Text
	}
	_, err = fmt.Fprint(a.out, text())
	return err
}

// unreadable says what to do about a file that elfinfo does not take.
func unreadable(c *cobra.Command, name string, err error) error {
	switch {
	case errors.Is(err, elfinfo.ErrNotELF):
		return failf(c, "%w", err).try("name an ELF program, library or core file")
	case errors.Is(err, fs.ErrNotExist):
		return failf(c, "%s: %w", name, bare(err)).try("check the path")
	case errors.Is(err, fs.ErrPermission):
		return failf(c, "%s: %w", name, bare(err)).try("chmod +r, or use sudo")
	}
	return failf(c, "%w", err)
}
