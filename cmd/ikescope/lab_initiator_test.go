//go:build linux

package main

import (
	"bytes"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// initiation is a connection of a sample configuration, with which a real
// daemon initiates an IKE SA with a gateway.
type initiation struct {
	daemon           string // whose program, by its gateway's name
	file, connection string
	gateway, policy  string
	connects         bool // so that a prediction is not taken at its word
}

var initiations = []initiation{
	{"strongswan", "swanctl/default.conf", "west", "strongswan", "default", true},
	{"strongswan", "swanctl/default.conf", "west", "libreswan", "default", true},
	{"strongswan", "swanctl/default.conf", "west", "openiked", "default", true},
	{"strongswan-pq", "swanctl/default.conf", "west", postQuantum, "hybrid", false},
	{"strongswan", "swanctl/initiators.conf", "classic", "strongswan", "overlap", true},
	{"strongswan", "swanctl/initiators.conf", "classic", "libreswan", "two", true},
	{"strongswan", "swanctl/initiators.conf", "classic", "openiked", "weak", false},
	{"strongswan", "swanctl/initiators.conf", "aead", "strongswan", "single", false},
	{"strongswan", "swanctl/initiators.conf", "aead", "libreswan", "two", true},
	{"strongswan", "swanctl/initiators.conf", "aead", "openiked", "weak", true},
	{"strongswan", "swanctl/initiators.conf", "old", "strongswan", "weak", true},
	{"strongswan", "swanctl/initiators.conf", "old", "libreswan", "default", false},
	{"strongswan", "swanctl/initiators.conf", "old", "openiked", "weak", true},
	{"strongswan", "swanctl/initiators.conf", "fallback", "libreswan", "single", true},
	{"strongswan", "swanctl/initiators.conf", "promoted", "libreswan", "two", true},
	{"strongswan-pq", "swanctl/initiators.conf", "hybrid", postQuantum, "hybrid", true},
	{"strongswan-pq", "swanctl/initiators.conf", "hybrid", postQuantum, "classical", true},
	{"libreswan", "libreswan/default.conf", "westnet-eastnet-ikev2", "strongswan", "default", true},
	{"libreswan", "libreswan/default.conf", "westnet-eastnet-ikev2", "openiked", "default", true},
	{"libreswan", "libreswan/default.conf", "westnet-eastnet-ikev2", "libreswan", "default", true},
	{"libreswan", "libreswan/default.conf", "westnet-eastnet-ikev2-ipv6", "libreswan", "default", false},
	{"libreswan", "libreswan/aes-gcm.conf", "westnet-eastnet-ipv4-psk-ikev2-gcm-c", "strongswan", "default", true},
	{"libreswan", "libreswan/aes-xcbc.conf", "westnet-eastnet-ipv4-psk-ikev2", "strongswan", "default", true},
	{"libreswan", "libreswan/aes-xcbc.conf", "westnet-eastnet-ipv4-psk-ikev2", "openiked", "default", false},
	{"libreswan", "libreswan/modp1536.conf", "westnet-eastnet-ipv4-psk-ikev2", "strongswan", "default", false},
	{"libreswan", "libreswan/modp1536.conf", "westnet-eastnet-ipv4-psk-ikev2", "openiked", "default", true},
	{"libreswan", "libreswan/wrong-modp.conf", "westnet-eastnet-ipv4-psk-ikev2", "strongswan", "default", true},
	{"libreswan", "libreswan/wrong-modp.conf", "westnet-eastnet-ipv4-psk-ikev2", "libreswan", "single", false},
}

// testInitiator: what is imported from a configuration is what the daemon with
// this configuration sends, and what is predicted of it comes true.
func (l lab) testInitiator(t *testing.T, gateway string) {
	mine := slices.DeleteFunc(slices.Clone(initiations), func(i initiation) bool { return i.gateway != gateway })
	slices.SortStableFunc(mine, func(a, b initiation) int { return strings.Compare(a.policy, b.policy) })
	var policy string
	var target report.Target
	for _, i := range sample(mine, 2) {
		if !l.has(i.daemon) {
			t.Logf("not tested: %s is not installed: %+v", i.daemon, i)
			continue
		}
		if i.policy != policy {
			l.do(t, "restart", gateway)
			policy = i.policy
			l.policy(t, gateway, policy)
			target = l.scan(t, beside, 0, l.do(t, "addr", gateway))
		}
		t.Run(strings.Join([]string{i.daemon, filepath.Base(i.file), i.connection, policy}, " "), func(t *testing.T) {
			l.testInitiation(t, i, target)
		})
	}
	l.do(t, "restart", gateway)
}

func (l lab) testInitiation(t *testing.T, i initiation, target report.Target) {
	path, err := filepath.Abs(filepath.Join("../../proposals/client/testdata", i.file))
	if err != nil {
		t.Fatal(err)
	}
	found, err := clients.Find(path + "#" + i.connection)
	if err != nil {
		t.Fatal(err)
	}
	imported := found[0]
	target.Clients = assess.Clients(&target, found)
	predicted := target.Clients[0]

	lines := strings.Split(l.do(t, "initiate", i.daemon, path, i.connection, i.gateway), "\n")
	outcome, suite, _ := strings.Cut(lines[0], " ")
	want := map[string]report.ClientVerdict{"agreed": report.ClientConnects, "refused": report.ClientFails}[outcome]
	if predicted.Verdict != want || i.connects != (want == report.ClientConnects) {
		t.Errorf("%s, predicted %s %+v", lines[0], predicted.Verdict, predicted)
	}
	if want == "connects" {
		s, err := proposals.ParseSuite(suite)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case predicted.Suite != "" && predicted.Suite != s.String():
			t.Errorf("agreed on %v, predicted %s", s, predicted.Suite)
		case predicted.Suite != "" || slices.Contains(predicted.Candidates, s.String()):
		case len(predicted.Candidates) < 64: // more are not listed
			t.Errorf("agreed on %v, which is none of the candidates %v", s, predicted.Candidates)
		}
		contains := func(p proposals.Product) bool { return p.Contains(s) }
		if !slices.ContainsFunc(imported.Offer, contains) ||
			!slices.ContainsFunc(target.Matrix.Products, func(p report.AcceptedSuites) bool { return contains(productOf(p.Suites)) }) {
			t.Errorf("agreed on %v, which was not offered, or which the scan found refused", s)
		}
		t.Logf("agreed on %v, predicted %q of %d candidates", s, predicted.Suite, len(predicted.Candidates))
	}

	captured, err := clients.Find(l.root + lines[1])
	if err != nil {
		t.Fatal(err)
	}
	if len(captured) != 1 || captured[0].KE != imported.KE || !reflect.DeepEqual(captured[0].Offer, imported.Offer) {
		t.Errorf("captured %d clients\n%+v\nimported\n%+v", len(captured), captured, imported)
	}
	if got, want := saOf(t, imported), saOf(t, captured[0]); !bytes.Equal(got, want) {
		t.Errorf("the SA payload as configured\n%x\nand as sent\n%x", got, want)
	}
}

// saOf returns the octets of the SA payload that a client sends.
func saOf(t *testing.T, p client.Policy) []byte {
	t.Helper()
	octets, _, err := ike.AppendPayloads(nil, []ike.Payload{&ike.SA{Proposals: p.Proposals()}})
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// testDefaults: where a configuration says nothing, the daemons have the
// proposals that the well-known clients of their names have.
func (l lab) testDefaults(t *testing.T, gateway string) {
	name := map[string]string{
		"strongswan": "strongswan-6", postQuantum: "strongswan-6", "libreswan": "libreswan-5", "openiked": "openiked",
	}[gateway]
	known, ok := client.Named(name)
	if !ok {
		t.Fatalf("there is no client %s", name)
	}
	if got := l.accepts(t, gateway, "default"); !reflect.DeepEqual(got, known.Offer) {
		t.Errorf("%s has\n%v\n%s offers\n%v", gateway, got, name, known.Offer)
	}
}
