package login

import (
	"crypto"
	"fmt"
	"log/slog"
)

// redacted stands for a secret wherever it would be printed.
const redacted = "[secret]"

// Secret is a password or a key that is not printed, by whatever verb or encoding.
type Secret struct {
	octets *[]byte // a pointer, since fmt prints what is not one with the verb %p
}

// NewSecret returns a secret, which keeps b.
func NewSecret(b []byte) Secret { return Secret{&b} }

// Reveal returns the octets, which are not to be changed.
func (s Secret) Reveal() []byte {
	if s.octets == nil {
		return nil
	}
	return *s.octets
}

// IsZero reports whether there is none. One of no octets is none.
func (s Secret) IsZero() bool { return len(s.Reveal()) == 0 }

// String and the other methods say that it is a secret.
func (s Secret) String() string { return redacted }

// GoString is String.
func (s Secret) GoString() string { return redacted }

// Format writes what String returns, for all verbs.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// MarshalText returns what String returns.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns what String returns, as JSON.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalYAML returns what String returns.
func (s Secret) MarshalYAML() (any, error) { return redacted, nil }

// LogValue returns what String returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Key is a private key that is not printed.
type Key struct{ signer crypto.Signer }

// NewKey returns one: an *rsa.PrivateKey, an *ecdsa.PrivateKey, an ed25519.PrivateKey or
// what signs like them.
func NewKey(s crypto.Signer) Key { return Key{s} }

// Signer returns the key; nil if there is none.
func (k Key) Signer() crypto.Signer { return k.signer }

// String and the other methods say that it is a secret.
func (k Key) String() string { return redacted }

// GoString is String.
func (k Key) GoString() string { return redacted }

// Format writes what String returns, for all verbs.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// MarshalJSON returns what String returns, as JSON.
func (k Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalYAML returns what String returns.
func (k Key) MarshalYAML() (any, error) { return redacted, nil }

// LogValue returns what String returns.
func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }
