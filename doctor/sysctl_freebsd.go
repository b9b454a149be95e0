package doctor

import "golang.org/x/sys/unix"

// sysctl reads a setting of type int.
func sysctl(name string) (int, error) {
	n, err := unix.SysctlUint32(name)
	return int(int32(n)), err
}
