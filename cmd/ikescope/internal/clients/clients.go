// Package clients finds the clients that users name: well-known ones, the
// connections of configuration files, those in captures, and proposals.
package clients

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// All is the word for every well-known client.
const All = "all"

// Add adds to list the clients that s stands for, as [Find] has it, but for those
// that it has. Each has a name of its own then.
func Add(list []client.Policy, s string) ([]client.Policy, error) {
	found, err := Find(s)
	if err != nil {
		return list, err
	}
	file, _, ofFile := clientFile(s)
	for _, p := range found {
		same := slices.IndexFunc(list, func(q client.Policy) bool { return q.Name == p.Name })
		if same >= 0 && list[same].Source == p.Source {
			continue
		}
		// Of two files, or of a file and named as a well-known client is, whose
		// name stands for it alone.
		if _, wellKnown := client.Named(p.Name); ofFile && (same >= 0 || wellKnown) {
			p.Name = file + "#" + p.Name
		}
		list = append(list, p)
	}
	return list, nil
}

// Find returns the clients that s stands for: [All], the name of a
// well-known one, proposals in strongSwan's notation, a file with its
// connections, or one of these as FILE#CONNECTION.
func Find(s string) ([]client.Policy, error) {
	if s == All {
		return Initiators(), nil
	}
	if p, ok := client.Named(s); ok {
		return []client.Policy{p}, nil
	}
	switch path, connection, ok := clientFile(s); {
	case ok && path == s:
		f, err := ReadFile(path, "")
		return f.Best(), err
	case ok:
		return readConnection(path, connection)
	}
	offer, completed, err := proposals.ReadProducts(s)
	if err == nil {
		p := offered(s, offer)
		for _, sentence := range completed {
			p.Notes = append(p.Notes, sentence+".")
		}
		return []client.Policy{p}, nil
	}
	if p, ok := spelledOtherwise(s); ok {
		return []client.Policy{p}, nil
	}
	if several := strings.Split(s, ","); len(several) > 1 && !slices.ContainsFunc(several, isUnknown) {
		return nil, fmt.Errorf("%q names several clients: give each a --client of its own", s)
	}
	if near := proposals.Nearest(s, Names()); len(near) > 0 {
		return nil, fmt.Errorf("%q is not a client; did you mean %q?", s, near[0])
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

// spelledOtherwise returns the well-known client whose name or alias s is but for its
// case, hyphens and blanks.
func spelledOtherwise(s string) (client.Policy, bool) {
	bare := strings.NewReplacer("-", "", "_", "", " ", "")
	for _, name := range Names()[1:] { // without All
		if strings.EqualFold(bare.Replace(name), bare.Replace(s)) {
			return client.Named(name)
		}
	}
	return client.Policy{}, false
}

// clientFile splits s, which is FILE or FILE#CONNECTION, at the first # that a
// file is named before. It reports false if s names no file, or a client of ours.
func clientFile(s string) (path, connection string, ok bool) {
	if _, wellKnown := client.Named(s); wellKnown || s == All {
		return "", "", false
	}
	if argfile.Exists(s) {
		return s, "", true
	}
	for i := range s {
		if s[i] == '#' && argfile.Exists(s[:i]) {
			return s[:i], s[i+1:], true
		}
	}
	return "", "", false
}

// Initiators returns the well-known clients whose own offer is known.
func Initiators() []client.Policy {
	return slices.DeleteFunc(client.Policies(), func(p client.Policy) bool { return p.Responder })
}

// OfLogin returns those that are judged by what a login found: the ones that the user
// named, else the well-known ones.
func OfLogin(named []client.Policy) []client.Policy {
	if named != nil {
		return named
	}
	return Initiators()
}

// Names returns the names that can be completed, [All] first.
func Names() []string {
	names := []string{All}
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

// isUnknown reports whether name is not that of a well-known client.
func isUnknown(name string) bool {
	_, ok := client.Named(strings.TrimSpace(name))
	return !ok
}

func isKeyword(word string) bool {
	_, err := proposals.ParseAlgorithm(word)
	return err == nil
}

// readConnection returns the client of the connection in the file at path; of a
// capture perhaps several, for an address may have more than one.
func readConnection(path, connection string) ([]client.Policy, error) {
	f, err := ReadFile(path, "")
	if err != nil {
		return nil, err
	}
	policies := slices.Concat(f.Clients, f.Questions)
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
	if near := proposals.Nearest(connection, connectionNames(policies)); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q?", near[0])
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
