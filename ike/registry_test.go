package ike

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A constant is one line of a const declaration of registry_*.go.
type constant struct {
	name    string
	comment string
}

// constants reads the source of the generated files: by type and number.
func constants(t *testing.T) map[string]map[int]constant {
	t.Helper()
	files, err := filepath.Glob("registry_*s.go")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "registry_notify.go")
	byType := make(map[string]map[int]constant)
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(node ast.Node) bool {
			declaration, ok := node.(*ast.GenDecl)
			if !ok || declaration.Tok != token.CONST {
				return true
			}
			for _, spec := range declaration.Specs {
				value := spec.(*ast.ValueSpec)
				goType, ok := value.Type.(*ast.Ident)
				if !ok {
					t.Fatalf("%s: %s has no type", file, value.Names[0])
				}
				number, err := strconv.Atoi(value.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				if byType[goType.Name] == nil {
					byType[goType.Name] = make(map[int]constant)
				}
				byType[goType.Name][number] = constant{value.Names[0].Name, strings.TrimSpace(value.Comment.Text())}
			}
			return true
		})
	}
	return byType
}

// rows reads a registry by the names of its columns.
func rows(t *testing.T, file string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("../testdata/registry", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var all []map[string]string
	for _, record := range records[1:] {
		row := make(map[string]string)
		for i, column := range records[0] {
			row[column] = record[i]
		}
		all = append(all, row)
	}
	return all
}

// registries are the Go types with what selects their rows and prints a number.
var registries = []struct {
	goType        string
	file          string
	column, value string // of the rows; every row if empty
	text          func(n int) string
}{
	{"EncryptionID", "iana-transforms.csv", "type", "1", func(n int) string { return EncryptionID(n).String() }},
	{"PRFID", "iana-transforms.csv", "type", "2", func(n int) string { return PRFID(n).String() }},
	{"IntegrityID", "iana-transforms.csv", "type", "3", func(n int) string { return IntegrityID(n).String() }},
	{"KeyExchangeMethod", "iana-transforms.csv", "type", "4", func(n int) string { return KeyExchangeMethod(n).String() }},
	{"SequenceNumbersID", "iana-transforms.csv", "type", "5", func(n int) string { return SequenceNumbersID(n).String() }},
	{"AttributeType", "iana-transforms.csv", "type", "attr", func(n int) string { return AttributeType(n).String() }},
	{"NotifyType", "iana-notify.csv", "", "", func(n int) string { return NotifyType(n).String() }},
	{"ExchangeType", "iana-payloads.csv", "registry", "exchange-type", func(n int) string { return ExchangeType(n).String() }},
	{"PayloadType", "iana-payloads.csv", "registry", "payload-type", func(n int) string { return PayloadType(n).String() }},
	{"ProtocolID", "iana-payloads.csv", "registry", "security-protocol-id", func(n int) string { return ProtocolID(n).String() }},
	{"AuthMethod", "iana-payloads.csv", "registry", "auth-method", func(n int) string { return AuthMethod(n).String() }},
	{"HashAlgorithm", "iana-payloads.csv", "registry", "signature-hash-algorithm", func(n int) string { return HashAlgorithm(n).String() }},
	{"IDType", "iana-payloads.csv", "registry", "id-type", func(n int) string { return IDType(n).String() }},
	{"CertEncoding", "iana-payloads.csv", "registry", "cert-encoding", func(n int) string { return CertEncoding(n).String() }},
	{"TrafficSelectorType", "iana-payloads.csv", "registry", "ts-type", func(n int) string { return TrafficSelectorType(n).String() }},
	{"ConfigType", "iana-payloads.csv", "registry", "config-type", func(n int) string { return ConfigType(n).String() }},
	{"ConfigAttributeType", "iana-payloads.csv", "registry", "config-attribute", func(n int) string { return ConfigAttributeType(n).String() }},
	{"GatewayType", "iana-payloads.csv", "registry", "redirect-gw-identity", func(n int) string { return GatewayType(n).String() }},
}

var (
	identifierName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)+$`)
	digits         = regexp.MustCompile(`[0-9]+`)
	notRegistered  = regexp.MustCompile(`(?i)^(unassigned|reserved|deprecated \(was)|private`)
)

// TestConstants compares every constant with its row, and looks for registered
// rows without one.
func TestConstants(t *testing.T) {
	all := constants(t)
	for _, r := range registries {
		t.Run(r.goType, func(t *testing.T) {
			left := all[r.goType]
			for _, row := range rows(t, r.file) {
				if r.column != "" && row[r.column] != r.value {
					continue
				}
				number, err := strconv.Atoi(row["id"])
				if err != nil {
					t.Fatal(err)
				}
				name, _, _ := strings.Cut(row["name"], " (")
				private := notRegistered.MatchString(row["name"]) || strings.Contains(row["rfc"]+row["class"], "private") ||
					strings.HasPrefix(row["verification"], "UNCERTAIN")
				c, ok := left[number]
				delete(left, number)
				switch {
				case !ok && identifierName.MatchString(name) && !private && row["rfc"] != "RFC 9838" && r.goType != "ProtocolID":
					t.Errorf("%d %s has no constant", number, row["name"])
				case !ok:
				case private && c.name != "MS_NOTIFY_STATUS" && c.name != "CertRawRSAKey":
					t.Errorf("%d %s is not registered and has the constant %s", number, row["name"], c.name)
				case identifierName.MatchString(name) && c.name != name && "KE_"+name != c.name && "SIGHASH_"+name != c.name:
					t.Errorf("%d is %s, want %s", number, c.name, name)
				case !strings.Contains(c.comment, source(row)):
					t.Errorf("%s: comment %q, want the source %q", c.name, c.comment, row["rfc"])
				}
				if ok {
					if text := r.text(number); text == "" || strings.HasPrefix(text, r.goType+"(") {
						t.Errorf("%s prints as %q", c.name, text)
					} else if identifierName.MatchString(c.name) && r.goType != "HashAlgorithm" && text != c.name {
						t.Errorf("%s prints as %q", c.name, text)
					}
				}
				if r.goType == "KeyExchangeMethod" && ok {
					checkKeyExchangeName(t, c.name, row["name"])
				}
			}
			for number, c := range left {
				t.Errorf("%s (%d) has no row", c.name, number)
			}
		})
	}
}

// source is what a constant's comment says of where its row comes from, at the
// least.
func source(row map[string]string) string {
	rfc, _, _ := strings.Cut(row["rfc"], " (")
	return strings.ReplaceAll(rfc, ",RFC", ", RFC")
}

// TestTransformTypes takes the types from the first columns of the transforms.
func TestTransformTypes(t *testing.T) {
	left := constants(t)["TransformType"]
	for _, row := range rows(t, "iana-transforms.csv") {
		number, err := strconv.Atoi(row["type"])
		if err != nil {
			continue
		}
		name, _, _ := strings.Cut(row["type_name"], " (")
		if got := TransformType(number).String(); got != name {
			t.Errorf("%d prints as %s, want %s", number, got, name)
		}
		if c, ok := left[number]; ok && c.name != "Transform"+name {
			t.Errorf("%d is %s, want Transform%s", number, c.name, name)
		}
	}
	if len(left) != 12 {
		t.Errorf("%d transform types, want 12", len(left))
	}
}

// checkKeyExchangeName compares the numbers in a name, such as KE_MODP_1024_160,
// with those in IANA's description, and the family.
func checkKeyExchangeName(t *testing.T, name, description string) {
	t.Helper()
	if got, want := digits.FindAllString(name, -1), digits.FindAllString(description, -1); !slices.Equal(got, want) {
		t.Errorf("%s has the numbers %v, %q has %v", name, got, description, want)
	}
	family := strings.Split(name, "_")[1]
	if !strings.Contains(strings.ToUpper(description), strings.TrimRight(family, "0123456789")) {
		t.Errorf("%s is not the family of %q", name, description)
	}
}

// TestDescribedNames holds the names that are not IANA's own.
func TestDescribedNames(t *testing.T) {
	for _, c := range []struct {
		number any
		value  int
		text   string
	}{
		{PayloadNone, 0, "No Next Payload"}, {PayloadSA, 33, "SA"}, {PayloadKE, 34, "KE"},
		{PayloadIDi, 35, "IDi"}, {PayloadIDr, 36, "IDr"}, {PayloadCERT, 37, "CERT"},
		{PayloadCERTREQ, 38, "CERTREQ"}, {PayloadAUTH, 39, "AUTH"}, {PayloadNonce, 40, "Nonce"},
		{PayloadNotify, 41, "Notify"}, {PayloadDelete, 42, "Delete"}, {PayloadVendorID, 43, "Vendor ID"},
		{PayloadTSi, 44, "TSi"}, {PayloadTSr, 45, "TSr"}, {PayloadEncrypted, 46, "SK"},
		{PayloadCP, 47, "CP"}, {PayloadEAP, 48, "EAP"}, {PayloadGSPM, 49, "GSPM"},
		{PayloadEncryptedFragment, 53, "SKF"}, {PayloadPuzzleSolution, 54, "PS"},
		{ProtocolIKE, 1, "IKE"}, {ProtocolAH, 2, "AH"}, {ProtocolESP, 3, "ESP"},
		{TransformENCR, 1, "ENCR"}, {TransformPRF, 2, "PRF"}, {TransformINTEG, 3, "INTEG"},
		{TransformKE, 4, "KE"}, {TransformSN, 5, "SN"}, {TransformADDKE1, 6, "ADDKE1"},
		{TransformADDKE7, 12, "ADDKE7"}, {TransformType(13), 13, "KWA"},
		{AUTH_NONE, 0, "AUTH_NONE"}, {KE_NONE, 0, "KE_NONE"}, {AttributeKeyLength, 14, "Key Length"},
		{AuthRSASignature, 1, "RSA Digital Signature"}, {AuthSharedKey, 2, "Shared Key Message Integrity Code"},
		{AuthDSSSignature, 3, "DSS Digital Signature"}, {AuthECDSA256, 9, "ECDSA with SHA-256 on the P-256 curve"},
		{AuthECDSA384, 10, "ECDSA with SHA-384 on the P-384 curve"}, {AuthECDSA521, 11, "ECDSA with SHA-512 on the P-521 curve"},
		{AuthSecurePassword, 12, "Generic Secure Password Authentication Method"},
		{AuthNull, 13, "NULL Authentication"}, {AuthDigitalSignature, 14, "Digital Signature"},
		{SIGHASH_SHA1, 1, "SHA1"}, {SIGHASH_SHA2_256, 2, "SHA2-256"}, {SIGHASH_SHA2_384, 3, "SHA2-384"},
		{SIGHASH_SHA2_512, 4, "SHA2-512"}, {SIGHASH_IDENTITY, 5, "Identity"},
		{SIGHASH_STREEBOG_256, 6, "STREEBOG_256"}, {SIGHASH_STREEBOG_512, 7, "STREEBOG_512"},
		{CertX509Signature, 4, "X.509 Certificate - Signature"}, {CertHashAndURL, 12, "Hash and URL of X.509 certificate"},
		{CertHashAndURLBundle, 13, "Hash and URL of X.509 bundle"}, {CertRawPublicKey, 15, "Raw Public Key"},
		{GatewayIPv4, 1, "IPv4 address"}, {GatewayIPv6, 2, "IPv6 address"}, {GatewayFQDN, 3, "FQDN"},
		{ExchangeType(4), 4, "IKEv1 Aggressive"},
		{NotifyType(40961), 40961, "NotifyType(40961)"}, {NotifyType(16447), 16447, "NotifyType(16447)"},
		{EncryptionID(65004), 65004, "EncryptionID(65004)"}, {KeyExchangeMethod(38), 38, "KeyExchangeMethod(38)"},
	} {
		if text, value := fmt.Sprint(c.number), fmt.Sprintf("%d", c.number); text != c.text || value != strconv.Itoa(c.value) {
			t.Errorf("%s (%s), want %s (%d)", text, value, c.text, c.value)
		}
	}
}

// TestEveryNumberPrints also holds that no two numbers print alike.
func TestEveryNumberPrints(t *testing.T) {
	for _, r := range registries {
		seen := make(map[string]int)
		last := 0xffff
		switch r.goType {
		case "ExchangeType", "PayloadType", "ProtocolID", "AuthMethod", "IDType", "CertEncoding",
			"TrafficSelectorType", "ConfigType", "GatewayType":
			last = 0xff
		}
		for n := range last + 1 {
			text := r.text(n)
			if before, ok := seen[text]; ok || text == "" {
				t.Errorf("%s %d prints as %q, as does %d", r.goType, n, text, before)
			}
			seen[text] = n
		}
	}
}

// TestTransformProperties compares AEAD, KeyLengths and IKEUse with the rows.
func TestTransformProperties(t *testing.T) {
	common := map[EncryptionID]string{ENCR_RC5: "40,128,160", ENCR_CAST: "40,64,80,128", ENCR_BLOWFISH: "128"}
	for _, row := range rows(t, "iana-transforms.csv") {
		number, err := strconv.Atoi(row["id"])
		if err != nil {
			continue // the ADDKE types share the numbers of KE
		}
		switch row["type"] {
		case "1":
			e := EncryptionID(number)
			if !slices.Contains(EncryptionIDs(), e) {
				if e.AEAD() || e.IKEUse() || e.KeyLengths() != nil {
					t.Errorf("%v is not registered and has properties", e)
				}
				continue
			}
			if want := strings.HasPrefix(row["aead"], "y"); e.AEAD() != want {
				t.Errorf("%v: AEAD %v", e, e.AEAD())
			}
			if want := row["ike_use"] == "yes"; e.IKEUse() != want {
				t.Errorf("%v: IKEUse %v", e, e.IKEUse())
			}
			want := row["key_lengths_bits"]
			if lengths, ok := common[e]; ok {
				want = lengths
			}
			if !strings.HasPrefix(row["key_length_attr"], "y") {
				want = ""
			}
			if got := strings.Trim(strings.ReplaceAll(fmt.Sprint(e.KeyLengths()), " ", ","), "[]"); got != want {
				t.Errorf("%v: key lengths %s, want %s", e, got, want)
			}
		case "2":
			if p := PRFID(number); !p.IKEUse() {
				t.Errorf("%v: IKEUse false", p)
			}
		case "3":
			i := IntegrityID(number)
			if want := !strings.Contains(row["notes"], "not for IKE"); i.IKEUse() != want {
				t.Errorf("%v: IKEUse %v", i, i.IKEUse())
			}
		case "4":
			m := KeyExchangeMethod(number)
			if want := number != 0 && slices.Contains(KeyExchangeMethods(), m); m.IKEUse() != want {
				t.Errorf("%v: IKEUse %v", m, m.IKEUse())
			}
		}
	}
}

func TestLists(t *testing.T) {
	if ids := EncryptionIDs(); !slices.IsSorted(ids) || len(ids) != 32 || ids[0] != ENCR_DES_IV64 {
		t.Errorf("encryption: %v", ids)
	}
	if ids := PRFIDs(); !slices.IsSorted(ids) || len(ids) != 9 || ids[0] != PRF_HMAC_MD5 {
		t.Errorf("PRF: %v", ids)
	}
	if ids := IntegrityIDs(); !slices.IsSorted(ids) || len(ids) != 15 || ids[0] != AUTH_NONE {
		t.Errorf("integrity: %v", ids)
	}
	if ms := KeyExchangeMethods(); !slices.IsSorted(ms) || len(ms) != 28 || ms[0] != KE_NONE {
		t.Errorf("key exchange: %v", ms)
	}

	// What a caller does to a list stays with the caller.
	ENCR_AES_CBC.KeyLengths()[0] = 1
	if got := ENCR_AES_CBC.KeyLengths(); !slices.Equal(got, []int{128, 192, 256}) {
		t.Errorf("key lengths after a change: %v", got)
	}
}

func TestIsRegistered(t *testing.T) {
	for n, want := range map[NotifyType]bool{NO_PROPOSAL_CHOSEN: true, MS_NOTIFY_STATUS: true, 0: false, 8192: false, 65535: false} {
		if n.IsRegistered() != want {
			t.Errorf("%v: IsRegistered %v", n, !want)
		}
	}
}

func TestIsError(t *testing.T) {
	for n, want := range map[NotifyType]bool{
		NO_PROPOSAL_CHOSEN: true, MS_NOTIFY_STATUS: true, 16383: true, INITIAL_CONTACT: false, 65535: false,
	} {
		if n.IsError() != want {
			t.Errorf("%v: IsError %v", n, !want)
		}
	}
}
