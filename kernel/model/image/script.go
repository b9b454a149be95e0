package image

// Scripts: files that begin with #! and the path of what is to read them. The rest of the
// line is one argument for it. Systems differ in how long the line may be, in what a line
// without an end is, and in whether the interpreter may be a script again.
//
// Sources: execve(2) of Linux, "Interpreter scripts", and of FreeBSD and SVR4; what Linux
// does at the edges was seen by running such scripts.

import (
	"bytes"

	"github.com/trapline/trapline/kernel/model/errno"
)

// ScriptRules is what a system takes for a script.
type ScriptRules struct {
	Line    int         // bytes that are looked at, with the newline; at most 256
	NoEnd   bool        // after a file's end there are zeros: they end a path, even an empty one
	TrimEnd bool        // blanks before the newline are not part of the argument
	OneWord bool        // the argument ends at a blank
	Nested  int         // scripts in a row that are possible, the first one included
	TooDeep errno.Errno // when there are more; OK: then a script is no script, which is ENOEXEC
}

const blanks = " \t"

// parse takes a script's first bytes apart. It is not ok if they are no script's.
func (r *ScriptRules) parse(head []byte) (interp, arg string, ok bool) {
	if !bytes.HasPrefix(head, []byte("#!")) {
		return "", "", false
	}
	line := make([]byte, r.Line)
	copy(line, head)
	line = line[2:]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	} else if line = line[:len(line)-1]; !r.NoEnd || !bytes.ContainsAny(bytes.TrimLeft(line, blanks), blanks+"\x00") {
		return "", "", false // there may be more of the path
	}
	if r.TrimEnd {
		line = bytes.TrimRight(line, blanks)
	}
	line = bytes.TrimLeft(line, blanks)
	empty := len(line) == 0
	if i := bytes.IndexByte(line, 0); i >= 0 { // strings end there
		line = line[:i]
	}
	name, rest := cut(line)
	if r.OneWord {
		rest, _ = cut(rest)
	}
	return string(name), string(rest), len(name) != 0 || r.NoEnd && !empty
}

// cut splits a line after its first word.
func cut(line []byte) (word, rest []byte) {
	if i := bytes.IndexAny(line, blanks); i >= 0 {
		return line[:i], bytes.TrimLeft(line[i:], blanks)
	}
	return line, nil
}

// script makes the script's interpreter the file to execute. Its arguments are its path,
// the one of the script if there is one, the script's path, and all that were given but
// the first.
func (p *Plan) script(head []byte) (done bool, err errno.Errno) {
	rules := &p.sys.Script
	if rules.TooDeep == errno.OK && p.Scripts == rules.Nested {
		return false, errno.ENOEXEC
	}
	interp, arg, ok := rules.parse(head)
	if !ok {
		return false, errno.ENOEXEC
	}
	f, err := p.openOwn(interp)
	if err != errno.OK {
		return false, err
	}
	argv := []string{interp}
	if arg != "" {
		argv = append(argv, arg)
	}
	argv = append(argv, p.Path)
	if len(p.Argv) > 1 {
		argv = append(argv, p.Argv[1:]...)
	}
	p.Path, p.File, p.Argv = interp, f, argv
	return false, p.checkSize()
}
