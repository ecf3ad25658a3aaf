package logtext

import "testing"

// An identity is one in the spelling of each product.
func TestIdentity(t *testing.T) {
	for id, want := range map[string]string{"gateway.lab": "gateway.lab", "@Gateway.lab": "gateway.lab", "FQDN/gateway.lab": "gateway.lab", "%any": "", "O=Lab, CN=gateway": "", "/O=Lab/CN=gateway": ""} {
		if got := Identity(id); got != want {
			t.Errorf("%q is %q, want %q", id, got, want)
		}
	}
}
