//go:build linux

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/report/incident/event"
)

// scene is two real daemons with a router between them, in namespaces of their
// own (`lab scene`).
type scene struct {
	dir     string
	product map[event.Side]string
	command *exec.Cmd
	in      io.WriteCloser
	replies *bufio.Reader
	stderr  bytes.Buffer
}

// patience bounds how long a scene waits for one event.
const patience = 40 * time.Second

// openScene makes the namespaces. What is in the folders initiator and responder
// of dir is the configuration of the daemons.
func openScene(ctx context.Context, l lab, dir, initiates, responds string) (*scene, error) {
	s := &scene{dir: dir, product: map[event.Side]string{event.Initiator: initiates, event.Responder: responds}}
	s.command = l.start(ctx, "scene", dir, initiates, responds)
	s.command.Stderr = &s.stderr
	var err error
	if s.in, err = s.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.replies = bufio.NewReader(out)
	return s, s.command.Start()
}

// close ends all that the scene started.
func (s *scene) close() {
	s.in.Close()
	s.command.Wait()
}

// do runs a command of scene-run.sh.
func (s *scene) do(command string) error {
	if _, err := fmt.Fprintln(s.in, command); err != nil {
		return fmt.Errorf("%s: %w: %s", command, err, &s.stderr)
	}
	reply, err := s.replies.ReadString('\n')
	if err != nil || reply != "ok\n" {
		return fmt.Errorf("%s: %q %v %s\n%s", command, reply, err, &s.stderr, s.tail())
	}
	return nil
}

// tail returns the ends of what commands and daemons printed.
func (s *scene) tail() string {
	const most = 2000
	var out strings.Builder
	for _, name := range []string{"output", "initiator/output", "responder/output", "initiator/log", "responder/log"} {
		data, _ := os.ReadFile(filepath.Join(s.dir, name))
		fmt.Fprintf(&out, "--- %s\n%s\n", name, data[max(0, len(data)-most):])
	}
	return out.String()
}

// log is the file that a side's daemon writes its log to.
func (s *scene) log(side event.Side) string {
	name := "output"
	if s.product[side] == "strongswan" {
		name = "log"
	}
	return filepath.Join(s.dir, string(side), name)
}

// await waits for a line of a side's log, the nth of its kind.
func (s *scene) await(ctx context.Context, side event.Side, line string, nth int) error {
	const pause = 20 * time.Millisecond
	want, err := regexp.Compile(line)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(patience); ; {
		data, _ := os.ReadFile(s.log(side))
		if len(want.FindAll(data, nth)) >= nth {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("no line %q in the log of the %s\n%s", line, side, s.tail())
		}
		time.Sleep(pause)
	}
}

// end is the configuration of one side of a scene, in words that the daemons
// have in common.
type end struct {
	product string
	peer    string // its product
	side    event.Side
	auth    string // psk, cert or eap; that of the gateway is then cert
	id      string
	peerID  string // "" for any
	psk     string // "" for none
	pskFor  string // the peer that the key is for, "" for any
	// ike and esp are suites of the table below.
	ike, esp string
	// local and remote are the networks of the Child SA.
	local, remote string
	cert          string // of the world of certificates
	chain         bool   // with the intermediate
	ca            []string
	crl           string
	// pool is where the gateway takes addresses from; wantAddress asks for one.
	pool        string
	wantAddress bool
	method      string // of EAP
	user        string
	password    string
	clock       int // seconds by which the clock is wrong
	// more are lines of the product's own syntax: in the connection, in its
	// Child SA and in the settings of the daemon.
	more, child, daemon string
	rest                string // at the end of the file
}

func addressOf(side event.Side) string {
	if side == event.Initiator {
		return "10.88.1.2"
	}
	return "10.88.2.2"
}

// sceneSuites are proposals by name, in the syntaxes of the daemons.
var sceneSuites = map[string]struct{ strongswan, libreswan, openiked string }{
	"ike":  {"aes256-sha256-modp2048", "aes256-sha2_256;modp2048", "enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048"},
	"ike2": {"aes128-sha1-modp1536", "aes128-sha1;modp1536", "enc aes-128 auth hmac-sha1 prf hmac-sha1 group modp1536"},
	"esp":  {"aes256-sha1", "aes256-sha1", "enc aes-256 auth hmac-sha1"},
	"esp2": {"aes128-sha1", "aes128-sha1", "enc aes-128 auth hmac-sha1"},
	"sha2": {"aes256-sha256", "aes256-sha2_256", "enc aes-256 auth hmac-sha2-256"}, // more than OpenIKED has on Linux
	"many": {"aes256gcm16-aes128gcm16-x25519-ecp384,aes256-aes128-sha256-sha1-modp2048-modp3072", "aes_gcm256;modp2048,aes256-sha2_256;modp2048,aes128-sha1;modp2048",
		"enc aes-256 enc aes-128 auth hmac-sha1 group modp2048 group ecp384"},
	"wide": {"aes256gcm16-aes128gcm16-prfsha512-prfsha384-x25519-ecp384,aes256-aes128-sha512-sha256-prfsha256-modp2048-modp3072", "aes_gcm256-sha2_512;dh19+dh21,aes256+aes128-sha2_512+sha2_256;modp2048+modp3072", ""},
	"pfs":  {"aes256-sha1-modp2048", "aes256-sha1;modp2048", "enc aes-256 auth hmac-sha1 group modp2048"},
}

// write puts the configuration into dir, which the daemon sees as /run/lab.
func (e *end) write(dir string, w *world) error {
	files := map[string]string{}
	switch e.product {
	case "strongswan":
		e.strongswan(files, w)
	case "libreswan":
		if err := e.libreswan(files, w); err != nil {
			return err
		}
	case "openiked":
		e.openiked(files, w)
	}
	if e.clock != 0 {
		files["clock"] = fmt.Sprint(e.clock)
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		folder, file := filepath.Split(path)
		if strings.HasSuffix(name, "/") {
			folder, file = path, ""
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		mode := os.FileMode(0o600)
		switch {
		case file == "":
			continue
		case strings.HasSuffix(name, ".sh"):
			mode = 0o700
		case strings.HasPrefix(name, "iked/") && !strings.Contains(name, "private"):
			mode = 0o644 // iked reads them without privileges
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			return err
		}
	}
	return nil
}

// other is the side that is not e's.
func (e *end) other() event.Side {
	if e.side == event.Initiator {
		return event.Responder
	}
	return event.Initiator
}

// strongswan writes two logs: "log" as `explain --how strongswan` has it, and
// "default" as charon does by itself.
func (e *end) strongswan(files map[string]string, w *world) {
	pss := "no"
	if e.peer == "libreswan" { // which has no other RSA signatures with SHA-2
		pss = "yes"
	}
	files["strongswan.conf"] = fmt.Sprintf(`charon-systemd {
	load_modular = yes
	retransmit_timeout = 0.3
	retransmit_tries = 3
	retransmit_base = 1.5
	half_open_timeout = 3
	rsa_pss = %s
	plugins {
		include /etc/strongswan.d/charon/*.conf
		kernel-libipsec {
			load = yes
		}
		bypass-lan {
			load = no
		}
	}
	journal {
		default = -1
	}
	filelog {
		how {
			path = /run/lab/log
			time_format = %%Y-%%m-%%dT%%H:%%M:%%S%%z
			ike_name = yes
			default = 1
			ike = 2
			cfg = 2
			net = 1
			enc = 1
			flush_line = yes
		}
		default {
			path = /run/lab/default
			time_format = %%b %%e %%T
			default = 1
			flush_line = yes
		}
	}
}
%s
`, pss, e.daemon)
	var c strings.Builder
	fmt.Fprintf(&c, `connections {
	lab {
		version = 2
		local_addrs = %s
		remote_addrs = %s
		proposals = %s
		%s
`, addressOf(e.side), addressOf(e.other()), sceneSuites[e.ike].strongswan, e.more)
	if e.cert != "" {
		fmt.Fprintln(&c, "		send_cert = always")
	}
	if e.pool != "" {
		fmt.Fprintln(&c, "		pools = lab")
	}
	if e.wantAddress {
		fmt.Fprintln(&c, "		vips = 0.0.0.0")
	}
	mine, theirs := e.auths()
	fmt.Fprintf(&c, "		local {\n			auth = %s\n			id = %s\n", mine, e.id)
	if e.cert != "" {
		fmt.Fprintln(&c, "			certs = own.pem")
	}
	if e.side == event.Initiator && e.auth == "eap" {
		fmt.Fprintf(&c, "			eap_id = %s\n", e.user)
	}
	fmt.Fprintf(&c, "		}\n		remote {\n			auth = %s\n", theirs)
	if e.peerID != "" {
		fmt.Fprintf(&c, "			id = %s\n", e.peerID)
	}
	if e.side == event.Responder && e.auth == "eap" {
		fmt.Fprintln(&c, "			eap_id = %any")
	}
	fmt.Fprintf(&c, `		}
		children {
			net {
				local_ts = %s
				remote_ts = %s
				esp_proposals = %s
				%s
			}
		}
	}
}
secrets {
`, e.local, e.remote, sceneSuites[e.esp].strongswan, e.child)
	if e.psk != "" {
		fmt.Fprintf(&c, "	ike-lab {\n		secret = \"%s\"\n", e.psk)
		if e.pskFor != "" {
			fmt.Fprintf(&c, "		id-1 = %s\n", e.pskFor)
		}
		fmt.Fprintln(&c, "	}")
	}
	if e.password != "" {
		fmt.Fprintf(&c, "	eap-lab {\n		id = %s\n		secret = \"%s\"\n	}\n", e.user, e.password)
	}
	fmt.Fprintln(&c, "}")
	if e.pool != "" {
		fmt.Fprintf(&c, "pools {\n	lab {\n		addrs = %s\n	}\n}\n", e.pool)
	}
	fmt.Fprintln(&c, e.rest)
	files["swanctl.conf"] = c.String()
	for _, folder := range []string{"x509", "x509ca", "x509ocsp", "x509aa", "x509ac", "x509crl", "pubkey", "private", "rsa", "ecdsa", "pkcs8", "pkcs12"} {
		files[folder+"/"] = ""
	}
	if e.cert != "" {
		files["x509/own.pem"] = w.pem(e.cert)
		files["private/own.pem"] = w.key(e.cert)
		if e.chain {
			files["x509/between.pem"] = w.pem("between")
		}
	}
	for _, ca := range e.ca {
		files["x509ca/"+ca+".pem"] = w.pem(ca)
	}
	if e.crl != "" {
		files["x509crl/lab.pem"] = w.crl(e.crl)
	}
}

// auths are how this side authenticates and how it wants the other to, in
// strongSwan's words.
func (e *end) auths() (mine, theirs string) {
	switch e.auth {
	case "cert":
		return "pubkey", "pubkey"
	case "eap":
		if e.side == event.Initiator {
			return "eap-" + e.method, "pubkey"
		}
		return "pubkey", "eap-" + e.method
	}
	return "psk", "psk"
}

func (e *end) libreswan(files map[string]string, w *world) error {
	auto := "ignore"
	if e.side == event.Initiator {
		auto = "keep" // it tries once
	}
	var c strings.Builder
	fmt.Fprintf(&c, `config setup
%s

conn lab
	keyexchange=ikev2
	left=%s
	right=%s
	leftid=%s
	leftupdown=""
	ike=%s
	esp=%s
	retransmit-interval=300
	retransmit-timeout=2s
	auto=%s
`, cmp.Or(e.daemon, "	plutodebug=base"), addressOf(e.side), addressOf(e.other()), at(e.id), sceneSuites[e.ike].libreswan, sceneSuites[e.esp].libreswan, auto)
	if e.peerID != "" {
		fmt.Fprintf(&c, "	rightid=%s\n", at(e.peerID))
	}
	if !e.wantAddress {
		fmt.Fprintf(&c, "	leftsubnet=%s\n", e.local)
	}
	switch {
	case e.pool != "":
		fmt.Fprintf(&c, "	rightaddresspool=%s\n	leftmodecfgserver=yes\n	rightmodecfgclient=yes\n", e.pool)
	case e.wantAddress:
		fmt.Fprintf(&c, "	rightsubnet=%s\n	leftmodecfgclient=yes\n	rightmodecfgserver=yes\n", e.remote)
	default:
		fmt.Fprintf(&c, "	rightsubnet=%s\n", e.remote)
	}
	if e.auth == "cert" {
		fmt.Fprintln(&c, "	authby=rsa-sha2")
		if e.cert != "" {
			fmt.Fprintln(&c, "	leftcert=own")
		}
	} else {
		fmt.Fprintln(&c, "	authby=secret")
	}
	for _, more := range []string{e.more, e.child} {
		for line := range strings.Lines(more) {
			fmt.Fprintf(&c, "	%s\n", strings.TrimSpace(line))
		}
	}
	fmt.Fprintln(&c, e.rest)
	files["ipsec.conf"] = c.String()
	files["ipsec.secrets"] = ""
	if e.psk != "" {
		who := ""
		if e.pskFor != "" {
			who = at(e.id) + " " + at(e.pskFor) + " "
		}
		files["ipsec.secrets"] = fmt.Sprintf("%s: PSK \"%s\"\n", who, e.psk)
	}
	var nss strings.Builder
	nss.WriteString("mkdir -p /run/lab/nss\nipsec initnss --nssdir /run/lab/nss\n")
	if e.cert != "" {
		bundle, err := w.pkcs12(e.cert)
		if err != nil {
			return err
		}
		files["own.p12"] = bundle
		nss.WriteString("pk12util -i /run/lab/own.p12 -d sql:/run/lab/nss -W x\n")
		if e.chain {
			files["between.pem"] = w.pem("between")
			nss.WriteString("certutil -A -a -i /run/lab/between.pem -d sql:/run/lab/nss -n between -t ,,\n")
		}
	}
	for _, ca := range e.ca {
		files[ca+".pem"] = w.pem(ca)
		fmt.Fprintf(&nss, "certutil -A -a -i /run/lab/%s.pem -d sql:/run/lab/nss -n %s -t CT,,\n", ca, ca)
	}
	if e.crl != "" {
		files["lab.crl"] = w.crlDER(e.crl)
		nss.WriteString("crlutil -I -i /run/lab/lab.crl -d sql:/run/lab/nss\n")
	}
	files["nss.sh"] = "#!/bin/sh -e\n" + nss.String()
	return nil
}

// at marks a name as one that is not looked up, as libreswan wants it.
func at(id string) string {
	if strings.ContainsAny(id, "=@%") {
		return `"` + id + `"`
	}
	return "@" + id
}

func (e *end) openiked(files map[string]string, w *world) {
	var c strings.Builder
	mode := "passive"
	if e.side == event.Initiator {
		mode = "active"
	}
	fmt.Fprintln(&c, e.daemon)
	fmt.Fprintf(&c, "ikev2 \"lab\" %s esp from %s to %s local %s peer %s ikesa %s childsa %s srcid %s", mode,
		e.local, e.remote, addressOf(e.side), addressOf(e.other()), sceneSuites[e.ike].openiked, sceneSuites[e.esp].openiked, e.id)
	if e.peerID != "" {
		fmt.Fprintf(&c, " dstid %s", e.peerID)
	}
	if e.child != "" {
		fmt.Fprintf(&c, " %s", e.child)
	}
	switch e.auth {
	case "psk":
		fmt.Fprintf(&c, " psk %q", e.psk)
	case "eap":
		fmt.Fprintf(&c, " eap %q", map[string]string{"mschapv2": "mschap-v2"}[e.method])
	case "cert":
		fmt.Fprint(&c, " rsa")
	}
	switch {
	case e.pool != "":
		fmt.Fprintf(&c, " config address %s", e.pool)
	case e.wantAddress:
		fmt.Fprint(&c, " request address any")
	}
	fmt.Fprintf(&c, " %s\n", e.more)
	if e.auth == "eap" && e.password != "" {
		fmt.Fprintf(&c, "user %q %q\n", e.user, e.password)
	}
	fmt.Fprintln(&c, e.rest)
	files["iked.conf"] = c.String()
	for _, folder := range []string{"ca", "certs", "crls", "private", "pubkeys/fqdn", "pubkeys/ipv4", "pubkeys/ipv6", "pubkeys/ufqdn"} {
		files["iked/"+folder+"/"] = ""
	}
	key := "gateway"
	if e.cert != "" {
		key = e.cert
		files["iked/certs/own.crt"] = w.pem(e.cert)
	}
	files["iked/private/local.key"] = w.key(key)
	files["iked/local.pub"] = w.public(key)
	for _, ca := range e.ca {
		files["iked/ca/"+ca+".crt"] = w.pem(ca)
	}
	if e.crl != "" {
		files["iked/crls/lab.crl"] = w.crl(e.crl)
	}
}

// initiate lets the initiator begin, and waits until it has come to an end.
func (s *scene) initiate(ctx context.Context) error {
	for side, product := range s.product {
		if product == "libreswan" { // which loads its connections once more when it has started, and ends their IKE SAs
			if err := s.await(ctx, side, "reaped addconn helper child|addconn: loading secrets from", 1); err != nil {
				return err
			}
		}
	}
	switch s.product[event.Initiator] {
	case "strongswan":
		// Its exit code is the outcome, which the log shows.
		return s.do("beside initiator swanctl --initiate --child net --timeout 30 || true")
	case "libreswan":
		if err := s.do("beside initiator ipsec whack --name lab --initiate --asynchronous"); err != nil {
			return err
		}
		return s.await(ctx, event.Initiator, `: "lab" #\d+: .*(established Child SA using|deleting (IKE|larval) SA|deleting state|encountered fatal error|giving up|IKE_AUTH response.*(rejected|error))`, 1)
	}
	return s.await(ctx, event.Initiator, `established peer|sa_free: |-> CLOS|failed to load CHILD SA|type TS_UNACCEPTABLE`, 1)
}

// settle waits until the daemons have handled, and logged, what has arrived: each
// answers a question about its IKE SAs only then. One that has ended is not waited for.
func (s *scene) settle() error {
	ask := map[string]string{"strongswan": "swanctl --list-sas", "openiked": "ikectl show sa"} // pluto has one thread, and logs at once
	for side, product := range s.product {
		if ask[product] == "" {
			continue
		}
		if err := s.do(fmt.Sprintf("beside %s %s || true", side, ask[product])); err != nil {
			return err
		}
	}
	return nil
}

// rules puts rules of nftables in force for what is forwarded.
func (s *scene) rules(rules string) error {
	table := "table inet lab {\n	chain forward {\n		type filter hook forward priority filter\n		" + rules + "\n	}\n}\n"
	if err := os.WriteFile(filepath.Join(s.dir, "rules"), []byte(table), 0o644); err != nil {
		return err
	}
	return s.do(`rules "$DIR/rules"`)
}

// again initiates with a fresh daemon and a fresh log; the old one is killed.
func (s *scene) again(ctx context.Context) error {
	for _, command := range []string{"stop initiator KILL", `rm -f "$DIR"/initiator/{log,default,output}`, "start initiator"} {
		if err := s.do(command); err != nil {
			return err
		}
	}
	return s.initiate(ctx)
}

// restarted initiates, and restarts the gateway without a word.
func (s *scene) restarted(ctx context.Context) error {
	if err := s.initiate(ctx); err != nil {
		return err
	}
	for _, command := range []string{"stop responder KILL", "start responder"} {
		if err := s.do(command); err != nil {
			return err
		}
	}
	return nil
}

// split writes, for a daemon that writes one log, a second as it is without
// debugging.
func (s *scene) split() error {
	for side, product := range s.product {
		if product != "libreswan" {
			continue
		}
		data, err := os.ReadFile(s.log(side))
		if err != nil {
			return err
		}
		var kept strings.Builder
		for line := range strings.Lines(string(data)) {
			if !strings.Contains(line, ": | ") {
				kept.WriteString(line)
			}
		}
		if err := os.WriteFile(filepath.Join(s.dir, string(side), "default"), []byte(kept.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	return ctx
}
