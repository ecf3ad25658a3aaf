package client

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/plaintext"
)

// dirOf returns a directory with files of those names and texts.
func dirOf(files ...string) fstest.MapFS {
	dir := make(fstest.MapFS)
	for i := 0; i < len(files); i += 2 {
		dir[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return dir
}

// TestIncludes: the files that a configuration includes are read where they lie
// beside it. The lines are those of the files that strongSwan and libreswan
// install, of swanctl.conf.5 and of iked.conf.5.
func TestIncludes(t *testing.T) {
	const (
		conn    = "conn branch\n\tright=192.0.2.1\n\tike=aes256-sha256-modp2048!\n"
		other   = "conn other\n\tright=192.0.2.2\n\tike=aes256-sha384-ecp384!\n"
		swan    = "connections {\n  home {\n    proposals = aes256-sha256-modp2048\n  }\n}\n"
		ikeRule = "ikev2 \"home\" from any to any ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048\n"
	)
	for _, tt := range []struct {
		name, text string
		beside     fstest.MapFS
		want       string // the connections and their places
	}{
		{"ipsec.conf", "include /etc/ipsec.d/*.conf\n", dirOf("ipsec.d/b.conf", conn, "ipsec.d/c.conf", "# none\n"+other, "ipsec.d/d.secrets", "x"),
			"branch at line 3 of ipsec.d/b.conf, other at line 4 of ipsec.d/c.conf"},
		{"ipsec.conf", "include ipsec.branch.conf # ours\n" + other, dirOf("ipsec.branch.conf", conn), "branch at line 3 of ipsec.branch.conf, other at line 4"},
		{"/srv/vpn/ipsec.conf", "include /srv/vpn/conf/a.conf\n", dirOf("conf/a.conf", conn), "branch at line 3 of conf/a.conf"},
		{"ipsec.conf", "include a.conf\n", dirOf("a.conf", "include d/b.conf\n"+other, "d/b.conf", "include c.conf\n", "d/c.conf", conn),
			"branch at line 3 of d/c.conf, other at line 4 of a.conf"},
		// What is included may be the half of a section, or say whose it is.
		{"ipsec.conf", "conn branch\n\tinclude a.conf\n", dirOf("a.conf", "\tright=192.0.2.1\n\tike=aes256-sha256-modp2048!\n"), "branch at line 2 of a.conf"},
		{"ipsec.conf", "conn x\n\talso=base\n\tauto=add\n\tright=192.0.2.1\ninclude base.conf\n", dirOf("base.conf", "conn base\n\tike=aes256-sha2;modp2048\n\tikev2=insist\n"), "x at line 2 of base.conf"},
		{"swanctl.conf", "include conf.d/*.conf\n", dirOf("conf.d/a.conf", swan), "home at line 3 of conf.d/a.conf"},
		{"swanctl.conf", "include /etc/swanctl/conf.d/*.conf\n", dirOf("conf.d/a.conf", swan), "home at line 3 of conf.d/a.conf"},
		{"swanctl.conf", "connections {\n  include a.conf\n}\n", dirOf("a.conf", "home {\n proposals = aes256-sha256-modp2048\n}"), "home at line 2 of a.conf"},
		{"iked.conf", "include \"/etc/iked.d/a.conf\"\n", dirOf("iked.d/a.conf", "\n"+ikeRule), "home at line 2 of iked.d/a.conf"},
		{"iked.conf", "include \"macros.conf\"\nikev2 \"home\" from any to any ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group $group\n",
			dirOf("macros.conf", "group = \"modp2048\"\n"), "home at line 2"},
		{"ipsec.conf", "\ufeffinclude a.conf\r\n", dirOf("a.conf", "\xff\xfe"+utf16le(conn)), "branch at line 3 of a.conf"},
		// Nothing is there: that is what the daemon finds, too.
		{"ipsec.conf", "include ipsec.d/*.conf\n" + conn, dirOf("ipsec.d/README", "x"), "branch at line 4"},
	} {
		policies, err := ImportBeside(tt.beside, tt.name, []byte(tt.text), "")
		var got []string
		for _, p := range policies {
			got = append(got, p.Name+" at "+p.Scope)
			if !strings.HasSuffix(offerText(p), "modp2048") && !strings.HasSuffix(offerText(p), "ecp384") || strings.Contains(p.Doubt, "not read") {
				t.Errorf("%s: %s", tt.text, told(policies, nil))
			}
		}
		if err != nil || strings.Join(got, ", ") != tt.want {
			t.Errorf("%s\n got %s, %v\nwant %s", tt.text, strings.Join(got, ", "), err, tt.want)
		}
	}
}

// TestIncludeNotes: notes name the file that their line is from.
func TestIncludeNotes(t *testing.T) {
	policies, err := ImportBeside(dirOf("a.conf", "conn a\n\tright=192.0.2.1\n\tike=aes256-sha256-modp2048\n"), "ipsec.conf", []byte("config setup\ninclude a.conf\ninclude /opt/b.conf\n"), SyntaxIpsecConf)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"note: Line 3 of a.conf: aes256-sha256-modp2048 names no PRF", "note: Line 3 of a.conf: without a !", "Line 3 includes /opt/b.conf, which was not read and may change this offer."} {
		if !strings.Contains(told(policies, nil), want) {
			t.Errorf("no %q in\n%s", want, told(policies, nil))
		}
	}
}

// TestIncludesNotRead: what does not lie beside a file is named, and never read.
func TestIncludesNotRead(t *testing.T) {
	const conn = "conn a\n\tright=192.0.2.1\n\tike=aes256-sha256-modp2048!\n"
	secret := dirOf("ipsec.d/a.conf", conn, "up/ipsec.conf", "", "ipsec.d/sub/b.conf", conn)
	const not = "it has no connection of its own and includes %s, which does not exist beside it: import the files that it includes"
	for pattern, want := range map[string]string{
		"/etc/ipsec.d/*.conf":    "", // it does
		"/opt/ipsec.d/*.conf":    not,
		"../ipsec.d/a.conf":      not,
		"ipsec.d/../../x.conf":   not,
		"/etc/../ipsec.d/a.conf": not,
		"ipsec.d/missing.conf":   not,
		"ipsec.d/sub":            not,
		"*/a.conf":               not, // a pattern of directories could walk a disk
		"other.d/*.conf":         not,
	} {
		policies, err := ImportBeside(secret, "ipsec.conf", []byte("# ipsec.conf - strongSwan IPsec configuration file\ninclude "+pattern+"\n"), "")
		if want == "" {
			if err != nil || len(policies) != 1 {
				t.Errorf("%s: %v, %v", pattern, policies, err)
			}
			continue
		}
		if want = "line 2: " + fmt.Sprintf(want, pattern); err == nil || err.Error() != want {
			t.Errorf("%s\n got %s\nwant %s", pattern, told(policies, err), want)
		}
	}
	// With a connection of its own, what is missing is doubtful.
	policies, err := ImportBeside(secret, "ipsec.conf", []byte(conn+"include /opt/*.conf\n"), SyntaxIpsecConf)
	if err != nil || policies[0].Doubt != "Line 4 includes /opt/*.conf, which was not read and may change this offer." {
		t.Errorf("%s", told(policies, err))
	}
}

// TestIncludesAreBounded: files that include each other, or too many, or too much,
// are an error with its place.
func TestIncludesAreBounded(t *testing.T) {
	many := make(fstest.MapFS)
	for i := range maxIncluded + 1 {
		many[fmt.Sprintf("d/%04d.conf", i)] = &fstest.MapFile{Data: []byte("#\n")}
	}
	double := make(fstest.MapFS)
	for i := range 40 {
		double[fmt.Sprintf("%d.conf", i)] = &fstest.MapFile{Data: []byte(strings.Repeat(fmt.Sprintf("include %d.conf\n", i+1), 2))}
	}
	for name, tt := range map[string]struct {
		beside fstest.MapFS
		text   string
		want   string
	}{
		"itself":     {dirOf("ipsec.conf", ""), "#\ninclude ipsec.conf\n", `line 2: "ipsec.conf" is part of an include loop`},
		"its folder": {dirOf("ipsec.conf", ""), "include *.conf\n", `line 1: "ipsec.conf" is part of an include loop`},
		"each other": {dirOf("a.conf", "#\n\ninclude b.conf\n", "b.conf", "include a.conf\n"), "include a.conf\n", `b.conf:1: "a.conf" is part of an include loop`},
		"many":       {many, "include d/*.conf\n", `line 1: "d/0500.conf" exceeds the 500 included files that are read`},
		"in vain":    {dirOf("a.txt", "#\n"), strings.Repeat("include *.conf\n", maxIncludeLines+1), `line 2001: "include" stands on more than the 2000 lines that are followed`},
		"deep":       {double, "include 0.conf\n", `15.conf:1: "16.conf" is included too deeply: at most 16 levels of includes are followed`},
		"big":        {dirOf("a.conf", strings.Repeat("#", maxFile)+"\n"), "include a.conf\n", fmt.Sprintf(`line 1: "a.conf" makes the configuration too long: at most %d octets are read`, maxFile)},
		"wrong":      {dirOf("a.conf", "conn a\n\tike=aes265-sha256-modp2048\n"), "include a.conf\n", `a.conf:2: "aes265-sha256-modp2048": "aes265" at octet 1 is not a known keyword; did you mean aes256?`},
	} {
		policies, err := ImportBeside(tt.beside, "ipsec.conf", []byte(tt.text), SyntaxIpsecConf)
		var at *proposals.FileError
		if !errors.As(err, &at) || at.Error() != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", name, told(policies, err), tt.want)
		}
	}
}

// utf16le returns a text of ASCII as UTF-16LE.
func utf16le(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.Write([]byte{c, 0})
	}
	return b.String()
}

// FuzzIncludes holds that files that include each other end in offers or in an
// error of one line, and that its place is one of theirs.
func FuzzIncludes(f *testing.F) {
	f.Add([]byte("include a.conf\nconn a\n\tike=aes256-sha256-modp2048!\n"), []byte("include b.conf\n"), []byte("conn b\n\talso=a\n"))
	f.Add([]byte("connections {\n include *.conf\n}\n"), []byte("a {\n proposals = aes256-sha256-modp2048\n}"), []byte("b : a { }\n"))
	f.Add([]byte("include \"a.conf\"\n"), []byte("ikev2 \"a\" from any to any\n"), []byte{})
	f.Fuzz(func(t *testing.T, main, a, b []byte) {
		beside := fstest.MapFS{"a.conf": &fstest.MapFile{Data: a}, "b.conf": &fstest.MapFile{Data: b}}
		for _, syntax := range []Syntax{"", SyntaxIpsecConf, SyntaxLibreswan, SyntaxSwanctl, SyntaxIked} {
			policies, err := ImportBeside(beside, "main.conf", main, syntax)
			for _, p := range policies {
				if len(p.Offer) == 0 || p.Scope == "" {
					t.Fatalf("%+v", p)
				}
			}
			if err == nil {
				continue
			}
			var at *proposals.FileError
			if !errors.As(err, &at) || strings.ContainsAny(err.Error(), "\n\r") {
				t.Fatalf("%q", err)
			}
			if lines := map[string][]byte{"": main, "a.conf": a, "b.conf": b}[at.File]; at.Line > lineCount(lines)+1 {
				t.Fatalf("%v of %q", err, lines)
			}
		}
	})
}

// lineCount counts the lines of a file.
func lineCount(data []byte) int { return strings.Count(string(plaintext.Bytes(data)), "\n") + 1 }
