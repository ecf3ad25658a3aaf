package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// shownAlone returns the suites of a report that an exchange shows by themselves, by
// its number: an accepted answer named the suite, or INVALID_KE_PAYLOAD took an offer
// of nothing else. The method of the KE payload, which the answer says is not that of
// the suite, may stand beside it.
func shownAlone(target report.Target) map[int]proposals.Suite {
	out := make(map[int]proposals.Suite)
	for _, x := range target.Exchanges {
		if x.Type != ike.IKE_SA_INIT.String() || x.Doubtful {
			continue
		}
		offer := assess.ParseKeywords(x.Offer)
		switch x.Outcome {
		case report.OutcomeAccepted:
			named := assess.ParseKeywords(x.Suite)
			if len(named) == 1 && slices.ContainsFunc(offer, func(p proposals.Product) bool { return p.Holds(named[0]) }) {
				out[x.ID], _ = named[0].First()
			}
		case report.OutcomeInvalidKEPayload:
			if len(offer) != 1 || x.Group == x.KE {
				continue
			}
			alone := offer[0]
			alone[proposals.KE] = slices.DeleteFunc(alone[proposals.KE], func(a proposals.Algorithm) bool { return a.Keyword() == x.KE })
			if s, _ := alone.First(); alone.Size() == 1 && s[proposals.KE].Keyword() == x.Group {
				out[x.ID] = s
			}
		}
	}
	return out
}

// unobserved returns what a report calls observed and did not ask about: each suite
// of an observed product has to be shown alone by an exchange that the product names
// as evidence, and of an inferred one as many as it has samples.
func unobserved(target report.Target) []string {
	shown := shownAlone(target)
	var faults []string
	for _, r := range target.Matrix.Products {
		alone := make(map[proposals.Suite]bool)
		product := r.Product()
		for _, id := range r.Evidence {
			if s, ok := shown[id]; ok && product.Contains(s) {
				alone[s] = true
			}
		}
		if len(alone) == 0 || len(alone) != r.Samples || r.Basis == report.BasisObserved && int64(len(alone)) != product.Size() {
			faults = append(faults, fmt.Sprintf("%v is %s with %d samples, and %d of its %d suites were asked about alone; evidence %v",
				product, r.Basis, r.Samples, len(alone), product.Size(), r.Evidence))
		}
	}
	return faults
}

// TestObservedIsAsked: of gateways with the policies of the lab, and of well-known
// products, what reports call observed was asked about. Without one of the exchanges
// it was not.
func TestObservedIsAsked(t *testing.T) {
	t.Parallel()
	observed := 0
	for name, gateway := range mockedPolicies(t) {
		m, err := startMock("--profile", gateway.profile, "--accept", gateway.accepts)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		code := runContext(context.Background(), []string{"scan", "-q", "--rate", "10000", "-o", "json", "127.0.0.1:" + m.port + "+" + m.natt}, nil, &out, io.Discard)
		m.stop()
		doc, err := report.ReadJSON(&out)
		if err != nil || code != 0 || doc.Targets[0].Matrix == nil || !doc.Targets[0].Matrix.Proven {
			t.Fatalf("%s: exit %d, %v", name, code, err)
		}
		target := doc.Targets[0]
		if faults := unobserved(target); len(faults) > 0 {
			t.Errorf("%s: %s", name, strings.Join(faults, "; "))
		}
		shown := shownAlone(target)
		for _, r := range target.Matrix.Products {
			if r.Basis == report.BasisObserved {
				observed++
			}
			i := slices.IndexFunc(target.Exchanges, func(x report.Exchange) bool { _, ok := shown[x.ID]; return ok && slices.Contains(r.Evidence, x.ID) })
			without := target
			without.Exchanges = slices.Concat(target.Exchanges[:i], target.Exchanges[i+1:])
			again := slices.ContainsFunc(r.Evidence, func(id int) bool { return id != target.Exchanges[i].ID && shown[id] == shown[target.Exchanges[i].ID] })
			if len(unobserved(without)) == 0 && !again {
				t.Errorf("%s: %v is %s without exchange %d", name, r.Product(), r.Basis, target.Exchanges[i].ID)
			}
		}
	}
	if observed < 10 {
		t.Errorf("%d observed products", observed)
	}
}

// mocked is a gateway of TestObservedIsAsked.
type mocked struct{ profile, accepts string }

// mockedPolicies returns the policies of the lab that say what they accept, and
// without -short those of well-known products, by name.
func mockedPolicies(t *testing.T) map[string]mocked {
	t.Helper()
	out := make(map[string]mocked)
	files, err := filepath.Glob("../../testdata/lab/policies/*/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no policies: %v", err)
	}
	accepts := regexp.MustCompile(`(?m)^# accepts: (.*)$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		gateway := filepath.Base(filepath.Dir(file))
		var products []string
		for _, m := range accepts.FindAllStringSubmatch(string(text), -1) {
			products = append(products, m[1])
		}
		if len(products) > 0 {
			out[gateway+" "+filepath.Base(file)] = mocked{strings.TrimSuffix(gateway, "-pq"), strings.Join(products, ",")}
		}
	}
	if testing.Short() {
		return out
	}
	for _, p := range client.Policies() {
		var products []string
		for _, offered := range p.Offer {
			products = append(products, offered.String())
		}
		for _, profile := range []string{"strongswan", "libreswan"} {
			out[profile+" "+p.Name] = mocked{profile, strings.Join(products, ",")}
		}
	}
	return out
}
