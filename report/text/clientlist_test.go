package text

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals/client"
)

// TestClientsWithoutProposals: a client whose Child SAs have no proposals is shown as such.
func TestClientsWithoutProposals(t *testing.T) {
	var b bytes.Buffer
	if err := Clients(&b, []client.Policy{{Name: "mine", Child: &client.Child{}}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Child SAs  0 proposals\n") {
		t.Errorf("no word of it in\n%s", b.String())
	}
}
