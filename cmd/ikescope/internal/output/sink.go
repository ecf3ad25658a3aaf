package output

import (
	"fmt"
	"io"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
)

// A Sink takes what others write, who look at no error, and remembers the first one.
type Sink struct {
	W   io.Writer
	err error
}

// Write never fails. Nothing is written after an error.
func (s *Sink) Write(p []byte) (int, error) {
	if s.err == nil {
		_, s.err = s.W.Write(p)
	}
	return len(p), nil
}

// Err returns the first error of a write to stdout.
func (s *Sink) Err() error {
	if s.err == nil {
		return nil
	}
	return fmt.Errorf("write to stdout: %w", argfile.Cause(s.err))
}
