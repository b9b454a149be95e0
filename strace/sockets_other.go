//go:build !linux

package strace

import "github.com/trapline/trapline/procfs"

// socketDetail is "" where no sock_diag tells.
func socketDetail(procfs.Proc, int32, string) (string, bool) { return "", false }

// socketProto is "" where no attribute tells.
func socketProto(procfs.Proc, int32) string { return "" }

// genericFamilies is none where there is no netlink.
func genericFamilies() map[uint16]string { return map[uint16]string{} }
