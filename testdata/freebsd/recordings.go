// Package recordings holds what a real FreeBSD 15.0 kernel was seen to do, for tests: the
// scenarios that README.md describes, step by step, and the tracees they ran. They are
// embedded, so that a test binary has them wherever it runs.
package recordings

import (
	"archive/tar"
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/ulikunitz/xz"
)

//go:embed recordings.tar.xz
var archive []byte

// files are the archive's, by name.
var files = sync.OnceValue(func() map[string][]byte {
	r, err := xz.NewReader(bytes.NewReader(archive))
	if err != nil {
		panic(err)
	}
	out := map[string][]byte{}
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			panic(err)
		}
		b, err := io.ReadAll(t)
		if err != nil {
			panic(err)
		}
		out[path.Clean(h.Name)] = b
	}
})

// Scenario is a row of index.json.
type Scenario struct {
	Name         string   `json:"scenario"`
	About        string   `json:"about"`
	Finding      string   `json:"finding"`
	Files        []string `json:"files"` // one for each order of its steps that was seen
	Steps        int      `json:"steps"`
	Runs         int      `json:"runs"`
	Vary         int      `json:"steps_that_vary"`
	Forms        int      `json:"forms"`
	RunsPerForms []int    `json:"runs_per_form"`
}

// M is a set of decoded fields.
type M = map[string]any

// Step is one line of a recording; README.md says what each field is.
type Step struct {
	Scenario string         `json:"scenario"`
	N        int            `json:"step"`
	By       string         `json:"by"`
	Op       string         `json:"op"`
	Pid      string         `json:"pid"`
	Args     M              `json:"args"`
	Ret      any            `json:"ret"`
	Errno    string         `json:"errno"`
	Out      M              `json:"out"`
	Note     string         `json:"note"`
	Varies   map[string]any `json:"varies"`
	PidRaw   int            `json:"pid_raw"`
	RetRaw   any            `json:"ret_raw"`
	BytesRaw string         `json:"bytes_raw"`
}

// Index is every scenario.
func Index() []Scenario {
	var out []Scenario
	if err := json.Unmarshal(files()["index.json"], &out); err != nil {
		panic(err)
	}
	return out
}

// Load is the steps of one file of a scenario: "attach-running.jsonl", or without its suffix.
func Load(name string) []Step {
	b, ok := files()[strings.TrimSuffix(name, ".jsonl")+".jsonl"]
	if !ok {
		panic("no recording " + name)
	}
	var out []Step
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		var s Step
		if err := d.Decode(&s); err == io.EOF {
			return out
		} else if err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		out = append(out, s)
	}
}

// ELF is a tracee: "attach-running.a".
func ELF(name string) []byte {
	b, ok := files()["elf/"+strings.TrimSuffix(name, ".elf")+".elf"]
	if !ok {
		panic("no tracee " + name)
	}
	return bytes.Clone(b)
}

// Errnos are the rows of errnos.tsv: request, state of the target, errno ("ok").
func Errnos() [][3]string {
	var out [][3]string
	for _, line := range strings.Split(strings.TrimSpace(string(files()["errnos.tsv"])), "\n")[1:] {
		f := strings.Split(line, "\t")
		out = append(out, [3]string{f[0], f[1], f[2]})
	}
	return out
}

// Bytes is the structure as the kernel gave it, nil when the step has none: hexadecimal of
// ptrace(2)'s, base64 of sysctl(3)'s.
func (s *Step) Bytes() []byte {
	if s.BytesRaw == "" {
		return nil
	}
	decode := hex.DecodeString
	if strings.HasPrefix(s.Op, "sysctl ") || s.Op == "program" {
		decode = base64.StdEncoding.DecodeString
	}
	b, err := decode(s.BytesRaw)
	if err != nil {
		panic(fmt.Sprintf("%s step %d: %v", s.Scenario, s.N, err))
	}
	return b
}

// Text is a field of Out as text, "" when it is not there.
func (s *Step) Text(field string) string {
	if v, ok := s.Out[field]; ok && v != nil {
		return fmt.Sprint(v)
	}
	return ""
}
