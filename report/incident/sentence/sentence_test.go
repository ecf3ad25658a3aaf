package sentence

import "testing"

func TestFill(t *testing.T) {
	words := map[string]string{"id": "carol", "port": "UDP 1500"}
	for in, want := range map[string]string{
		"it is {id}[, at {place}][ over {port}]": "it is carol over UDP 1500",
		"let {port|UDP 500} through":             "let UDP 1500 through",
		"let {other|UDP 500 and 4500} through":   "let UDP 500 and 4500 through",
		"[let {other|UDP 500} through]":          "let UDP 500 through",
		"ask {place/id}":                         "ask carol",
		"ask {id/port}":                          "ask carol",
		"it is[ at {place/other}]":               "it is",
		"conn { auto = start }":                  "conn { auto = start }",
	} {
		if got := Fill(in, words); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if _, known := Words("{place/other}", words); known {
		t.Error("a place that nothing fills is known")
	}
}
