package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// newGen is the hidden `trapline gen`, by which `make install` and `make docs` get
// what is derived from the command tree.
func newGen(a *app) *cobra.Command {
	gen := &cobra.Command{
		Use:    "gen",
		Short:  "Write the manual pages or the shell completions",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return usagef(c, "what to generate is missing").try("as in: trapline gen man DIR")
		},
	}
	gen.AddCommand(
		genVerb(a, "man DIR", "Write the manual pages into DIR", manPages),
		genVerb(a, "completion DIR", "Write bash, fish and zsh completions into DIR", completions),
	)
	return gen
}

// genVerb is a verb that writes a set of files, named relative to its argument.
func genVerb(a *app, use, short string, files func(*cobra.Command) (map[string][]byte, error)) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  wantArgs(1, 1, "the directory", "trapline gen "+use),
		RunE: func(c *cobra.Command, args []string) error {
			made, err := files(c.Root())
			if err != nil {
				return failf(c, "%w", err)
			}
			for name, text := range made {
				path := filepath.Join(args[0], name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					return failf(c, "%w", err)
				}
				if err := os.WriteFile(path, text, 0o644); err != nil {
					return failf(c, "%w", err)
				}
			}
			return nil
		},
	}
}

// completions are the scripts in the places where the shells look for them under
// PREFIX/share.
func completions(root *cobra.Command) (map[string][]byte, error) {
	rows := []struct {
		path string
		gen  func(io.Writer) error
	}{
		{"bash-completion/completions/trapline", func(w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
		{"fish/vendor_completions.d/trapline.fish", func(w io.Writer) error { return root.GenFishCompletion(w, true) }},
		{"zsh/site-functions/_trapline", root.GenZshCompletion},
	}
	files := map[string][]byte{}
	for _, row := range rows {
		var b bytes.Buffer
		if err := row.gen(&b); err != nil {
			return nil, fmt.Errorf("%s: %w", row.path, err)
		}
		files[row.path] = b.Bytes()
	}
	return files, nil
}
