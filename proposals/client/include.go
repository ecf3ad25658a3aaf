package client

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/proposals/plaintext"
)

// source is a configuration as an importer reads it: its file, with the files
// that it includes in the place of the lines that name them. Lines are counted
// through.
type source struct {
	name string // of the file, without directories
	text []byte
	// parts are where the lines of text are from, in their order.
	parts []part
}

// A part is a run of lines of one file.
type part struct {
	first int    // its first line in the text of the source
	file  string // "" for the file itself
	line  int    // of that file
}

// place returns where a line of the text is from.
func (s *source) place(line int) (file string, at int) {
	i, ok := slices.BinarySearchFunc(s.parts, line, func(p part, line int) int { return p.first - line })
	if !ok {
		i--
	}
	if i < 0 {
		return "", line
	}
	return s.parts[i].file, s.parts[i].line + line - s.parts[i].first
}

// says returns "line 5", or "line 5 of conf.d/a.conf".
func (s *source) says(line int) string {
	file, at := s.place(line)
	if file == "" {
		return fmt.Sprintf("line %d", at)
	}
	return fmt.Sprintf("line %d of %s", at, file)
}

// What bounds the files that a configuration includes, and the lines that include
// some.
const (
	maxIncluded     = 500
	maxIncludeLines = 2000
	maxIncludeDepth = 16
)

// includeLine is a line that includes files, in the syntaxes that strongSwan,
// libreswan and iked have; the pattern may be in quotes.
var includeLine = lazyregexp.New(`^[ \t]*include[ \t]+("[^"\n]*"|[^ \t\r\n=#"{][^ \t\r\n#]*)[ \t]*(?:#.*)?\r?$`)

// newSource returns the configuration in a file, whose name may have directories
// before it. beside is the directory of the file; without it, nothing is
// followed. What lies in no directory below it, or is not there, is left as a line
// that includes something.
func newSource(file string, data []byte, beside fs.FS) (*source, error) {
	slash := strings.ReplaceAll(file, `\`, "/")
	s := &source{name: path.Base(slash)}
	r := sourceReader{source: s, files: beside, dir: path.Dir(slash), open: []string{s.name}}
	if err := r.add("", plaintext.Bytes(data)); err != nil {
		return nil, err
	}
	return s, nil
}

// sourceReader puts a source together.
type sourceReader struct {
	*source
	files    fs.FS
	dir      string   // of the file, as it was named
	open     []string // the files that include each other
	line     int      // of the text
	included int
	lines    int // that include something
	// listed are the names in the directories that were looked into.
	listed map[string][]string
}

// add appends a file with what it includes.
func (r *sourceReader) add(file string, data []byte) error {
	if r.files == nil || !bytes.Contains(data, []byte("include")) {
		r.parts = append(r.parts, part{r.line + 1, file, 1})
		r.line += bytes.Count(data, []byte("\n"))
		r.text = append(r.text, data...)
		return nil
	}
	begins := true // a part
	number := 0
	for line := range bytes.Lines(data) {
		number++
		var found []string
		followed := false
		if m := includeLine.FindSubmatch(bytes.TrimRight(line, "\n")); m != nil {
			if r.lines++; r.lines > maxIncludeLines {
				return r.located(faultAt(0, "include", fmt.Sprintf("stands on more than the %d lines that are followed", maxIncludeLines)), file, number)
			}
			var err error
			if found, followed, err = r.find(strings.Trim(string(m[1]), `"`), path.Dir(file)); err != nil {
				return r.located(err, file, number)
			}
		}
		if !followed {
			if begins {
				r.parts = append(r.parts, part{r.line + 1, file, number})
			}
			begins = false
			r.text = append(r.text, line...)
			r.line++
			continue
		}
		begins = true
		for _, name := range found {
			if err := r.include(name, file, number); err != nil {
				return err
			}
		}
	}
	return nil
}

// include appends a file that line of another one includes.
func (r *sourceReader) include(name, by string, line int) error {
	problem := ""
	info, err := fs.Stat(r.files, name)
	switch r.included++; {
	case slices.Contains(r.open, name):
		problem = "is part of an include loop"
	case len(r.open) > maxIncludeDepth:
		problem = fmt.Sprintf("is included too deeply: at most %d levels of includes are followed", maxIncludeDepth)
	case r.included > maxIncluded:
		problem = fmt.Sprintf("exceeds the %d included files that are read", maxIncluded)
	case err != nil || !info.Mode().IsRegular():
		problem = "is included and cannot be read: it is not a regular file"
	case info.Size()+int64(len(r.text)) > maxFile:
		problem = fmt.Sprintf("makes the configuration too long: at most %d octets are read", maxFile)
	}
	if problem != "" {
		return r.located(faultAt(0, shorten(name), problem), by, line)
	}
	data, err := fs.ReadFile(r.files, name)
	if err != nil || len(data)+len(r.text) > maxFile {
		return r.located(faultAt(0, shorten(name), "is included and cannot be read"), by, line)
	}
	if data = plaintext.Bytes(data); !bytes.HasSuffix(data, []byte("\n")) {
		data = append(slices.Clip(data), '\n')
	}
	r.open = append(r.open, name)
	err = r.add(name, data)
	r.open = r.open[:len(r.open)-1]
	return err
}

// located returns an error at a line of a file.
func (r *sourceReader) located(err error, file string, line int) error {
	if e, ok := err.(*proposals.FileError); ok && e.Line == 0 {
		e.File, e.Line = file, line
	}
	return err
}

// configDirs are where the daemons have their configuration. A copy of it has
// what lies there beside it.
var configDirs = []string{"/etc/swanctl/", "/usr/local/etc/swanctl/", "/etc/strongswan/swanctl/", "/etc/strongswan/",
	"/usr/local/etc/", "/etc/"}

// find returns the files that a pattern names, which stands in a file in dir.
// followed reports whether their directory is there; else what they hold is not
// known.
func (r *sourceReader) find(pattern, dir string) (found []string, followed bool, err error) {
	candidates := []string{path.Join(dir, pattern)}
	if path.IsAbs(pattern) {
		candidates = nil
		for _, root := range append([]string{strings.TrimSuffix(r.dir, "/") + "/"}, configDirs...) {
			if below, ok := strings.CutPrefix(pattern, root); ok {
				candidates = append(candidates, path.Clean(below))
			}
		}
	}
	for _, candidate := range candidates {
		folder, last := path.Split(candidate)
		folder = path.Clean("./" + folder)
		// A pattern for directories, too, could walk through a whole disk.
		if !fs.ValidPath(candidate) || strings.ContainsAny(folder, `*?[\`) {
			continue
		}
		if info, err := fs.Stat(r.files, folder); err != nil || !info.IsDir() {
			continue
		}
		if !strings.ContainsAny(last, `*?[\`) {
			if info, err := fs.Stat(r.files, candidate); err != nil || !info.Mode().IsRegular() {
				continue
			}
			return []string{candidate}, true, nil
		}
		names, err := r.list(folder)
		if err != nil {
			continue
		}
		for _, entry := range names {
			if ok, err := path.Match(last, entry); err != nil {
				return nil, false, nil
			} else if !ok || strings.HasPrefix(entry, ".") && !strings.HasPrefix(last, ".") {
				continue
			}
			name := path.Join(folder, entry)
			if info, err := fs.Stat(r.files, name); err == nil && info.Mode().IsRegular() {
				found = append(found, name)
			}
		}
		return found, true, nil
	}
	return nil, false, nil
}

// list returns the names in a directory, which is read once.
func (r *sourceReader) list(folder string) ([]string, error) {
	if names, ok := r.listed[folder]; ok {
		return names, nil
	}
	entries, err := fs.ReadDir(r.files, folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if r.listed == nil {
		r.listed = make(map[string][]string)
	}
	r.listed[folder] = names
	return names, nil
}

// includes are the files that a configuration includes and that were not read.
type includes []setting

// includable are paths and patterns of files; anything else may be a secret.
var includable = lazyregexp.New(`^[\w./*?\[\]~@%+-]{1,255}$`)

// add takes one, while they are not too many to name.
func (in *includes) add(file string, line int) {
	file, _, _ = strings.Cut(file, " #")
	file = strings.Trim(strings.TrimSpace(file), `"`)
	if !includable.MatchString(file) {
		file = "another file"
	}
	if len(*in) < maxNesting {
		*in = append(*in, setting{file, line})
	}
}

// notes are those of an offer of a file of which parts are elsewhere.
func (in includes) notes() []note {
	var notes []note
	for _, file := range in {
		notes = append(notes, note{file.line, "includes " + file.value + ", which was not read and may change this offer."})
	}
	return notes
}

// notFollowed is the error of a file without a connection of its own, or nil if
// it includes nothing.
func (in includes) notFollowed() error {
	if len(in) == 0 {
		return nil
	}
	var names []string
	for _, file := range in {
		names = append(names, file.value)
	}
	does := "does"
	if len(names) > 1 {
		does = "do"
	}
	return faultAt(in[0].line, "", "it has no connection of its own and includes "+inWords(names)+", which "+does+" not exist beside it: import the files that it includes")
}

// onlyIncludes is the error of a text that has lines that include files, and no
// others but comments; nil of another text.
func onlyIncludes(text []byte) error {
	var in includes
	number := 0
	for line := range bytes.Lines(text) {
		number++
		line = bytes.TrimSpace(line)
		if m := includeLine.FindSubmatch(line); m != nil {
			in.add(strings.Trim(string(m[1]), `"`), number)
		} else if len(line) > 0 && line[0] != '#' && !bytes.HasPrefix(line, []byte("version")) {
			return nil
		}
	}
	return in.notFollowed()
}
