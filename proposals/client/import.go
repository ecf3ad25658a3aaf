package client

import (
	"fmt"
	"slices"
	"strings"
)

// format is one configuration syntax that can be imported.
type format struct {
	syntax Syntax
	// detect reports whether a file of that name and content is of the syntax.
	detect func(file string, data []byte) bool
	// parse returns the IKEv2 connections of a file, in its order, named as
	// the file names them. Its error is a [*proposals.FileError] where a place can be named.
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
// has is told by its content and its name, unless syntax says it. A file
// without an IKEv2 connection is an error. Errors are of the type
// [*proposals.FileError].
func Import(file string, data []byte, syntax Syntax) ([]Policy, error) {
	if len(data) > maxFile {
		return nil, fault(0, "", fmt.Sprintf("it has %d octets, more than the %d of a configuration", len(data), maxFile))
	}
	data = toUTF8(data)
	var names []string
	for _, f := range formats {
		names = append(names, string(f.syntax))
		if syntax != f.syntax && (syntax != "" || !f.detect(file, data)) {
			continue
		}
		policies, err := f.parse(data)
		if err != nil {
			return nil, err
		}
		if len(policies) == 0 {
			return nil, fault(0, "", fmt.Sprintf("it holds no IKEv2 connection (read as %s)", f.syntax))
		}
		if len(policies) > maxSections {
			return nil, fault(0, "", fmt.Sprintf("it holds %d connections: at most %d are read", len(policies), maxSections))
		}
		for i := range policies {
			policies[i].Syntax = f.syntax
			policies[i].INTEGFirst = sentByStrongSwan(f.syntax)
		}
		nameApart(policies)
		return policies, nil
	}
	if err := undecidedIpsecConf(data); syntax == "" && err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, fault(0, "", "it is empty")
	}
	return nil, fault(0, "", fmt.Sprintf("its syntax is none of %s", strings.Join(names, ", ")))
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
