package client

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// format is one configuration syntax that can be imported.
type format struct {
	syntax Syntax
	// detect reports whether a file of that name and content is of the syntax.
	detect func(file string, data []byte) bool
	// parse returns the IKEv2 connections of a file, in its order, named as
	// the file names them. Its error is a [*proposals.FileError].
	parse func(data []byte) ([]Policy, error)
}

// formats are tried in their order: those whose content cannot be mistaken
// come first.
var formats = []format{
	swanctlFormat,
	ipsecConfFormat,
	libreswanFormat,
	ikedFormat,
	mobileconfigFormat,
	opnsenseFormat,
	pfsenseFormat,
	windowsFormat,
	rasphoneFormat,
	ciscoFormat,
	fortiFormat,
	mikrotikFormat,
}

// Syntaxes returns those that [Import] reads.
func Syntaxes() []Syntax {
	var all []Syntax
	for _, f := range formats {
		all = append(all, f.syntax)
	}
	return all
}

// maxFile bounds what is imported, in octets: a configuration is short.
const maxFile = 4 << 20

// Import returns the client policies of a configuration file. Which syntax it
// has is recognized by its content and its name, unless syntax says it. A file
// without an IKEv2 connection is an error. Errors are of the type
// [*proposals.FileError].
func Import(file string, data []byte, syntax Syntax) ([]Policy, error) {
	return ImportBeside(nil, file, data, syntax)
}

// ImportBeside is [Import] of a file that may include others: those that lie in
// its directory, beside, or below it are read in its place. file may be a path, by
// which absolute names of files in its directory are known. The File of an error
// is the name of an included file in beside, or "".
func ImportBeside(beside fs.FS, file string, data []byte, syntax Syntax) ([]Policy, error) {
	if len(data) > maxFile {
		return nil, faultAt(0, "", fmt.Sprintf("it has %d octets, more than the %d of a configuration", len(data), maxFile))
	}
	src, err := newSource(file, data, beside)
	if err != nil {
		return nil, err
	}
	policies, err := src.policies(syntax)
	if err != nil {
		return nil, src.located(err)
	}
	for i := range policies {
		src.finish(&policies[i])
	}
	nameApart(policies)
	return policies, nil
}

// policies returns the client policies of the source.
func (s *source) policies(syntax Syntax) ([]Policy, error) {
	var names []string
	for _, f := range formats {
		names = append(names, string(f.syntax))
		if syntax != f.syntax && (syntax != "" || !f.detect(s.name, s.text)) {
			continue
		}
		policies, err := f.parse(s.text)
		if err != nil {
			return nil, err
		}
		if len(policies) == 0 {
			return nil, faultAt(0, "", fmt.Sprintf("it has no IKEv2 connection (read as %s)", f.syntax))
		}
		if len(policies) > maxSections {
			return nil, faultAt(0, "", fmt.Sprintf("it has %d connections: at most %d are read", len(policies), maxSections))
		}
		for i := range policies {
			policies[i].Syntax = f.syntax
			policies[i].INTEGFirst = sentByStrongSwan(f.syntax)
		}
		return policies, nil
	}
	if err := onlyIncludes(s.text); err != nil {
		return nil, err
	}
	if err := undecidedIpsecConf(s.text); syntax == "" && err != nil {
		return nil, err
	}
	if len(s.text) == 0 {
		return nil, faultAt(0, "", "it is empty")
	}
	return nil, faultAt(0, "", fmt.Sprintf("its syntax is not one of %s", strings.Join(names, ", ")))
}

// located returns an error of the text as one of the file that the line is from.
func (s *source) located(err error) error {
	e, ok := err.(*proposals.FileError)
	if !ok {
		return faultAt(0, "", err.Error())
	}
	at := *e
	at.File, at.Line = s.place(e.Line)
	return &at
}

// finish writes out what of p depends on lines.
func (s *source) finish(p *Policy) {
	if p.Scope == "" {
		p.Scope = s.says(p.line)
	}
	var notes []string
	for _, n := range p.lineNotes {
		notes = append(notes, s.sentence(n, ": "))
	}
	p.Notes = append(notes, p.Notes...)
	for _, n := range p.unread.notes() {
		p.Doubt = strings.TrimSpace(p.Doubt + " " + s.sentence(n, " "))
	}
	p.setFamily()
	if p.Login != nil && len(p.Login.Gateway) > maxIdentity {
		p.Login = nil
	}
	p.line, p.lineNotes, p.unread = 0, nil, nil
}

// sentence returns a note with its line before it.
func (s *source) sentence(n note, separator string) string {
	if n.line == 0 {
		return n.text
	}
	return "L" + s.says(n.line)[1:] + separator + n.text
}

// nameApart gives the connections of a file that have one name, such as those of
// two virtual domains, names of their own: "a", "a/2". The name that they share
// stands for all of them.
func nameApart(policies []Policy) {
	taken := make(map[string]bool)
	for _, p := range policies {
		taken[p.Name] = true
	}
	count := make(map[string]int)
	for i, p := range policies {
		if count[p.Name]++; count[p.Name] == 1 {
			continue
		}
		name := p.Name
		for ; taken[name]; count[p.Name]++ {
			name = fmt.Sprintf("%s/%d", p.Name, count[p.Name])
		}
		count[p.Name]--
		taken[name] = true
		policies[i].Name, policies[i].Aliases = name, append(slices.Clone(p.Aliases), p.Name)
	}
}
