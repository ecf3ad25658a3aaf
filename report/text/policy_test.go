package text

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

func TestPolicyText(t *testing.T) {
	var chosen []baseline.Policy
	for _, name := range []string{"cnsa1", "bsi-tr-02102-3", "legacy"} {
		p, _ := baseline.PolicyNamed(name)
		chosen = append(chosen, p)
	}
	doc := scan.Document(testRun, reporttest.Cases(t)["weak-behind-nat"])
	doc.Targets[0].Policies = assess.Policies(&doc.Targets[0], chosen)
	var b bytes.Buffer
	if err := report.WriteJSON(&b, doc); err != nil {
		t.Fatal(err)
	}
	reporttest.Validate(t, report.Schema(), b.Bytes())
	whole := text(t, doc, Options{})
	section := whole[strings.Index(whole, "\nPOLICY")+1:]
	golden(t, "policy.txt", section[:strings.Index(section, "\nCOST")])
}
