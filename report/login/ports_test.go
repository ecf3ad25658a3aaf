package login

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/report"
)

// TestPortsAsked: reasons and what to do name the ports that were asked, and the target as
// the user named it.
func TestPortsAsked(t *testing.T) {
	for _, tt := range []struct {
		asked        []initiator.Path
		cause        string
		has, has2, n string // n is not there; "" for none
	}{
		{[]initiator.Path{{Transport: initiator.UDP500, Port: 500}, {Transport: initiator.UDP4500, Port: 4500}}, "silence", "let UDP 500 and UDP 4500 through", "check UDP 500 at", ""},
		{[]initiator.Path{{Transport: initiator.UDP500, Port: 1500}, {Transport: initiator.UDP4500, Port: 14500}}, "silence", "let UDP 1500 and UDP 14500 through", "check UDP 1500 at", "UDP 500"},
		{[]initiator.Path{{Transport: initiator.UDP500, Port: 1500}, {Transport: initiator.UDP4500, Port: 14500}}, "port-refused", "open UDP 1500 and 14500 there", "", "UDP 500"},
		{[]initiator.Path{{Transport: initiator.UDP500, Port: 1500}, {Transport: initiator.UDP4500, Port: 14500}}, "silence-auth", "let UDP 14500 through", "(UDP 14500 closed", "UDP 4500"},
		{[]initiator.Path{{Transport: initiator.UDP4500, Port: 4500}}, "port-refused", "open UDP 4500 there", "", "UDP 500"},
		{[]initiator.Path{{Transport: initiator.TCP4500, Port: 4433}}, "silence", "let TCP 4433 through", "check TCP 4433 at", "UDP"},
	} {
		r := &login.Result{Address: netip.MustParseAddr("192.0.2.1"), Asked: tt.asked,
			Steps: []login.Step{{Kind: login.Negotiate, State: login.Failed, Cause: tt.cause}}}
		d := New(report.Tool{}, "vpn.example.com:1500+14500", login.Client{}, r)
		why := d.Steps[0].Reason
		text := why.Text + "\n" + why.Elsewhere
		for _, f := range why.Fix {
			text += "\n" + f.Line
		}
		if !strings.Contains(text, tt.has) || !strings.Contains(text, tt.has2) || tt.n != "" && strings.Contains(text, tt.n) || strings.Contains(text, "ikescope 192.0.2.1") {
			t.Errorf("%v, %s:\n%s", tt.asked, tt.cause, text)
		}
		if tt.cause == "silence" && !strings.Contains(text, "\nikescope vpn.example.com:1500+14500") {
			t.Errorf("another target in\n%s", text)
		}
	}
}
