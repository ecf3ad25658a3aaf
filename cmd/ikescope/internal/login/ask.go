package login

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// Terminal returns what asks at a terminal, on out; nil if in is none.
func Terminal(in io.Reader, out io.Writer) func(prompt string) ([]byte, error) {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func(prompt string) ([]byte, error) {
		fmt.Fprint(out, prompt)
		defer fmt.Fprintln(out)
		return term.ReadPassword(int(f.Fd()))
	}
}
