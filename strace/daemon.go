package strace

// daemonize is -D; handed says that another process traces and this one has become the
// program or failed to.
func daemonize(*trace) (handed bool, status int, err error) { return false, 0, nil }
