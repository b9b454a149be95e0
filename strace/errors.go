package strace

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/abi"
)

// complaint is an error in strace's form: one line, and for a wrong command line another
// that names -h. The exit status is 1 either way.
type complaint struct {
	text   string
	help   bool
	advice string
}

func (e *complaint) Error() string { return e.text }

// usage is an error of the command line.
func usage(format string, args ...any) error {
	return &complaint{text: fmt.Sprintf(format, args...), help: true}
}

// fatal is any other error.
func fatal(format string, args ...any) error {
	return &complaint{text: fmt.Sprintf(format, args...)}
}

// advise adds what strace does not say: what would have been right.
func advise(err error, advice string) error {
	if c, ok := err.(*complaint); ok {
		c.advice = advice
	}
	return err
}

// Advice is what to write instead of what an error of Expression complains of; "" when there is nothing to say.
func Advice(err error) string {
	var c *complaint
	if errors.As(err, &c) {
		return c.advice
	}
	return ""
}

// report prints an error as the program called name.
func report(w io.Writer, name string, err error) {
	fmt.Fprintf(w, "%s: %s\n", name, err)
	var c *complaint
	if errors.As(err, &c) && c.help {
		fmt.Fprintf(w, "Try '%s -h' for more information.\n", name)
	}
}

// reason is the text of an errno, as strerror(3) has it.
func reason(err error) string {
	var e unix.Errno
	if errors.As(err, &e) {
		if row := abi.Linux.Errno(int(e)); row != nil {
			return row.Text
		}
	}
	return err.Error()
}
