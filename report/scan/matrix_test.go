package scan

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/reporttest"
)

func TestCounts(t *testing.T) {
	m := newMatrix(reporttest.Matrix{
		Asked:    matrix.Standard().Products(),
		Inferred: "aes256gcm16-prfsha384-ecp384-x25519-ke1_none-ke1_mlkem768-ke1_mlkem1024",
		Observed: "aes256gcm16-prfsha384-ecp384,aes256-sha384-prfsha384-ecp384-ke1_mlkem1024",
	}.Of(t))
	classical := matrix.Classical().Size()
	if m.Classical != (report.Counts{Universe: classical, Accepted: 2, Refused: classical - 2, Unknown: 0}) {
		t.Errorf("classical = %+v, want 2 of %d accepted", m.Classical, classical)
	}
	if want := m.Universe - classical; m.Hybrid != (report.Counts{Universe: want, Accepted: 5, Refused: want - 5, Unknown: 0}) {
		t.Errorf("hybrid = %+v, want 5 of %d accepted", m.Hybrid, want)
	}
}

func TestPostQuantum(t *testing.T) {
	standard, classical := matrix.Standard().Products(), matrix.Classical().Products()
	for _, tt := range []struct {
		name    string
		m       reporttest.Matrix
		state   report.QuantumState
		methods string
	}{
		{"hybrid beside classical", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768"}, "accepted", "mlkem768"},
		{"hybrid alone", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_mlkem1024-ke2_none"}, "required", "mlkem768 mlkem1024"},
		{"hybrid product, classical product", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384-ke1_mlkem768,aes256gcm16-prfsha384-ecp256"}, "accepted", "mlkem768"},
		{"hybrid alone, so far", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384-ke1_mlkem768", NotTested: "aes256gcm16-prfsha384-ecp384"}, "accepted", "mlkem768"},
		{"ML-KEM by itself", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-mlkem768"}, "required", "mlkem768"},
		{"none", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384"}, "none", ""},
		{"undecided", reporttest.Matrix{Asked: standard, Observed: "aes256gcm16-prfsha384-ecp384", Silent: "aes256gcm16-prfsha384-ecp384-ke1_mlkem768"}, "unknown", ""},
		{"classical methods asked", reporttest.Matrix{Asked: reporttest.Products(t, "aes256gcm16-prfsha384-ecp384-x25519"), Observed: "aes256gcm16-prfsha384-ecp384"}, "not_tested", ""},
		{"classical undecided", reporttest.Matrix{Asked: classical, Observed: "aes256gcm16-prfsha384-ecp384", NotTested: "aes256gcm16-prfsha384-x25519"}, "none", ""},
	} {
		got := assess.PostQuantum(tt.m.Of(t))
		methods := strings.Join(lists.Convert(got.Methods, func(a report.Algorithm) string { return a.Keyword }), " ")
		if got.State != tt.state || methods != tt.methods {
			t.Errorf("%s: %s with %q, want %s with %q", tt.name, got.State, methods, tt.state, tt.methods)
		}
	}
}
