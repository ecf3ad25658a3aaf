package logtext

import (
	"strings"
	"unicode"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"golang.org/x/text/unicode/norm"
)

// near are words that a secret may stand near, in any message. The last ones are what a
// secret looks like: octets in a dump, and a word of base64.
var near = lazyregexp.New(`(?i)pass|secret|psk|key|chap|credential|token|cookie|bearer|authoriz|pwd|\bpw\b|\bpin\b|\botp\b|one-time|\bmsk\b|\bsk_|seed\b|\bnonce\b|\bsig(?:nature)?=|\b(?:response|challenge)\b|\benc\b|\be[ir]=|\bntlm\b|\bpkcs12\b|\blog ?in\b|hash|verification code|community|: (?:eap|xauth|rsa|ecdsa|p12)\b` +
	`|passwort|kennwort|mot de passe|contrase|senha|wachtwoord|hasło|lösenord|парол|密[码碼]|パスワード|비밀번호` +
	`|://[^/\s]*@|\s-u\s` +
	`|(?:\b[0-9a-f]{2}[ :]){6}|[A-Za-z0-9+/]{32}`)

// spis are the two SPIs, or cookies, of an IKE SA, which are long and no secret.
var spis = lazyregexp.New(`\b[0-9a-f]{16}[/:][0-9a-f]{16}\b`)

// plain are words that may follow one of those and are not secrets.
var plain = func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`a an the of for to from in on by with and or is are was were be been not no none it its does do did has have had this that
		password passwords passphrase secret secrets psk psks key keys pre-shared preshared shared private public keyring token credential credentials login hash algorithm algorithms
		xauth eap chap mschapv2 ms-chapv2 eap-mschapv2 mschap exchange rekey rekeying authentication authenticate authenticated
		pre-shared-key pre-shared-keys passwd
		user username name peer client gateway server side remote local host certificate identity id ike ike_sa sa child child_sa tunnel connection
		mismatch mismatched match matches differ differs wrong invalid incorrect bad unknown missing empty expired failed fails failure fail error errors denied
		refused rejected unsupported unable cannot could can lookup found find loaded load loading configured configuration available verification verify
		agent unreachable session slot store file open opened size bits rsa ecdsa ed25519 pair usage generation derivation negotiation expected received sent timeout timed out
		too short long payload method type length response request challenge`) {
		m[w] = true
	}
	return m
}()

// Guarded returns a message that no table knows without what may be a secret: of the
// words behind one that a secret may stand near, only those stay that are none.
func Guarded(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Cc) {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
	at := near.FindStringIndex(spis.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat(".", len(s)) }))
	if at == nil {
		return text
	}
	begin := strings.LastIndexByte(text[:at[0]], ' ') + 1
	end := begin
	for word := range strings.SplitAfterSeq(text[begin:], " ") {
		if w := strings.ToLower(strings.TrimRight(strings.Trim(word, " '\"()"), ".,;:")); w != "" && !plain[w] {
			break
		}
		end += len(word)
	}
	if end == len(text) {
		return text
	}
	return strings.TrimSpace(text[:end]) + " (not shown)"
}

// MaxRead bounds what is read of a message that is shown, and maxQuoted what is shown of it,
// in octets.
const (
	MaxRead   = 2000
	maxQuoted = 400
)

// Quoted returns the message, which no table knows, as it may be shown. It takes a while, so
// that it is for what is shown alone.
func (m *Message) Quoted() string {
	return Clip(Guarded(WithoutSecrets(strings.TrimSpace(Clip(m.Text, MaxRead)))), maxQuoted)
}
