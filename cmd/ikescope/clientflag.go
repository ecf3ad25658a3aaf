package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// allClients is the value of --client that stands for every well-known client.
const allClients = "all"

// clients is the value of --client.
type clients struct{ p *[]client.Policy }

func (c clients) Set(s string) error {
	policies, err := findClients(s)
	if err != nil {
		return err
	}
	file, _, ofFile := clientFile(s)
	for _, p := range policies {
		same := slices.IndexFunc(*c.p, func(q client.Policy) bool { return q.Name == p.Name })
		if same >= 0 && (*c.p)[same].Source == p.Source {
			continue
		}
		// Of two files, or of a file and named as a well-known client is, whose
		// name stands for it alone.
		if _, wellKnown := client.Named(p.Name); ofFile && (same >= 0 || wellKnown) {
			p.Name = file + "#" + p.Name
		}
		*c.p = append(*c.p, p)
	}
	return nil
}

func (clients) Type() string   { return "client" }
func (clients) String() string { return "" }

func (clients) choices() []string { return clientNames() }

// findClients returns the clients that s stands for: "all", the name of a
// well-known one, proposals in strongSwan's notation, a file with its
// connections, or one of these as FILE#CONNECTION.
func findClients(s string) ([]client.Policy, error) {
	if s == allClients {
		return initiators(), nil
	}
	if p, ok := client.Named(s); ok {
		return []client.Policy{p}, nil
	}
	switch path, connection, ok := clientFile(s); {
	case ok && path == s:
		return readClients(path)
	case ok:
		return readConnection(path, connection)
	}
	offer, err := proposals.ParseProducts(s)
	if err == nil {
		return []client.Policy{offered(s, offer)}, nil
	}
	if near := nearest(s, clientNames()); near != "" {
		return nil, fmt.Errorf("%q is not a client; did you mean %q?", s, near)
	}
	if strings.ContainsAny(s, `./\#`) {
		path, _, _ := strings.Cut(s, "#")
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	if slices.ContainsFunc(strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == ',' }), isKeyword) {
		return nil, err
	}
	return nil, fmt.Errorf("%q is not a client, a file or a suite: ikescope client list names the clients", s)
}

// clientFile splits s, which is FILE or FILE#CONNECTION, at the first # that a
// file is named before. It reports false if s names no file, or a client of ours.
func clientFile(s string) (path, connection string, ok bool) {
	if _, wellKnown := client.Named(s); wellKnown || s == allClients {
		return "", "", false
	}
	if exists(s) {
		return s, "", true
	}
	for i := range s {
		if s[i] == '#' && exists(s[:i]) {
			return s[:i], s[i+1:], true
		}
	}
	return "", "", false
}

// initiators are the well-known clients whose own offer is known.
func initiators() []client.Policy {
	return slices.DeleteFunc(client.Policies(), func(p client.Policy) bool { return p.Responder })
}

// clientNames are the values of --client that can be completed.
func clientNames() []string {
	names := []string{allClients}
	for _, p := range client.Policies() {
		names = append(append(names, p.Name), p.Aliases...)
	}
	return names
}

// offered is the client of an offer on the command line.
func offered(name string, offer []proposals.Product) client.Policy {
	return client.Policy{
		Name: name, Product: "an offer of the command line", Syntax: client.SyntaxSwanctl,
		Offer: offer, KE: ike.KeyExchangeMethod(offer[0][proposals.KE][0].ID),
		INTEGFirst: true, Source: "command line", Confidence: "as given",
	}
}

func isKeyword(word string) bool {
	_, err := proposals.ParseAlgorithm(word)
	return err == nil
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// readConnection returns the client of the connection in the file at path; of a
// capture perhaps several, for an address may have more than one.
func readConnection(path, connection string) ([]client.Policy, error) {
	f, err := readClientFile(path, "")
	if err != nil {
		return nil, err
	}
	policies := slices.Concat(f.clients, f.questions)
	var names []string
	var found []client.Policy
	for _, p := range policies {
		if p.Name == connection || slices.Contains(p.Aliases, connection) {
			found = append(found, p)
		}
		names = append(names, fmt.Sprintf("%q", p.Name))
	}
	if len(found) > 0 {
		return found, nil
	}
	hint := "it holds " + strings.Join(names, ", ")
	if near := nearest(connection, connectionNames(policies)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return nil, fmt.Errorf("%s: has no connection %q; %s", path, connection, hint)
}

func connectionNames(policies []client.Policy) []string {
	var names []string
	for _, p := range policies {
		names = append(names, p.Name)
	}
	return names
}

// importFile returns the clients of the configuration in the file at path, with
// the files that it includes and that lie beside it: no name and no link leads out
// of its directory.
func importFile(path string, data []byte, syntax client.Syntax) ([]client.Policy, error) {
	dir := filepath.Dir(path)
	name := path
	if absolute, err := filepath.Abs(path); err == nil {
		name = absolute // files that it includes may be named so
	}
	var beside fs.FS
	if root, err := os.OpenRoot(dir); err == nil {
		defer root.Close()
		beside = root.FS()
	}
	policies, err := client.ImportBeside(beside, name, data, syntax)
	var at *proposals.FileError
	switch {
	case !errors.As(err, &at):
		return policies, err
	case at.File != "":
		return nil, at.In(filepath.Join(dir, filepath.FromSlash(at.File)))
	}
	return nil, at.In(path)
}

// maxClientFile bounds what is read of a file, in octets.
const maxClientFile = 64 << 20

// readClients returns the clients of a file: the connections of a
// configuration, in its order, or the initiators of a capture.
func readClients(path string) ([]client.Policy, error) { return readClientsAs(path, "") }

// readClientsAs is [readClients] of a file that has syntax, or for "" the one
// that its content tells.
func readClientsAs(path string, syntax client.Syntax) ([]client.Policy, error) {
	f, err := readClientFile(path, syntax)
	return f.best(), err
}

// clientsOfFile are the clients of a configuration or a capture.
type clientsOfFile struct {
	clients []client.Policy
	// questions are those of scans, which a capture may hold.
	questions []client.Policy
	// cut is why a capture was not read to its end; nil if it was. The clients
	// that it holds until then are there, and have a note.
	cut error
}

// best returns the clients, or the questions where there are none.
func (f clientsOfFile) best() []client.Policy {
	if len(f.clients) == 0 {
		return f.questions // better than nothing
	}
	return f.clients
}

// readClientFile reads a file as [readClientsAs] does.
func readClientFile(path string, syntax client.Syntax) (clientsOfFile, error) {
	var none clientsOfFile
	f, err := os.Open(path)
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	defer f.Close()
	in := bufio.NewReader(f)
	begin, _ := in.Peek(8)
	if capture.Is(begin) {
		return capturedClients(path, in)
	}
	if other := capture.Foreign(begin); other != "" {
		return none, fmt.Errorf("%s: it is %s", path, other)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxClientFile+1))
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	if len(data) > maxClientFile {
		return none, fmt.Errorf("%s: it exceeds %d octets", path, maxClientFile)
	}
	policies, err := importFile(path, data, syntax)
	if err != nil {
		return none, err
	}
	for i := range policies {
		if policies[i].Source == "" {
			policies[i].Source = path
		}
	}
	return clientsOfFile{clients: policies}, nil
}
