package sentence

import "net/netip"

// Private reports whether an identity is an address that is unique in its own network
// alone.
func Private(id string) bool {
	at, err := netip.ParseAddr(id)
	return err == nil && (at.IsPrivate() || at.IsLinkLocalUnicast())
}

// OfPrivate returns what to say of a client's own identity that is a private address, "" for
// any other.
func OfPrivate(id string) string {
	if !Private(id) {
		return ""
	}
	return ": it is this client's private address, as where no local ID is set, and the gateway sees another"
}
