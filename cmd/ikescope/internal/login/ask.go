package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// errInterrupted is why nothing was asked for to the end.
var errInterrupted = errors.New("interrupted")

// Terminal returns what asks at a terminal, on out; nil if in is none. When ctx ends so
// does the question, and the terminal echoes again.
func Terminal(ctx context.Context, in io.Reader, out io.Writer) func(prompt string) ([]byte, error) {
	f, ok := in.(*os.File)
	if !ok {
		return nil
	}
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return nil
	}
	return func(prompt string) ([]byte, error) {
		before, err := term.GetState(fd)
		if err != nil {
			return nil, err
		}
		fmt.Fprint(out, prompt)
		defer fmt.Fprintln(out)
		type line struct {
			text []byte
			err  error
		}
		typed := make(chan line, 1)
		go func() {
			text, err := term.ReadPassword(fd)
			typed <- line{text, err}
		}()
		select {
		case l := <-typed:
			return l.text, l.err
		case <-ctx.Done():
			// Whoever reads goes on until the process ends.
			return nil, errors.Join(errInterrupted, term.Restore(fd, before))
		}
	}
}
