// Package pending writes files that appear whole or not at all.
package pending

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// File is a file that appears whole or not at all: what is written goes
// to another file in the same folder, which takes the name at the end.
type File struct {
	*bufio.Writer
	path string
	file *os.File
	// temporary is the name until then; "" of a device or pipe, which is
	// written as it is.
	temporary string
}

// Create makes the file at once, so that a path that cannot be written
// shows before the work begins.
func Create(path string) (*File, error) {
	mode := fs.FileMode(0o666)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, withoutPath(err)
	case info.IsDir():
		return nil, errors.New("is a folder")
	default:
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, withoutPath(err)
		}
		if !info.Mode().IsRegular() {
			return &File{bufio.NewWriter(file), path, file, ""}, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
		mode = info.Mode().Perm()
	}
	dir, base := filepath.Split(path)
	temporary := filepath.Join(dir, "."+base+"."+rand.Text()[:8]+".tmp")
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, withoutPath(err)
	}
	temporaries.Store(temporary, nil)
	return &File{bufio.NewWriter(file), path, file, temporary}, nil
}

// temporaries are the files that have no name of their own yet.
var temporaries sync.Map // path to nil

// DiscardAll takes away all files that were not committed, for a process that ends at once.
func DiscardAll() {
	for path := range temporaries.Range {
		_ = os.Remove(path.(string)) // there is nobody left to tell
	}
}

// withoutPath returns what is behind an error of package os, for messages that
// name the path themselves.
func withoutPath(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// Commit gives the file its name. On an error there is none, or the one that
// was there before.
func (p *File) Commit() error {
	err := p.Flush()
	if p.temporary != "" && err == nil {
		err = p.file.Sync()
	}
	if closed := p.file.Close(); err == nil {
		err = closed
	}
	if p.temporary != "" {
		if err == nil {
			err = os.Rename(p.temporary, p.path)
		}
		if err != nil {
			_ = os.Remove(p.temporary) // the first error says more
		}
	}
	p.file = nil
	temporaries.Delete(p.temporary)
	if err != nil {
		return fmt.Errorf("write %s: %w", p.path, withoutPath(err))
	}
	return nil
}

// Discard takes the file away, if it was not committed.
func (p *File) Discard() {
	if p.file == nil {
		return
	}
	_ = p.file.Close()
	if p.temporary != "" {
		_ = os.Remove(p.temporary)
	}
	p.file = nil
	temporaries.Delete(p.temporary)
}
