package keyexchange

import (
	"bytes"
	"crypto/mlkem"
	"crypto/rand"
	"encoding/hex"
	"testing"

	"github.com/cloudflare/circl/kem"
	"github.com/cloudflare/circl/kem/mlkem/mlkem1024"
	"github.com/cloudflare/circl/kem/mlkem/mlkem512"
	"github.com/cloudflare/circl/kem/mlkem/mlkem768"

	"github.com/ikescope/ikescope/ike"
)

func TestMLKEMVectors(t *testing.T) {
	schemes := map[ike.KeyExchangeMethod]kem.Scheme{
		ike.KE_ML_KEM_512:  mlkem512.Scheme(),
		ike.KE_ML_KEM_768:  mlkem768.Scheme(),
		ike.KE_ML_KEM_1024: mlkem1024.Scheme(),
	}
	vectors := readVectors(t, "testdata/ml-kem.txt")
	if want := 3 * len(schemes); len(vectors) != want {
		t.Fatalf("%d vectors, want %d", len(vectors), want)
	}
	for _, v := range vectors {
		t.Run(v["method"]+"/"+v["kind"], func(t *testing.T) {
			m := methodNamed(t, v["method"])
			switch v["kind"] {
			case "keygen":
				k, err := Generate(m, bytes.NewReader(unhex(t, v["d"]+v["z"])))
				if err != nil {
					t.Fatal(err)
				}
				if got := hex.EncodeToString(k.Public()); got != v["ek"] {
					t.Errorf("the encapsulation key is\n%s, want\n%s", got, v["ek"])
				}
			case "encapsulation":
				c, secret, err := Respond(m, bytes.NewReader(unhex(t, v["m"])), unhex(t, v["ek"]))
				if err != nil {
					t.Fatal(err)
				}
				if got := hex.EncodeToString(c); got != v["c"] {
					t.Errorf("the ciphertext is\n%s, want\n%s", got, v["c"])
				}
				if got := hex.EncodeToString(secret); got != v["k"] {
					t.Errorf("the secret is %s, want %s", got, v["k"])
				}
			case "decapsulation":
				private, err := schemes[m].UnmarshalBinaryPrivateKey(unhex(t, v["dk"]))
				if err != nil {
					t.Fatal(err)
				}
				k := &PrivateKey{method: m, key: &mlkemKey{decapsulation: private}}
				secret, err := k.SharedSecret(unhex(t, v["c"]))
				if err != nil {
					t.Fatal(err)
				}
				if got := hex.EncodeToString(secret); got != v["k"] {
					t.Errorf("the secret is %s, want %s", got, v["k"])
				}
			default:
				t.Fatalf("unknown kind %q", v["kind"])
			}
		})
	}
}

// TestMLKEMAgainstStandardLibrary runs exchanges with crypto/mlkem, which has
// two of the three parameter sets, on the other side.
func TestMLKEMAgainstStandardLibrary(t *testing.T) {
	t.Run("768", func(t *testing.T) {
		d, err := mlkem.GenerateKey768()
		if err != nil {
			t.Fatal(err)
		}
		c, secret, err := Respond(ike.KE_ML_KEM_768, rand.Reader, d.EncapsulationKey().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.Decapsulate(c); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("as responder: %x, %v, want %x", got, err, secret)
		}
		k, err := Generate(ike.KE_ML_KEM_768, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		e, err := mlkem.NewEncapsulationKey768(k.Public())
		if err != nil {
			t.Fatal(err)
		}
		want, c := e.Encapsulate()
		if got, err := k.SharedSecret(c); err != nil || !bytes.Equal(got, want) {
			t.Errorf("as initiator: %x, %v, want %x", got, err, want)
		}
	})
	t.Run("1024", func(t *testing.T) {
		d, err := mlkem.GenerateKey1024()
		if err != nil {
			t.Fatal(err)
		}
		c, secret, err := Respond(ike.KE_ML_KEM_1024, rand.Reader, d.EncapsulationKey().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.Decapsulate(c); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("as responder: %x, %v, want %x", got, err, secret)
		}
		k, err := Generate(ike.KE_ML_KEM_1024, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		e, err := mlkem.NewEncapsulationKey1024(k.Public())
		if err != nil {
			t.Fatal(err)
		}
		want, c := e.Encapsulate()
		if got, err := k.SharedSecret(c); err != nil || !bytes.Equal(got, want) {
			t.Errorf("as initiator: %x, %v, want %x", got, err, want)
		}
	})
}

// TestMLKEMTamperedCiphertext makes sure that the sides then differ: FIPS 203
// rejects implicitly.
func TestMLKEMTamperedCiphertext(t *testing.T) {
	k, err := Generate(ike.KE_ML_KEM_768, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, secret, err := Respond(ike.KE_ML_KEM_768, rand.Reader, k.Public())
	if err != nil {
		t.Fatal(err)
	}
	c[0] ^= 1
	got, err := k.SharedSecret(c)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, secret) {
		t.Error("the secret survived a change of the ciphertext")
	}
}
