package proposals

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// TestParseProduct has the strings that parse, each with the form in which it
// is printed. "" means the same form.
func TestParseProduct(t *testing.T) {
	for _, tt := range []struct {
		in, out string
		size    int64
	}{
		{"aes256gcm16-prfsha384-ecp384", "", 1},
		{"aes256-sha256-prfsha256-modp2048", "", 1},
		{"AES256-SHA256-PRFSHA256-MODP2048", "aes256-sha256-prfsha256-modp2048", 1},
		{"modp2048-prfsha256-sha256-aes256", "aes256-sha256-prfsha256-modp2048", 1},
		{"aes128-aes256-sha256-sha384-prfsha256-ecp256-x25519", "", 8},
		{"aes256-ecp256-aes128-prfsha1-ecp384-sha1", "aes256-aes128-sha1-prfsha1-ecp256-ecp384", 4},
		{"aes-sha-prfsha1-curve25519", "aes128-sha1-prfsha1-x25519", 1},
		{"aes128-sha256-prfsha384-modp3072", "", 1},
		{"aes128gcm-aes128ccm128-prfsha256-modp3072", "aes128gcm16-aes128ccm16-prfsha256-modp3072", 2},
		{"null-sha256-prfsha256-modp3072", "", 1},
		{"chacha20poly1305compat-prfsha256-x448", "", 1},
		{"aes256gcm16-prfsha384-ecp384-ke1_mlkem768", "", 1},
		{"aes256gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_none", "", 2},
		{"aes256gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768", "", 2},
		{"aes256gcm16-prfsha384-ecp384-ke1_none", "aes256gcm16-prfsha384-ecp384", 1},
		{"ke3_none-ke3_mlkem1024-ke1_mlkem768-x25519-prfsha512-aes256gcm16",
			"aes256gcm16-prfsha512-x25519-ke1_mlkem768-ke3_none-ke3_mlkem1024", 2},
		{"encr_20_256-prf_6-ke_20", "aes256gcm16-prfsha384-ecp384", 1},
		{"encr_12-integ_99-prf_99-ke_1035-ke1_1035", "", 1},
		// A cipher that is not registered may be AEAD or not.
		{"encr_65001_256-prfsha256-modp2048", "", 1},
		{"encr_65001_256-sha256-prfsha256-modp2048", "", 1},
		{"encr_65001_256-aes256gcm16-prfsha256-modp2048", "", 2},
		{"encr_65001_256-aes256-sha256-prfsha256-modp2048", "", 2},
	} {
		p, err := ParseProduct(tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if tt.out == "" {
			tt.out = tt.in
		}
		if p.String() != tt.out || p.Size() != tt.size {
			t.Errorf("%s: %s of %d suites, want %s of %d", tt.in, p, p.Size(), tt.out, tt.size)
		}
	}
}

// TestParseProductErrors has strongSwan's own cases for proposal strings and
// the rules by which it completes them.
func TestParseProductErrors(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", `"" is empty: a proposal is written like aes256gcm16-prfsha384-ecp384`},
		{"-", `"-" has no keyword at octet 1`},
		{"aes256--sha256", `"aes256--sha256" has no keyword at octet 8`},
		{"aes256-sha256-modp2048-", `"aes256-sha256-modp2048-" has no keyword at octet 24`},

		{"aes256-sah256-modp2048", `"aes256-sah256-modp2048": "sah256" at octet 8 is not a known keyword; did you mean sha256?`},
		{"aes256-sha256-modp2048-esn", `"aes256-sha256-modp2048-esn": "esn" at octet 24 is for ESP and AH: an IKE SA has no Sequence Numbers transform`},
		{"aes128-aes-sha256-prfsha256-x25519", `"aes128-aes-sha256-prfsha256-x25519": "aes" at octet 8 repeats aes128`},
		{"aes256gcm16-integ_0-prfsha256-x25519", `"aes256gcm16-integ_0-prfsha256-x25519": "integ_0" at octet 13 is not an integrity algorithm: with AEAD, leave it out`},

		// strongSwan completes these.
		{"aes256-sha256-modp2048", `"aes256-sha256-modp2048" names no PRF; strongSwan would add prfsha256: write aes256-sha256-prfsha256-modp2048`},
		{"aes256-sha1-sha256-sha1_160-modp2048", `"aes256-sha1-sha256-sha1_160-modp2048" names no PRF; strongSwan would add prfsha1 and prfsha256: write aes256-sha1-sha256-sha1_160-prfsha1-prfsha256-modp2048`},
		{"camellia256-camelliaxcbc-modp2048", `"camellia256-camelliaxcbc-modp2048" names no PRF; strongSwan would add prfcamelliaxcbc: write camellia256-camelliaxcbc-prfcamelliaxcbc-modp2048`},
		{"aes256gcm16-sha384-ecp384", `"aes256gcm16-sha384-ecp384" names sha384 beside AEAD, which needs no integrity algorithm, and names no PRF; strongSwan would add prfsha384 and drop sha384: write aes256gcm16-prfsha384-ecp384`},
		{"aes256gcm16-sha384-prfsha512-ecp384", `"aes256gcm16-sha384-prfsha512-ecp384" names sha384 beside AEAD, which needs no integrity algorithm; strongSwan would drop sha384: write aes256gcm16-prfsha512-ecp384`},
		{"aes256-sha256-prfsha256-modp2048-none", `"aes256-sha256-prfsha256-modp2048-none" names none, but an IKE SA always has a key exchange; strongSwan would drop none: write aes256-sha256-prfsha256-modp2048`},

		// strongSwan rejects these.
		{"aes128", `"aes128" names no integrity algorithm, PRF or key exchange method; strongSwan rejects it: write, for example, aes128-sha256-prfsha256-modp2048`},
		{"sha256", `"sha256" names no cipher, PRF or key exchange method; strongSwan rejects it: write, for example, aes256-sha256-prfsha256-modp2048`},
		{"sha256-modp3072", `"sha256-modp3072" names no cipher or PRF; strongSwan rejects it: write, for example, aes256-sha256-prfsha256-modp3072`},
		{"aes128-sha384", `"aes128-sha384" names no PRF or key exchange method; strongSwan rejects it: write, for example, aes128-sha384-prfsha384-modp2048`},
		{"aes128-sha256-modpnone", `"aes128-sha256-modpnone" names none, but an IKE SA always has a key exchange, and names no PRF or key exchange method; strongSwan rejects it: write, for example, aes128-sha256-prfsha256-modp2048`},
		{"aes128-prfsha384", `"aes128-prfsha384" names no integrity algorithm or key exchange method; strongSwan rejects it: write, for example, aes128-sha384-prfsha384-modp2048`},
		{"aes128-prfsha1-modp2048", `"aes128-prfsha1-modp2048" names no integrity algorithm; strongSwan rejects it: write, for example, aes128-sha1-prfsha1-modp2048`},
		{"aes128gcm16-modp3072", `"aes128gcm16-modp3072" names no PRF; strongSwan rejects it: write, for example, aes128gcm16-prfsha256-modp3072`},
		{"aes128-sha256_96-modp3072", `"aes128-sha256_96-modp3072" names no PRF; strongSwan rejects it: write, for example, aes128-sha256_96-prfsha256-modp3072`},
		{"aes128gcm16-aes128-modp3072", `"aes128gcm16-aes128-modp3072" mixes AEAD and classic ciphers, which strongSwan rejects: write aes128gcm16-prfsha256-modp3072,aes128-sha256-prfsha256-modp3072`},
		{"aes128gcm16-aes128-sha384-ecp384", `"aes128gcm16-aes128-sha384-ecp384" mixes AEAD and classic ciphers, which strongSwan rejects: write aes128gcm16-prfsha384-ecp384,aes128-sha384-prfsha384-ecp384`},
	} {
		p, err := ParseProduct(tt.in)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s\n got %v %v\nwant %s", tt.in, p, err, tt.want)
			continue
		}
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Input != tt.in {
			t.Errorf("%s: %#v", tt.in, err)
		} else if end := syntax.Offset + len(syntax.Token); tt.in[syntax.Offset:end] != syntax.Token {
			t.Errorf("%s: %q is not at %d", tt.in, syntax.Token, syntax.Offset)
		}
	}
}

func TestParseProducts(t *testing.T) {
	got, err := ParseProducts(" aes256gcm16-prfsha384-ecp384 ,aes-sha1-prfsha1-modp1024")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].String() != "aes256gcm16-prfsha384-ecp384" || got[1].String() != "aes128-sha1-prfsha1-modp1024" {
		t.Errorf("got %v", got)
	}
	for _, tt := range []struct{ in, want string }{
		{"", `"" is empty: a proposal is written like aes256gcm16-prfsha384-ecp384`},
		{"aes256gcm16-prfsha384-ecp384,", `proposal 2 of 2: "" is empty: a proposal is written like aes256gcm16-prfsha384-ecp384`},
		{"default,aes256-sha256", `proposal 1 of 2: "default" stands for proposals that vary with strongSwan's version: name the algorithms`},
	} {
		if _, err := ParseProducts(tt.in); err == nil || err.Error() != tt.want {
			t.Errorf("%q\n got %v\nwant %s", tt.in, err, tt.want)
		}
	}
}

// FuzzParseProducts holds that what parses is printed as a string that parses
// to the same products, goes to the wire and back, and that each correction is
// right.
func FuzzParseProducts(f *testing.F) {
	for _, s := range []string{
		"aes256gcm16-prfsha384-ecp384",
		"aes128-aes256-sha256-prfsha256-x25519,aes256gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_none",
		"aes256gcm16-aes256-sha384-modp2048",
		"encr_65001_256-integ_99-prf_99-ke_1035-ke1_1035",
		"aes256-sah256",
		"aes128-prfsha1-none",
		"encr_0-encr_20_256-ke_0-ke7_0",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		products, err := ParseProducts(s)
		var syntax *SyntaxError
		switch {
		case errors.As(err, &syntax):
			if syntax.Correction != "" {
				if _, err := ParseProducts(syntax.Correction); err != nil {
					t.Fatalf("%v\n%v", syntax, err)
				}
			}
			return
		case err != nil:
			t.Fatalf("%q: %T", s, err)
		}
		var printed string
		for i, p := range products {
			if i > 0 {
				printed += ","
			}
			printed += p.String()
			if p.Size() < 1 {
				t.Fatalf("%v holds %d suites", p, p.Size())
			}
			back, err := ProductOf(p.Proposal(1))
			if err != nil || !reflect.DeepEqual(back, p) {
				t.Fatalf("%v on the wire is %v, %v", p, back, err)
			}
		}
		back, err := ParseProducts(printed)
		if err != nil || !reflect.DeepEqual(back, products) {
			t.Fatalf("%q prints %q, which reads as %v, %v", s, printed, back, err)
		}
	})
}

func TestParseSuite(t *testing.T) {
	for _, tt := range []struct{ in, problem string }{
		{"aes256gcm16-prfsha384-ecp384", ""},
		{"aes256-sha256-prfsha256-modp2048-ke2_mlkem768", ""},
		{"aes256gcm16-prfsha384-ecp384-x25519", "is more than one suite: 2 KE algorithms"},
		{"aes256gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768", "is more than one suite: 2 ADDKE1 algorithms"},
		{"aes256gcm16-prfsha384", "names no key exchange method"},
	} {
		s, err := ParseSuite(tt.in)
		switch {
		case tt.problem == "" && (err != nil || s.String() != tt.in):
			t.Errorf("%s: %v, %v", tt.in, s, err)
		case tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)):
			t.Errorf("%s: error %v, want %q", tt.in, err, tt.problem)
		}
	}
}

// TestCompleteProduct has what strongSwan completes, and says that it takes
// what [ParseProduct] takes and rejects the rest.
func TestCompleteProduct(t *testing.T) {
	for _, tt := range []struct{ in, out, completed string }{
		{"aes256-sha256-prfsha256-modp2048", "aes256-sha256-prfsha256-modp2048", ""},
		{"aes256-sha256-modp2048", "aes256-sha256-prfsha256-modp2048", "names no PRF; strongSwan would add prfsha256"},
		{"aes256gcm16-sha384-ecp384", "aes256gcm16-prfsha384-ecp384",
			"names sha384 beside AEAD, which needs no integrity algorithm, and names no PRF; strongSwan would add prfsha384 and drop sha384"},
		{"aes256-sha256-prfsha256-modp2048-none", "aes256-sha256-prfsha256-modp2048",
			"names none, but an IKE SA always has a key exchange; strongSwan would drop none"},
		{"aes256-sha256", "", ""},
		{"aes256gcm16-ecp384", "", ""},
		{"aes256-sha256-none", "", ""},
		{"aes256-aes256gcm16-sha256-modp2048", "", ""},
		{"aes256-sah256-modp2048", "", ""},
	} {
		p, completed, err := CompleteProduct(tt.in)
		if p.String() != tt.out || completed != tt.completed || (err == nil) != (tt.out != "") {
			t.Errorf("%s: %q, %q, %v; want %q, %q", tt.in, p, completed, err, tt.out, tt.completed)
		}
		if _, ok := err.(*SyntaxError); err != nil && !ok {
			t.Errorf("%s: the error is a %T", tt.in, err)
		}
	}
}
