package plist

import "testing"

// TestSignedContent: no prefix of a signed profile is taken for one whose
// content is whole, or crashes the reader.
func TestSignedContent(t *testing.T) {
	for _, name := range []string{"signed-der.mobileconfig", "signed-ber.mobileconfig"} {
		data := readSample(t, name)
		whole, ok := SignedContent(data)
		if !ok {
			t.Fatal(name)
		}
		for n := range data {
			if inner, ok := SignedContent(data[:n:n]); ok && string(inner) != string(whole) {
				t.Fatalf("%s: %d octets give another content", name, n)
			}
		}
	}
}
