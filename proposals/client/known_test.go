package client

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/table"
)

func TestPolicies(t *testing.T) {
	all := Policies()
	if len(all) < 30 || !strings.HasPrefix(all[0].Name, "windows-") {
		t.Fatalf("%d policies, the first %q", len(all), all[0].Name)
	}
	sentence := regexp.MustCompile(`^([A-Z0-9]|set up |show ).*\.$`)
	for _, p := range all {
		if got, ok := Named(p.Name); !ok || got.Name != p.Name {
			t.Errorf("Named(%q) = %q, %t", p.Name, got.Name, ok)
		}
		if p.Product == "" || p.Scope == "" || p.Confidence == "" {
			t.Errorf("%s lacks a product, a scope or a confidence", p.Name)
		}
		if !slices.Contains(p.Offer[0][proposals.KE], proposals.Algorithm{Axis: proposals.KE, ID: uint16(p.KE)}) {
			t.Errorf("%s: the KE payload is of %v, which its first proposal does not offer", p.Name, p.KE)
		}
		for i, product := range p.Offer {
			back, err := proposals.ParseProduct(product.String())
			if err != nil || back.String() != product.String() {
				t.Errorf("%s: proposal %d: %v prints as %v: %v", p.Name, i+1, product, back, err)
			}
		}
		for _, s := range append(slices.Clone(p.Notes), p.Doubt) {
			if s != "" && !sentence.MatchString(s) {
				t.Errorf("%s: %q is not a sentence", p.Name, s)
			}
		}
		if p.Responder && p.Doubt == "" {
			t.Errorf("%s is of a responder, and does not say so", p.Name)
		}
	}
	if p, ok := Named("windows"); !ok || p.Name != "windows-11" {
		t.Errorf("the alias windows is %q, %t", p.Name, ok)
	}
	if _, ok := Named("windows-12"); ok {
		t.Error("there is a windows-12")
	}
}

// windows11Log is how a responder logged a Windows client, last active
// 2020-12-26: gist.github.com/tomasen/8417a176c87b4b678d97a987a89563ac.
const windows11Log = `IKE:3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024,
IKE:3DES_CBC/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024,
IKE:3DES_CBC/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_1024,
IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024,
IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024,
IKE:AES_CBC_128/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_1024,
IKE:AES_CBC_192/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024,
IKE:AES_CBC_192/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024,
IKE:AES_CBC_192/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_1024,
IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024,
IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024,
IKE:AES_CBC_256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_1024,
IKE:AES_GCM_16_128/PRF_HMAC_SHA1/MODP_1024,
IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/MODP_1024,
IKE:AES_GCM_16_128/PRF_HMAC_SHA2_384/MODP_1024,
IKE:AES_GCM_16_256/PRF_HMAC_SHA1/MODP_1024,
IKE:AES_GCM_16_256/PRF_HMAC_SHA2_256/MODP_1024,
IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/MODP_1024`

func TestWindows(t *testing.T) {
	var logged []string
	for line := range strings.SplitSeq(windows11Log, "\n") {
		words := strings.Split(strings.Trim(strings.TrimPrefix(line, "IKE:"), ","), "/")
		words[0] = strings.Replace(words[0], "3DES_CBC", "3DES", 1)
		var p proposals.Product
		for i, w := range words {
			if i == 1 && len(words) == 4 {
				w = "AUTH_" + w
			}
			a, ok := ianaNames()[w]
			if !ok {
				t.Fatalf("%q is not an algorithm", w)
			}
			p[a.Axis] = []proposals.Algorithm{a}
		}
		logged = append(logged, p.String())
	}
	offer := func(name string) (out []string) {
		p, ok := Named(name)
		if !ok || p.Syntax != SyntaxWindows {
			t.Fatalf("%s is missing, or not configured as Windows is", name)
		}
		for _, product := range p.Offer {
			out = append(out, product.String())
		}
		return out
	}
	if got := offer("windows-11"); !slices.Equal(got, logged) {
		t.Errorf("windows-11 offers\n%s\nthe log holds\n%s", strings.Join(got, "\n"), strings.Join(logged, "\n"))
	}
	if got := offer("windows-10"); !slices.Equal(got, logged[:12]) {
		t.Errorf("windows-10 offers\n%s", strings.Join(got, "\n"))
	}
	if got := offer("windows-dh2048"); !slices.Equal(got, []string{"aes256-sha1-prfsha1-modp2048",
		"aes256-sha256-prfsha256-modp2048", "aes256-sha384-prfsha384-modp2048"}) {
		t.Errorf("windows-dh2048 offers\n%s", strings.Join(got, "\n"))
	}
}

// Of each policy, the number of proposals and the method of the KE payload.
func TestFirstPackets(t *testing.T) {
	for _, tt := range []struct {
		name      string
		proposals int
		ke        ike.KeyExchangeMethod
	}{
		{"windows-11", 18, ike.KE_MODP_1024},
		{"ios", 5, ike.KE_MODP_2048},
		{"macos", 1, ike.KE_MODP_2048},
		{"android-12", 2, ike.KE_MODP_4096},
		{"android-11", 2, ike.KE_MODP_2048},
		{"strongswan-6", 2, ike.KE_ECP_256},
		{"strongswan-android", 2, ike.KE_ECP_256},
		{"libreswan-5", 5, ike.KE_ECP_256},
		{"libreswan-4", 4, ike.KE_MODP_2048},
		{"openiked", 2, ike.KE_CURVE25519},
		{"azure", 6, ike.KE_MODP_1024},
		{"gcp", 2, ike.KE_CURVE25519},
		{"fortigate", 4, ike.KE_MODP_2048},
	} {
		p, ok := Named(tt.name)
		if !ok || len(p.Offer) != tt.proposals || p.KE != tt.ke {
			t.Errorf("%s: %t, %d proposals and a KE payload of %v, want %d and %v",
				tt.name, ok, len(p.Offer), p.KE, tt.proposals, tt.ke)
		}
		for i, got := range p.Proposals() {
			if int(got.Number) != i+1 {
				t.Errorf("%s: proposal %d has the number %d", tt.name, i+1, got.Number)
			}
		}
	}
}

// unused are the policies whose rows name no offer for an IKE SA, and why.
var unused = map[string]string{
	"windows-ras-default-esp":    "for the Child SA, which IKE_AUTH negotiates",
	"windows-custom-map":         "values of an option; its importer reads them",
	"windows-rras-first15":       "a quirk of responders",
	"zyxel-ke-id-over-21":        "a quirk of responders",
	"apple-mobileconfig-allowed": "values of an option; its importer reads them",
	"strongswan-stroke-default":  "how ipsec.conf completes a list; without ike= it offers what strongswan-6 does",
	"azure-custom-options":       "values of an option",
	"fortigate-phase2-default":   "for the Child SA",
	"panos-options":              "values of an option",
	"junos-options":              "values of an option",
	"stormshield-dr":             "names no cipher for IKE",
}

// Every row is used, or deliberately not.
func TestEveryRow(t *testing.T) {
	names := readNames()
	idle := make(map[string]bool)
	for id := range unused {
		idle[id] = true
	}
	for i, row := range readPolicies() {
		id := row["policy_id"]
		used := slices.ContainsFunc(names, func(name table.Row) bool { return isAbout(row, name) })
		switch _, skipped := unused[id]; {
		case skipped && used:
			t.Errorf("row %d (%s) is used, though listed as not", i+1, id)
		case skipped:
			delete(idle, id)
		case used, row["protocol"] == "ESP":
		case id == "gcp-cloudvpn" && strings.HasPrefix(row["version_scope"], "order BEFORE"):
			// The order that was replaced.
		default:
			t.Errorf("row %d (%s, %s) has no name", i+1, id, row["version_scope"])
		}
	}
	for id := range idle {
		t.Errorf("there is no policy %s", id)
	}
}

// An offer that is written beside rows holds each algorithm that they name.
func TestOffersHoldTheirRows(t *testing.T) {
	checked := 0
	for _, name := range readNames() {
		if name["offer"] == "" || name["policy_id"] == "panos-suiteb" { // one row for two profiles
			continue
		}
		p, _ := Named(name["name"])
		for _, row := range readPolicies() {
			if !isAbout(row, name) {
				continue
			}
			for word := range strings.FieldsFuncSeq(row["encr"]+" "+row["integ"]+" "+row["prf"]+" "+row["ke"], func(r rune) bool {
				return strings.ContainsRune(" []", r)
			}) {
				a, ok := ianaNames()[word]
				if !ok {
					continue
				}
				checked++
				if !slices.ContainsFunc(p.Offer, func(o proposals.Product) bool { return slices.Contains(o[a.Axis], a) }) {
					t.Errorf("%s does not offer %s", p.Name, word)
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d algorithms were compared", checked)
	}
}

func TestDoubt(t *testing.T) {
	for _, tt := range []struct{ confidence, want string }{
		{"verified", ""},
		{"verified (2 independent)", ""},
		{"verified (content: strongSwan docs + raw log; order: raw log only)", ""},
		{"verified (source); exact wire order depends on build", "Not fully verified: exact wire order depends on build."},
		{"one-source", "Only one source shows this."},
		{"one-source (secondary)", "Only one secondary source shows this."},
		{"UNCERTAIN (order)", "Its data is uncertain."},
		{"inferred", "It is inferred, not observed."},
		{"partly verified (DH; rest UNCERTAIN)", "It was only partly checked: DH; rest UNCERTAIN."},
	} {
		if got := doubtOfConfidence(tt.confidence); got != tt.want {
			t.Errorf("doubt of %q = %q, want %q", tt.confidence, got, tt.want)
		}
	}
	for _, tt := range []struct{ dates, want string }{
		{"2025-07-14 (doc); 2016-2017 (logs)", ""},
		{"2020-10..2024-04", ""},
		{"2024+", ""},
		{"2021-07-28", "Its source is from 2021-07: newer versions may differ."},
		{"2016-2017", "Its source is from 2017: newer versions may differ."},
		{"doc", "Its source has no date."},
		{"", "Its source has no date."},
	} {
		if got := doubtOfDate(tt.dates); got != tt.want {
			t.Errorf("doubt of the date %q = %q, want %q", tt.dates, got, tt.want)
		}
	}
}

// What a caller does with a policy does not change the next one's.
func TestPoliciesAreCopies(t *testing.T) {
	spoil := func(p Policy) {
		for i := range p.Offer {
			for axis := range p.Offer[i] {
				clear(p.Offer[i][axis])
			}
		}
		clear(p.Offer)
		clear(p.Notes)
		clear(p.Aliases)
	}
	before, _ := Named("windows-11")
	for _, p := range Policies() {
		spoil(p)
	}
	p, _ := Named("windows-11")
	spoil(p)
	after, _ := Named("windows-11")
	if !reflect.DeepEqual(before, after) || !reflect.DeepEqual(after, Policies()[0]) {
		t.Errorf("%+v became %+v", before, after)
	}
}
