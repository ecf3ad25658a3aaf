package certcheck

// Client is a family of clients.
type Client string

const (
	Windows    Client = "windows"    // the built-in client of Windows 7 to 11
	Apple      Client = "apple"      // that of iOS 13 and macOS 10.15, and later ones
	Android    Client = "android"    // that of Android 11 and later
	StrongSwan Client = "strongswan" // charon as a client, and strongSwan's app for Android
)

// Clients returns all of them.
func Clients() []Client { return []Client{Windows, Apple, Android, StrongSwan} }

// Verdict is what a client makes of a gateway's certificate.
type Verdict string

const (
	Accepts Verdict = "accepts"
	Rejects Verdict = "rejects"
	Unknown Verdict = "unknown" // the evidence, or what is known of the client, does not reach
)

// Severity says how much a reason matters, in the words of findings.
type Severity string

const (
	High   Severity = "high"
	Medium Severity = "medium"
	Low    Severity = "low"
	Info   Severity = "info"
)

// rank orders severities: 0 for high to 3 for info.
func (s Severity) rank() int {
	for i, known := range []Severity{High, Medium, Low, Info} {
		if s == known {
			return i
		}
	}
	return 4
}

// Certainty is how far it is known that a rule, or a fix, is so.
type Certainty string

const (
	// Measured on the wire, with daemons of our own.
	Measured Certainty = "measured"
	// Documented: read in the documentation or the source code of its maker, in an RFC,
	// or in the documentation of those who make the other side.
	Documented Certainty = "documented"
	// Reported: read in the account of somebody whom it happened to.
	Reported Certainty = "reported"
	// NotFound: no source says how it is, which leaves a verdict unknown.
	NotFound Certainty = "not_found"
)

// Result is what clients make of a gateway.
type Result struct {
	// Clients are in the order of [Clients].
	Clients []ClientResult
	// Observations hold whatever the client, the gravest first.
	Observations []Reason
	// Fixes are those that reasons name, each once.
	Fixes []Fix

	// Path are the indexes in the chain of the gateway's certificate and of those that
	// issued it, as far as they came.
	Path []int
	// Root is the name of the authority that the path ends at or below, escaped; ""
	// without a certificate.
	Root string
	// DaysLeft is how many whole days the certificate is still valid, less than 0 if
	// it has expired; 0 without a certificate.
	DaysLeft int
}

// Client returns the result of one client.
func (r *Result) Client(c Client) ClientResult {
	for _, one := range r.Clients {
		if one.Client == c {
			return one
		}
	}
	return ClientResult{Client: c, Verdict: Unknown}
}

// ClientResult is what one client makes of a gateway.
type ClientResult struct {
	Client  Client
	Verdict Verdict
	// Shows is what the client would show, the likeliest first: an error code of
	// Windows, the text of another client. It is empty where that is not known, and
	// where the client accepts.
	Shows []string
	// Reasons are the gravest first. Those of an accepting client are remarks.
	Reasons []Reason
}

// Reason is a rule that applies.
type Reason struct {
	Rule     string // its id
	Severity Severity
	// Effect is Rejects or Unknown, "" for a remark.
	Effect    Verdict
	Shows     []string
	Sentence  string
	Certainty Certainty
	Source    string
	Fixes     []string // ids of Result.Fixes
}

// Fix is one way to mend a fault. Of several with the same Goal, one is enough: they
// are for different products.
type Fix struct {
	ID      string // "issue/openssl"
	Goal    string // "issue the certificate again"
	Where   string // "openssl, at the CA"
	Lines   []string
	Comment string // what the lines do not say, "" if nothing

	Certainty Certainty
	Source    string
}
