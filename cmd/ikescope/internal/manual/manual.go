// Package manual writes man pages, and has what they share with help texts.
package manual

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
)

// Page is what a man page says of a command. Texts are those of its help: paragraphs
// with an empty line between them; one whose lines are indented, or end in a colon
// before such lines, keeps its lines.
type Page struct {
	Command  string // as it is typed: "ikescope scan"
	Short    string
	Usage    string
	Long     string
	Commands []Item // below it
	Flags    []Group
	Examples string
	// Exit are the exit codes, as lines.
	Exit string
	See  []string // other commands
	// Version is that of the program.
	Version string
}

// Group is flags below a heading; "" for those without one.
type Group struct {
	Heading string
	Flags   []Item
}

// Item is a flag or a command, and what it does.
type Item struct{ Name, Text string }

// Flag returns an option by its letter, or "", its name, the name of its value, or "",
// what it does, and its default.
func Flag(short, name, value, usage, standard string) Item {
	i := Item{Name: "--" + name, Text: usage}
	if standard != "" && standard != "false" && standard != "0" && standard != "0s" {
		i.Text += " (default " + standard + ")"
	}
	if short != "" {
		i.Name = "-" + short + ", " + i.Name
	}
	if value != "" {
		i.Name += " " + value
	}
	return i
}

// WriteAll writes pages to a folder, which is made if it is not there.
func WriteAll(folder string, pages []Page) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("%s: cannot be made: %w", folder, argfile.Cause(err))
	}
	for _, p := range pages {
		file, err := pending.Create(filepath.Join(folder, Name(p.Command)+".1"))
		if err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
		if err := p.Write(file); err != nil {
			file.Discard()
			return err
		}
		if err := file.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// Name returns the name of the page of a command, without its section.
func Name(command string) string { return strings.ReplaceAll(command, " ", "-") }

// Write writes p in section 1, with the macros of man(7).
func (p Page) Write(w io.Writer) error {
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	// No date, so that the same program writes the same page.
	line(`.TH "%s" "1" "" "ikescope %s" "User Commands"`, strings.ToUpper(Name(p.Command)), p.Version)
	line(".nh") // names and flags are to be copied
	line(".SH NAME\n%s \\- %s", escape(Name(p.Command)), escape(p.Short))
	line(".SH SYNOPSIS\n.B %s", escape(p.Usage))
	line(".SH DESCRIPTION")
	text(&b, p.Long)
	items(&b, ".SH COMMANDS", p.Commands)
	if len(p.Flags) > 0 {
		line(".SH OPTIONS")
	}
	for _, g := range p.Flags {
		heading := ""
		if g.Heading != "" {
			heading = ".SS " + escape(g.Heading)
		}
		items(&b, heading, g.Flags)
	}
	if p.Examples != "" {
		line(".SH EXAMPLES")
		block(&b, strings.Split(strings.Trim(p.Examples, "\n"), "\n"))
	}
	if p.Exit != "" {
		line(".SH EXIT STATUS")
		block(&b, strings.Split(strings.Trim(p.Exit, "\n"), "\n"))
	}
	if len(p.See) > 0 {
		line(".SH SEE ALSO")
		for i, s := range p.See {
			comma := ","
			if i == len(p.See)-1 {
				comma = ""
			}
			line(".BR %s (1)%s", escape(Name(s)), comma)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// items writes a list below a heading, if there are any.
func items(b *strings.Builder, heading string, list []Item) {
	if len(list) > 0 && heading != "" {
		fmt.Fprintln(b, heading)
	}
	for _, i := range list {
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", escape(i.Name), escape(i.Text))
	}
}

// text writes paragraphs.
func text(b *strings.Builder, long string) {
	for i, paragraph := range strings.Split(strings.Trim(long, "\n"), "\n\n") {
		if i > 0 {
			fmt.Fprintln(b, ".PP")
		}
		lines := strings.Split(paragraph, "\n")
		for len(lines) > 0 {
			n := 0 // lines of one kind
			indented := strings.HasPrefix(lines[0], " ")
			for n < len(lines) && strings.HasPrefix(lines[n], " ") == indented {
				n++
			}
			if indented {
				block(b, lines[:n])
			} else {
				for _, l := range lines[:n] {
					fmt.Fprintln(b, escape(l))
				}
			}
			lines = lines[n:]
		}
	}
}

// block writes lines as they are.
func block(b *strings.Builder, lines []string) {
	fmt.Fprintln(b, ".nf")
	for _, l := range lines {
		fmt.Fprintln(b, escape(l))
	}
	fmt.Fprintln(b, ".fi")
}

// escape returns a line in which roff(7) sees no macro and no escape.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
