// Package login is the document of a login: its steps, and why the one failed that did,
// in the words of log stories. It makes it of the result, and writes it as text.
package login

import (
	"bytes"
	_ "embed"
	"time"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident"
)

// SchemaVersion is the version of [Document].
const SchemaVersion = "1.0"

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of [Document].
func Schema() []byte { return bytes.Clone(schema) }

// Verdict is how a login went.
type Verdict string

const (
	LoggedIn Verdict = "logged_in"
	Failed   Verdict = "failed"
	// Undecided: mostly since the gateway stopped answering.
	Undecided Verdict = "undecided"
	NoAnswer  Verdict = "no_answer"
)

// Document is how a login went. All lists are present, if empty, and times are UTC.
type Document struct {
	SchemaVersion string      `json:"schema_version"`
	Tool          report.Tool `json:"tool"`
	Target        string      `json:"target"` // as the user named it
	Address       string      `json:"address"`
	Started       time.Time   `json:"started"`
	ElapsedMS     float64     `json:"elapsed_ms"`
	// Method is "psk", "certificate" or that of EAP; User is that of EAP.
	Method string `json:"method"`
	User   string `json:"user,omitempty"`
	// SecondMethod is that of EAP in the second round (RFC 4739).
	SecondMethod string `json:"second_method,omitempty"`
	Identity     string `json:"identity"` // who we said we are
	// Intended says what was going to be done to the gateway.
	Intended []string `json:"intended"`

	Verdict Verdict `json:"verdict"`
	Steps   []Step  `json:"steps"`
	// Left: the gateway may still have the IKE SA.
	Left bool `json:"may_be_left"`

	Transport string   `json:"transport,omitempty"`
	Suite     string   `json:"suite,omitempty"`
	Gateway   *Gateway `json:"gateway,omitempty"`
	EAP       *EAP     `json:"eap,omitempty"`
	Session   *Session `json:"session,omitempty"`
	ESP       *ESP     `json:"esp,omitempty"`
	IKE       *IKE     `json:"ike,omitempty"`
	// Clients are judged by ESP, where that was asked about.
	Clients []Client `json:"clients,omitempty"`
	// Stay is what the gateway asked by itself, where the login stayed.
	Stay *Stay `json:"stay,omitempty"`

	Exchanges []Exchange  `json:"exchanges"`
	Exit      report.Exit `json:"exit"`
}

// Step is one step of a login.
type Step struct {
	// Step is "negotiate", "gateway", "eap_method", "authenticate", "session" or "end".
	Step string `json:"step"`
	// State is "passed", "failed", "warning" or "unknown".
	State string `json:"state"`
	Text  string `json:"text"` // half a sentence
	// Evidence are the numbers of the exchanges.
	Evidence []int `json:"evidence"`
	// Reason is why it did not pass.
	Reason *Reason `json:"reason,omitempty"`
}

// Reason is why a step did not pass.
type Reason struct {
	Layer incident.Layer `json:"layer"`
	Cause string         `json:"cause"`
	Text  string         `json:"text"`
	// Notify is the gateway's error.
	Notify string `json:"notify,omitempty"`
	Detail string `json:"detail,omitempty"`
	// Elsewhere is what the gateway knows, and Fix what to do.
	Elsewhere string `json:"elsewhere,omitempty"`
	// Ask is the command with which ikescope asks the gateway for that, if it can.
	Ask string         `json:"ask,omitempty"`
	Fix []incident.Fix `json:"fix"`
	// Windows is the error that a Windows client shows.
	Windows *Windows `json:"windows,omitempty"`
}

// Windows is an error of Windows.
type Windows struct {
	Code   string `json:"code"`
	Symbol string `json:"symbol"`
}

// Gateway is who the gateway showed itself to be.
type Gateway struct {
	ID         string `json:"id"`
	IDType     string `json:"id_type"`
	AuthMethod string `json:"auth_method,omitempty"`
	Scheme     string `json:"scheme,omitempty"`
	// Proven: the AUTH payload verifies. Trusted: its certificate leads to a root that is
	// trusted, or it knows the pre-shared key.
	Proven  bool `json:"proven"`
	Trusted bool `json:"trusted"`
	// Wanted is whom the client asked for, and NameMatches whether the gateway is that: by the
	// identity that it says, IDMatches, and by its certificate, CertificateMatches; nil where
	// that was not judged.
	Wanted             string        `json:"wanted,omitempty"`
	NameMatches        *bool         `json:"name_matches,omitempty"`
	IDMatches          *bool         `json:"id_matches,omitempty"`
	CertificateMatches *bool         `json:"certificate_matches,omitempty"`
	Chain              []Certificate `json:"chain"`
	Unread             []string      `json:"unread,omitempty"`
}

// Certificate is one of the gateway's.
type Certificate struct {
	Subject  string    `json:"subject"`
	Issuer   string    `json:"issuer"`
	NotAfter time.Time `json:"not_after"`
	Names    []string  `json:"names,omitempty"`
	Key      string    `json:"key"`
	SHA256   string    `json:"sha256"`
}

// EAP is what the server of EAP said.
type EAP struct {
	// OtherMethod is the one that it asked for before ours.
	OtherMethod string   `json:"other_method,omitempty"`
	Server      string   `json:"server,omitempty"`
	Error       int      `json:"error,omitempty"` // of MSCHAPv2: 691
	Message     string   `json:"message,omitempty"`
	Notices     []string `json:"notices,omitempty"`
	// TLS is that of EAP-TLS, TTLS and PEAP.
	TLS *TLS `json:"tls,omitempty"`
}

// TLS is who the server of EAP showed itself to be in TLS.
type TLS struct {
	Version string `json:"version"`
	// Proven: it has the key of its certificate. Else it only showed the chain, which whoever
	// has seen it can do.
	Proven bool `json:"proven"`
	// Trusted: its certificate leads to a root that is trusted.
	Trusted bool `json:"trusted"`
	// Wanted is whom it has to be for: as the credentials demand, if Demanded, or else the
	// gateway's identity, which strongSwan's client demands by default. NameMatches: it is.
	Wanted      string `json:"wanted"`
	Demanded    bool   `json:"demanded"`
	NameMatches bool   `json:"name_matches"`
	// Chain are its certificates, its own first.
	Chain []Certificate `json:"chain"`
}

// Session is what the gateway gave.
type Session struct {
	// Childless: no Child SA was asked for. Child: one came about.
	Childless bool      `json:"childless"`
	Child     bool      `json:"child"`
	Assigned  []Setting `json:"assigned,omitempty"`
	// AuthLifetime is when the gateway wants a new login, in seconds.
	AuthLifetime int `json:"auth_lifetime_s,omitempty"`
}

// Setting is an address or another setting that the gateway assigned.
type Setting struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Exchange is one exchange.
type Exchange struct {
	Number    int      `json:"number"`
	Type      string   `json:"type"`
	MessageID uint32   `json:"message_id"`
	Transport string   `json:"transport"`
	Tries     int      `json:"tries"`
	Outcome   string   `json:"outcome"`
	RTTMS     float64  `json:"rtt_ms,omitempty"`
	Sends     []string `json:"sends,omitempty"`
	Answer    []string `json:"answer,omitempty"`
}

// Failure returns the first step that did not pass, nil if none.
func (d *Document) Failure() *Step {
	for i := range d.Steps {
		if s := &d.Steps[i]; s.Reason != nil {
			return s
		}
	}
	return nil
}
