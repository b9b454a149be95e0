package calltrace

import (
	"bytes"
	"encoding/json"
)

// JSONLines is the Encoder of --format json: one event a line. Bytes that are no UTF-8 are
// U+FFFD in commands and paths; in decoded text strace's escapes stand for them.
type JSONLines struct {
	line bytes.Buffer
	enc  *json.Encoder
}

// Encode implements Encoder.
func (j *JSONLines) Encode(b []byte, e *Event) []byte {
	if j.enc == nil {
		j.enc = json.NewEncoder(&j.line)
		j.enc.SetEscapeHTML(false) // "3</etc/passwd>" is to be read
	}
	j.line.Reset()
	if err := j.enc.Encode(e); err != nil { // there is nothing in an Event that cannot be written
		panic(err)
	}
	return append(b, j.line.Bytes()...)
}

// Finish implements Encoder.
func (*JSONLines) Finish(b []byte) []byte { return b }
