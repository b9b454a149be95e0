package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/elfinfo"
)

// newInfo is `trapline info`: what an ELF file is, without running it.
func newInfo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "info FILE...",
		Short: "Say what an ELF file is: its headers, segments and debug files",
		Long: `Prints of each FILE what file(1), readelf -h and readelf -l say: type, machine, entry point,
interpreter, build-id, segments, and where its debug information is found. The files
are only read.`,
		Example: "  trapline info /bin/ls",
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
	_, err = fmt.Fprint(a.out, f.Describe().Text())
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
