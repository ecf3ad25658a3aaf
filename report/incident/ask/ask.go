// Package ask names the command that asks a gateway for what a log does not have of a
// cause.
package ask

// Command returns the command that asks a gateway for what it alone knows of a cause, as the
// names in its certificate and the methods of EAP that it has; "" where only its log has
// it. Certificate and methods are shown where the gateway offers EAP.
func Command(cause, gateway string) string {
	switch cause {
	case "cert-untrusted", "cert-invalid", "cert-purpose", "cert-missing", "cert-refused", "cert-policy", "cert-encoding", "id-not-in-cert", "signature",
		"eap-wanted", "method-mismatch", "eap-method", "eap-server-cert", "eap-server-name":
		return "ikescope identity " + gateway
	case "ike-proposal", "key-exchange":
		return "ikescope " + gateway
	}
	return ""
}

// Words says in half a sentence what the command of [Command] shows.
func Words(cause string) string {
	if cause == "ike-proposal" || cause == "key-exchange" {
		return "ikescope can ask for it:"
	}
	return "ikescope can ask for it, where EAP is offered:"
}
