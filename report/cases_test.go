package report

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// matrixCase makes a matrix by hand, from keywords.
type matrixCase struct {
	asked              []proposals.Product
	observed, inferred string
	silent, notTested  string
	evidence           []int
	samplesOfInferred  int
}

func products(t testing.TB, keywords string) []proposals.Product {
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

func size(t testing.TB, ps []proposals.Product) int64 {
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

func (c matrixCase) matrix(t testing.TB) *matrix.Matrix {
	t.Helper()
	m := &matrix.Matrix{Asked: c.asked, Universe: size(t, c.asked)}
	var accepted []proposals.Product
	for _, p := range products(t, c.observed) {
		accepted = append(accepted, p)
		m.Products = append(m.Products, matrix.Region{Product: p, Samples: int(p.Size()), Evidence: c.evidence})
	}
	for _, p := range products(t, c.inferred) {
		accepted = append(accepted, p)
		m.Products = append(m.Products, matrix.Region{Product: p, Basis: matrix.Inferred, Samples: c.samplesOfInferred, Evidence: c.evidence})
	}
	m.Accepted = size(t, accepted)
	for _, p := range products(t, c.silent) {
		m.NoAnswer += p.Size()
		m.Undecided = append(m.Undecided, matrix.UndecidedRegion{Product: p, State: matrix.NoAnswer, Evidence: []int{40, 41}})
	}
	for _, p := range products(t, c.notTested) {
		m.NotTested += p.Size()
		m.Undecided = append(m.Undecided, matrix.UndecidedRegion{Product: p})
	}
	m.Refused = m.Universe - m.Accepted - m.NoAnswer - m.NotTested
	m.Proven = m.NoAnswer+m.NotTested == 0
	return m
}

var started = time.Date(2026, 8, 1, 9, 30, 0, 123_000_000, time.UTC)

func answers(transport initiator.Transport, rtt time.Duration, sent, received int, ids ...int) probe.Path {
	return probe.Path{Transport: transport, State: initiator.PathAnswers, RTT: rtt, Sent: sent, Received: received, Evidence: ids}
}

func noNAT() *probe.NAT {
	return &probe.NAT{Supported: true, Local: netip.MustParseAddrPort("192.0.2.10:40112"), Evidence: []int{1, 2}}
}

func base(target, address string) probe.Result {
	return probe.Result{
		Target: target, Address: netip.MustParseAddr(address), Started: started,
		Verdict: probe.VerdictIKEv2, Complete: true,
		Paths: []probe.Path{
			answers(initiator.UDP500, 11800*time.Microsecond, 5, 5, 1),
			answers(initiator.UDP4500, 12100*time.Microsecond, 6, 6, 2),
		},
		NAT: noNAT(),
		Cost: probe.Cost{
			Cost: initiator.Cost{Exchanges: 75, DatagramsSent: 80, DatagramsReceived: 79, BytesSent: 51200, BytesReceived: 9000,
				Retransmits: 1},
			HalfOpenPeak: 1, Elapsed: 900 * time.Millisecond,
		},
		Exchanges: []probe.Exchange{{Purpose: "reach", Exchange: initiator.Exchange{
			ID: 1, Type: ike.IKE_SA_INIT, KE: ike.KE_MODP_2048, Outcome: initiator.InvalidKEPayload,
			Group: ike.KE_CURVE25519, Tries: 1, Sent: started, RTT: 11800 * time.Microsecond,
		}}},
	}
}

func exchange(t testing.TB, id int, offer string, outcome initiator.Outcome) probe.Exchange {
	t.Helper()
	return probe.Exchange{Purpose: "matrix", Exchange: initiator.Exchange{
		ID: id, Type: ike.IKE_SA_INIT, Offer: products(t, offer), KE: ike.KE_MODP_2048,
		Outcome: outcome, Tries: 1, Sent: started.Add(time.Duration(id) * time.Millisecond), RTT: 1100 * time.Microsecond,
	}}
}

func suite(t testing.TB, keywords string) *proposals.Suite {
	t.Helper()
	var s proposals.Suite
	for s = range products(t, keywords)[0].Suites() {
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

// windowsDefault are the suites that a Windows client offers by default.
const windowsDefault = "3des-aes128-aes192-aes256-sha1-prfsha1-modp1024," +
	"3des-aes128-aes192-aes256-sha256-prfsha256-modp1024," +
	"3des-aes128-aes192-aes256-sha384-prfsha384-modp1024," +
	"aes128gcm16-aes256gcm16-prfsha1-prfsha256-prfsha384-modp1024"

// cases are results that look like real scans.
func cases(t testing.TB) map[string][]probe.Result {
	classical := matrix.Classical().Products()
	out := map[string][]probe.Result{}

	r := base("vpn.example.com", "198.51.100.7")
	r.Matrix = matrixCase{asked: matrix.Standard().Products(), inferred: strongSwanClassic + "," + strongSwanAEAD,
		samplesOfInferred: 41, evidence: []int{4, 9, 12, 20, 31, 33}}.matrix(t)
	r.Preference = &probe.Preference{KE: []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521, ike.KE_CURVE25519},
		Suite: suite(t, "aes128-sha256-prfsha256-ecp256"), Evidence: []int{70, 71}}
	r.Gateway = &probe.Gateway{Notifies: []ike.NotifyType{ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP,
		ike.MULTIPLE_AUTH_SUPPORTED, ike.IKEV2_FRAGMENTATION_SUPPORTED, ike.CHILDLESS_IKEV2_SUPPORTED},
		SignatureHashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_256, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_512, ike.SIGHASH_IDENTITY},
		Authorities:     1, Evidence: []int{72}}
	r.Exchanges = append(r.Exchanges, exchange(t, 31, "aes128-sha1-prfsha256-ecp256", initiator.InvalidKEPayload),
		exchange(t, 33, "3des-sha256-prfsha256-ecp256", initiator.InvalidKEPayload))
	out["strongswan-default"] = []probe.Result{r}

	r = base("192.0.2.40", "192.0.2.40")
	r.Matrix = matrixCase{asked: classical, inferred: "aes256gcm16-aes128gcm16-prfsha512-prfsha256-ecp256-x25519-modp4096-modp3072-modp2048-modp8192," +
		"chacha20poly1305-prfsha512-prfsha256-ecp256-x25519-modp4096-modp3072-modp2048-modp8192," +
		"aes256-aes128-sha512-sha256-prfsha512-prfsha256-ecp256-x25519-modp4096-modp3072-modp2048-modp8192",
		samplesOfInferred: 12, evidence: []int{5, 6}}.matrix(t)
	r.Gateway = &probe.Gateway{VendorIDs: [][]byte{mustHex(t, "882fe56d6fd20dbc2251613b2ebe5beb"), mustHex(t, "00112233445566")},
		Notifies: []ike.NotifyType{ike.IKEV2_FRAGMENTATION_SUPPORTED}, Evidence: []int{12}}
	r.Preference = &probe.Preference{KE: []ike.KeyExchangeMethod{ike.KE_ECP_256}, Decides: "initiator", Evidence: []int{70}}
	out["libreswan"] = []probe.Result{r}

	r = base("openiked.example", "2001:db8::7")
	r.Matrix = matrixCase{asked: classical, observed: "aes256gcm16-prfsha384-x25519-ecp384-ecp256-modp2048," +
		"aes256-sha256-prfsha256-x25519-ecp384-ecp256-modp2048", evidence: []int{5, 6, 7, 8}}.matrix(t)
	r.Preference = &probe.Preference{KE: []ike.KeyExchangeMethod{ike.KE_CURVE25519, ike.KE_ECP_384, ike.KE_ECP_256, ike.KE_MODP_2048}, KEComplete: true, Decides: "gateway", Evidence: []int{70}}
	r.Gateway = &probe.Gateway{VendorIDs: [][]byte{[]byte("OpenIKED-7.4")}, Notifies: []ike.NotifyType{ike.IKEV2_FRAGMENTATION_SUPPORTED},
		SignatureHashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_256, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_512}, Evidence: []int{12}}
	r.Exchanges = append(r.Exchanges, exchange(t, 20, windowsDefault, initiator.NoProposalChosen))
	out["openiked"] = []probe.Result{r}

	r = base("mlkem.example", "198.51.100.8")
	r.Matrix = matrixCase{asked: matrix.Standard().Products(), inferred: "aes256gcm16-prfsha384-ecp384-x25519-ke1_none-ke1_mlkem768-ke1_mlkem1024",
		observed: "aes256-sha384-prfsha384-ecp384-ke1_mlkem1024-ke2_none-ke2_mlkem768", samplesOfInferred: 4, evidence: []int{5, 6}}.matrix(t)
	out["mlkem"] = []probe.Result{r}

	r = base("old-gw.example", "203.0.113.80")
	r.Paths[1] = probe.Path{Transport: initiator.UDP4500, State: initiator.PathSilent, Sent: 4, Evidence: []int{2}}
	r.NAT = &probe.NAT{Supported: true, LocalBehindNAT: true, GatewayBehindNAT: true, Local: netip.MustParseAddrPort("192.0.2.10:40112"),
		Observed: netip.MustParseAddrPort("203.0.113.9:61204"), Evidence: []int{1}}
	r.Matrix = matrixCase{asked: classical, observed: "3des-des-md5-sha1-prfmd5-prfsha1-modp768-modp1024,aes256-sha256-prfsha256-modp1024-modp2048-modp2048s256",
		evidence: []int{7, 8, 12}}.matrix(t)
	r.Preference = &probe.Preference{FollowsKE: choice.No, Suite: suite(t, "3des-sha1-prfsha1-modp1024"), Evidence: []int{21}}
	r.Gateway = &probe.Gateway{VendorIDs: [][]byte{mustHex(t, "1e2b516905991c7d7c96fcbfb587e46100000009")},
		SignatureHashes: []ike.HashAlgorithm{ike.SIGHASH_SHA1, ike.SIGHASH_SHA2_256}, Redirect: "gw2.example", Evidence: []int{12}}
	e := exchange(t, 12, "3des-sha1-prfsha1-modp1024", initiator.Accepted)
	e.Suite, e.Cookie, e.Tries = suite(t, "3des-sha1-prfsha1-modp1024"), true, 2
	r.Exchanges = append(r.Exchanges, e, exchange(t, 8, "des-md5-prfmd5-modp768", initiator.InvalidKEPayload))
	r.Cost.Cookies, r.Cost.HalfOpenLeft = 3, 1
	out["weak-behind-nat"] = []probe.Result{r}

	r = base("lossy.example", "198.51.100.9")
	r.Complete = false
	r.Paths[0].Sent, r.Paths[0].Received = 90, 61
	r.Matrix = matrixCase{asked: products(t, "aes128-aes256-3des-sha1-sha256-prfsha1-prfsha256-modp1024-modp2048-ecp256,aes256gcm16-prfsha256-prfsha384-modp1024-modp2048-ecp256"),
		inferred: "aes128-aes256-sha256-prfsha256-modp2048", silent: "3des-sha1-sha256-prfsha1-prfsha256-modp1024-modp2048-ecp256",
		notTested: "aes256gcm16-prfsha256-prfsha384-ecp256", samplesOfInferred: 1, evidence: []int{9}}.matrix(t)
	r.Matrix.Contradictions = []proposals.Suite{*suite(t, "aes256-sha1-prfsha1-modp2048")}
	r.Notes = []string{"The gateway answered some offers only after it was left alone for 30 s."}
	out["undecided"] = []probe.Result{r}

	r = base("strict.example", "198.51.100.10")
	r.Matrix = matrixCase{asked: classical}.matrix(t)
	r.NAT.Supported = false
	r.Exchanges = append(r.Exchanges, exchange(t, 20, windowsDefault, initiator.NoProposalChosen))
	out["nothing-accepted"] = []probe.Result{r}

	r = base("quiet.example", "198.51.100.11")
	r.Matrix = matrixCase{asked: classical, silent: keywordsOf(classical)}.matrix(t)
	out["nothing-answered"] = []probe.Result{r}

	// Cut short: one product found, the most of the universe not asked.
	r = base("slow.example", "198.51.100.12")
	r.Complete = false
	r.Matrix = matrixCase{asked: classical, observed: "aes256gcm16-prfsha384-ecp384", notTested: keywordsOf(classical[1:]), evidence: []int{9}}.matrix(t)
	out["interrupted"] = []probe.Result{r}

	dead := base("dead.example", "203.0.113.1")
	dead.Verdict, dead.NAT, dead.Matrix = probe.VerdictNoAnswer, nil, nil
	dead.Paths = []probe.Path{{Transport: initiator.UDP500, Sent: 4, Evidence: []int{1}}, {Transport: initiator.UDP4500, Sent: 4, Evidence: []int{2}}}
	dead.Exchanges = []probe.Exchange{
		{Purpose: "reach", Exchange: initiator.Exchange{ID: 1, Type: ike.IKE_SA_INIT, Outcome: initiator.NoAnswer, Tries: 4}},
		{Purpose: "reach", Exchange: initiator.Exchange{ID: 2, Transport: initiator.UDP4500, Type: ike.IKE_SA_INIT, Outcome: initiator.NoAnswer, Tries: 4}},
	}
	dead.Cost = probe.Cost{
		Cost:    initiator.Cost{Exchanges: 2, DatagramsSent: 8, BytesSent: 5000, Retransmits: 6},
		Elapsed: 7500 * time.Millisecond,
	}
	out["dead"] = []probe.Result{dead}

	icmp := dead
	icmp.Target, icmp.Verdict = "filtered.example", probe.VerdictUnreachable
	icmp.Paths = []probe.Path{
		{Transport: initiator.UDP500, State: initiator.PathPortUnreachable, Sent: 1, Reporter: netip.MustParseAddr("203.0.113.1"), Detail: "ICMP port unreachable from 203.0.113.1", Evidence: []int{1}},
		{Transport: initiator.UDP4500, State: initiator.PathAdminProhibited, Sent: 1, Reporter: netip.MustParseAddr("192.0.2.254"), Evidence: []int{2}},
	}
	out["icmp"] = []probe.Result{icmp}

	echo := dead
	echo.Target, echo.Verdict = "echo.example", probe.VerdictNotIKE
	echo.Paths = []probe.Path{
		{Transport: initiator.UDP500, State: initiator.PathNotIKE, RTT: 300 * time.Microsecond, Sent: 1, Received: 1, Detail: "our own octets came back", Evidence: []int{1}},
		{Transport: initiator.UDP4500, Sent: 4, Evidence: []int{2}},
	}
	out["echo"] = []probe.Result{echo}

	broken := probe.Result{Target: "no-such-name.example", Started: started, Verdict: probe.VerdictError,
		Err: errors.New("lookup no-such-name.example: no such host")}
	out["error"] = []probe.Result{broken}
	out["several"] = []probe.Result{dead, broken, out["openiked"][0]}

	hostile := base("evil\x1b]0;owned\x07.example", "203.0.113.66")
	hostile.Paths[0].Detail = "a\u009bm \u202egnp.exe\u202c \xff"
	hostile.Matrix = matrixCase{asked: classical, observed: "aes256gcm16-prfsha384-ecp384", evidence: []int{5}}.matrix(t)
	hostile.Gateway = &probe.Gateway{VendorIDs: [][]byte{[]byte("\x1b[31mred\x1b[0m"), []byte("plain text")}, Redirect: "\x1b[2Jgone", Evidence: []int{5}}
	hostile.Notes = []string{"line one\r\nline two\u2028three"}
	out["hostile"] = []probe.Result{hostile}
	return out
}

func keywordsOf(ps []proposals.Product) string {
	out := ""
	for i, p := range ps {
		if i > 0 {
			out += ","
		}
		out += p.String()
	}
	return out
}

func mustHex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
