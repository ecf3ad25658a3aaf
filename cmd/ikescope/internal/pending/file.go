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

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
)

// File is a file that appears whole or not at all: what is written goes
// to another file in the same folder, which takes the name at the end.
type File struct {
	*bufio.Writer
	path string
	file *os.File
	// temporary is the name until then; "" of a device or pipe, which is
	// written as it is, and of a file that appeared before its end.
	temporary string
	appeared  bool
}

// Create makes the file at once, so that a path that cannot be written
// shows before the work begins.
func Create(path string) (*File, error) {
	mode := fs.FileMode(0o666)
	path, err := realPath(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, argfile.Cause(err)
	case info.IsDir():
		return nil, errors.New("is a folder")
	default:
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, argfile.Cause(err)
		}
		if !info.Mode().IsRegular() {
			return &File{Writer: bufio.NewWriter(file), path: path, file: file}, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
		mode = info.Mode().Perm()
	}
	dir, base := filepath.Split(path)
	temporary := filepath.Join(dir, "."+base+"."+rand.Text()[:8]+".tmp")
	temporaries.Store(temporary, (*os.File)(nil)) // before it is there, lest a signal comes between
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		temporaries.Delete(temporary)
		return nil, argfile.Cause(err)
	}
	temporaries.Store(temporary, file)
	return &File{Writer: bufio.NewWriter(file), path: path, file: file, temporary: temporary}, nil
}

// Path returns the path of the file, which no symbolic link leads elsewhere.
func (p *File) Path() string { return p.path }

// temporaries are the files that have no name of their own yet.
var temporaries sync.Map // path to *os.File, nil before it is open

// DiscardAll takes away all files that were not committed, for a process that ends.
func DiscardAll() {
	for path, file := range temporaries.Range {
		if os.Remove(path.(string)) != nil && file.(*os.File) != nil { // some systems hold open files
			_ = file.(*os.File).Close()
			_ = os.Remove(path.(string)) // there is nobody left to tell
		}
	}
}

// CreateTemporary makes a file without a name of its own, which is gone when it is
// closed.
func CreateTemporary() (*Temporary, error) {
	file, err := os.CreateTemp("", "ikescope-*.tmp")
	if err != nil {
		return nil, err
	}
	t := &Temporary{File: file}
	if os.Remove(file.Name()) != nil { // some systems hold open files
		temporaries.Store(file.Name(), file)
		t.named = true
	}
	return t, nil
}

// Temporary is a file that is removed at its end, if it could not be before.
type Temporary struct {
	*os.File
	named bool
}

func (t *Temporary) Close() error {
	err := t.File.Close()
	if t.named {
		err = errors.Join(err, os.Remove(t.Name()))
		temporaries.Delete(t.Name())
	}
	return err
}

// Appear gives the file its name before its end, so that what is written to it is
// seen as it grows. Where that fails it has its name at the end.
func (p *File) Appear() {
	if p.temporary == "" || p.Flush() != nil || os.Rename(p.temporary, p.path) != nil && !p.renameClosed() {
		return
	}
	temporaries.Delete(p.temporary)
	p.temporary, p.appeared = "", true
}

// renameClosed gives the file its name while it is closed, where the system does not
// rename what is open, and reports whether it did.
func (p *File) renameClosed() bool {
	_ = p.file.Close() // if that fails, so does opening it
	name := p.path
	renamed := os.Rename(p.temporary, p.path) == nil
	if !renamed {
		name = p.temporary
	}
	if file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0); err == nil { // else the next write fails
		p.file = file
		p.Writer.Reset(file)
		if !renamed {
			temporaries.Store(p.temporary, file)
		}
	}
	return renamed
}

// Commit gives the file its name. On an error there is none, or the one that
// was there before.
func (p *File) Commit() error {
	err := p.Flush()
	if (p.temporary != "" || p.appeared) && err == nil {
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
		return fmt.Errorf("write %s: %w", p.path, argfile.Cause(err))
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
