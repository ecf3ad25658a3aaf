package text

import (
	"bytes"
	"testing"

	"github.com/ikescope/ikescope/report/incident/how"
)

func TestHow(t *testing.T) {
	for _, name := range how.Products() {
		h, _ := how.Of(name)
		var out bytes.Buffer
		if err := How(&out, h, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, label := range []string{"\nON  ", "\nCOLLECT  ", "\nOFF  ", "\nWHERE  ", "\nLACKS  "} {
			if !bytes.Contains(out.Bytes(), []byte(label)) {
				t.Errorf("%s lacks %q:\n%s", name, label, out.String())
			}
		}
	}
}
