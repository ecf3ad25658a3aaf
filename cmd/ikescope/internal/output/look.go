package output

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/ikescope/ikescope/report/text"
)

// Color is whether texts on stdout have colours; "" is ColorAuto.
type Color string

// The values of --color.
const (
	ColorAuto   Color = "auto" // on a terminal
	ColorAlways Color = "always"
	ColorNever  Color = "never"
)

// Colors are the values of --color.
var Colors = []string{string(ColorAuto), string(ColorAlways), string(ColorNever)}

// Look returns how text for stdout looks: a width of 0 is that of the terminal. Of
// what says whether there are colours, the first counts of c, NO_COLOR, FORCE_COLOR,
// and whether stdout is a terminal that has some.
func Look(stdout io.Writer, width int, c Color) text.Options {
	columns, lines := terminalSize(stdout)
	look := text.Options{Width: width, Height: lines}
	if width == 0 {
		look.Width = columns
	}
	force := os.Getenv("FORCE_COLOR")
	switch {
	case c == ColorAlways:
		look.Color = true
	case c == ColorNever || os.Getenv("NO_COLOR") != "":
	case force != "" && force != "0" && force != "false":
		look.Color = true
	default:
		look.Color = columns > 0 && os.Getenv("TERM") != "dumb"
	}
	return look
}

// TerminalWidth returns the columns of the terminal that w is, or 0 if it is
// none.
func TerminalWidth(w io.Writer) int {
	columns, _ := terminalSize(w)
	return columns
}

// terminalSize returns the columns and lines of the terminal that w is, or 0 if it is none.
// A terminal that does not say how large it is has 80 columns.
func terminalSize(w io.Writer) (columns, lines int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, 0
	}
	columns, lines, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 {
		return 80, 0
	}
	return columns, lines
}
