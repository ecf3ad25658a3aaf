package explain

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
)

//go:embed windows.csv
var windowsCSV string

// windowsError is a row of windows.csv.
type windowsError struct {
	code, hex, symbol, text string
	layer                   Layer
	cause, topic            string
	source, verification    string
	value                   uint32
}

// windows reads the embedded table once. It is part of the program: a fault in
// it is a programmer's.
var windows = sync.OnceValue(func() []windowsError {
	var out []windowsError
	for _, f := range table.MustRead("windows.csv", windowsCSV,
		"code", "hex", "symbol", "text", "layer", "cause", "topic", "source", "verification") {
		n, err := strconv.ParseInt(f["code"], 10, 64)
		if err != nil {
			panic("explain: internal error: windows.csv: " + err.Error())
		}
		out = append(out, windowsError{
			code: f["code"], hex: f["hex"], symbol: f["symbol"], text: f["text"], layer: Layer(f["layer"]),
			cause: f["cause"], topic: f["topic"], source: f["source"], verification: f["verification"], value: uint32(n),
		})
	}
	return out
})

// explainWindows explains a code of the Windows VPN client: its number, decimal
// or hexadecimal, as it is or within an HRESULT, or its symbol.
func explainWindows(word string) (Explanation, bool) {
	value, isNumber := windowsNumber(word)
	for _, w := range windows() {
		if isNumber && w.value == value || strings.EqualFold(w.symbol, word) {
			return w.explain(word), true
		}
	}
	return Explanation{}, false
}

// WindowsError is what is known of an error code of the Windows VPN client or
// of its IKE service.
type WindowsError struct {
	Code, Hex, Symbol string
	Text              string // Microsoft's
	Layer             Layer
	Topic, Cause      string
}

func (w windowsError) public() WindowsError {
	return WindowsError{Code: w.code, Hex: w.hex, Symbol: w.symbol, Text: w.text, Layer: w.layer, Topic: w.topic, Cause: w.cause}
}

// Windows returns the error of a number, decimal or hexadecimal, as it is or
// within an HRESULT, or of a symbol.
func Windows(word string) (WindowsError, bool) {
	value, isNumber := windowsNumber(word)
	for _, w := range windows() {
		if isNumber && w.value == value || strings.EqualFold(w.symbol, word) {
			return w.public(), true
		}
	}
	return WindowsError{}, false
}

// WindowsQuoted returns the error whose text a line of Windows quotes.
func WindowsQuoted(line string) (WindowsError, bool) {
	if quoted := windowsQuoted("windows: " + line); len(quoted) > 0 {
		return quoted[0].public(), true
	}
	return WindowsError{}, false
}

// facilityWin32 are the upper bits of an HRESULT that holds a Win32 error
// (MS-ERREF, Section 2.1).
const facilityWin32 = 0x8007

// ofWindows are words of lines that Windows logs or shows.
var ofWindows = []string{"coid=", "rasclient", "rasman", "rassrv", "remoteaccess", "ikeext", "windows", "win32", "hresult"}

// credentials are the word for credentials in languages of Windows other than
// English, as its translated documentation has it: with IKE, they are of the text of
// 13801, which dialogs show without its number.
var credentials = []string{"anmeldeinformationen", "informations d'identification", "informations d’identification", "credenciales", "credenciais", "credenziali",
	"учетные данные", "учётные данные", "poświadczenia", "kimlik bilgileri", "přihlašovací údaje", "凭据", "驗證認證", "資格情報", "자격 증명"}

// explainWindowsText explains the errors that a line quotes.
func explainWindowsText(line string) []Explanation {
	var out []Explanation
	for _, w := range windowsQuoted(line) {
		out = append(out, w.explain(line))
	}
	return out
}

// windowsQuoted returns the errors of a line that is Microsoft's text of an error,
// or its first sentence, as dialogs show it, or of a line of Windows that quotes
// it: the longest of those that it quotes. Several errors may have the same text. A
// line of another product may have such words, too, and is none of them.
func windowsQuoted(line string) []windowsError {
	var out []windowsError
	longest := 0
	lower := strings.ToLower(strings.TrimSpace(line))
	if number, rest, found := strings.Cut(lower, " "); found && len(number) > 2 && strings.Trim(number, "0123456789") == "" {
		lower = rest
	}
	if strings.Contains(lower, "ike") && slices.ContainsFunc(credentials, func(word string) bool { return strings.Contains(lower, word) }) {
		for _, w := range windows() {
			if w.symbol == "ERROR_IPSEC_IKE_AUTH_FAIL" {
				return []windowsError{w}
			}
		}
	}
	windowsLine := slices.ContainsFunc(ofWindows, func(word string) bool { return strings.Contains(lower, word) })
	for _, w := range windows() {
		text, _, _ := strings.Cut(strings.ToLower(w.text), ". ")
		text = strings.TrimSuffix(text, ".")
		if len(text) < max(longest, 12) || !strings.HasPrefix(lower, text) && !(windowsLine && strings.Contains(lower, text)) {
			continue
		}
		if len(text) > longest {
			longest, out = len(text), nil
		}
		out = append(out, w)
	}
	return out
}

func windowsNumber(word string) (uint32, bool) {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		digits, ok := strings.CutPrefix(strings.ToLower(word), "0x")
		if !ok {
			return 0, false
		}
		if n, err = strconv.ParseInt(digits, 16, 64); err != nil {
			return 0, false
		}
	}
	if n < -1<<31 || n >= 1<<32 {
		return 0, false
	}
	value := uint32(n)
	if value>>16 == facilityWin32 {
		value &= 0xffff
	}
	return value, true
}

// summedUp are errors whose cause is that of the whole topic, which has each of them.
var summedUp = []string{"ERROR_VPN_TIMEOUT", "ERROR_AUTHENTICATION_FAILURE", "ERROR_IPSEC_IKE_POLICY_MATCH"}

func (w windowsError) explain(input string) Explanation {
	says := "Windows says: "
	if strings.HasPrefix(w.source, "Windows SDK") { // which has no texts
		says = ""
	}
	e := about(w.topic, input, fmt.Sprintf("Windows error %s (%s), %s", w.code, w.hex, w.symbol), says+w.text)
	e.Layer = w.layer
	if !slices.Contains(summedUp, w.symbol) {
		e.Causes = append([]string{w.cause}, e.Causes...)
	}
	e.Refs = []string{w.source}
	e.Verification = w.verification
	return e
}
