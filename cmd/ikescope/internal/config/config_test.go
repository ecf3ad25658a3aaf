package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ikescope/ikescope/report"
)

// from returns what is read where the working folder, the user's and the environment hold
// these; "" is a file that is not there.
func from(t *testing.T, named, working, user string, environment ...string) (*Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	folder := t.TempDir()
	write := func(path, text string) {
		if text == "" {
			return
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ikescope.yaml", working)
	write("own.yaml", "rate: 1\n")
	write(filepath.Join(folder, "ikescope", "ikescope.yaml"), user)
	return Source{
		File:        named,
		Environment: func() []string { return environment },
		UserFolder:  func() (string, error) { return folder, nil },
	}.Read()
}

// all writes what is set.
func all(c *Config) string {
	var out []string
	for _, v := range c.For("", func(string) bool { return false }) {
		out = append(out, fmt.Sprintf("%s=%s (%s)", v.Key.Name, strings.Join(v.Texts, "+"), v.Origin))
	}
	return strings.Join(out, " ")
}

func TestPrecedence(t *testing.T) {
	const working = "rate: 20\npolicy: [modern, ./ours.yaml]\nASCII: yes\noutput_dir: ./reports\n"
	const user = "rate: 5\ntimeout: 1s\ntrust: ./ca.pem\n"
	for _, test := range []struct {
		named, want string
		environment []string
	}{
		{"", "rate=20 (working folder) timeout=1s (user folder) policy=modern+ours.yaml (working folder) trust=DIR/ca.pem (user folder) ascii=true (working folder) output-dir=reports (working folder)", nil},
		{"", "rate=9 (environment) timeout=1s (user folder) policy=cnsa1+bsi-tr-02102-3 (environment) trust=DIR/ca.pem (user folder) ascii=false (environment) output-dir=/var/tmp (environment)",
			[]string{"IKESCOPE_RATE=9", "IKESCOPE_POLICY=cnsa1;bsi-tr-02102-3", "IKESCOPE_ASCII=off", "IKESCOPE_OUTPUT_DIR=/var/tmp", "RATE=3", "IKESCOPE_WINDOW="}},
		{"own.yaml", "rate=1 (file)", nil},
		{"none", "", nil},
		{"", "rate=1 (file)", []string{"IKESCOPE_CONFIG=own.yaml"}},
		{"none", "names=iana (environment)", []string{"IKESCOPE_CONFIG=own.yaml", "IKESCOPE_NAMES=iana"}},
	} {
		c, err := from(t, test.named, working, user, test.environment...)
		if err != nil {
			t.Errorf("%+v: %v", test, err)
			continue
		}
		got := all(c)
		if v, ok := c.values["trust"]; ok {
			got = strings.Replace(got, filepath.Dir(v.Texts[0]), "DIR", 1)
		}
		if got = filepath.ToSlash(got); got != test.want {
			t.Errorf("--config %q and %q set\n%s\nwant\n%s", test.named, test.environment, got, test.want)
		}
	}
}

// TestFor: what a flag decides is not set, nor what means something else for a command.
func TestFor(t *testing.T) {
	c, err := from(t, "", "rate: 20\ncolor: never\nclient: ios\ntrust: ca.pem\nprofile: quick\n", "")
	if err != nil {
		t.Fatal(err)
	}
	names := func(command string, given ...string) string {
		var out []string
		for _, v := range c.For(command, func(flag string) bool { return slices.Contains(given, flag) }) {
			out = append(out, v.Key.Name)
		}
		return strings.Join(out, " ")
	}
	for got, want := range map[string]string{
		names("scan"): "rate profile client trust color",
		names("scan", "rate", "no-color", "axes"): "client trust",
		names("login"):                            "rate profile color",
		names("explain", "color"):                 "rate profile",
		names("compare", "client", "no-identity"): "rate profile color",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestFaults: each fault is one line with the file and the line.
func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"polcy: modern":                       `ikescope.yaml:1: "polcy" is not a setting; did you mean policy?`,
		"# a\n\nzzz: 1":                       `ikescope.yaml:3: "zzz" is not a setting: they are rate, window, `,
		"password: geheim":                    `ikescope.yaml:1: "password" is not a setting`,
		"rate: 1\nrate: 2":                    "ikescope.yaml:2: rate is given twice",
		"rate: [1, 2]":                        "ikescope.yaml:1: rate: takes one value",
		"rate:":                               "ikescope.yaml:1: rate: has no value",
		"policy: []":                          "ikescope.yaml:1: policy: has 0 values",
		"policy: [[a]]":                       "ikescope.yaml:1: policy: is not a value, or a list",
		"policy: {a: b}":                      "ikescope.yaml:1: policy: is not a value, or a list",
		"a: &x [1]\npolicy: *x":               `ikescope.yaml:1: "a" is not a setting`,
		"policy: &x [modern]\nclient: *x":     "ikescope.yaml:2: client: is not a value",
		"- rate":                              "ikescope.yaml:1: is not a list of settings, as in rate: 20",
		"rate 20":                             "ikescope.yaml:1: is not a list of settings",
		"rate: 1\n---\nrate: 2":               "ikescope.yaml:2: a second document begins here",
		"rate: [":                             "ikescope.yaml:1: it is not YAML",
		"names: \"\x1b\"":                     "it is not YAML",
		"output-dir: /etc":                    `ikescope.yaml:1: output-dir: "/etc" is not below the working folder: set it in your own file, in IKESCOPE_OUTPUT_DIR or by the flag`,
		"output-dir: ./a/../../b":             "is not below the working folder",
		"? [a]\n: b":                          `ikescope.yaml:1: "" is not a setting`,
		strings.Repeat("#", maxFile) + "\n":   "ikescope.yaml: has 65537 octets, more than 65536",
		"names: " + strings.Repeat("x", 4097): "ikescope.yaml:1: names: has 4097 octets, more than 4096",
	} {
		c, err := from(t, "", text, "")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%.40q: %v, %v; want %q", text, c, err, want)
		}
	}
	if _, err := from(t, "absent.yaml", "", ""); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "--config: absent.yaml: ") || strings.Count(err.Error(), "absent.yaml") != 1 {
		t.Errorf("a file that is named and absent: %v", err)
	}
	for _, empty := range []string{"\n", "# nothing\n", "---\n", "\xff\xfer\x00a\x00t\x00e\x00:\x00 \x001\x00"} {
		if _, err := from(t, "", empty, ""); err != nil {
			t.Errorf("%q: %v", empty, err)
		}
	}
	t.Chdir(t.TempDir())
	if err := os.Symlink(t.TempDir(), "link"); err != nil {
		t.Skip(err) // as on Windows, without the privilege
	}
	if err := os.WriteFile("ikescope.yaml", []byte("output-dir: link/reports\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (Source{Environment: func() []string { return nil }, UserFolder: func() (string, error) { return t.TempDir(), nil }}).Read(); err == nil ||
		!strings.Contains(err.Error(), `"link/reports" is not below the working folder`) {
		t.Errorf("a link that leads out: %v", err)
	}
	// Of a user's own file the folder may be anywhere.
	if c, err := from(t, "", "", "output-dir: /var/tmp\n"); err != nil || all(c) != "output-dir=/var/tmp (user folder)" {
		t.Errorf("%v", err)
	}
}

// TestDocument: what is written keeps to the schema, and names what is not known.
func TestDocument(t *testing.T) {
	c, err := from(t, "", "rate: 20\n", "", "IKESCOPE_RAET=3", "IKESCOPE_PASSWORD=geheim", "IKESCOPE_NAMES=ia\x1bna")
	if err != nil {
		t.Fatal(err)
	}
	d := c.Document(func(key string) string { return map[string]string{"window": "16", "width": "0"}[key] })
	var text, raw bytes.Buffer
	if err := errors.Join(d.Text(&text), report.WriteJSON(&raw, d)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Join(strings.Fields(text.String()), " ")
	for _, want := range []string{
		"rate 20 ikescope.yaml:1, working folder", "window 16 default", "width - default", "color auto default", `names ia\u{1b}na IKESCOPE_NAMES`,
		"working folder: ikescope.yaml, read", "ikescope.yaml, not there", "environment: IKESCOPE_RAET is not a setting; did you mean rate?",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("there is no %q in\n%s", want, &text)
		}
	}
	if strings.Contains(text.String()+raw.String(), "geheim") {
		t.Error("a password is shown")
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(&raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(v); err != nil {
		t.Error(err)
	}
	if v, _ := jsonschema.UnmarshalJSON(strings.NewReader(`{"files":[],"settings":[]}`)); compiled.Validate(v) == nil {
		t.Error("a document without all parts is valid")
	}
}

// FuzzParse: whatever a file holds, it sets known keys within bounds, or is refused in one
// line.
func FuzzParse(f *testing.F) {
	f.Add([]byte("rate: 20\npolicy: [modern, ./ours.yaml]\n"))
	f.Add([]byte("client: &x [ios]\ntrust: *x\n"))
	f.Add([]byte("output-dir: ../x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		values, err := parse(data, File{Path: "ikescope.yaml", Origin: Working})
		if err != nil && (strings.ContainsAny(err.Error(), "\n\x1b") || !strings.HasPrefix(err.Error(), "ikescope.yaml")) {
			t.Errorf("%q", err)
		}
		for _, v := range values {
			if len(v.Texts) == 0 || len(v.Texts) > maxValues || !v.Key.many && len(v.Texts) > 1 {
				t.Errorf("%+v", v)
			}
		}
	})
}
