//go:build ignore

// Generate_registry writes registry_*.go from the tables in testdata/registry.
package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const tables = "../testdata/registry"

// A registry says how the rows of one IANA registry become Go.
type registry struct {
	goType string
	table  string                                        // the Go table of its names
	rows   func([]map[string]string) []map[string]string // those of the file that belong to it
	naming func(row map[string]string) naming            // what becomes of one of them
}

// A naming is a row's constant and what String prints. Without a constant the
// row has only the name, without a name it is left out.
type naming struct{ constant, name string }

var identifier = regexp.MustCompile(`^[A-Z][A-Za-z0-9_]*$`)

// verbatim makes a constant of a name that is an identifier. What stands in
// parentheses after it is a remark.
func verbatim(row map[string]string) naming {
	name, _, _ := strings.Cut(row["name"], " (")
	if !identifier.MatchString(name) || private(row) {
		return naming{}
	}
	return naming{name, name}
}

// described takes names from a list where IANA has only descriptions.
func described(names map[string]naming) func(map[string]string) naming {
	return func(row map[string]string) naming { return names[row["id"]] }
}

// private reports numbers that are not IANA's, or are not certain to be.
func private(row map[string]string) bool {
	return strings.Contains(row["rfc"], "private") || strings.Contains(row["class"], "private") ||
		strings.HasPrefix(row["verification"], "UNCERTAIN")
}

func all(rows []map[string]string) []map[string]string { return rows }

func inRegistry(name string) func([]map[string]string) []map[string]string {
	return where("registry", name)
}

func ofType(number string) func([]map[string]string) []map[string]string {
	return where("type", number)
}

func where(column, value string) func([]map[string]string) []map[string]string {
	return func(rows []map[string]string) []map[string]string {
		var some []map[string]string
		for _, row := range rows {
			if row[column] == value {
				some = append(some, row)
			}
		}
		return some
	}
}

// transformTypes makes a row of each type in the first columns of the
// transforms.
func transformTypes(rows []map[string]string) []map[string]string {
	var types []map[string]string
	seen := map[string]bool{"attr": true} // transform attributes
	for _, row := range rows {
		if seen[row["type"]] {
			continue
		}
		seen[row["type"]] = true
		rfc := "RFC 7296"
		if strings.HasPrefix(row["type_name"], "ADDKE") {
			rfc = "RFC 9370"
		}
		types = append(types, map[string]string{"id": row["type"], "name": row["type_name"], "rfc": rfc})
	}
	return types
}

var files = []struct {
	csv, goFile string
	registries  []registry
}{
	{"iana-transforms.csv", "registry_transforms.go", []registry{
		{"TransformType", "transformTypes", transformTypes, transformType},
		{"EncryptionID", "encryptionIDs", ofType("1"), func(row map[string]string) naming {
			if row["status"] == "reserved" || row["status"] == "unassigned" {
				return naming{}
			}
			return verbatim(row)
		}},
		{"PRFID", "prfIDs", ofType("2"), verbatim},
		{"IntegrityID", "integrityIDs", ofType("3"), func(row map[string]string) naming {
			if row["id"] == "0" {
				return naming{"AUTH_NONE", "AUTH_NONE"}
			}
			return verbatim(row)
		}},
		{"KeyExchangeMethod", "keyExchangeMethods", ofType("4"), described(keyExchangeNames)},
		{"SequenceNumbersID", "sequenceNumbersIDs", ofType("5"), described(map[string]naming{
			"0": {"SN_32_BIT_SEQUENTIAL", "SN_32_BIT_SEQUENTIAL"},
			"1": {"SN_64_BIT_SEQUENTIAL", "SN_64_BIT_SEQUENTIAL"},
			"2": {"SN_32_BIT_UNSPECIFIED", "SN_32_BIT_UNSPECIFIED"},
		})},
		{"AttributeType", "attributeTypes", ofType("attr"), described(map[string]naming{
			"14": {"AttributeKeyLength", "Key Length"},
			"18": {"", "Signature Algorithm Identifier"},
		})},
	}},
	{"iana-notify.csv", "registry_notify.go", []registry{
		{"NotifyType", "notifyTypes", all, func(row map[string]string) naming {
			if row["id"] == "12345" {
				return naming{"MS_NOTIFY_STATUS", "MS_NOTIFY_STATUS"}
			}
			return verbatim(row)
		}},
	}},
	{"iana-payloads.csv", "registry_payloads.go", []registry{
		{"ExchangeType", "exchangeTypes", inRegistry("exchange-type"), func(row map[string]string) naming {
			if strings.HasPrefix(row["name"], "IKEv1") {
				return naming{"", row["name"]}
			}
			return verbatim(row)
		}},
		{"PayloadType", "payloadTypes", inRegistry("payload-type"), described(payloadNames)},
		{"ProtocolID", "protocolIDs", inRegistry("security-protocol-id"), described(map[string]naming{
			"1": {"ProtocolIKE", "IKE"},
			"2": {"ProtocolAH", "AH"},
			"3": {"ProtocolESP", "ESP"},
			"4": {"", "FC_ESP_HEADER"},
			"5": {"", "FC_CT_AUTHENTICATION"},
			"6": {"", "GIKE_UPDATE"},
		})},
		{"AuthMethod", "authMethods", inRegistry("auth-method"), withIANAName(map[string]string{
			"1": "AuthRSASignature", "2": "AuthSharedKey", "3": "AuthDSSSignature",
			"9": "AuthECDSA256", "10": "AuthECDSA384", "11": "AuthECDSA521",
			"12": "AuthSecurePassword", "13": "AuthNull", "14": "AuthDigitalSignature",
		})},
		{"HashAlgorithm", "hashAlgorithms", inRegistry("signature-hash-algorithm"), withIANAName(map[string]string{
			"1": "SIGHASH_SHA1", "2": "SIGHASH_SHA2_256", "3": "SIGHASH_SHA2_384", "4": "SIGHASH_SHA2_512",
			"5": "SIGHASH_IDENTITY", "6": "SIGHASH_STREEBOG_256", "7": "SIGHASH_STREEBOG_512",
		})},
		{"IDType", "idTypes", inRegistry("id-type"), verbatim},
		{"CertEncoding", "certEncodings", inRegistry("cert-encoding"), withIANAName(map[string]string{
			"1": "CertPKCS7", "2": "CertPGP", "3": "CertDNSSignedKey", "4": "CertX509Signature",
			"6": "CertKerberosToken", "7": "CertCRL", "8": "CertARL", "9": "CertSPKI",
			"10": "CertX509Attribute", "11": "CertRawRSAKey", "12": "CertHashAndURL",
			"13": "CertHashAndURLBundle", "14": "CertOCSPContent", "15": "CertRawPublicKey",
		})},
		{"TrafficSelectorType", "trafficSelectorTypes", inRegistry("ts-type"), verbatim},
		{"ConfigType", "configTypes", inRegistry("config-type"), verbatim},
		{"ConfigAttributeType", "configAttributeTypes", inRegistry("config-attribute"), func(row map[string]string) naming {
			if strings.HasPrefix(row["name"], "Reserved") {
				return naming{}
			}
			return verbatim(row)
		}},
		{"GatewayType", "gatewayTypes", inRegistry("redirect-gw-identity"), described(map[string]naming{
			"1": {"GatewayIPv4", "IPv4 address"},
			"2": {"GatewayIPv6", "IPv6 address"},
			"3": {"GatewayFQDN", "FQDN"},
		})},
	}},
}

// keyExchangeNames are by the names that implementations share, for IANA's
// descriptions, such as "384-bit random ECP group", are none. The numbers 3, 4
// and 38 and on are reserved or not certain.
var keyExchangeNames = same(map[string]string{
	"0": "KE_NONE", "1": "KE_MODP_768", "2": "KE_MODP_1024", "5": "KE_MODP_1536",
	"14": "KE_MODP_2048", "15": "KE_MODP_3072", "16": "KE_MODP_4096", "17": "KE_MODP_6144", "18": "KE_MODP_8192",
	"19": "KE_ECP_256", "20": "KE_ECP_384", "21": "KE_ECP_521",
	"22": "KE_MODP_1024_160", "23": "KE_MODP_2048_224", "24": "KE_MODP_2048_256",
	"25": "KE_ECP_192", "26": "KE_ECP_224",
	"27": "KE_BRAINPOOL_P224R1", "28": "KE_BRAINPOOL_P256R1", "29": "KE_BRAINPOOL_P384R1", "30": "KE_BRAINPOOL_P512R1",
	"31": "KE_CURVE25519", "32": "KE_CURVE448",
	"33": "KE_GOST3410_2012_256", "34": "KE_GOST3410_2012_512",
	"35": "KE_ML_KEM_512", "36": "KE_ML_KEM_768", "37": "KE_ML_KEM_1024",
})

// payloadNames are RFC 7296's notation where it says enough (SA, IDi), and
// words where it does not (N, D, V).
var payloadNames = map[string]naming{
	"0":  {"PayloadNone", "No Next Payload"},
	"33": {"PayloadSA", "SA"},
	"34": {"PayloadKE", "KE"},
	"35": {"PayloadIDi", "IDi"},
	"36": {"PayloadIDr", "IDr"},
	"37": {"PayloadCERT", "CERT"},
	"38": {"PayloadCERTREQ", "CERTREQ"},
	"39": {"PayloadAUTH", "AUTH"},
	"40": {"PayloadNonce", "Nonce"},
	"41": {"PayloadNotify", "Notify"},
	"42": {"PayloadDelete", "Delete"},
	"43": {"PayloadVendorID", "Vendor ID"},
	"44": {"PayloadTSi", "TSi"},
	"45": {"PayloadTSr", "TSr"},
	"46": {"PayloadEncrypted", "SK"},
	"47": {"PayloadCP", "CP"},
	"48": {"PayloadEAP", "EAP"},
	"49": {"PayloadGSPM", "GSPM"},
	"50": {"", "IDg"},
	"51": {"", "GSA"},
	"52": {"", "KD"},
	"53": {"PayloadEncryptedFragment", "SKF"},
	"54": {"PayloadPuzzleSolution", "PS"},
}

// transformType leaves the types above ADDKE7, which are only for G-IKEv2,
// without a constant.
func transformType(row map[string]string) naming {
	name, _, _ := strings.Cut(row["name"], " (")
	if row["id"] == "13" || row["id"] == "14" {
		return naming{"", name}
	}
	return naming{"Transform" + name, name}
}

func same(names map[string]string) map[string]naming {
	namings := make(map[string]naming, len(names))
	for id, name := range names {
		namings[id] = naming{name, name}
	}
	return namings
}

// withIANAName prints the name of the registry.
func withIANAName(constants map[string]string) func(map[string]string) naming {
	return func(row map[string]string) naming { return naming{constants[row["id"]], row["name"]} }
}

func main() {
	log.SetFlags(0)
	for _, file := range files {
		rows, err := read(filepath.Join(tables, file.csv))
		if err != nil {
			log.Fatal(err)
		}
		var out bytes.Buffer
		fmt.Fprintf(&out, "// Code generated by generate_registry.go from %s; DO NOT EDIT.\n\npackage ike\n", file.csv)
		for _, r := range file.registries {
			if err := r.write(&out, rows); err != nil {
				log.Fatalf("%s: %s: %v", file.csv, r.goType, err)
			}
		}
		source, err := format.Source(out.Bytes())
		if err != nil {
			log.Fatalf("%s: %v", file.goFile, err)
		}
		if err := os.WriteFile(file.goFile, source, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

func read(name string) ([]map[string]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	rows := make([]map[string]string, 0, len(records))
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (r registry) write(out *bytes.Buffer, rows []map[string]string) error {
	type entry struct {
		number int
		naming
		comment, extra string
	}
	var entries []entry
	for _, row := range r.rows(rows) {
		n := r.naming(row)
		if n.name == "" {
			continue
		}
		number, err := strconv.Atoi(row["id"])
		if err != nil {
			return err
		}
		if slices.ContainsFunc(entries, func(e entry) bool { return e.number == number }) {
			return fmt.Errorf("%d is there twice", number)
		}
		extra, err := properties(row)
		if err != nil {
			return fmt.Errorf("%d: %w", number, err)
		}
		entries = append(entries, entry{number, n, comment(row), extra})
	}
	slices.SortFunc(entries, func(a, b entry) int { return a.number - b.number })

	fmt.Fprintf(out, "\nconst (\n")
	for _, e := range entries {
		if e.constant != "" {
			fmt.Fprintf(out, "%s %s = %d%s\n", e.constant, r.goType, e.number, e.comment)
		}
	}
	fmt.Fprintf(out, ")\n\nvar %s = []registration[%s]{\n", r.table, r.goType)
	for _, e := range entries {
		number := e.constant
		if number == "" {
			number = strconv.Itoa(e.number)
		}
		fmt.Fprintf(out, "{number: %s, name: %q%s},\n", number, e.name, e.extra)
	}
	fmt.Fprintf(out, "}\n")
	return nil
}

// comment is the source of a row, for a draft without the remarks, and before
// it IANA's description of a key exchange method.
func comment(row map[string]string) string {
	source := strings.ReplaceAll(row["rfc"], ",RFC", ", RFC")
	if strings.HasPrefix(source, "draft") {
		source, _, _ = strings.Cut(source, " (")
	}
	if row["type"] == "4" || row["type"] == "5" {
		name, _, _ := strings.Cut(row["name"], " (")
		source = name + "; " + source
	}
	return " // " + source
}

// commonKeyLengths stand for the ranges of ciphers with keys of any length:
// the "popular sizes" of RFC 2451, Section 2.1.
var commonKeyLengths = map[string]string{
	"ENCR_RC5":      "40,128,160",
	"ENCR_CAST":     "40,64,80,128",
	"ENCR_BLOWFISH": "128",
}

// properties are the fields of a transform's row besides its number and name.
func properties(row map[string]string) (string, error) {
	var ike bool
	switch row["type"] {
	case "1":
		ike = row["ike_use"] == "yes"
	case "2":
		ike = true
	case "3":
		ike = !strings.Contains(row["notes"], "not for IKE")
	case "4":
		ike = row["id"] != "0"
	}
	var b strings.Builder
	if ike {
		b.WriteString(", ike: true")
	}
	if strings.HasPrefix(row["aead"], "y") {
		b.WriteString(", aead: true")
	}
	if !strings.HasPrefix(row["key_length_attr"], "y") {
		return b.String(), nil
	}
	lengths := row["key_lengths_bits"]
	if strings.Contains(lengths, "-") {
		if lengths = commonKeyLengths[row["name"]]; lengths == "" {
			return "", fmt.Errorf("no common key lengths for the range %q", row["key_lengths_bits"])
		}
	}
	fmt.Fprintf(&b, ", keyLengths: []int{%s}", strings.ReplaceAll(lengths, ",", ", "))
	return b.String(), nil
}
