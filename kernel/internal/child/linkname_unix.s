//go:build linux || freebsd

// An assembly file lets host code have bodyless functions bound by go:linkname.
