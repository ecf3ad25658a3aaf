package assess

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/reporttest"
)

func TestMissingIsBounded(t *testing.T) {
	many := "aes256-sha256-prfsha256"
	for i := range 20 {
		many += fmt.Sprintf("-ke_%d", 1100+i)
	}
	offer := reporttest.Products(t, many)
	got := missing(offer, reporttest.Products(t, "aes256-sha256-prfsha256-ecp256"))
	if len(got) != 1 || !strings.Contains(got[0].Text, "and 12 more") {
		t.Errorf("%+v", got)
	}
}
