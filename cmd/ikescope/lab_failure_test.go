//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/event"
)

var onlyFailures = flag.String("failure", "", "the regular expression of the scenes of TestLabFailure that are run: \"psk.* ss\"")

var failureLogs = flag.String("failure-logs", "", "keep the logs of the scenes of TestLabFailure in this folder")

// failure is a fault that is put into a connection of two daemons that otherwise
// comes up, and what their logs have to say.
type failure struct {
	name string
	// pairs are those it is put into, initiator and responder by their first
	// letters: "ss sl".
	pairs string
	set   func(i, r *end)
	play  func(*scene, context.Context) error // nil for an initiation
	// ends are lines of the responder's log that are waited for at the end, by pair.
	ends map[string]string
	// told are the causes, by pair, "" for all others.
	told map[string]told
	// also are causes of other attempts in the same logs.
	also []string
	// slow: it takes a timeout.
	slow bool
}

// told is the cause that each log names, and that both together name. "?" stands
// before one whose side cannot know more: explain has to say that the other side's
// log does. Causes of other attempts follow after "+", and what a log names at the
// daemon's own level, where that shows less, after "@".
type told struct{ initiator, responder, both string }

// at is what logs tell at the daemon's own level, 0, or at that of
// `explain --how`, 1.
func (w told) at(level int) told {
	for _, cause := range []*string{&w.initiator, &w.responder, &w.both} {
		most, least, two := strings.Cut(*cause, "@")
		if *cause = most; two && level == 0 {
			*cause = least
		}
	}
	return w
}

var sceneProducts = map[byte]string{'s': "strongswan", 'l': "libreswan", 'o': "openiked"}

var failures = []failure{
	{name: "none", pairs: "ss sl so ls os ll oo lo ol", told: all("", "", "")},
	{name: "none, with certificates", pairs: "ss sl so ls os ll oo", set: certs, told: all("", "", "")},
	{name: "none, with an intermediate", pairs: "ss sl ls ll", set: func(i, r *end) {
		certs(i, r)
		i.cert, i.chain, r.cert, r.chain = "client between", true, "gateway between", true
	}, told: all("", "", "")},
	{name: "none, with EAP", pairs: "ss so", set: eap, told: all("", "", "")},

	{name: "PSK of the initiator", pairs: "ss sl so ls os ll oo", set: func(i, r *end) { i.psk = "not it" },
		told: all("?auth-refused", "psk-mismatch", "psk-mismatch")},
	{name: "PSK of the responder", pairs: "ss sl so ls os ll oo", set: func(i, r *end) { r.psk = "not it" },
		told: all("?auth-refused", "psk-mismatch", "psk-mismatch")},
	{name: "PSK missing at the responder", pairs: "ss sl ls ll", set: func(i, r *end) { r.pskFor = "another.lab" },
		told: all("?auth-refused", "psk-missing", "psk-missing")},
	{name: "PSK missing at the initiator", pairs: "ss", set: func(i, r *end) { i.pskFor = "another.lab" },
		ends: halfOpen, slow: true, told: all("psk-missing", "half-open", "psk-missing")},

	{name: "identity of the initiator", pairs: "ss sl so ls os ll oo", set: func(i, r *end) { i.id = "stranger.lab" },
		told: map[string]told{"": {"?auth-refused", "no-config", "no-config"}, "sl": {"?auth-refused", "no-config@auth-failed", "no-config@auth-failed"}, "ll": {"?auth-refused", "no-config@auth-failed", "no-config@auth-failed"}}},
	{name: "identity of the responder", pairs: "ss sl so ls os ll oo", set: func(i, r *end) { r.id = "stranger.lab" },
		told: map[string]told{"": {"?auth-refused", "no-config", "no-config"}, "sl": {"peer-id", "", "peer-id"}, "ll": {"peer-id", "", "peer-id"}}},
	{name: "method of authentication", pairs: "ss", set: func(i, r *end) {
		certs(i, r)
		i.auth, i.psk = "psk", "it"
		r.psk = "it"
	}, told: all("?auth-refused", "method-mismatch", "method-mismatch")},
	{name: "IKEv1", pairs: "ss sl", set: func(i, r *end) { i.more = "version = 1" },
		told: map[string]told{"": {"?ike-proposal", "ikev1-peer", "ikev1-peer"}, "sl": {"silence", "ikev1-peer", "ikev1-peer"}}},

	{name: "gateway's certificate expired", pairs: "ss so ls os", set: with(func(i, r *end) { r.cert = "gateway expired" }),
		ends: turnedDown, told: map[string]told{"": {"cert-invalid", "?auth-refused", "cert-invalid"}, "sl": {"cert-invalid", "", "cert-invalid"}, "ll": {"cert-invalid", "", "cert-invalid"}, "ls": {"cert-invalid", "", "cert-invalid"}, "so": {"cert-invalid", "own-cert+auth-refused", "cert-invalid+own-cert"}}},
	{name: "client's certificate expired", pairs: "ss sl so os", set: with(func(i, r *end) { i.cert = "client expired" }),
		told: map[string]told{"": {"?auth-refused", "cert-invalid", "cert-invalid"}, "os": {"own-cert+auth-refused", "cert-invalid", "cert-invalid+own-cert"}}},
	{name: "gateway's certificate untrusted", pairs: "ss sl so ls os ll", set: with(func(i, r *end) { r.cert = "gateway stranger" }),
		ends: turnedDown, told: map[string]told{"": {"cert-untrusted", "?auth-refused", "cert-untrusted"}, "sl": {"cert-untrusted", "", "cert-untrusted"}, "ll": {"cert-untrusted", "", "cert-untrusted"}, "ls": {"cert-untrusted", "", "cert-untrusted"}}},
	{name: "client's certificate untrusted", pairs: "ss sl so ls os ll", set: with(func(i, r *end) { i.cert = "client stranger" }),
		told: all("?auth-refused", "cert-untrusted", "cert-untrusted")},
	{name: "gateway's certificate of another name", pairs: "ss sl so ls os ll", set: with(func(i, r *end) { r.cert = "gateway other" }),
		ends: turnedDown, told: map[string]told{"": {"id-not-in-cert", "?auth-refused", "id-not-in-cert"}, "sl": {"id-not-in-cert", "", "id-not-in-cert"}, "ll": {"id-not-in-cert", "", "id-not-in-cert"}, "ls": {"id-not-in-cert", "?client-deleted", "id-not-in-cert"}, "so": {"cert-missing", "?auth-refused", "cert-missing"}}},
	{name: "client's certificate of another name", pairs: "ss sl so ls os ll", set: with(func(i, r *end) { i.cert = "client other" }),
		told: map[string]told{"": {"?auth-refused", "id-not-in-cert", "id-not-in-cert"}, "sl": {"?auth-refused", "auth-failed", "auth-failed"}, "ll": {"?auth-refused", "auth-failed", "auth-failed"}, "os": {"own-cert", "cert-missing", "own-cert"}}},
	{name: "gateway's certificate revoked", pairs: "ss sl so ls os ll", set: with(func(i, r *end) { r.cert, i.crl = "gateway revoked", "revoked" }),
		ends: turnedDown, told: map[string]told{"": {"cert-revoked", "?auth-refused", "cert-revoked"}, "sl": {"cert-revoked", "", "cert-revoked"}, "ll": {"cert-revoked", "", "cert-revoked"}, "ls": {"cert-revoked", "", "cert-revoked"}}},
	{name: "client's certificate revoked", pairs: "ss sl so ls os ll", set: with(func(i, r *end) { i.cert, r.crl = "client revoked", "revoked" }),
		told: all("?auth-refused", "cert-revoked", "cert-revoked")},
	{name: "gateway's intermediate missing", pairs: "ss sl so ls os ll", set: with(func(i, r *end) { r.cert = "gateway between" }),
		ends: turnedDown, told: map[string]told{"": {"cert-untrusted", "?auth-refused", "cert-untrusted"}, "sl": {"cert-untrusted", "", "cert-untrusted"}, "ll": {"cert-untrusted", "", "cert-untrusted"}, "ls": {"cert-untrusted", "", "cert-untrusted"}}},
	{name: "client's intermediate missing", pairs: "ss sl so ls os ll", set: with(func(i, r *end) { i.cert = "client between" }),
		told: all("?auth-refused", "cert-untrusted", "cert-untrusted")},
	{name: "clock of the initiator", pairs: "ss sl so os", set: with(func(i, r *end) { i.clock = -tenYears }),
		ends: turnedDown, told: map[string]told{"": {"cert-invalid", "?auth-refused", "cert-invalid"}, "sl": {"cert-invalid", "", "cert-invalid"}, "ll": {"cert-invalid", "", "cert-invalid"}, "ls": {"cert-invalid", "?client-deleted", "cert-invalid"}, "os": {"cert-invalid+own-cert", "?auth-refused", "cert-invalid+own-cert"}}},
	{name: "clock of the responder", pairs: "ss so ls os", set: with(func(i, r *end) { r.clock = tenYears }),
		told: map[string]told{"": {"?auth-refused", "cert-invalid", "cert-invalid"}, "so": {"?auth-refused", "cert-invalid+own-cert", "cert-invalid+own-cert"}}},

	{name: "EAP password", pairs: "ss so", set: withEAP(func(i, r *end) { i.password = "wrong" }),
		told: map[string]told{"": {"eap-credentials", "eap-credentials", "eap-credentials"}, "so": {"silence-auth", "eap-credentials", "eap-credentials"}}},
	{name: "EAP user", pairs: "ss so", set: withEAP(func(i, r *end) { r.user = "dave" }),
		told: map[string]told{"": {"eap-credentials", "eap-user", "eap-user"}, "so": {"silence-auth", "eap-user", "eap-user"}}},
	{name: "EAP method", pairs: "ss so", set: withEAP(func(i, r *end) { i.method = "md5" }),
		told: all("eap-method", "eap-method", "eap-method")},
	{name: "RADIUS silent", pairs: "ss", set: withEAP(func(i, r *end) {
		r.method = "radius"
		r.daemon = `charon-systemd {
	plugins {
		eap-radius {
			retransmit_tries = 2
			retransmit_timeout = 0.3
			servers {
				lab {
					address = 10.88.9.9
					secret = secret
				}
			}
		}
	}
}`
	}), told: all("?eap-refused", "radius-silent", "radius-silent")},

	{name: "IKE proposal", pairs: "ss sl so ls os ll oo", set: func(i, r *end) { i.ike = "ike2" },
		told: all("?ike-proposal", "ike-proposal", "ike-proposal")},
	{name: "ESP proposal", pairs: "ss sl so ls os ll oo", set: func(i, r *end) { i.esp = "esp2" },
		told: all("?child-proposal", "child-proposal", "child-proposal")},
	{name: "traffic selectors", pairs: "ss sl so ls os ll", set: func(i, r *end) { i.remote = "10.77.0.0/16" },
		ends: map[string]string{"so": "established peer"}, told: map[string]told{"": {"?traffic-selectors", "traffic-selectors", "traffic-selectors"}, "so": {"traffic-selectors", "", "traffic-selectors"}}},
	{name: "kernel of the responder", pairs: "so lo", set: func(i, r *end) { i.esp, r.esp = "sha2", "sha2" },
		told: all("", "kernel", "kernel")},
	{name: "kernel of the initiator", pairs: "os ol", set: func(i, r *end) { i.esp, r.esp = "sha2", "sha2" },
		told: all("kernel", "", "kernel")},
	{name: "no address", pairs: "ss", set: func(i, r *end) { i.wantAddress = true },
		told: all("?no-address", "no-address", "no-address")},
	{name: "pool full", pairs: "ss", set: func(i, r *end) {
		i.wantAddress, r.peerID, r.pool = true, "", "10.9.0.1-10.9.0.1"
		i.rest = "connections {\n	second : connections.lab {\n		local {\n			id = second.lab\n		}\n	}\n}"
	}, play: func(s *scene, ctx context.Context) error {
		if err := s.initiate(ctx); err != nil {
			return err
		}
		return s.do("beside initiator swanctl --initiate --ike second --child net --timeout 30 || true")
	}, told: all("?no-address", "no-address", "no-address"), also: []string{""}},
	{name: "PFS", pairs: "ss", set: func(i, r *end) { r.esp = "pfs" }, play: rekeyChild,
		told: all("?rekey-pfs", "child-pfs", "child-pfs"), also: []string{""}},
	{name: "rekeying with a gateway that forgot", pairs: "ss", play: func(s *scene, ctx context.Context) error {
		if err := s.restarted(ctx); err != nil {
			return err
		}
		if err := s.do("beside initiator swanctl --rekey --ike lab"); err != nil {
			return err
		}
		return s.await(ctx, event.Initiator, "giving up after", 1)
	}, slow: true, told: all("liveness", "", "liveness"), also: []string{""}},

	{name: "500 blocked", pairs: "ss ls", play: behind("udp dport 500 drop"), slow: true,
		told: all("silence", "-", "silence")},
	{name: "4500 blocked", pairs: "ss", play: behind("udp dport 4500 drop"), slow: true,
		ends: halfOpen, told: all("silence-auth", "half-open", "half-open")},
	{name: "fragments dropped", pairs: "ss", set: with(func(i, r *end) { i.more, r.more = "fragmentation = no", "fragmentation = no" }),
		play: func(s *scene, ctx context.Context) error {
			if err := s.do("net initiator ip link set wan mtu 1280"); err != nil {
				return err
			}
			return behind("ip frag-off & 0x1fff != 0 drop")(s, ctx)
		}, slow: true,
		ends: halfOpen, told: all("silence-auth", "half-open", "half-open")},
	{name: "a fragment of IKE too large", pairs: "ss", set: with(func(i, r *end) {}), play: behind("udp dport 4500 meta length > 1000 drop"), slow: true,
		ends: halfOpen, told: all("silence-auth", "fragment-missing", "fragment-missing")},
	{name: "answers dropped", pairs: "ss", set: func(i, r *end) { i.more, r.more = "mobike = no", "mobike = no" }, play: behind("udp sport 4500 ip saddr 10.88.2.2 drop"), slow: true,
		told: all("silence-auth", "answers-lost", "answers-lost")},
	{name: "cookie", pairs: "sl", set: func(i, r *end) { r.daemon = "	ddos-mode=busy" }, told: all("", "", "")},
	{name: "cookie that does not come back", pairs: "sl", set: func(i, r *end) { r.daemon = "	ddos-mode=busy" },
		play: behind(`iifname "initiator" udp dport 500 @th,192,8 41 drop`), slow: true, told: all("cookie", "cookie", "cookie")},
	{name: "half-open limit", pairs: "ss", set: func(i, r *end) {
		r.daemon = "charon-systemd {\n	half_open_timeout = 30\n	init_limit_half_open = 1\n}"
	}, play: func(s *scene, ctx context.Context) error {
		if err := behind("udp dport 4500 drop")(s, ctx); err != nil {
			return err
		}
		return s.again(ctx)
	}, slow: true, told: all("silence", "overload", "overload"), also: []string{"half-open", ""}},
	{name: "duplicate client", pairs: "ss", set: func(i, r *end) { i.more, r.more = "unique = never", "unique = keep\n		remote_addrs = %any" },
		play: func(s *scene, ctx context.Context) error {
			if err := s.initiate(ctx); err != nil {
				return err
			}
			// From another address, or it would be taken for a reauthentication.
			err := s.do(`net initiator ip address add 10.88.1.3/24 dev wan && sed -i s/10.88.1.2/10.88.1.3/ "$DIR/initiator/swanctl.conf"`)
			if err != nil {
				return err
			}
			return s.again(ctx)
			// The first client is gone without a word, which the gateway may find out.
		}, told: all("?auth-refused", "duplicate", "duplicate"), also: []string{"", "liveness"}},
	{name: "liveness", pairs: "ss", set: func(i, r *end) { i.more, r.more = "dpd_delay = 1s", "dpd_delay = 1s" },
		play: func(s *scene, ctx context.Context) error {
			if err := s.initiate(ctx); err != nil {
				return err
			}
			if err := s.rules("udp dport { 500, 4500 } drop"); err != nil {
				return err
			}
			return s.await(ctx, event.Initiator, "giving up after", 1)
		}, ends: map[string]string{"ss": "giving up after"}, slow: true, told: all("liveness", "liveness", "liveness"), also: []string{"silence"}},
	{name: "gateway restarted", pairs: "ss", set: func(i, r *end) { i.more = "dpd_delay = 1s" },
		play: func(s *scene, ctx context.Context) error {
			if err := s.restarted(ctx); err != nil {
				return err
			}
			return s.await(ctx, event.Initiator, "giving up after", 1)
		}, slow: true, told: all("liveness", "", "liveness"), also: []string{""}},
}

// halfOpen is how a responder ends an IKE SA without IKE_AUTH, and turnedDown how
// it learns that the initiator does not accept it.
var (
	halfOpen   = map[string]string{"ss": "deleting half open", "ls": "deleting half open"}
	turnedDown = map[string]string{"ss": informed, "os": informed, "so": "recv INFORMATIONAL req"}
)

const informed = "parsed INFORMATIONAL request"

const tenYears = 10 * 365 * 24 * 60 * 60

// all is what logs of any pair tell.
func all(initiator, responder, both string) map[string]told {
	return map[string]told{"": {initiator, responder, both}}
}

// with puts a fault into a connection with certificates, and withEAP into one with
// EAP.
func with(set func(i, r *end)) func(i, r *end) {
	return func(i, r *end) {
		certs(i, r)
		set(i, r)
	}
}

func withEAP(set func(i, r *end)) func(i, r *end) {
	return func(i, r *end) {
		eap(i, r)
		set(i, r)
	}
}

// behind initiates with rules on the router.
func behind(rules string) func(*scene, context.Context) error {
	return func(s *scene, ctx context.Context) error {
		if err := s.rules(rules); err != nil {
			return err
		}
		return s.initiate(ctx)
	}
}

func rekeyChild(s *scene, ctx context.Context) error {
	if err := s.initiate(ctx); err != nil {
		return err
	}
	return s.do("beside initiator swanctl --rekey --child net && await 100 grep -q 'rekeying failed' $DIR/initiator/log")
}

// base is a connection that comes up.
func base(pair string) (i, r *end) {
	i = &end{product: sceneProducts[pair[0]], peer: sceneProducts[pair[1]], side: event.Initiator, auth: "psk", id: "client.lab", peerID: "gateway.lab", psk: "it",
		ike: "ike", esp: "esp", local: "10.1.0.0/16", remote: "10.2.0.0/16"}
	r = &end{product: sceneProducts[pair[1]], peer: sceneProducts[pair[0]], side: event.Responder, auth: "psk", id: "gateway.lab", peerID: "client.lab", psk: "it",
		ike: "ike", esp: "esp", local: "10.2.0.0/16", remote: "10.1.0.0/16"}
	return i, r
}

// certs makes it one of certificates.
func certs(i, r *end) {
	i.auth, r.auth = "cert", "cert"
	i.psk, r.psk = "", ""
	i.cert, r.cert = "client", "gateway"
	i.ca, r.ca = []string{"ca"}, []string{"ca"}
}

// eap makes it one with EAP of the client and a certificate of the gateway.
func eap(i, r *end) {
	certs(i, r)
	i.auth, r.auth = "eap", "eap"
	i.cert = ""
	i.user, i.password, i.method = "carol", "Ar3etTnp", "mschapv2"
	r.user, r.password, r.method = "carol", "Ar3etTnp", "mschapv2"
}

// atOnce bounds the scenes that run side by side: they mostly wait.
const atOnce = 6

// TestLabFailure has explain read the logs of real daemons with faults put into
// their connections. Each scene has namespaces of its own, and no gateways need to
// be up. With -short some pairs of each fault run, and no fault that shows only
// after a timeout.
func TestLabFailure(t *testing.T) {
	l := findLab(t)
	l.do(t, "install")
	w := newWorld(t)
	t.Parallel() // beside TestLab, whose namespaces it does not touch
	ctx := testContext(t)
	type run struct {
		f    failure
		pair string
		dir  string
		err  error
		done chan struct{}
	}
	var runs []*run
	slots := make(chan struct{}, atOnce)
	root := *failureLogs
	if root == "" {
		var err error
		if root, err = os.MkdirTemp("", "failure"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(root) }) // as far as daemons that are ended at this moment let it
	}
	only, err := regexp.Compile(*onlyFailures)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range failures {
		if testing.Short() && f.slow {
			continue
		}
		for _, pair := range sample(strings.Fields(f.pairs), 2) {
			if !only.MatchString(f.name + " " + pair) {
				continue
			}
			x := &run{f: f, pair: pair, dir: filepath.Join(root, strings.ReplaceAll(f.name, " ", "-")+"."+pair), done: make(chan struct{})}
			runs = append(runs, x)
		}
	}
	go func() {
		for _, x := range runs {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots; close(x.done) }()
				x.err = x.f.perform(ctx, l, w, x.dir, x.pair)
			}()
		}
	}()
	for _, x := range runs {
		t.Run(x.f.name+" "+x.pair, func(t *testing.T) {
			<-x.done
			if x.err != nil {
				t.Fatal(x.err)
			}
			want, own := x.f.told[x.pair]
			if !own {
				want = x.f.told[""]
			}
			for level, logs := range x.f.logs(x.dir, x.pair) {
				testTold(t, want.at(level), x.f.also, x.pair, logs[0], logs[1])
			}
		})
	}
}

// perform runs the scene of a pair and leaves its logs in dir.
func (f *failure) perform(ctx context.Context, l lab, w *world, dir, pair string) error {
	i, r := base(pair)
	if f.set != nil {
		f.set(i, r)
	}
	for _, e := range []*end{i, r} {
		path := filepath.Join(dir, string(e.side))
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
		if err := e.write(path, w); err != nil {
			return err
		}
	}
	s, err := openScene(ctx, l, dir, i.product, r.product)
	if err != nil {
		return err
	}
	defer s.close()
	for _, side := range []event.Side{event.Responder, event.Initiator} {
		if err := s.do("start " + string(side)); err != nil {
			return err
		}
	}
	play := f.play
	if play == nil {
		play = (*scene).initiate
	}
	if err := play(s, ctx); err != nil {
		return err
	}
	if ends := f.ends[pair]; ends != "" {
		if err := s.await(ctx, event.Responder, ends, 1); err != nil {
			return err
		}
	}
	if err := s.settle(); err != nil {
		return err
	}
	return s.split()
}

// logs returns pairs of logs of the two sides: as the daemon has it by itself, and
// as `explain --how` has it.
func (f *failure) logs(dir, pair string) [][2]string {
	names := map[byte][2]string{'s': {"default", "log"}, 'l': {"default", "output"}, 'o': {"output", "output"}}
	var out [][2]string
	for level := range 2 {
		out = append(out, [2]string{
			filepath.Join(dir, string(event.Initiator), names[pair[0]][level]), filepath.Join(dir, string(event.Responder), names[pair[1]][level])})
	}
	return out
}

// testTold has explain read the log of each side, and both.
func testTold(t *testing.T, want told, also []string, pair, initiates, responds string) {
	for _, read := range []struct {
		what, want string
		side       event.Side
		files      []string
	}{
		{"the log of the initiator", want.initiator, event.Initiator, []string{initiates}},
		{"the log of the responder", want.responder, event.Responder, []string{responds}},
		{"both logs", want.both, "", []string{responds, initiates}},
	} {
		if read.want == "-" {
			continue
		}
		explain := func(how ...string) (string, int) {
			var out bytes.Buffer
			code := run(append(append([]string{"explain"}, how...), read.files...), strings.NewReader(""), &out, &out)
			return out.String(), code
		}
		text := func() string {
			out, _ := explain("--width", "140")
			return out
		}
		out, code := explain("-o", "json")
		if code != 0 {
			t.Errorf("%s %s: exit code %d\n%s", read.what, read.files[0], code, out)
			continue
		}
		var doc incident.Document
		if err := json.Unmarshal([]byte(out), &doc); err != nil {
			t.Fatal(err)
		}
		if read.side == "" && want.responder != "-" && !slices.ContainsFunc(doc.Stories, func(s incident.Story) bool { return s.Other != nil }) {
			t.Errorf("%s: the two logs make no one story\n%s", read.files[0], text())
		}
		if fault := misread(&doc, read.want, also, read.side, strings.ContainsAny(pair, "lo")); fault != "" {
			t.Errorf("%s %s: %s\n%s", read.what, read.files[0], fault, text())
		}
	}
}

// misread says what is wrong in what explain says, "" for nothing. A persistent
// daemon, as libreswan and OpenIKED, tries again by itself, as a responder too.
func misread(doc *incident.Document, want string, also []string, side event.Side, persistent bool) string {
	cause, others, _ := strings.Cut(want, "+")
	cause, blind := strings.CutPrefix(cause, "?")
	if others != "" {
		also = append(strings.Split(others, "+"), also...)
	}
	var s *incident.Story
	for i := range doc.Stories {
		switch found := &doc.Stories[i]; {
		case found.Cause == cause && (s == nil || found.Established == (cause == "")):
			s = found
		case found.Cause == "" && persistent:
			// It tries again, and the scene ended meanwhile.
		case !slices.Contains(also, found.Cause):
			return fmt.Sprintf("there is %q, want %q alone", found.Cause, cause)
		}
	}
	switch {
	case s == nil:
		return fmt.Sprintf("there is no %q", cause)
	case side != "" && s.Side != side && cause != "own-cert":
		return fmt.Sprintf("it is taken for the log of a %q", s.Side)
	case cause == "" && !s.Established:
		return "it is not said to be established"
	case blind && (s.Firm || s.Elsewhere == ""):
		return "it does not say that only the other side's log says why"
	}
	return ""
}
