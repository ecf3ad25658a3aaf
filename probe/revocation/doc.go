// Package revocation asks the authorities that certificates name whether they revoked
// them: by OCSP (RFC 6960), and by CRLs (RFC 5280, Section 5). It makes traffic to
// others than the gateway, who named them, and so is for those who ask for it.
package revocation
