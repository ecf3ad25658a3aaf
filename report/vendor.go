package report

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
)

//go:embed vendor-ids.csv
var vendorIDsCSV string

type knownVendorID struct {
	octets       []byte
	exact        bool // else a prefix
	name         string
	verification string
}

// knownVendorIDs reads the embedded table once. It is part of the program: a
// fault in it is a programmer's.
var knownVendorIDs = sync.OnceValue(func() []knownVendorID {
	var out []knownVendorID
	for _, row := range table.MustRead("vendor-ids.csv", vendorIDsCSV, "payload_hex", "match", "vendor",
		"meaning_by_source", "seen_in_IKEv2", "sources", "verification", "notes") {
		octets, err := hex.DecodeString(row["payload_hex"])
		if err != nil {
			panic("report: internal error: vendor-ids.csv: " + err.Error())
		}
		name := vendorName(row["vendor"], row["meaning_by_source"])
		out = append(out, knownVendorID{octets, row["match"] == "exact", name, row["verification"]})
	}
	return out
})

// vendorName joins a vendor and what the sources call the payload: the names
// of one thing, apart from those that say the same.
func vendorName(vendor, meanings string) string {
	name, others, _ := strings.Cut(meanings, " | ")
	if second, _, _ := strings.Cut(others, " | "); second != "" && !says(second, name) && !says(name, second) {
		name += ", " + second
	}
	if !says(name, vendor) && !strings.Contains(vendor, "/") {
		name = vendor + ": " + name
	}
	return name
}

// says reports whether text holds part, apart from case and punctuation.
func says(text, part string) bool {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(s))
	}
	return strings.Contains(plain(text), plain(part))
}

// VendorIDOf describes the octets of a Vendor ID payload. Of the known payloads
// that fit, the longest names it.
func VendorIDOf(octets []byte) VendorID {
	v := VendorID{Hex: hex.EncodeToString(octets)}
	if isText(octets) {
		v.Text = string(octets)
	}
	longest := 0
	for _, k := range knownVendorIDs() {
		fits := bytes.HasPrefix(octets, k.octets) && (!k.exact || len(octets) == len(k.octets))
		if fits && len(k.octets) > longest {
			longest = len(k.octets)
			v.Name, v.Verification = k.name, k.verification
		}
	}
	return v
}

// isText reports whether octets are ASCII that a person can read: four
// characters or more, none of them a control.
func isText(octets []byte) bool {
	for _, c := range octets {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return len(octets) >= 4
}

// String names a vendor ID: its own text, in quotes unless the vendor is
// known, or what is known of it.
func (v VendorID) String() string {
	switch {
	case v.Text != "" && v.Name != "":
		return v.Text
	case v.Text != "":
		return strconv.Quote(v.Text)
	case v.Name != "" && v.Verification == "one-source":
		return v.Name + " (according to one source)"
	case v.Name != "":
		return v.Name
	}
	return v.Hex + " (unknown)"
}
