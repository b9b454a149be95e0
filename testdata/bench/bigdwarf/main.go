// Command bigdwarf makes a program with a great deal of debug information, for
// measuring how fast a debugger is ready on a big binary:
//
//	bigdwarf -o BINARY [-units N] [-cc gcc] [-keep DIR]
//
// It writes N C files of structs, enums and functions that use them, no two of
// which are alike in name, compiles each with -g -O0, and links them with a main
// that calls one function of each file. The default gives about 100 MB of
// .debug_info. The sources are removed afterwards, as they are for most of the
// programs people debug, unless -keep names a directory for them.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// The shape of one file; together about 2.3 MB of .debug_info.
const (
	structsPerUnit   = 3200
	membersPerStruct = 40
	enumsPerUnit     = 100
	functionsPerUnit = 1000
	localsPerFunc    = 16
)

// memberTypes are taken in turn; %d is the number of an earlier struct.
var memberTypes = []string{
	"int m%d", "unsigned long m%d", "char m%d[24]", "double m%d", "const char *m%d",
	"short m%d", "void *m%d", "unsigned m%d : 5", "float m%d[3]", "int (*m%d)(int, void *)",
}

func main() {
	out := flag.String("o", "", "the binary to make")
	units := flag.Int("units", 44, "C files")
	cc := flag.String("cc", "gcc", "C compiler")
	keep := flag.String("keep", "", "keep the sources in this directory")
	flag.Parse()
	if *out == "" || *units < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*out, *units, *cc, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "bigdwarf:", err)
		os.Exit(1)
	}
}

func run(out string, units int, cc, dir string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "bigdwarf"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	} else if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	objects := make([]string, units+1)
	errs := make([]error, units+1)
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	for u := range units + 1 {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer func() { <-slots; wg.Done() }()
			objects[u], errs[u] = compileUnit(dir, cc, u, units)
		}()
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return command(dir, cc, append([]string{"-no-pie", "-o", out}, objects...)...)
}

// compileUnit writes and compiles file number u; the last, number units, has
// main.
func compileUnit(dir, cc string, u, units int) (object string, err error) {
	name := fmt.Sprintf("unit%03d", u)
	write := func(w *bufio.Writer) { writeUnit(w, u) }
	if u == units {
		name = "main"
		write = func(w *bufio.Writer) { writeMain(w, units) }
	}
	if err := writeFile(filepath.Join(dir, name+".c"), write); err != nil {
		return "", err
	}
	return name + ".o", command(dir, cc, "-g", "-O0", "-fno-pie", "-fno-eliminate-unused-debug-types",
		"-c", "-pipe", name+".c", "-o", name+".o")
}

func writeFile(path string, write func(*bufio.Writer)) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	write(w)
	return errors.Join(w.Flush(), f.Close())
}

func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, text)
	}
	return nil
}

func writeUnit(w *bufio.Writer, u int) {
	for e := range enumsPerUnit {
		fmt.Fprintf(w, "enum e%d_%d {", u, e)
		for v := range 10 {
			fmt.Fprintf(w, " E%d_%d_%d = %d,", u, e, v, v*e)
		}
		fmt.Fprintln(w, " };")
	}
	for s := range structsPerUnit {
		writeStruct(w, u, s)
	}
	for f := range functionsPerUnit {
		writeFunction(w, u, f)
	}
	fmt.Fprintf(w, "int unit%d(int n)\n{\n\tstruct s%d_0 object = {0};\n\treturn f%d_0(&object, n);\n}\n", u, u, u)
}

// writeStruct writes a struct with members of many types, the last two being
// struct and enum types of the same file.
func writeStruct(w *bufio.Writer, u, s int) {
	fmt.Fprintf(w, "struct s%d_%d {\n", u, s)
	for m := range membersPerStruct {
		fmt.Fprintf(w, "\t"+memberTypes[(m+s)%len(memberTypes)]+";\n", m)
	}
	fmt.Fprintf(w, "\tstruct s%d_%d *link;\n\tenum e%d_%d kind;\n};\n", u, s/2, u, s%enumsPerUnit)
}

// writeFunction writes a function with locals of many types and an inner block.
func writeFunction(w *bufio.Writer, u, f int) {
	fmt.Fprintf(w, "int f%d_%d(struct s%d_%d *object, int n)\n{\n\tint sum = n;\n", u, f, u, f%structsPerUnit)
	for l := range localsPerFunc {
		fmt.Fprintf(w, "\tlong v%d = n + %d;\n", l, l)
	}
	fmt.Fprintf(w, "\tif (object) {\n\t\tint inner = n * %d;\n\t\tsum += inner;\n\t}\n", f+1)
	fmt.Fprintf(w, "\tsum += v0 + v%d;\n\treturn sum;\n}\n", localsPerFunc-1)
}

func writeMain(w *bufio.Writer, units int) {
	fmt.Fprintln(w, "#include <stdio.h>")
	for u := range units {
		fmt.Fprintf(w, "int unit%d(int n);\n", u)
	}
	fmt.Fprintln(w, "int main(void)\n{\n\tlong sum = 0;")
	for u := range units {
		fmt.Fprintf(w, "\tsum += unit%d(%d);\n", u, u)
	}
	fmt.Fprintln(w, "\tprintf(\"big %ld\\n\", sum);\n\treturn 0;\n}")
}
