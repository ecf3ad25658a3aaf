package readers

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/text"
)

// FuzzScan reads anything as a log, and writes what it says.
func FuzzScan(f *testing.F) {
	logs, err := filepath.Glob(filepath.Join("testdata", "*", "*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range logs {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("15[IKE] sending DPD request\nNov  3 09:01A40 w: 15[J\x0fB] DPD check timed out\n")) // quoted, and no cause
	f.Fuzz(func(t *testing.T, in []byte) {
		var g incident.Groups
		file, err := incident.Scan("log", bytes.NewReader(in), All(), func(a *incident.Attempt) { g.Add(a) })
		if err != nil && file.Lines == 0 {
			return
		}
		d := incident.NewDocument([]incident.File{file}, &g)
		for i := range d.Stories {
			s := &d.Stories[i]
			if s.Heading == "" || s.Count < 1 || strings.ContainsAny(s.Heading, "{}[]") && !bytes.ContainsAny(in, "{}[]") {
				t.Errorf("%+v", s)
			}
			causes := 0
			for _, m := range s.Timeline {
				if m.Cause {
					causes++
				}
			}
			if (s.Cause != "") != (causes > 0) {
				t.Errorf("%d lines are the cause %q: %+v", causes, s.Cause, s)
			}
			var out bytes.Buffer
			if err := text.Incident(&out, d, text.Options{Width: 60, Attempt: i + 1}); err != nil {
				t.Fatal(err)
			}
			for _, r := range out.String() {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Errorf("%U is written", r)
				}
			}
		}
	})
}

// reads is the fuzz target of one product's reader.
func reads(f *testing.F, name string) {
	var product event.Product
	for _, p := range All() {
		if p.Name == name {
			product = p
		}
	}
	if product.Lines != nil {
		for i := range product.Lines.Rows() {
			f.Add(product.Lines.Rows()[i].Sample)
		}
	}
	for _, m := range more {
		if m.product == name {
			f.Add(m.log)
		}
	}
	f.Add("ike-nego-p1-fail " + strings.Repeat("\xff", 500)) // grows where it is made valid UTF-8
	if product.New == nil {
		f.Fatalf("there is no reader of %s", name)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r := product.New()
		for line := range strings.Lines(in) {
			for _, l := range event.Unwrap("log", 1, strings.TrimSuffix(line, "\n")) {
				events, mine := r.Read(&l)
				if len(events) > 0 && !mine {
					t.Errorf("%q is not of %s and gives events", l.Text, name)
				}
				check(t, events)
			}
		}
		if e, ok := r.(event.Ender); ok {
			check(t, e.End())
		}
	})
}

// check holds the bounds of events.
func check(t *testing.T, events []event.Event) {
	if len(events) > 64 {
		t.Errorf("%d events of one line", len(events))
	}
	for _, e := range events {
		if e.Kind == "" || len(e.Text) > 400 || len(e.Proposals) > 64 || e.Version < 0 || e.Version > 2 {
			t.Errorf("%+v", e)
		}
		for name, value := range e.Args {
			if len(value) > 200 {
				t.Errorf("%s has %d octets", name, len(value))
			}
		}
	}
}

func FuzzStrongSwan(f *testing.F) { reads(f, "strongSwan") }
func FuzzLibreswan(f *testing.F)  { reads(f, "libreswan") }
func FuzzOpenIKED(f *testing.F)   { reads(f, "OpenIKED") }
func FuzzWindows(f *testing.F)    { reads(f, "Windows") }
func FuzzApple(f *testing.F)      { reads(f, "macOS") }
func FuzzFortiGate(f *testing.F)  { reads(f, "FortiGate") }
func FuzzCisco(f *testing.F)      { reads(f, "Cisco") }
func FuzzMikroTik(f *testing.F)   { reads(f, "MikroTik") }
func FuzzSoftEther(f *testing.F)  { reads(f, "SoftEther") }
func FuzzPaloAlto(f *testing.F)   { reads(f, "Palo Alto") }
func FuzzJuniper(f *testing.F)    { reads(f, "Juniper") }
func FuzzCheckPoint(f *testing.F) { reads(f, "Check Point") }
func FuzzAWS(f *testing.F)        { reads(f, "AWS") }
func FuzzAzure(f *testing.F)      { reads(f, "Azure") }
func FuzzAndroid(f *testing.F)    { reads(f, "Android") }
func FuzzSonicWall(f *testing.F)  { reads(f, "SonicWall") }
func FuzzHuawei(f *testing.F)     { reads(f, "Huawei") }
func FuzzRacoon(f *testing.F)     { reads(f, "racoon") }
