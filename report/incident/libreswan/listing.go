package libreswan

import "github.com/ikescope/ikescope/proposals/lazyregexp"

// status are lines of "ipsec status" and "ipsec connectionstatus" about a connection,
// which say how it is configured: nothing in them happened.
var status = lazyregexp.New(`^(?:\s{2,}|(?:host|my_updown|xauth us|our auth|our idtype|modecfg info|cisco-split|sec_label|CAs|mycert|peercert|ike_life|iptfs|fragmentation|retransmit-interval|initial-contact|policy|v2-auth-hash-policy|conn_prio|nflog-group|dpd|liveness|nat-traversal|routing|conn serial|aliases|IKE algorithms?|ESP algorithms?|(?:IKEv[12] )?algorithm newest): )`)
