package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals/plaintext"
)

// endpoints reads the targets of the command line: hosts, @file and -. Each is
// returned once, in the order of its first mention.
func endpoints(args []string, stdin io.Reader) ([]target.Endpoint, error) {
	var all []target.Endpoint
	held := make(map[target.Endpoint]bool)
	for _, arg := range args {
		var found []target.Endpoint
		var err error
		switch {
		case arg == "-":
			found, err = readTargets("standard input", stdin)
			stdin = strings.NewReader("")
		case strings.HasPrefix(arg, "@"):
			found, err = readTargetFile(arg[1:])
		default:
			var e target.Endpoint
			if e, err = target.Parse(arg); err == nil {
				found = append(found, e)
			}
		}
		if err != nil {
			return nil, usageError{err}
		}
		for _, e := range found {
			if !held[e] {
				held[e] = true
				all = append(all, e)
			}
		}
	}
	return all, nil
}

func readTargetFile(path string) ([]target.Endpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("@%s: %w", path, withoutPath(err))
	}
	defer f.Close()
	return readTargets(path, f)
}

// readTargets reads a target from each line, in UTF-8 or as Windows writes it. What
// follows a # is a comment.
func readTargets(name string, r io.Reader) ([]target.Endpoint, error) {
	var found []target.Endpoint
	lines := bufio.NewScanner(plaintext.NewReader(r))
	n := 1
	for ; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		e, err := target.Parse(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		found = append(found, e)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%s:%d: is too long for a target", name, n)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", name, withoutPath(err))
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: holds no target", name)
	}
	return found, nil
}

// family is which addresses of a name are scanned.
type family uint8

const (
	anyFamily family = iota
	onlyIPv4
	onlyIPv6
)

func familyOf(a netip.Addr) family {
	if a.Is4() {
		return onlyIPv4
	}
	return onlyIPv6
}

func (f family) String() string {
	return [...]string{"IPv4 or IPv6", "IPv4", "IPv6"}[f]
}

// check fails if e is written as an address of another family, or of an
// interface that is not there.
func (f family) check(e target.Endpoint) error {
	a, err := netip.ParseAddr(e.Host)
	if err != nil {
		return nil // a name
	}
	if zone := a.Zone(); zone != "" && !isInterface(zone) {
		return usagef("%q: this machine has no interface %q", e.Text, zone)
	}
	if f == anyFamily || familyOf(a.Unmap()) == f {
		return nil
	}
	return usagef("%q is not an %v address", e.Text, f)
}

// isInterface reports whether zone is the name or the number of an interface.
func isInterface(zone string) bool {
	if n, err := strconv.Atoi(zone); err == nil {
		_, err = net.InterfaceByIndex(n)
		return err == nil
	}
	_, err := net.InterfaceByName(zone)
	return err == nil
}

// resolve returns the targets that e stands for.
func (f family) resolve(ctx context.Context, e target.Endpoint, paths initiator.Paths) ([]target.Target, error) {
	targets, err := e.Resolve(ctx, paths)
	if err != nil {
		return nil, err
	}
	targets = slices.DeleteFunc(targets, func(t target.Target) bool {
		return f != anyFamily && familyOf(t.Address) != f
	})
	if len(targets) == 0 {
		return nil, fmt.Errorf("%q has no %v address", e.Host, f)
	}
	return targets, nil
}
