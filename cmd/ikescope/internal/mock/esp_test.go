package mock

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func TestParseESP(t *testing.T) {
	got, err := parseESP("aes256gcm16-aes128gcm16-ecp384,aes256-sha256")
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	types := func(p ike.Proposal) (out []ike.TransformType) {
		for _, transform := range p.Transforms {
			out = append(out, transform.Type)
		}
		return out
	}
	if a, b := types(got[0]), types(got[1]); len(a) != 3 || a[2] != ike.TransformKE || len(b) != 2 || b[1] != ike.TransformINTEG || got[0].Protocol != ike.ProtocolESP {
		t.Errorf("%v and %v", a, b)
	}
	for _, bad := range []string{"", "aes256", "aes256gcm16-prfsha384", "x", "aes256-sha256,"} {
		if got, err := parseESP(bad); err == nil || !strings.HasPrefix(err.Error(), "--esp: ") {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
}
