package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// hostile is what a terminal acts on: colours, a bell, a control of eight bits, and
// a mark that turns the direction of text.
const hostile = "\x1b[31mred\x1b[0m\a\u009b2J\u202eder"

// TestNoEscapesAreShown: whatever is given as an argument, as the name of a file or
// in a file, nothing that a terminal acts on is shown.
func TestNoEscapesAreShown(t *testing.T) {
	t.Chdir(t.TempDir()) // where files of odd names appear
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	quoted, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	h := string(quoted)
	reportOf := func(name string) string {
		return fmt.Sprintf(`{"schema_version": "1.0", "tool": {"name": %[1]s, "version": %[1]s}, "complete": true, "targets": [{
			"target": %[2]s, "address": %[1]s, "verdict": "ikev2", "complete": true, "error": %[1]s,
			"paths": [{"transport": %[1]s, "state": %[1]s, "detail": %[1]s, "reporter": %[1]s}],
			"gateway": {"vendor_ids": [{"hex": %[1]s, "text": %[1]s, "name": %[1]s}], "notifies": [{"id": 1, "name": %[1]s}], "redirect": %[1]s},
			"matrix": {"universe": 1, "accepted": 1, "products": [{"encr": [{"id": 20, "name": %[1]s, "keyword": %[1]s}], "prf": [], "integ": [], "ke": [], "addke": [], "basis": %[1]s}],
				"undecided": [{"state": %[1]s, "suites": %[1]s}], "contradictions": [%[1]s], "asked": [%[1]s]},
			"preference": {"ke": [{"id": 19, "name": %[1]s, "keyword": %[1]s}], "suite": %[1]s},
			"clients": [{"client": %[1]s, "verdict": %[1]s, "suite": %[1]s, "missing": [{"axis": %[1]s, "text": %[1]s}], "doubt": %[1]s, "notes": [%[1]s]}],
			"policies": [{"policy": %[1]s, "title": %[1]s, "verdict": "violated", "reason": %[1]s, "rules": [{"rule": %[1]s, "demand": %[1]s, "state": "violated", "severity": "high", "found": %[1]s, "why": %[1]s, "fix": [%[1]s]}]}],
			"findings": [{"id": %[1]s, "severity": %[1]s, "title": %[1]s, "detail": %[1]s, "fix": [%[1]s], "refs": [%[1]s]}], "notes": [%[1]s],
			"exchanges": [{"id": 1, "type": %[1]s, "transport": %[1]s, "purpose": %[1]s, "offer": %[1]s, "outcome": %[1]s, "detail": %[1]s, "group": %[1]s, "suite": %[1]s}]
			}]}`, h, name)
	}
	const closed = "127.0.0.1:1" // where nothing listens
	saved, other := file("saved.json", reportOf(h)), file("other.json", reportOf(`"other"`))
	named := file("named "+hostile+".json", reportOf(h))
	empty := file("empty "+hostile, "")
	list := file("list "+hostile, "vpn.example.com\n"+hostile+"\n")
	wordy := file("wordy", "fe80::1%"+hostile)
	swanctl := file("swanctl.conf", "connections {\n "+hostile+" {\n version = 2\n proposals = aes256-sha256-modp2048\n remote_addrs = "+hostile+"\n }\n}\n")
	powershell := file("vpn.json", fmt.Sprintf(`[{"Name": %s, "ServerAddress": %[1]s, "TunnelType": "Ikev2", "IPSecCustomPolicy": {"EncryptionMethod": "AES256", "IntegrityCheckMethod": "SHA256", "DHGroup": "Group14"}}]`, h))
	iked := file("iked.conf", `ikev2 "`+hostile+`" active esp from any to any peer 192.0.2.1 ikesa enc aes-256 auth hmac-sha2-256 group modp2048`+"\n")
	policy := file("policy.yaml", fmt.Sprintf("name: ours\ntitle: %s\nsource: %[1]s\nabout: %[1]s\nrules:\n  - id: encr\n    demand: forbidden\n    aspect: encr\n    algorithms: [3des]\n    severity: high\n    why: %[1]s\n    ref: %[1]s\n", h))
	badPolicy := file("bad.yaml", "name: "+h+"\ntitle: x\nrules:\n  - id: "+h+"\n    demand: "+h+"\n"+h+": 1\n")
	log := file("gateway.log", strings.Repeat("Nov 29 12:00:00 gw charon: 14[IKE] <"+hostile+"|1> received proposals unacceptable "+hostile+"\n", 3)+
		"Nov 29 12:00:01 gw charon: 14[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]\n")

	var all [][]string
	add := func(args ...string) { all = append(all, args) }
	for _, command := range []string{"", "scan", "check", "compare", "diff", "explain", "capture", "client", "policy", "demo", "mock", "schema", "version", "help", "completion"} {
		for _, args := range [][]string{{hostile}, {hostile, hostile}, {"--" + hostile}, {"-" + hostile}, {"-o", hostile}, {"-o", "json=" + hostile + "/r.json"}, {"-o", "json=" + empty + "/r.json"}} {
			if command != "" {
				args = append([]string{command}, args...)
			}
			add(args...)
		}
	}
	for _, flag := range []string{"--suite", "--client", "--policy", "--profile", "--axes", "--resume", "--transport", "--port", "--source", "--outside", "--rate", "--timeout", "--pcap", "--width"} {
		add(flag, hostile, closed)
		add(flag+"="+hostile, closed)
	}
	for _, path := range []string{empty, list, wordy, dir} {
		add("@"+path, "--plan")
		add(path)
		add("diff", path, saved)
		add("capture", path)
		add("explain", path)
		add("explain", "@"+path)
		add("client", "import", path)
		add("--plan", "--policy", path)
		add("--plan", "--client", path)
		add("--plan", "--client", path+"#"+hostile)
		add("check", saved, "--baseline", path)
		add("policy", "show", path)
		add("policy", "new", "--from", path)
		add("--resume", path, closed)
	}
	for _, args := range [][]string{
		{"check", saved, "--fail-on", "low"}, {"check", saved, "--fail-on", "low", "-o", "gates"}, {"check", saved, "--baseline", other},
		{"check", saved, "--baseline", other, "-o", "json"}, {"check", saved, "--baseline", other, "-o", "jsonl"},
		{"check", saved, named, "--fail-on", "low"}, {"check", saved, "--fail-on", hostile}, {"check", saved, "--rate", "1", "--fail-on", "low"},
		{"compare", saved, "--evidence"}, {"compare", named, "--client", "windows-11"}, {"compare", saved, "--client", iked},
		{"compare", saved, "--client", swanctl}, {"compare", saved, "--client", powershell}, {"compare", saved, "--client", powershell + "#" + hostile},
		{"compare", saved, "--client", powershell + "#x"}, {"compare", saved, other, "--client", powershell, "-o", "json"},
		{"diff", saved, other}, {"diff", other, saved}, {"diff", named, other, "-o", "json"},
		{"explain", named, "--client", powershell}, {"explain", saved, "--client", "windows-11", "-o", "json"}, {"explain", saved, "--client", "windows-11", "--syntax", hostile},
		{"explain", log}, {"explain", log, "-o", "json"}, {"explain", "14[IKE] received " + hostile + " unacceptable"}, {"explain", "--how", hostile},
		{"client", "show", hostile}, {"client", "import", powershell}, {"client", "import", iked}, {"client", "import", swanctl}, {"client", "import", powershell, "-o", "json"},
		{"policy", "show", policy}, {"policy", "show", policy, "-o", "json"}, {"policy", "show", policy, "-o", "yaml"}, {"policy", "show", badPolicy},
		{"policy", "new", "--from", saved}, {"policy", "new", "--from", saved, "--target", hostile}, {"policy", "new", "--from", named, "--target", "x"}, {"policy", "new", "--from", saved, "--name", hostile},
		{"check", saved, "--policy", policy}, {"check", saved, "--policy", policy, "-o", "gates"}, {"check", saved, "--policy", badPolicy},
		{"demo", "-q", "--accept", hostile}, {"demo", "-q", "--policy", policy, "--client", powershell, "--accept", "aes256-sha256-prfsha256-modp2048"},
		{"mock", "--accept", hostile}, {"--plan", hostile + ".example.com"}, {"--plan", "b\u202ed.example.com"}, {"b\u202ed.invalid"},
	} {
		add(args...)
	}
	ends := 0
	for _, args := range all {
		var out, errs lockedBuffer
		if runContext(t.Context(), args, strings.NewReader(hostile+"\n"), &out, &errs) != exitUsage {
			ends++
		}
		for name, text := range map[string]string{"stdout": out.String(), "stderr": errs.String()} {
			if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%.200q: %s shows %q", args, name, around(text, i))
			}
		}
	}
	if ends < 25 {
		t.Errorf("%d of %d commands got further than their arguments", ends, len(all))
	}
}

// around returns the piece of a text around an index.
func around(text string, i int) string {
	return string(bytes.ToValidUTF8([]byte(text[max(0, i-40):min(len(text), i+40)]), nil))
}

// TestLineBreaksInNames: an error is one line, whatever the name of a file holds.
func TestLineBreaksInNames(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a\nikescope: all is well")
	for _, args := range [][]string{{"diff", name, name}, {"@" + name}, {"capture", name}, {"--policy", name, "127.0.0.1"}, {"--client", name, "127.0.0.1"}, {"explain", name}, {"check", name}} {
		var out, errs lockedBuffer
		if code := runContext(t.Context(), args, strings.NewReader(""), &out, &errs); code != exitUsage {
			t.Errorf("%q: exit code %d", args, code)
		}
		if text := errs.String(); strings.Count(text, "\n") != 1 {
			t.Errorf("%q: %q is not one line", args, text)
		}
	}
}
