package elfinfo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// blanks makes runs of blanks one, and drops trailing ones.
func blanks(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if f := strings.Join(strings.Fields(l), " "); f != "" {
			out = append(out, f)
		}
	}
	return out
}

func TestDescribeAgainstTools(t *testing.T) {
	need(t, "readelf", "file")
	for name, path := range map[string]string{
		"libc":       libc(t),
		"pie":        compile(t),
		"no-pie":     compile(t, "-no-pie"),
		"static":     compile(t, "-static"),
		"static-pie": compile(t, "-static-pie"),
		"stripped":   compile(t, "-s"),
		"no-id":      compile(t, "-Wl,--build-id=none"),
		"md5-id":     compile(t, "-Wl,--build-id=md5"),
		"object":     compile(t, "-c"),
		"shared":     compile(t, "-shared", "-fPIC"),
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, path, Options{DebugRoots: []string{}}).Describe()
			_, want, _ := strings.Cut(run(t, "file", "-L", path), ": ")
			if diff := cmp.Diff(blanks(want), blanks(d.FileLine())); diff != "" {
				t.Errorf("file: (-want +got)\n%s", diff)
			}
			want = run(t, "readelf", "-hW", path)
			header := append(blanks(want)[:1], blanks(want)[2:]...) // without the magic bytes
			for i := range header {
				// The version is printed in two forms.
				header[i] = strings.Replace(header[i], "Version: 0x1", "", 1)
			}
			if diff := cmp.Diff(without(header, ""), blanks(d.HeaderText())); diff != "" {
				t.Errorf("readelf -h: (-want +got)\n%s", diff)
			}
			want = run(t, "readelf", "-lW", path)
			if at := strings.Index(want, "Program Headers:"); at >= 0 {
				if diff := cmp.Diff(blanks(want[at:]), blanks(d.SegmentText())); diff != "" {
					t.Errorf("readelf -l: (-want +got)\n%s", diff)
				}
			} else if len(d.Progs) != 0 {
				t.Errorf("%d segments, readelf shows none", len(d.Progs))
			}
			if !strings.Contains(d.Text(), "debug information: ") {
				t.Errorf("text: %s", d.Text())
			}
		})
	}
}

func without(in []string, drop string) (out []string) {
	for _, s := range in {
		if s != drop {
			out = append(out, s)
		}
	}
	return out
}

func TestDescribeGoProgram(t *testing.T) {
	need(t, "go", "file")
	path := strings.TrimSpace(run(t, "go", "env", "GOROOT")) + "/bin/go"
	_, want, _ := strings.Cut(run(t, "file", "-L", path), ": ")
	if diff := cmp.Diff(strings.TrimSpace(want), open(t, path, Options{DebugRoots: []string{}}).Describe().FileLine()); diff != "" {
		t.Error(diff)
	}
}
