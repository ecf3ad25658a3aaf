package login

import (
	"encoding/asn1"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestManyRounds: no PKCS #12 file is opened for as long as it says.
func TestManyRounds(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "client.p12"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Version  int
		AuthSafe asn1.RawValue
		MAC      struct {
			Digest asn1.RawValue
			Salt   []byte
			Rounds int
		}
	}
	if _, err := asn1.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	file.MAC.Rounds = 10_000_000 // some seconds
	if data, err = asn1.Marshal(file); err != nil {
		t.Fatal(err)
	}
	defer func(was time.Duration) { longestPKCS12 = was }(longestPKCS12)
	longestPKCS12 = 0
	if _, err := parseBundle(data, "right"); err == nil || !strings.Contains(err.Error(), "takes longer than 0s to open") {
		t.Error(err)
	}
}
