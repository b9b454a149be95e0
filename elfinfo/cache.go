package elfinfo

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"sync"
)

// Cache opens a file once for all the processes that map it, with all that has been read of
// it. Files that nobody uses any more stay open until others have been let go of after them:
// a program that is run again finds what was read of its libraries. A file that was replaced
// under its name, or written anew, is another one.
//
// The zero Cache is ready to use. It is safe for concurrent use.
type Cache struct {
	Options Options

	mu     sync.Mutex
	open   map[*File]bool
	byPath map[string]*File // the file that has a path now
	idle   []*File          // not used by anybody, the latest last
}

// maxIdle is how many files that nobody uses a Cache keeps open.
const maxIdle = 32

// lease is what a Cache knows of a file of its own.
type lease struct {
	cache *Cache
	info  os.FileInfo
	users int
}

func (l *lease) same(info os.FileInfo) bool {
	return os.SameFile(l.info, info) && l.info.Size() == info.Size() && l.info.ModTime().Equal(info.ModTime())
}

// Open is the function Open for a file that may be open already. Each is undone by a Close of
// the file.
func (c *Cache) Open(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.byPath[path]; f != nil && f.lease.same(info) {
		if f.lease.users++; f.lease.users == 1 {
			c.idle = slices.DeleteFunc(c.idle, func(o *File) bool { return o == f })
		}
		return f, nil
	}
	f, err := Open(path, c.Options)
	if err != nil {
		return nil, err
	}
	f.lease = &lease{cache: c, info: info, users: 1}
	if c.open == nil {
		c.open, c.byPath = map[*File]bool{}, map[string]*File{}
	}
	c.open[f], c.byPath[path] = true, f
	return f, nil
}

// leave is the Close of one user.
func (c *Cache) leave(f *File) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.lease.users--; f.lease.users > 0 || !c.open[f] {
		return nil
	}
	c.idle = append(c.idle, f)
	if len(c.idle) <= maxIdle {
		return nil
	}
	oldest := c.idle[0]
	c.idle = slices.Delete(c.idle, 0, 1)
	delete(c.open, oldest)
	if c.byPath[oldest.Name] == oldest {
		delete(c.byPath, oldest.Name)
	}
	return oldest.release()
}

// Close closes all files, whoever uses them.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	for f := range c.open {
		err = errors.Join(err, f.release())
	}
	c.open, c.byPath, c.idle = nil, nil, nil
	return err
}

// Derived is what read makes of a file: made once for each type T, and kept as long as the
// file is. read must not call Derived for the same type.
func Derived[T any](f *File, read func(*File) T) T {
	once, _ := f.derived.LoadOrStore(reflect.TypeFor[T](), sync.OnceValue(func() any { return read(f) }))
	return once.(func() any)().(T)
}
