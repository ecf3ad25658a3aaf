// Package reporttest holds what the tests of reports share: results that look like
// those of real scans, and a validator of JSON Schema.
package reporttest

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Matrix makes a matrix by hand, from keywords.
type Matrix struct {
	Asked              []proposals.Product
	Observed, Inferred string
	Silent, NotTested  string
	Evidence           []int
	SamplesOfInferred  int
}

// Products reads keywords, "" being none.
func Products(t testing.TB, keywords string) []proposals.Product {
	t.Helper()
	if keywords == "" {
		return nil
	}
	out, err := proposals.ParseProducts(keywords)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Size counts the suites of products.
func Size(t testing.TB, ps []proposals.Product) int64 {
	t.Helper()
	if len(ps) == 0 {
		return 0
	}
	u, err := matrix.NewUniverse(ps...)
	if err != nil {
		t.Fatal(err)
	}
	return u.Size()
}

// Of returns the matrix.
func (c Matrix) Of(t testing.TB) *matrix.Matrix {
	t.Helper()
	m := &matrix.Matrix{Asked: c.Asked, Universe: Size(t, c.Asked)}
	var accepted []proposals.Product
	for _, p := range Products(t, c.Observed) {
		accepted = append(accepted, p)
		m.Products = append(m.Products, matrix.Region{Product: p, Samples: int(p.Size()), Evidence: c.Evidence})
	}
	for _, p := range Products(t, c.Inferred) {
		accepted = append(accepted, p)
		m.Products = append(m.Products, matrix.Region{Product: p, Basis: matrix.Inferred, Samples: c.SamplesOfInferred, Evidence: c.Evidence})
	}
	m.Accepted = Size(t, accepted)
	for _, p := range Products(t, c.Silent) {
		m.NoAnswer += p.Size()
		m.Undecided = append(m.Undecided, matrix.UndecidedRegion{Product: p, State: matrix.NoAnswer, Evidence: []int{40, 41}})
	}
	for _, p := range Products(t, c.NotTested) {
		m.NotTested += p.Size()
		m.Undecided = append(m.Undecided, matrix.UndecidedRegion{Product: p})
	}
	m.Refused = m.Universe - m.Accepted - m.NoAnswer - m.NotTested
	m.Proven = m.NoAnswer+m.NotTested == 0
	return m
}

// Scan returns a scan of a gateway with the matrix. Everything was asked where
// Asked is empty, and exchange 5 shows it where Evidence is.
func (c Matrix) Scan(t testing.TB, target string) evidence.Result {
	t.Helper()
	if c.Asked == nil {
		c.Asked = matrix.Standard().Products()
	}
	if c.Evidence == nil {
		c.Evidence = []int{5}
	}
	return evidence.Result{Target: target, Verdict: evidence.VerdictIKEv2, Complete: true, Matrix: c.Of(t), Started: Started}
}

// Started is when the scans began.
var Started = time.Date(2026, 8, 1, 9, 30, 0, 123_000_000, time.UTC)

func answers(transport initiator.Transport, rtt time.Duration, sent, received int, ids ...int) evidence.Path {
	return evidence.Path{Transport: transport, State: initiator.PathAnswers, RTT: rtt, Sent: sent, Received: received, Evidence: ids}
}

func noNAT() *evidence.NAT {
	return &evidence.NAT{Supported: true, Local: netip.MustParseAddrPort("192.0.2.10:40112"), Evidence: []int{1, 2}}
}

// Base is a scan of a gateway that answers, without a matrix.
func Base(target, address string) evidence.Result {
	return evidence.Result{
		Target: target, Address: netip.MustParseAddr(address), Started: Started,
		Verdict: evidence.VerdictIKEv2, Complete: true,
		Paths: []evidence.Path{
			answers(initiator.UDP500, 11800*time.Microsecond, 5, 5, 1),
			answers(initiator.UDP4500, 12100*time.Microsecond, 6, 6, 2),
		},
		NAT: noNAT(),
		Cost: evidence.Cost{
			Cost: initiator.Cost{Exchanges: 75, DatagramsSent: 80, DatagramsReceived: 79, BytesSent: 51200, BytesReceived: 9000,
				Retransmits: 1},
			HalfOpenPeak: 1, Elapsed: 900 * time.Millisecond,
		},
		Exchanges: []evidence.Exchange{{Purpose: evidence.PurposeReach, Exchange: initiator.Exchange{
			ID: 1, Type: ike.IKE_SA_INIT, KE: ike.KE_MODP_2048, Outcome: initiator.InvalidKEPayload,
			Group: ike.KE_CURVE25519, Tries: 1, Sent: Started, RTT: 11800 * time.Microsecond,
		}}},
	}
}

// Exchange is one that asked about offer.
func Exchange(t testing.TB, id int, offer string, outcome initiator.Outcome) evidence.Exchange {
	t.Helper()
	return evidence.Exchange{Purpose: evidence.PurposeMatrix, Exchange: initiator.Exchange{
		ID: id, Type: ike.IKE_SA_INIT, Offer: Products(t, offer), KE: ike.KE_MODP_2048,
		Outcome: outcome, Tries: 1, Sent: Started.Add(time.Duration(id) * time.Millisecond), RTT: 1100 * time.Microsecond,
	}}
}

// Suite reads the keywords of one suite.
func Suite(t testing.TB, keywords string) *proposals.Suite {
	t.Helper()
	var s proposals.Suite
	for s = range Products(t, keywords)[0].Suites() {
		break
	}
	return &s
}

const (
	strongSwanClassic = "aes128-aes192-aes256-aes128ctr-aes192ctr-aes256ctr-camellia128-camellia192-camellia256-3des-" +
		"sha256-sha384-sha512-aesxcbc-aescmac-sha1-prfsha256-prfsha384-prfsha512-prfaesxcbc-prfaescmac-prfsha1-" + strongSwanKE
	strongSwanAEAD = "aes128gcm16-aes192gcm16-aes256gcm16-aes128ccm16-aes192ccm16-aes256ccm16-chacha20poly1305-" +
		"aes128gcm12-aes192gcm12-aes256gcm12-aes128gcm8-aes192gcm8-aes256gcm8-" +
		"prfsha256-prfsha384-prfsha512-prfaesxcbc-prfaescmac-prfsha1-" + strongSwanKE
	strongSwanKE = "ecp256-ecp384-ecp521-ecp256bp-ecp384bp-ecp512bp-x25519-x448-modp3072-modp4096-modp6144-modp8192-modp2048"
)

// WindowsDefault are the suites that a Windows client offers by default.
const WindowsDefault = "3des-aes128-aes192-aes256-sha1-prfsha1-modp1024," +
	"3des-aes128-aes192-aes256-sha256-prfsha256-modp1024," +
	"3des-aes128-aes192-aes256-sha384-prfsha384-modp1024," +
	"aes128gcm16-aes256gcm16-prfsha1-prfsha256-prfsha384-modp1024"

// Cases are results that look like real scans.
func Cases(t testing.TB) map[string][]evidence.Result {
	classical := matrix.Classical().Products()
	out := map[string][]evidence.Result{}

	r := Base("vpn.example.com", "198.51.100.7")
	r.Matrix = Matrix{Asked: matrix.Standard().Products(), Inferred: strongSwanClassic + "," + strongSwanAEAD,
		SamplesOfInferred: 41, Evidence: []int{4, 9, 12, 20, 31, 33}}.Of(t)
	r.Preference = &evidence.Preference{KE: []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521, ike.KE_CURVE25519},
		Suite: Suite(t, "aes128-sha256-prfsha256-ecp256"), Evidence: []int{70, 71}}
	r.Gateway = &evidence.Gateway{Notifies: []ike.NotifyType{ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP,
		ike.MULTIPLE_AUTH_SUPPORTED, ike.IKEV2_FRAGMENTATION_SUPPORTED, ike.CHILDLESS_IKEV2_SUPPORTED},
		SignatureHashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_256, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_512, ike.SIGHASH_IDENTITY},
		Authorities:     1, Evidence: []int{72}}
	r.Exchanges = append(r.Exchanges, Exchange(t, 31, "aes128-sha1-prfsha256-ecp256", initiator.InvalidKEPayload),
		Exchange(t, 33, "3des-sha256-prfsha256-ecp256", initiator.InvalidKEPayload))
	out["strongswan-default"] = []evidence.Result{r}

	r = Base("192.0.2.40", "192.0.2.40")
	r.Matrix = Matrix{Asked: classical, Inferred: "aes256gcm16-aes128gcm16-prfsha512-prfsha256-ecp256-x25519-modp4096-modp3072-modp2048-modp8192," +
		"chacha20poly1305-prfsha512-prfsha256-ecp256-x25519-modp4096-modp3072-modp2048-modp8192," +
		"aes256-aes128-sha512-sha256-prfsha512-prfsha256-ecp256-x25519-modp4096-modp3072-modp2048-modp8192",
		SamplesOfInferred: 12, Evidence: []int{5, 6}}.Of(t)
	r.Gateway = &evidence.Gateway{VendorIDs: [][]byte{Hex(t, "882fe56d6fd20dbc2251613b2ebe5beb"), Hex(t, "00112233445566")},
		Notifies: []ike.NotifyType{ike.IKEV2_FRAGMENTATION_SUPPORTED}, Evidence: []int{12}}
	r.Preference = &evidence.Preference{KE: []ike.KeyExchangeMethod{ike.KE_ECP_256}, Decides: choice.AlgorithmsInitiator, Evidence: []int{70}}
	out["libreswan"] = []evidence.Result{r}

	r = Base("openiked.example", "2001:db8::7")
	r.Matrix = Matrix{Asked: classical, Observed: "aes256gcm16-prfsha384-x25519-ecp384-ecp256-modp2048," +
		"aes256-sha256-prfsha256-x25519-ecp384-ecp256-modp2048", Evidence: []int{5, 6, 7, 8}}.Of(t)
	r.Preference = &evidence.Preference{KE: []ike.KeyExchangeMethod{ike.KE_CURVE25519, ike.KE_ECP_384, ike.KE_ECP_256, ike.KE_MODP_2048}, KEComplete: true, Decides: choice.AlgorithmsResponder, Evidence: []int{70}}
	r.Gateway = &evidence.Gateway{VendorIDs: [][]byte{[]byte("OpenIKED-7.4")}, Notifies: []ike.NotifyType{ike.IKEV2_FRAGMENTATION_SUPPORTED},
		SignatureHashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_256, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_512}, Evidence: []int{12}}
	r.Exchanges = append(r.Exchanges, Exchange(t, 20, WindowsDefault, initiator.NoProposalChosen))
	out["openiked"] = []evidence.Result{r}

	r = Base("mlkem.example", "198.51.100.8")
	r.Matrix = Matrix{Asked: matrix.Standard().Products(), Inferred: "aes256gcm16-prfsha384-ecp384-x25519-ke1_none-ke1_mlkem768-ke1_mlkem1024",
		Observed: "aes256-sha384-prfsha384-ecp384-ke1_mlkem1024-ke2_none-ke2_mlkem768", SamplesOfInferred: 4, Evidence: []int{5, 6}}.Of(t)
	out["mlkem"] = []evidence.Result{r}

	r = Base("old-gw.example", "203.0.113.80")
	r.Paths[1] = evidence.Path{Transport: initiator.UDP4500, State: initiator.PathSilent, Sent: 4, Evidence: []int{2}}
	r.NAT = &evidence.NAT{Supported: true, LocalBehindNAT: true, GatewayBehindNAT: true, Local: netip.MustParseAddrPort("192.0.2.10:40112"),
		Observed: netip.MustParseAddrPort("203.0.113.9:61204"), Evidence: []int{1}}
	r.Matrix = Matrix{Asked: classical, Observed: "3des-des-md5-sha1-prfmd5-prfsha1-modp768-modp1024,aes256-sha256-prfsha256-modp1024-modp2048-modp2048s256",
		Evidence: []int{7, 8, 12}}.Of(t)
	r.Preference = &evidence.Preference{FollowsKE: choice.No, Decides: choice.AlgorithmsResponder, Suite: Suite(t, "3des-sha1-prfsha1-modp1024"), Evidence: []int{21}}
	r.Gateway = &evidence.Gateway{VendorIDs: [][]byte{Hex(t, "1e2b516905991c7d7c96fcbfb587e46100000009")},
		SignatureHashes: []ike.HashAlgorithm{ike.SIGHASH_SHA1, ike.SIGHASH_SHA2_256}, Redirect: "gw2.example", Evidence: []int{12}}
	e := Exchange(t, 12, "3des-sha1-prfsha1-modp1024", initiator.Accepted)
	e.Suite, e.Cookie, e.Tries = Suite(t, "3des-sha1-prfsha1-modp1024"), true, 2
	r.Exchanges = append(r.Exchanges, e, Exchange(t, 8, "des-md5-prfmd5-modp768", initiator.InvalidKEPayload))
	r.Cost.Cookies, r.Cost.HalfOpenLeft = 3, 1
	r.Notes = append(r.Notes, evidence.Note{Kind: evidence.NoteNotClosed, Exchanges: []int{12}, Outcome: initiator.NoAnswer})
	out["weak-behind-nat"] = []evidence.Result{r}

	r = Base("lossy.example", "198.51.100.9")
	r.Complete = false
	r.Paths[0].Sent, r.Paths[0].Received = 90, 61
	r.Matrix = Matrix{Asked: Products(t, "aes128-aes256-3des-sha1-sha256-prfsha1-prfsha256-modp1024-modp2048-ecp256,aes256gcm16-prfsha256-prfsha384-modp1024-modp2048-ecp256"),
		Inferred: "aes128-aes256-sha256-prfsha256-modp2048", Silent: "3des-sha1-sha256-prfsha1-prfsha256-modp1024-modp2048-ecp256",
		NotTested: "aes256gcm16-prfsha256-prfsha384-ecp256", SamplesOfInferred: 1, Evidence: []int{9}}.Of(t)
	r.Matrix.Contradictions = []matrix.Contradiction{{Suite: *Suite(t, "aes256-sha1-prfsha1-modp2048")}}
	r.Notes = []evidence.Note{{Kind: evidence.NoteAway}}
	out["undecided"] = []evidence.Result{r}

	r = Base("strict.example", "198.51.100.10")
	r.Matrix = Matrix{Asked: classical}.Of(t)
	r.NAT.Supported = false
	r.Exchanges = append(r.Exchanges, Exchange(t, 20, WindowsDefault, initiator.NoProposalChosen))
	out["nothing-accepted"] = []evidence.Result{r}

	r = Base("quiet.example", "198.51.100.11")
	r.Matrix = Matrix{Asked: classical, Silent: KeywordsOf(classical)}.Of(t)
	out["nothing-answered"] = []evidence.Result{r}

	// Cut short: one product found, the most of the universe not asked.
	r = Base("slow.example", "198.51.100.12")
	r.Complete = false
	r.Matrix = Matrix{Asked: classical, Observed: "aes256gcm16-prfsha384-ecp384", NotTested: KeywordsOf(classical[1:]), Evidence: []int{9}}.Of(t)
	out["interrupted"] = []evidence.Result{r}

	dead := Base("dead.example", "203.0.113.1")
	dead.Verdict, dead.NAT, dead.Matrix = evidence.VerdictNoAnswer, nil, nil
	dead.Paths = []evidence.Path{{Transport: initiator.UDP500, Sent: 4, Evidence: []int{1}}, {Transport: initiator.UDP4500, Sent: 4, Evidence: []int{2}}}
	dead.Exchanges = []evidence.Exchange{
		{Purpose: evidence.PurposeReach, Exchange: initiator.Exchange{ID: 1, Type: ike.IKE_SA_INIT, Outcome: initiator.NoAnswer, Tries: 4}},
		{Purpose: evidence.PurposeReach, Exchange: initiator.Exchange{ID: 2, Transport: initiator.UDP4500, Type: ike.IKE_SA_INIT, Outcome: initiator.NoAnswer, Tries: 4}},
	}
	dead.Cost = evidence.Cost{
		Cost:    initiator.Cost{Exchanges: 2, DatagramsSent: 8, BytesSent: 5000, Retransmits: 6},
		Elapsed: 7500 * time.Millisecond,
	}
	out["dead"] = []evidence.Result{dead}

	icmp := dead
	icmp.Target, icmp.Verdict = "filtered.example", evidence.VerdictUnreachable
	icmp.Paths = []evidence.Path{
		{Transport: initiator.UDP500, State: initiator.PathPortUnreachable, Sent: 1, Reporter: netip.MustParseAddr("203.0.113.1"), Detail: "ICMP port unreachable from 203.0.113.1", Evidence: []int{1}},
		{Transport: initiator.UDP4500, State: initiator.PathAdminProhibited, Sent: 1, Reporter: netip.MustParseAddr("192.0.2.254"), Evidence: []int{2}},
	}
	out["icmp"] = []evidence.Result{icmp}

	echo := dead
	echo.Target, echo.Verdict = "echo.example", evidence.VerdictNotIKE
	echo.Paths = []evidence.Path{
		{Transport: initiator.UDP500, State: initiator.PathNotIKE, RTT: 300 * time.Microsecond, Sent: 1, Received: 1, Detail: "our own octets came back", Evidence: []int{1}},
		{Transport: initiator.UDP4500, Sent: 4, Evidence: []int{2}},
	}
	out["echo"] = []evidence.Result{echo}

	broken := evidence.Result{Target: "no-such-name.example", Started: Started, Verdict: evidence.VerdictError,
		Err: errors.New("lookup no-such-name.example: no such host")}
	out["error"] = []evidence.Result{broken}
	out["several"] = []evidence.Result{dead, broken, out["openiked"][0]}

	hostile := Base("evil\x1b]0;owned\x07.example", "203.0.113.66")
	hostile.Paths[0].Detail = "a\u009bm \u202egnp.exe\u202c \xff"
	hostile.Matrix = Matrix{Asked: classical, Observed: "aes256gcm16-prfsha384-ecp384", Evidence: []int{5}}.Of(t)
	hostile.Gateway = &evidence.Gateway{VendorIDs: [][]byte{[]byte("\x1b[31mred\x1b[0m"), []byte("plain text")}, Redirect: "\x1b[2Jgone", Evidence: []int{5}}
	hostile.Notes = []evidence.Note{{Kind: evidence.NoteOnlyError, Detail: "line one\r\nline two\u2028three"}}
	out["hostile"] = []evidence.Result{hostile}
	return out
}

// InOrder is the preference of a gateway whose own proposals are the products of
// keywords, each in its order, and whose order decides.
func InOrder(t testing.TB, keywords string) *evidence.Preference {
	t.Helper()
	out := &evidence.Preference{Decides: choice.AlgorithmsResponder, Proposals: choice.ProposalsResponder, FollowsKE: choice.No, Evidence: []int{4}}
	for i, p := range Products(t, keywords) {
		own := choice.OwnProposal{Rank: i + 1, Product: p}
		for axis, list := range p {
			own.Ordered[axis] = len(list)
		}
		out.Own = append(out.Own, own)
	}
	return out
}

// KeywordsOf writes products as keywords.
func KeywordsOf(ps []proposals.Product) string {
	out := ""
	for i, p := range ps {
		if i > 0 {
			out += ","
		}
		out += p.String()
	}
	return out
}

// Hex reads octets.
func Hex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
