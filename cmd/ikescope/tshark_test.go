package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report"
)

// tsharkFields are fields of Wireshark's isakmp dissector, each with how we read it:
// its values in a message, in their order.
var tsharkFields = []struct {
	name  string
	value func(*ike.Message, []byte) []string
}{
	{"isakmp.ispi", func(m *ike.Message, _ []byte) []string { return []string{m.SPIi.String()} }},
	{"isakmp.rspi", func(m *ike.Message, _ []byte) []string { return []string{m.SPIr.String()} }},
	{"isakmp.version", func(m *ike.Message, _ []byte) []string { return octet("0x%02x", m.MajorVersion<<4|m.MinorVersion) }},
	{"isakmp.exchangetype", func(m *ike.Message, _ []byte) []string { return octet("%d", m.Exchange) }},
	{"isakmp.flags", func(m *ike.Message, _ []byte) []string { return octet("0x%02x", m.Flags) }},
	{"isakmp.messageid", func(m *ike.Message, _ []byte) []string { return octet("0x%08x", m.MessageID) }},
	{"isakmp.length", func(_ *ike.Message, octets []byte) []string { return octet("%d", len(octets)) }},
	{"isakmp.typepayload", func(m *ike.Message, _ []byte) (all []string) {
		for _, p := range m.Payloads {
			all = append(all, octet("%d", p.Type())...)
			if sa, ok := p.(*ike.SA); ok { // Wireshark counts what is in one, too
				for _, proposal := range sa.Proposals {
					all = append(all, "2")
					for range proposal.Transforms {
						all = append(all, "3")
					}
				}
			}
		}
		return all
	}},
	{"isakmp.prop.number", ofProposals(func(p ike.Proposal) []string { return octet("%d", p.Number) })},
	{"isakmp.prop.protoid", ofProposals(func(p ike.Proposal) []string { return octet("%d", p.Protocol) })},
	{"isakmp.prop.transforms", ofProposals(func(p ike.Proposal) []string { return octet("%d", len(p.Transforms)) })},
	{"isakmp.tf.type", ofTransforms(func(t ike.Transform) []string { return octet("%d", t.Type) })},
	{"isakmp.tf.id.encr", idsOfType(1)},
	{"isakmp.tf.id.prf", idsOfType(2)},
	{"isakmp.tf.id.integ", idsOfType(3)},
	{"isakmp.tf.id.dh", idsOfType(4)},
	{"isakmp.ike2.attr.key_length", ofTransforms(func(t ike.Transform) []string {
		if bits, ok := t.KeyLength(); ok {
			return octet("%d", bits)
		}
		return nil
	})},
	{"isakmp.key_exchange.dh_group", each(func(k *ike.KE) []string { return octet("%d", k.Method) })},
	{"isakmp.key_exchange.data", each(func(k *ike.KE) []string { return octet("%x", k.Data) })},
	{"isakmp.nonce", each(func(n *ike.Nonce) []string { return octet("%x", n.Data) })},
	{"isakmp.notify.msgtype", each(func(n *ike.Notify) []string { return octet("%d", n.Notification) })},
	{"isakmp.notify.protoid", each(func(n *ike.Notify) []string { return octet("%d", n.Protocol) })},
	{"isakmp.notify.data", each(func(n *ike.Notify) []string {
		if len(n.Data) == 0 {
			return []string{"<MISSING>"} // as tshark writes it
		}
		return octet("%x", n.Data)
	})},
	{"isakmp.vid_bytes", each(func(v *ike.VendorID) []string { return octet("%x", v.Data) })},
}

func octet(format string, v any) []string { return []string{fmt.Sprintf(format, v)} }

// each returns the values of each payload of a type.
func each[P ike.Payload](value func(P) []string) func(*ike.Message, []byte) []string {
	return func(m *ike.Message, _ []byte) (all []string) {
		for _, p := range m.Payloads {
			if own, ok := p.(P); ok {
				all = append(all, value(own)...)
			}
		}
		return all
	}
}

func ofProposals(value func(ike.Proposal) []string) func(*ike.Message, []byte) []string {
	return each(func(sa *ike.SA) (all []string) {
		for _, p := range sa.Proposals {
			all = append(all, value(p)...)
		}
		return all
	})
}

func ofTransforms(value func(ike.Transform) []string) func(*ike.Message, []byte) []string {
	return ofProposals(func(p ike.Proposal) (all []string) {
		for _, t := range p.Transforms {
			all = append(all, value(t)...)
		}
		return all
	})
}

func idsOfType(kind ike.TransformType) func(*ike.Message, []byte) []string {
	return ofTransforms(func(t ike.Transform) []string {
		if t.Type != kind {
			return nil
		}
		return octet("%d", t.ID)
	})
}

// TestTshark: Wireshark reads what --pcap writes, with the comments, and agrees with
// our reading of every packet, field by field.
func TestTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	dir := t.TempDir()
	path, document := filepath.Join(dir, "demo.pcap"), filepath.Join(dir, "demo.json")
	var stderr lockedBuffer
	if code := runContext(t.Context(), []string{"demo", "-q", "--eap", "eap-mschapv2", "--profile", "openiked", "--pcap", path, "-o", "json=" + document}, nil, io.Discard, &stderr); code != 0 {
		t.Fatalf("ended with %d: %s", code, stderr.String())
	}
	saved, err := os.Open(document)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	doc, err := report.ReadJSON(saved)
	if err != nil {
		t.Fatal(err)
	}
	target := doc.Targets[0]
	args := []string{"-n", "-r", path, "-T", "fields", "-E", "separator=\t", "-E", "occurrence=a", "-E", "aggregator=,", "-e", "frame.comment"}
	for _, p := range target.Paths {
		as := map[report.Transport]string{report.UDP500: "isakmp", report.UDP4500: "udpencap"}[p.Transport]
		args = append(args, "-d", fmt.Sprintf("udp.port==%d,%s", p.Port, as))
	}
	for _, f := range tsharkFields {
		args = append(args, "-e", f.name)
	}
	cmd := exec.Command(tshark, args...)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	shown, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	lines := strings.Split(strings.TrimSuffix(string(shown), "\n"), "\n")

	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	packets := readScanPackets(t, file)
	if len(lines) != len(packets) || len(packets) == 0 {
		t.Fatalf("tshark reads %d packets, and we %d", len(lines), len(packets))
	}
	outcomes := map[int]report.Exchange{}
	for _, e := range target.Exchanges {
		outcomes[e.ID] = e
	}
	encrypted, seen := 0, map[string]int{}
	for i, p := range packets {
		octets := p.payload
		if inner, ok := ike.SplitNonESPMarker(octets); ok {
			octets = inner
		}
		m, err := ike.ParseMessage(octets)
		if err != nil {
			t.Fatal(err)
		}
		columns := strings.Split(lines[i], "\t")
		e := outcomes[int(p.exchange)]
		if want := fmt.Sprintf(": exchange %d, %s: outcome %s", p.exchange, strings.ReplaceAll(string(e.Purpose), "_", " "), e.Outcome); !strings.Contains(columns[0], want) {
			t.Errorf("packet %d: the comment is %q, without %q", i+1, columns[0], want)
		}
		if len(m.Payloads) > 0 && (m.Payloads[0].Type() == ike.PayloadEncrypted || m.Payloads[0].Type() == ike.PayloadEncryptedFragment) {
			encrypted++
		}
		for k, f := range tsharkFields {
			want := strings.Join(f.value(m, octets), ",")
			if columns[k+1] != want {
				t.Errorf("packet %d: %s is %s, and we read %s", i+1, f.name, columns[k+1], want)
			}
			if want != "" {
				seen[f.name]++
			}
		}
	}
	for _, f := range tsharkFields {
		if seen[f.name] == 0 {
			t.Errorf("no packet has a %s", f.name)
		}
	}
	if encrypted == 0 {
		t.Error("no packet is encrypted")
	}
}
