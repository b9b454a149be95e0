package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// The release and commit that the Makefile sets with -ldflags -X. A build without it
// (go install, go build) finds them in what the Go tool recorded.
var (
	version = ""
	commit  = ""
)

// supported is the kernels this build can work with. GET_SYSCALL_INFO, which the
// engine relies on, came with Linux 5.3.
const supported = "Linux 5.3 or later on x86-64"

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the kernels supported",
		Args:  wantArgs(0, 0, "", "trapline version"),
		RunE: func(*cobra.Command, []string) error {
			printVersion(a.out)
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
}

func printVersion(w io.Writer) {
	v, rev := buildVersion()
	fmt.Fprintf(w, "trapline %s\n", v)
	fmt.Fprintf(w, "commit   %s\n", rev)
	fmt.Fprintf(w, "built    with %s for %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(w, "kernels  %s\n", supported)
}

// buildVersion is the release and the commit, each "unknown" if nobody recorded it.
func buildVersion() (release, revision string) {
	release, revision = version, commit
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	if release == "" {
		release = info.Main.Version
	}
	dirty := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && revision == "":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = " (modified)"
		}
	}
	return orUnknown(release), orUnknown(revision) + dirty
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
