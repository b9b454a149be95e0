package fs

// Memfd is a new empty regular file without a name, open for reading and writing: Linux's
// memfd_create(2), FreeBSD's SHM_ANON. What it is called is what Path shows.
func (s *FS) Memfd(c Cred, called string) *File {
	n := s.node(Regular, 0o777, c)
	n.nlink, n.last, n.users, n.writers = 0, called, 1, 1
	return &File{fs: s, node: n, cred: c, flags: ORead | OWrite, device: regularFile{}, refs: 1}
}
