package readers

import "testing"

// Who asked for the user name and the password of XAUTH is said only where a line shows
// that the gateway did. After charon's lines for TRANSACTION exchanges
// (libcharon/encoding/message.c); written by hand.
func TestWhoAskedForXAUTH(t *testing.T) {
	const rest = `
07[IKE] IKE_SA rw[1] established between 10.0.1.58[10.0.1.58]...203.0.113.3[203.0.113.3]
07[IKE] CHILD_SA rw{1} established with SPIs c8170e4f_i 8a306b8f_o and TS 10.0.1.58/32[udp/l2f] === 203.0.113.3/32[udp/l2f]
07[ENC] generating QUICK_MODE request 1430309094 [ HASH ]
07[IKE] received DELETE for IKE_SA rw[1]`
	const asked = "the gateway asked for a user name and a password (XAUTH)"
	saySo(t, []said{
		{"this side asked", `generating TRANSACTION request 3938256919 [ HASH CPRQ(X_TYPE X_USER X_PWD) ]` + rest, "client-deleted", "", "ended", asked},
		{"without a type", `parsed TRANSACTION request 3938256919 [ HASH CPRQ(X_USER X_PWD) ]` + rest, "client-deleted", "", asked, ""},
		{"this side asked, and was asked for an address", `parsed TRANSACTION request 3938256918 [ HASH CPRQ(ADDR DNS) ]
generating TRANSACTION request 3938256919 [ HASH CPRQ(X_USER X_PWD) ]` + rest, "client-deleted", "", "ended", asked},
	})
}
