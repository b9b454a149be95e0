// Package docs holds what other programs read of trapline's documents, so that a binary has it
// wherever it runs.
package docs

import _ "embed"

// TraceEventSchema is the JSON Schema of the events of `trapline trace --format json`.
//
//go:embed trace-event.schema.json
var TraceEventSchema []byte
