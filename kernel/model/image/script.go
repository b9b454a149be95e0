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
	NoEnd   bool        // a line without a newline is good if its file, or a blank, ends the path
	TrimEnd bool        // blanks at the end are not part of the argument
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
	line := head[2:min(len(head), r.Line)]
	end := bytes.IndexByte(line, '\n')
	switch {
	case end >= 0:
		line = line[:end]
	case !r.NoEnd:
		return "", "", false
	case len(head) >= r.Line: // what is there of the path may not be all of it
		line = line[:len(line)-1]
		if !bytes.ContainsAny(bytes.TrimLeft(line, blanks), blanks+"\x00") {
			return "", "", false
		}
	}
	if r.TrimEnd {
		line = bytes.TrimRight(line, blanks)
	}
	line = bytes.TrimLeft(line, blanks)
	if i := bytes.IndexByte(line, 0); i >= 0 { // strings end there
		line = line[:i]
	}
	i := bytes.IndexAny(line, blanks)
	if i < 0 {
		i = len(line)
	}
	rest := bytes.TrimLeft(line[i:], blanks)
	if j := bytes.IndexAny(rest, blanks); r.OneWord && j >= 0 {
		rest = rest[:j]
	}
	return string(line[:i]), string(rest), i > 0
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
	f, err := p.req.Open(interp)
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
