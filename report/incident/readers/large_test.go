package readers

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/logtext"
)

// endless repeats a log with other numbers, up to a size.
type endless struct {
	left  int
	round int
	rest  []byte
}

func (r *endless) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	if len(r.rest) == 0 {
		r.round++
		var b bytes.Buffer
		peer := fmt.Sprintf("203.%d.%d.%d", r.round>>16&255, r.round>>8&255, r.round&255)
		id := fmt.Sprint(r.round)
		for i, line := range []string{
			"15[NET] received packet: from " + peer + "[500] to 192.0.2.9[500] (304 bytes)",
			"15[ENC] <" + id + "> parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) ]",
			"15[IKE] <" + id + "> " + peer + " is initiating an IKE_SA",
			"15[CFG] <" + id + "> selected proposal: IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384",
			"15[NET] <" + id + "> sending packet: from 192.0.2.9[500] to " + peer + "[500] (330 bytes)",
			"10[ENC] <" + id + "> parsed IKE_AUTH request 1 [ IDi CERT AUTH CPRQ(ADDR DNS) SA TSi TSr ]",
			"10[CFG] <" + id + "> looking for peer configs matching 192.0.2.9[vpn.example.com]..." + peer + "[lee" + id + "]",
			"10[CFG] <staff|" + id + "> selected peer config 'staff'",
			"10[IKE] <staff|" + id + "> tried 1 shared key for 'vpn.example.com' - 'lee" + id + "', but MAC mismatched",
			"10[ENC] <staff|" + id + "> generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]",
		} {
			fmt.Fprintf(&b, "Nov  3 %02d:%02d:%02d gw charon: %s\n", r.round/3600%24, r.round/60%60, (r.round+i)%60, line)
		}
		r.rest = b.Bytes()
	}
	n := copy(p, r.rest[:min(len(r.rest), r.left)])
	r.rest = r.rest[n:]
	r.left -= n
	return n, nil
}

// A long log takes no more memory than a short one.
func TestBoundedMemory(t *testing.T) {
	size := 48 << 20
	if testing.Short() {
		size = 6 << 20
	}
	var g incident.Groups
	var most uint64
	lines := 0
	in := &endless{left: size}
	s := incident.NewScanner("log", All(), func(a *incident.Attempt) {
		g.Add(a)
		if g.Attempts%1000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
		}
	})
	r, err := logtext.New(in)
	if err != nil {
		t.Fatal(err)
	}
	for {
		text, n, err := r.Next()
		if err != nil {
			break
		}
		lines = n
		s.Line(n, text)
	}
	s.End()
	if most > 80<<20 || most == 0 {
		t.Errorf("%d MB of log take %d MB", size>>20, most>>20)
	}
	if len(g.All) > 2 || g.Attempts < lines/10 || g.All[0].Attempt.Cause.ID != "psk-mismatch" {
		t.Errorf("%d lines hold %d attempts in %d groups", lines, g.Attempts, len(g.All))
	}
}

// The same log is read alike in every wrapping.
func TestWrappings(t *testing.T) {
	plain, err := os.ReadFile(filepath.Join("testdata", "field", "c1-gateway-log-client-cert.log"))
	if err != nil {
		t.Fatal(err)
	}
	each := func(f func(string) string) []byte {
		var b bytes.Buffer
		for line := range strings.Lines(string(plain)) {
			b.WriteString(f(strings.TrimSuffix(line, "\n")) + "\n")
		}
		return b.Bytes()
	}
	message := func(line string) string { _, text, _ := strings.Cut(line, "charon: "); return text }
	wide := func(order func(uint16) []byte) []byte {
		var b bytes.Buffer
		for _, c := range utf16.Encode([]rune("\ufeff" + strings.ReplaceAll(string(plain), "\n", "\r\n"))) {
			b.Write(order(c))
		}
		return b.Bytes()
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(plain)
	z.Close()
	var reversed []string
	for line := range strings.Lines(string(plain)) {
		reversed = append([]string{strings.Replace(line, ":00 gw", fmt.Sprintf(":%02d gw", len(reversed)), 1)}, reversed...)
	}
	for name, in := range map[string][]byte{
		"plain": plain, "gzip": zipped.Bytes(),
		"UTF-16LE":       wide(func(c uint16) []byte { return []byte{byte(c), byte(c >> 8)} }),
		"UTF-16BE":       wide(func(c uint16) []byte { return []byte{byte(c >> 8), byte(c)} }),
		"UTF-16 no mark": wide(func(c uint16) []byte { return []byte{byte(c), byte(c >> 8)} })[2:],
		"BOM":            append([]byte("\xef\xbb\xbf"), plain...),
		"NULs":           bytes.ReplaceAll(plain, []byte("\n"), []byte("\x00\n")),
		"CRLF":           bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n")),
		"colours":        each(func(s string) string { return "\x1b[32m" + s + "\x1b[0m" }),
		"RFC 5424":       each(func(s string) string { return "<30>1 2026-11-03T08:30:00.123Z gw charon 77 - - " + message(s) }),
		"syslog ISO":     each(func(s string) string { return "2026-11-03T08:30:00.123+01:00 gw charon[77]: " + message(s) }),
		"filelog":        each(func(s string) string { return "2026-11-03 08:30:00.123 " + message(s) }),
		"docker compose": each(func(s string) string { return "vpn-gateway-1  | " + message(s) }),
		"docker json": each(func(s string) string {
			return fmt.Sprintf(`{"log":%q,"stream":"stdout","time":"2026-11-03T08:30:00.1Z"}`, message(s)+"\n")
		}),
		"kubernetes": each(func(s string) string { return "2026-11-03T08:30:00.123456789Z stdout F " + message(s) }),
		"journal json": each(func(s string) string {
			return fmt.Sprintf(`{"__REALTIME_TIMESTAMP":"1793694600000000","SYSLOG_IDENTIFIER":"charon","MESSAGE":%q}`, message(s))
		}),
		"journal cat": each(message),
		"charon json": each(func(s string) string {
			m := message(s)
			return fmt.Sprintf(`{"time":"2026-11-03T08:30:00","thread":%q,"group":%q,"level":1,"msg":%q}`, m[:2], m[3:6], m[8:])
		}),
		"logcat": each(func(s string) string { return "11-03 08:30:00.123  1234  1250 I charon  : " + message(s) }),
		"OPNsense": each(func(s string) string {
			return `<30>1 2026-11-03T08:30:00+01:00 fw.example.com charon 58813 - [meta sequenceId="17"] ` + message(s)
		}),
		"pfSense":         each(func(s string) string { return "Nov 3 08:30:00\tcharon\t58813\t" + message(s) }),
		"a list in JSON":  []byte("[" + strings.TrimSuffix(strings.ReplaceAll(string(each(func(s string) string { return fmt.Sprintf(`{"message":%q}`, message(s)) })), "\n", ","), ",") + "]"),
		"descending":      []byte(strings.Join(reversed, "")),
		"one long line":   append(append(bytes.Clone(plain), bytes.Repeat([]byte("x"), 10<<20)...), "\n"+string(plain)...),
		"other lines too": append([]byte("Nov  3 08:29:00 gw sshd[1]: Accepted\n\n\n"), plain...),
	} {
		var g incident.Groups
		if _, err := incident.Scan(name, bytes.NewReader(in), All(), func(a *incident.Attempt) { g.Add(a) }); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(g.All) != 1 || g.All[0].Attempt.Cause == nil || g.All[0].Attempt.Cause.ID != "cert-untrusted" || g.All[0].Attempt.Side != event.Responder {
			var what []string
			for _, group := range g.All {
				what = append(what, fmt.Sprintf("%+v", group.Attempt.Cause))
			}
			t.Errorf("%s: %d groups: %.300s", name, len(g.All), what)
		}
	}
}

// What is no log is refused in words that say what to do.
func TestNoLog(t *testing.T) {
	for in, want := range map[string]string{
		"":                                      "is empty",
		"\xd4\xc3\xb2\xa1\x02\x00\x04\x00":      "ikescope capture",
		"ElfFile\x00" + strings.Repeat("x", 99): "wevtutil",
		"LPKSHHRH" + strings.Repeat("\x00", 99): "journalctl --file",
		"\x1f\x8b\x08":                          "is incomplete",
		"\x7fELF" + strings.Repeat("\x01\x02\x03", 99): "is not a text log",
		strings.Repeat("\x00", 400):                    "is not a text log",
	} {
		if _, err := logtext.New(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: %v, want %q", in, err, want)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	const size = 8 << 20
	b.SetBytes(size)
	b.ReportAllocs()
	lines := 0
	for b.Loop() {
		f, err := incident.Scan("log", &endless{left: size}, All(), func(*incident.Attempt) {})
		if err != nil {
			b.Fatal(err)
		}
		lines += f.Lines
	}
	b.ReportMetric(float64(lines)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkForeign reads lines of other programs.
func BenchmarkForeign(b *testing.B) {
	in := strings.Repeat("Nov  3 08:29:00 gw kernel: [12345.678901] eth0: link up, 1000 Mbps, full duplex, lpa 0xC5E1 something or other\n", 80_000)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, err := incident.Scan("log", strings.NewReader(in), All(), func(*incident.Attempt) {}); err != nil {
			b.Fatal(err)
		}
	}
}
