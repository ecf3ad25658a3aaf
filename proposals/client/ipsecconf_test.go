package client

import (
	"maps"
	"testing"
)

func TestIpsecConf(t *testing.T) {
	fallback := offers(t, SyntaxIpsecConf, "conn a\n\tleft=%any\n")["a"]
	for _, tt := range []struct {
		in   string
		want map[string]string
	}{
		{"conn a\n\tike=aes256-sha256-modp2048!\n", map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
		// Without ! the default comes after.
		{"conn a\n\tike=aes256-sha256-ecp256\n", map[string]string{"a": "aes256-sha256-prfsha256-ecp256," + fallback}},
		{"conn a\r\n\tike = aes256gcm16-prfsha384-ecp384 , aes128-sha1-modp2048! # two\r\n",
			map[string]string{"a": "aes256gcm16-prfsha384-ecp384,aes128-sha1-prfsha1-modp2048"}},
		{"conn old\n\tkeyexchange=ikev1\nconn new\n\tkeyexchange=ikev2\n\tike=\"aes256-sha256-modp2048!\"\n",
			map[string]string{"new": "aes256-sha256-prfsha256-modp2048"}},
		// Of what is inherited: one's own first, then the last also=, %default
		// in the end; the last setting of a section counts.
		{"conn %default\n\tike=3des-sha1-modp1024!\nconn a\n\tike=aes128-sha1-modp2048!\n\tike=aes256-sha1-modp2048!\nconn b\n\tleft=%any\n" +
			"conn x\n\tike=aes128gcm16-prfsha256-x25519!\n\tright=x\nconn c\n\talso=a\n\talso=x\nconn d\n\talso=c\n\talso=b\n",
			map[string]string{
				"a": "aes256-sha1-prfsha1-modp2048", "b": "3des-sha1-prfsha1-modp1024", "x": "aes128gcm16-prfsha256-x25519",
				"c": "aes128gcm16-prfsha256-x25519", "d": "aes128gcm16-prfsha256-x25519"}},
	} {
		got := offers(t, SyntaxIpsecConf, tt.in)
		if len(tt.want) == 5 {
			// a is only inherited from, and has no ends: it is a template.
			delete(tt.want, "a")
		}
		if !maps.Equal(got, tt.want) {
			t.Errorf("%s\n got %v\nwant %v", tt.in, got, tt.want)
		}
	}
}

func TestIpsecConfErrors(t *testing.T) {
	testImportErrors(t, SyntaxIpsecConf, []struct{ in, want string }{
		{"conn a\n\tike=aes256-sha2-modp2048!\n", `line 2: "aes256-sha2-modp2048": "sha2" at octet 8 is not a known keyword; did you mean sha1, sha256 or sha512?`},
		{"conn a\n\tike=default\n", `line 2: "default" stands for proposals that vary with strongSwan's version: name the algorithms`},
		{"conn a\n\tkeyexchange=ikev3\n", `line 2: "ikev3" is not a value of keyexchange: write ike, ikev1 or ikev2`},
		{"conn a\n\talso=b\n", `line 2: "b" is not a conn in this file; did you mean a?`},
		{"conn a\n\talso=a\n", `line 2: "a" nests also= too deeply, or in a loop`},
		{"conn a\n\tike\n", `line 2: "ike" is not a setting: write key=value`},
		{"\tike=aes\n", `line 1: "ike" is outside any section: write conn NAME above it`},
		{"conn a\nike=aes\n", `line 2: "ike" does not begin a section: write conn NAME or config setup, and settings indented below it`},
		{"conn\n", `line 1: "conn" does not name a section: write conn NAME`},
		{"conn a\n\tike=\"aes\n", `line 2: "ike" is not closed: write " at its end`},
		{"conn %default\n\tauto=add\ninclude other.conf\n", `line 3: it has no connection of its own and includes other.conf, which does not exist beside it: import the files that it includes`},
		{"config setup\ninclude other.conf\n", `line 2: it has no connection of its own and includes other.conf, which does not exist beside it: import the files that it includes`},
	})
}

// TestIpsecConfDaemon tells strongSwan's ipsec.conf from libreswan's.
func TestIpsecConfDaemon(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Syntax
	}{
		{"conn a\n\tleftfirewall=yes\n", SyntaxIpsecConf},
		{"conn a\n\trightsubnets=10.0.0.0/8\n", SyntaxLibreswan},
		{"config setup\n\tcharondebug=all\nconn a\n\tauto=add\n", SyntaxIpsecConf},
		{"config setup\n\tikev1-policy=drop\nconn a\n\tauto=add\n", SyntaxLibreswan},
		{"conn a\n\tike=aes256-sha256-modp2048!\n", SyntaxIpsecConf},
		{"conn a\n\tike=aes256-sha2;dh19\n", SyntaxLibreswan},
		{"conn a\n\tike=aes256-sha256-modp2048\n", ambiguous},
		{"conn a\n\tauto=add\n", ambiguous},
		{"connections { }", ""},
	} {
		if got := ipsecConfDaemon([]byte(tt.in)); got != tt.want {
			t.Errorf("%q is of %q, want %q", tt.in, got, tt.want)
		}
	}
	_, err := Import("ipsec.conf", []byte("conn a\n\tauto\n"), "")
	if want := `line 2: "auto" is not a setting: write key=value`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Import("ipsec.conf", []byte("conn a\n\tauto=add\n"), "")
	if want := "it is an ipsec.conf, and nothing in it shows whose it is: use --syntax ipsec.conf (strongSwan) or --syntax libreswan"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
