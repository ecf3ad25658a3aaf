package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/report"
)

// TestIKEv1Only: a gateway that refuses whatever IKEv2 offers, and takes IKEv1, is
// found out before its suites are asked about one by one; with --exhaustive they are.
func TestIKEv1Only(t *testing.T) {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		buf := make([]byte, 1<<16)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := answerOnlyIKEv1(t, buf[:n]); answer != nil {
				conn.WriteTo(answer, from)
			}
		}
	}()
	at := conn.LocalAddr().String()
	scan := func(args ...string) report.Target {
		t.Helper()
		var out bytes.Buffer
		args = append(args, "-q", "-o", "json", "--transport", "udp500", "--rate", "5000", at)
		if code := runContext(t.Context(), args, nil, &out, io.Discard); code != report.ExitDone {
			t.Fatalf("ended with %d: %s", code, &out)
		}
		doc, err := report.ReadJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		return doc.Targets[0]
	}
	target := scan()
	if ids := fmt.Sprint(idsOf(target)); target.Complete || target.Matrix != nil || target.Cost.Exchanges > 10 || ids != "[IKE-V1-ONLY]" {
		t.Errorf("complete: %v, %d exchanges, findings %s, notes %q", target.Complete, target.Cost.Exchanges, ids, target.Notes)
	}
	if target = scan("--exhaustive", "--profile", "quick"); target.Matrix == nil || target.Matrix.Accepted != 0 || target.Cost.Exchanges < 20 {
		t.Errorf("%d exchanges, matrix: %v", target.Cost.Exchanges, target.Matrix)
	}
}

func idsOf(target report.Target) (ids []string) {
	for _, f := range target.Findings {
		ids = append(ids, f.ID)
	}
	return ids
}

// answerOnlyIKEv1 answers a request: of IKEv2 with NO_PROPOSAL_CHOSEN, of Main Mode
// with the first transform offered, and what does not belong there with an error.
func answerOnlyIKEv1(t *testing.T, request []byte) []byte {
	h, _, _, err := ike.ParseHeader(request)
	if err != nil {
		t.Error(err)
		return nil
	}
	if h.MajorVersion != 1 {
		h.MajorVersion, h.Flags = 2, ike.FlagResponse
		m := &ike.Message{Header: h, Payloads: []ike.Payload{&ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN}}}
		octets, err := m.AppendBinary(nil)
		if err != nil {
			t.Error(err)
		}
		return octets
	}
	m, err := ikev1.Parse(request)
	if err != nil {
		t.Error(err)
		return nil
	}
	answer := &ikev1.Message{Header: h}
	answer.SPIr = ike.SPI{1}
	sa, offers := m.Find(ikev1.PayloadSA)
	transforms, _ := sa.Transforms()
	if offers && h.Exchange == ikev1.MainMode && len(transforms) > 0 {
		chosen, err := ikev1.Offer(transforms[:1])
		if err != nil {
			t.Error(err)
		}
		answer.Payloads = []ikev1.Payload{chosen}
	} else {
		answer.Exchange = ikev1.Informational
		answer.Payloads = []ikev1.Payload{{Type: ikev1.PayloadNotification, Body: []byte{0, 0, 0, 1, 1, 0, 0, 16}}} // PAYLOAD-MALFORMED
	}
	octets, err := answer.AppendBinary(nil)
	if err != nil {
		t.Error(err)
	}
	return octets
}
