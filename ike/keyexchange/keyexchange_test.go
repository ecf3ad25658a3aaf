package keyexchange

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ikescope/ikescope/ike"
)

// TestBothSidesAgree runs a whole exchange of each method with fresh keys.
func TestBothSidesAgree(t *testing.T) {
	for _, m := range Methods() {
		t.Run(m.String(), func(t *testing.T) {
			k, err := Generate(m, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if k.Method() != m {
				t.Errorf("method %v", k.Method())
			}
			public, secret, err := Respond(m, rand.Reader, k.Public())
			if err != nil {
				t.Fatal(err)
			}
			initiator, responder, ok := Sizes(m)
			if !ok || len(k.Public()) != initiator || len(public) != responder {
				t.Errorf("sent %d and %d octets, want %d and %d", len(k.Public()), len(public), initiator, responder)
			}
			got, err := k.SharedSecret(public)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, secret) {
				t.Errorf("secrets differ:\n%x\n%x", got, secret)
			}

			other, err := Generate(m, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(other.Public(), k.Public()) {
				t.Error("two keys have the same public value")
			}
		})
	}
}

// TestSizesAgainstRegistry compares Sizes with the columns of the registry.
func TestSizesAgainstRegistry(t *testing.T) {
	f, err := os.Open("../../testdata/registry/iana-transforms.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := make(map[string]int)
	for i, name := range rows[0] {
		column[name] = i
	}
	known := 0
	for _, row := range rows[1:] {
		if row[column["type"]] != "4" {
			continue
		}
		id, err := strconv.ParseUint(row[column["id"]], 10, 16)
		if err != nil {
			t.Fatal(err)
		}
		initiator, responder, ok := Sizes(ike.KeyExchangeMethod(id))
		got := ","
		if ok {
			got = fmt.Sprintf("%d,%d", initiator, responder)
			known++
		}
		if want := row[column["ke_initiator_octets"]] + "," + row[column["ke_responder_octets"]]; got != want {
			t.Errorf("%d %s: sizes %q, registry %q", id, row[column["name"]], got, want)
		}
	}
	if want := len(methods) + len(sizesOnly); known != want {
		t.Errorf("the registry has %d of the %d methods whose sizes are known", known, want)
	}
}

func TestMethods(t *testing.T) {
	all := Methods()
	for i, m := range all {
		if i > 0 && all[i-1] >= m {
			t.Errorf("%v after %v", m, all[i-1])
		}
		if !Supported(m) {
			t.Errorf("%v is listed and not supported", m)
		}
	}
	// Every method of the registry from 1 to 37 but the two of GOST.
	if len(all) != 25 {
		t.Errorf("%d methods: %v", len(all), all)
	}
}

func TestUnsupported(t *testing.T) {
	for _, m := range []ike.KeyExchangeMethod{ike.KE_NONE, 3, ike.KE_GOST3410_2012_256, 38, 1024, 65535} {
		if Supported(m) {
			t.Errorf("%v is supported", m)
		}
		if _, err := Generate(m, rand.Reader); !errors.Is(err, ErrUnsupported) {
			t.Errorf("Generate(%v): %v", m, err)
		}
		if _, _, err := Respond(m, rand.Reader, nil); !errors.Is(err, ErrUnsupported) {
			t.Errorf("Respond(%v): %v", m, err)
		}
	}
	if _, _, ok := Sizes(3); ok {
		t.Error("Sizes knows the withdrawn method 3")
	}
}

// TestWrongLength gives each side one octet less, one more, and none at all.
func TestWrongLength(t *testing.T) {
	for _, m := range Methods() {
		k, err := Generate(m, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		initiator, responder, _ := Sizes(m)
		for _, n := range []int{0, responder - 1, responder + 1} {
			if _, err := k.SharedSecret(make([]byte, n)); !errors.Is(err, ErrInvalidPublicValue) {
				t.Errorf("%v: %d octets from the responder: %v", m, n, err)
			}
		}
		for _, n := range []int{0, initiator - 1, initiator + 1} {
			if _, _, err := Respond(m, rand.Reader, make([]byte, n)); !errors.Is(err, ErrInvalidPublicValue) {
				t.Errorf("%v: %d octets from the initiator: %v", m, n, err)
			}
		}
	}
}

// TestInvalidPublicValue gives the responder values of the right length that
// it must refuse.
func TestInvalidPublicValue(t *testing.T) {
	// point returns x and y as the Key Exchange Data of m.
	point := func(m ike.KeyExchangeMethod, x, y string) []byte {
		size, _, _ := Sizes(m)
		out := make([]byte, size)
		fromHex(x).FillBytes(out[:size/2])
		fromHex(y).FillBytes(out[size/2:])
		return out
	}
	type row struct {
		name   string
		method ike.KeyExchangeMethod
		data   []byte
	}
	var rows []row
	for m, p := range oakleyPrimes {
		rows = append(rows, modpRows(m, p, func(name string, data []byte) row { return row{name, m, data} })...)
	}
	for m, s := range subgroups {
		rows = append(rows, modpRows(m, s.p, func(name string, data []byte) row { return row{name, m, data} })...)
		// 2 does not generate the subgroup of order q in any of the three.
		size, _, _ := Sizes(m)
		rows = append(rows, row{"outside the subgroup", m, append(make([]byte, size-1), 2)})
	}
	for m, c := range weierstrassCurves {
		rows = append(rows,
			row{"zero", m, point(m, "0", "0")},
			row{"off the curve", m, point(m, c.gx, c.gx)},
			row{"x is p", m, point(m, c.p, c.gy)},
			row{"y is p", m, point(m, c.gx, c.p)},
		)
	}
	for _, m := range []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521} {
		size, _, _ := Sizes(m)
		rows = append(rows,
			row{"zero", m, make([]byte, size)},
			row{"all ones", m, bytes.Repeat([]byte{0xff}, size)},
			row{"off the curve", m, append(make([]byte, size-1), 1)},
		)
	}
	for _, m := range []ike.KeyExchangeMethod{ike.KE_CURVE25519, ike.KE_CURVE448} {
		size, _, _ := Sizes(m)
		rows = append(rows,
			row{"zero", m, make([]byte, size)},
			row{"one", m, append([]byte{1}, make([]byte, size-1)...)},
		)
	}
	for _, m := range []ike.KeyExchangeMethod{ike.KE_ML_KEM_512, ike.KE_ML_KEM_768, ike.KE_ML_KEM_1024} {
		size, _, _ := Sizes(m)
		rows = append(rows, row{"coefficients above q", m, bytes.Repeat([]byte{0xff}, size)})
	}
	for _, r := range rows {
		if _, _, err := Respond(r.method, rand.Reader, r.data); !errors.Is(err, ErrInvalidPublicValue) {
			t.Errorf("%v: %s: %v", r.method, r.name, err)
		}
	}
}

// modpRows returns the values just outside the legal range of a MODP group.
func modpRows[T any](m ike.KeyExchangeMethod, prime string, row func(name string, data []byte) T) []T {
	p := fromHex(prime)
	size, _, _ := Sizes(m)
	octets := func(offset int64) []byte {
		x := fromHex(strconv.FormatInt(offset, 16))
		return x.Add(x, p).FillBytes(make([]byte, size))
	}
	return []T{
		row("0", make([]byte, size)),
		row("1", append(make([]byte, size-1), 1)),
		row("p-1", octets(-1)),
		row("p", octets(0)),
		row("p+1", octets(1)),
		row("all ones", bytes.Repeat([]byte{0xff}, size)),
	}
}

// TestRandomnessFails makes sure that a failing source is reported.
func TestRandomnessFails(t *testing.T) {
	broken := errors.New("broken")
	for _, m := range Methods() {
		if _, err := Generate(m, iotest.ErrReader(broken)); !errors.Is(err, broken) {
			t.Errorf("Generate(%v): %v", m, err)
		}
		k, err := Generate(m, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Respond(m, iotest.ErrReader(broken), k.Public()); !errors.Is(err, broken) {
			t.Errorf("Respond(%v): %v", m, err)
		}
	}
}

// TestRepeats makes the same key from the same octets.
func TestRepeats(t *testing.T) {
	for _, m := range Methods() {
		first, err := Generate(m, counter())
		if err != nil {
			t.Fatal(err)
		}
		second, err := Generate(m, counter())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Public(), second.Public()) {
			t.Errorf("%v: public values differ", m)
		}
	}
}

// counter returns a source that reads 1, 2, 3 and so on.
func counter() io.Reader {
	octets := make([]byte, 4096)
	for i := range octets {
		octets[i] = byte(i + 1)
	}
	return bytes.NewReader(octets)
}

// FuzzRespond looks for an initiator's value that makes a responder panic, or
// answer with the wrong sizes.
func FuzzRespond(f *testing.F) {
	for _, m := range Methods() {
		if size, _, _ := Sizes(m); size <= 200 {
			f.Add(uint16(m), bytes.Repeat([]byte{5}, size))
		}
	}
	f.Fuzz(func(t *testing.T, id uint16, data []byte) {
		m := ike.KeyExchangeMethod(id)
		public, secret, err := Respond(m, counter(), data)
		if err != nil {
			if !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrInvalidPublicValue) {
				t.Fatal(err)
			}
			return
		}
		if _, want, _ := Sizes(m); len(public) != want || len(secret) == 0 {
			t.Fatalf("%v: %d octets, want %d; secret of %d", m, len(public), want, len(secret))
		}
	})
}

// readVectors reads a file of blocks that an empty line ends, each a list of
// "name value"; lines that begin with # are comments.
func readVectors(t *testing.T, name string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []map[string]string
	for block := range strings.SplitSeq(string(text), "\n\n") {
		v := make(map[string]string)
		for line := range strings.Lines(block) {
			if line[0] == '#' {
				continue
			}
			name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
			if !ok {
				t.Fatalf("no value: %q", line)
			}
			v[name] = value
		}
		if len(v) > 0 {
			vectors = append(vectors, v)
		}
	}
	return vectors
}

// methodNamed returns the supported method of that name.
func methodNamed(t *testing.T, name string) ike.KeyExchangeMethod {
	t.Helper()
	for _, m := range Methods() {
		if m.String() == name {
			return m
		}
	}
	t.Fatalf("no method %q", name)
	return 0
}
