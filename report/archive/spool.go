package archive

import (
	"errors"
	"io"
	"sync"
)

// File is what a Spool writes to.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// Spool is a file for what memory should not hold. Its methods may be called
// concurrently.
type Spool struct {
	// Create makes the file when it is first needed.
	Create func() (File, error)

	mu   sync.Mutex
	file File
	size int64
}

// Append writes b, and returns where it stands.
func (s *Spool) Append(b []byte) (from int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(); err != nil {
		return 0, err
	}
	from = s.size
	n, err := s.file.WriteAt(b, from)
	s.size += int64(n)
	return from, err
}

// open makes the file if there is none. s.mu is held.
func (s *Spool) open() (err error) {
	if s.file != nil {
		return nil
	}
	file, err := s.Create()
	if err == nil {
		s.file = file
	}
	return err
}

// ReadAt reads what was written.
func (s *Spool) ReadAt(p []byte, from int64) (int, error) {
	s.mu.Lock()
	file := s.file
	s.mu.Unlock()
	if file == nil {
		return 0, io.EOF
	}
	return file.ReadAt(p, from)
}

// Copy writes all of r, to be read again.
func (s *Spool) Copy(r io.Reader) (*io.SectionReader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(); err != nil {
		return nil, err
	}
	from := s.size
	n, err := io.Copy(io.NewOffsetWriter(s.file, from), r)
	s.size += n
	return io.NewSectionReader(s.file, from, n), err
}

// Close closes the file, if there is one.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = closed{}
	return err
}

// closed is the file of a Spool that was closed.
type closed struct{}

var errClosed = errors.New("archive: the spool is closed")

func (closed) ReadAt([]byte, int64) (int, error)  { return 0, errClosed }
func (closed) WriteAt([]byte, int64) (int, error) { return 0, errClosed }
func (closed) Close() error                       { return nil }
