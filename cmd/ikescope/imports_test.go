package main

import (
	"cmp"
	"errors"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ikescope/ikescope"

// A room is a package of this module and what it may import.
type room struct {
	ours []string // packages of this module

	// pure packages have no sockets, clock, randomness or logging.
	pure bool
}

// rooms holds which way data flows: from left to right in
// ike, proposals, probe, report, cmd.
var rooms = map[string]room{
	"ike":                          {pure: true},
	"ike/printable":                {pure: true},
	"ike/keyexchange":              {ours: []string{"ike"}},
	"ike/keymat":                   {ours: []string{"ike"}},
	"ike/eap":                      {pure: true},
	"ike/eap/cryptobinding":        {ours: []string{"ike/eap"}, pure: true},
	"ike/eap/eaptls":               {ours: []string{"ike/eap"}},
	"ike/eap/peer":                 {ours: []string{"ike/eap", "ike/eap/cryptobinding"}, pure: true},
	"ike/certificate":              {ours: []string{"ike"}},
	"ike/icmp":                     {pure: true},
	"ike/ikev1":                    {ours: []string{"ike"}, pure: true},
	"ike/dialog":                   {ours: []string{"ike", "ike/icmp", "ike/ikev1"}},
	"ike/capture":                  {ours: []string{"ike/icmp", "ike/dialog"}},
	"ike/iketest/memnet":           {},
	"ike/iketest/eapserver":        {ours: []string{"ike/eap", "ike/eap/cryptobinding"}},
	"ike/iketest":                  {ours: []string{"ike", "ike/certificate", "ike/eap", "ike/eap/eaptls", "ike/iketest/eapserver", "ike/iketest/internal/answers", "ike/iketest/internal/esp", "ike/iketest/internal/further", "ike/iketest/internal/offers", "ike/iketest/internal/own", "ike/keyexchange", "ike/keymat"}},
	"ike/iketest/internal/answers": {},
	"ike/iketest/internal/esp":     {ours: []string{"ike"}},
	"ike/iketest/internal/further": {ours: []string{"ike", "ike/keyexchange", "ike/keymat"}},
	"ike/iketest/internal/offers":  {ours: []string{"ike"}, pure: true},
	"ike/iketest/internal/own":     {ours: []string{"ike", "ike/keymat"}},
	"ike/iketest/streamtest":       {ours: []string{"ike/iketest"}},

	"proposals":                   {ours: []string{"ike", "ike/printable", "proposals/english"}, pure: true},
	"proposals/english":           {pure: true},
	"proposals/plaintext":         {pure: true},
	"proposals/yamlfile":          {ours: []string{"ike/printable", "proposals/lazyregexp"}, pure: true},
	"proposals/table":             {pure: true},
	"proposals/lazyregexp":        {pure: true},
	"proposals/internal/sets":     {ours: []string{"proposals"}, pure: true},
	"proposals/matrix":            {ours: []string{"ike", "proposals", "proposals/internal/sets"}, pure: true},
	"proposals/choice":            {ours: []string{"ike", "proposals", "proposals/matrix"}, pure: true},
	"proposals/client/plist":      {ours: []string{"proposals"}, pure: true},
	"proposals/client/powershell": {ours: []string{"proposals/lazyregexp"}, pure: true},
	"proposals/client": {ours: []string{"proposals/lazyregexp", "ike", "ike/printable", "proposals", "proposals/english", "proposals/plaintext", "proposals/table",
		"proposals/client/plist", "proposals/client/powershell"}, pure: true},
	"proposals/baseline": {ours: []string{"proposals/lazyregexp", "proposals/yamlfile", "ike", "ike/printable", "proposals", "proposals/english", "proposals/table", "proposals/matrix"}, pure: true},
	"proposals/remedy":   {ours: []string{"proposals", "proposals/matrix", "proposals/client", "proposals/baseline"}, pure: true},

	"probe/internal/socket": {ours: []string{"ike/icmp"}},
	"probe/initiator":       {ours: []string{"ike", "ike/keyexchange", "ike/keymat", "ike/icmp", "ike/ikev1", "proposals", "probe/internal/socket"}},
	"probe/identity":        {ours: []string{"ike", "ike/certificate", "ike/eap", "ike/eap/eaptls", "ike/keymat", "proposals"}},
	"probe/login": {ours: []string{"ike", "ike/certificate", "ike/eap", "ike/eap/eaptls", "ike/eap/peer", "ike/keyexchange", "ike/keymat", "proposals", "proposals/matrix", "probe/initiator",
		"probe/internal/closing"}},
	"probe/internal/closing": {ours: []string{"ike", "ike/keyexchange", "ike/keymat", "proposals", "probe/initiator", "probe/internal/offers"}, pure: true},
	"probe/path": {ours: []string{"ike", "ike/keyexchange", "ike/keymat", "ike/icmp", "ike/ikev1", "proposals", "probe/initiator",
		"probe/internal/closing", "probe/internal/host", "probe/path/contrast", "probe/path/hops", "probe/path/mapping"}},
	"probe/path/contrast":   {ours: []string{"probe/initiator"}},
	"probe/internal/host":   {},
	"probe/revocation":      {ours: []string{"ike/certificate"}},
	"probe/path/hops":       {ours: []string{"ike", "ike/icmp", "probe/initiator"}},
	"probe/path/mapping":    {ours: []string{"ike", "probe/initiator"}},
	"probe/internal/offers": {ours: []string{"ike", "ike/keyexchange", "proposals"}, pure: true},
	"probe/evidence": {ours: []string{"ike", "proposals", "proposals/matrix", "proposals/choice", "probe/initiator",
		"probe/identity", "probe/internal/offers"}},
	"probe/internal/gateway": {ours: []string{"ike", "ike/keyexchange", "proposals", "proposals/matrix", "probe/initiator",
		"probe/internal/offers"}, pure: true},
	"probe/internal/ledger": {ours: []string{"ike", "ike/keymat", "proposals", "proposals/matrix", "probe/initiator", "probe/evidence"}},
	"probe/target":          {ours: []string{"proposals/matrix", "probe/initiator"}},
	"probe": {ours: []string{"ike", "ike/printable", "ike/keyexchange", "ike/keymat", "proposals", "proposals/matrix",
		"proposals/choice", "probe/identity", "probe/initiator", "probe/internal/offers", "probe/evidence", "probe/target",
		"probe/internal/gateway", "probe/internal/ledger", "probe/internal/closing", "probe/internal/session", "probe/path/mapping"}},
	"probe/internal/session": {ours: []string{"ike", "ike/keymat", "probe/evidence", "probe/identity", "probe/initiator",
		"probe/internal/closing", "probe/internal/ledger"}},

	"report":                     {ours: []string{"ike", "proposals", "proposals/english", "proposals/table", "report/internal/lineschema", "report/internal/lists"}},
	"report/internal/lists":      {pure: true},
	"report/internal/lineschema": {pure: true},
	"report/explain":             {ours: []string{"proposals/lazyregexp", "ike", "proposals", "proposals/english", "proposals/table", "report/incident/logtext"}, pure: true},
	"report/assess/certcheck":    {ours: []string{"ike", "ike/certificate", "ike/printable", "proposals/english", "proposals/table", "report"}},
	"report/assess/network":      {ours: []string{"proposals/english", "report", "report/internal/lists"}, pure: true},
	"report/assess": {ours: []string{"ike", "ike/printable", "ike/keyexchange", "proposals", "proposals/english", "proposals/matrix",
		"proposals/choice", "proposals/client", "proposals/baseline", "proposals/remedy", "proposals/table", "report",
		"report/assess/certcheck", "report/assess/certfinding", "report/internal/lists", "report/assess/network"}},
	"report/scan": {ours: []string{"ike", "ike/certificate", "ike/ikev1", "ike/printable", "probe/identity", "probe/initiator", "probe/path", "probe/path/hops", "probe/path/mapping", "proposals", "proposals/english", "proposals/matrix", "proposals/choice", "probe/evidence", "report/assess/certcheck",
		"report", "report/internal/lists", "report/assess"}},
	"report/diff": {ours: []string{"ike", "proposals", "proposals/english", "proposals/matrix", "proposals/client",
		"proposals/baseline", "report", "report/internal/lists", "report/assess"}},
	"report/gate":         {ours: []string{"proposals/english", "report", "report/assess", "report/diff"}},
	"report/archive":      {ours: []string{"report"}},
	"report/login/causes": {ours: []string{"proposals/table"}, pure: true},
	"report/login": {ours: []string{"report/incident/ask", "report/incident/sentence", "report/login/causes", "ike", "ike/certificate", "ike/printable", "probe/initiator", "probe/login", "proposals", "proposals/client", "proposals/english", "proposals/matrix", "proposals/remedy", "proposals/table", "report", "report/explain",
		"report/incident", "report/internal/layout", "report/internal/lists", "report/spelling"}},
	"report/capture": {ours: []string{"ike", "ike/icmp", "ike/ikev1", "ike/dialog", "proposals", "proposals/english", "report",
		"report/internal/lists"}},
	"report/incident":              {ours: []string{"proposals/lazyregexp", "proposals/english", "report/explain", "report/incident/causes", "report/incident/general", "report/incident/how", "report/incident/logtext", "report/incident/meet", "report/incident/offered", "report/incident/sentence", "report/incident/event"}},
	"report/incident/causes":       {ours: []string{"proposals/table"}, pure: true},
	"report/incident/general":      {ours: []string{"proposals/lazyregexp", "proposals/table"}, pure: true},
	"report/incident/ask":          {pure: true},
	"report/incident/how":          {ours: []string{"proposals/table"}, pure: true},
	"report/incident/event":        {ours: []string{"proposals/table", "report/incident/causes", "report/incident/general", "report/incident/logtext", "report/incident/offered", "report/incident/template"}},
	"report/incident/android":      {ours: []string{"report/incident/event"}},
	"report/incident/apple":        {ours: []string{"proposals/lazyregexp", "report/incident/event"}},
	"report/incident/checkpoint":   {ours: []string{"proposals/lazyregexp", "report/incident/event"}},
	"report/incident/cisco":        {ours: []string{"proposals/lazyregexp", "report/incident/event", "report/incident/offered"}},
	"report/incident/cloud":        {ours: []string{"proposals/lazyregexp", "report/explain", "report/incident/event"}},
	"report/incident/fortigate":    {ours: []string{"proposals/lazyregexp", "report/incident/event", "report/incident/offered"}},
	"report/incident/juniper":      {ours: []string{"proposals/lazyregexp", "report/incident/event"}},
	"report/incident/libreswan":    {ours: []string{"ike/ikev1", "proposals/lazyregexp", "report/incident/event", "report/incident/offered"}},
	"report/incident/logtext":      {ours: []string{"proposals/lazyregexp"}},
	"report/incident/mikrotik":     {ours: []string{"proposals/lazyregexp", "report/incident/event", "report/incident/offered"}},
	"report/incident/offered":      {ours: []string{"proposals/lazyregexp"}, pure: true},
	"report/incident/meet":         {ours: []string{"proposals", "proposals/baseline", "proposals/client", "proposals/english", "proposals/remedy", "report/incident/offered"}, pure: true},
	"report/incident/openiked":     {ours: []string{"report/incident/event"}},
	"report/incident/paloalto":     {ours: []string{"proposals/lazyregexp", "report/incident/event", "report/incident/offered"}},
	"report/incident/racoon":       {ours: []string{"proposals/lazyregexp", "report/incident/event", "report/incident/offered"}},
	"report/incident/readers":      {ours: []string{"report/incident/android", "report/incident/apple", "report/incident/checkpoint", "report/incident/cisco", "report/incident/cloud", "report/incident/fortigate", "report/incident/juniper", "report/incident/libreswan", "report/incident/mikrotik", "report/incident/openiked", "report/incident/paloalto", "report/incident/racoon", "report/incident/softether", "report/incident/strongswan", "report/incident/vendors", "report/incident/windows", "report/incident/event"}},
	"report/incident/sentence":     {pure: true},
	"report/incident/template":     {ours: []string{"report/incident/logtext"}},
	"report/incident/softether":    {ours: []string{"proposals/lazyregexp", "report/incident/event"}},
	"report/incident/strongswan":   {ours: []string{"proposals/lazyregexp", "report/incident/event", "report/incident/offered"}},
	"report/incident/vendors":      {ours: []string{"proposals/lazyregexp", "report/incident/event"}},
	"report/incident/windows":      {ours: []string{"proposals/lazyregexp", "proposals/table", "report/explain", "report/incident", "report/incident/event"}},
	"report/assess/certfinding":    {ours: []string{"proposals/english", "report"}},
	"report/internal/introduction": {ours: []string{"ike/printable", "proposals/english", "report", "report/internal/layout", "report/internal/lists"}},
	"report/internal/layout":       {ours: []string{"ike/printable"}},
	"report/internal/route":        {ours: []string{"proposals/english", "report"}, pure: true},
	"report/internal/picture":      {ours: []string{"proposals", "report", "report/assess", "report/internal/lists"}},
	"report/internal/traversal":    {ours: []string{"ike", "proposals/english", "report", "report/internal/lists"}, pure: true},
	"report/text": {ours: []string{"report/internal/traversal", "ike", "ike/printable", "proposals", "proposals/english", "proposals/client",
		"proposals/baseline", "report", "report/internal/advised", "report/internal/changed", "report/internal/introduction", "report/internal/layout", "report/internal/lists", "report/internal/picture", "report/internal/printed", "report/internal/route", "report/explain", "report/assess",
		"report/incident", "report/incident/how", "report/internal/stories", "report/layers", "report/part", "report/spelling"}},
	"report/findings":                    {ours: []string{"proposals/lazyregexp", "ike", "proposals", "proposals/baseline", "proposals/client", "proposals/english", "proposals/remedy", "report", "report/assess/certcheck", "report/explain", "report/incident/causes", "report/internal/lists", "report/login/causes", "proposals/table"}},
	"report/internal/capturewords":       {ours: []string{"proposals/english", "report", "report/internal/layout", "report/internal/traversal", "report/spelling"}},
	"report/internal/advised":            {ours: []string{"proposals/english", "report", "report/assess", "report/internal/lists", "report/spelling"}},
	"report/internal/changed":            {ours: []string{"proposals/english", "report", "report/internal/lists", "report/spelling"}},
	"report/internal/stories":            {ours: []string{"proposals/english", "report/incident", "report/incident/ask", "report/incident/event"}},
	"report/spelling":                    {ours: []string{"proposals/lazyregexp", "proposals", "proposals/client", "proposals/remedy", "report", "report/internal/lists"}},
	"report/spelling/spellingtest":       {ours: []string{"proposals", "report/spelling"}},
	"report/text/capturetext":            {ours: []string{"ike/printable", "proposals/english", "report", "report/internal/capturewords", "report/internal/layout", "report/spelling"}},
	"report/internal/printed":            {ours: []string{"ike/printable"}},
	"report/part":                        {ours: []string{"proposals/english", "report", "report/assess"}},
	"report/layers":                      {ours: []string{"proposals/english", "report"}, pure: true},
	"report/html":                        {ours: []string{"ike/printable", "proposals", "proposals/baseline", "proposals/english", "report", "report/incident", "report/internal/advised", "report/internal/capturewords", "report/internal/changed", "report/internal/introduction", "report/internal/lists", "report/internal/picture", "report/internal/printed", "report/internal/route", "report/internal/stories", "report/internal/traversal", "report/layers", "report/login", "report/part", "report/spelling"}},
	"report/tables":                      {ours: []string{"ike/printable", "report", "report/internal/lists", "report/spelling"}},
	"report/markdown":                    {ours: []string{"ike/printable", "proposals/english", "report", "report/incident", "report/internal/changed", "report/internal/introduction", "report/internal/layout", "report/internal/lists", "report/internal/route", "report/internal/traversal", "report/login", "report/part", "report/spelling"}},
	"report/junit":                       {ours: []string{"ike/printable", "report"}},
	"report/sarif":                       {ours: []string{"ike/printable", "report", "report/findings"}},
	"report/template":                    {ours: []string{"report", "report/internal/printed"}},
	"report/reporttest":                  {ours: []string{"ike", "proposals", "proposals/matrix", "proposals/choice", "probe/initiator", "probe/evidence"}},
	"cmd/ikescope/internal/argfile":      {ours: []string{"ike/capture", "proposals/client", "proposals/plaintext"}},
	"cmd/ikescope/internal/capturefiles": {ours: []string{"cmd/ikescope/internal/argfile", "ike/capture", "ike/dialog", "report", "report/capture"}},
	"cmd/ikescope/internal/build":        {ours: []string{"report"}},
	"cmd/ikescope/internal/logread":      {ours: []string{"report/explain", "report/incident", "report/incident/logtext", "report/incident/readers", "cmd/ikescope/internal/capturefiles", "cmd/ikescope/internal/progress", "report/incident/event"}},
	"cmd/ikescope/internal/config":       {ours: []string{"cmd/ikescope/internal/argfile", "cmd/ikescope/internal/flagvalue", "ike/printable", "proposals/plaintext", "proposals/yamlfile"}},
	"cmd/ikescope/internal/clients": {ours: []string{"ike", "ike/capture", "ike/dialog", "probe/initiator", "proposals", "proposals/choice", "proposals/client", "proposals/matrix", "report/capture",
		"cmd/ikescope/internal/argfile"}},
	"cmd/ikescope/internal/datagrams": {ours: []string{"cmd/ikescope/internal/argfile", "cmd/ikescope/internal/pending", "ike/capture", "ike/printable", "probe/initiator", "proposals/english", "report", "report/archive"}},
	"cmd/ikescope/internal/flagvalue": {ours: []string{"cmd/ikescope/internal/argfile", "cmd/ikescope/internal/clients", "proposals", "proposals/baseline",
		"proposals/client", "proposals/plaintext", "proposals/remedy", "probe/identity", "probe/initiator", "report/incident/how"}},
	"cmd/ikescope/internal/local":    {},
	"cmd/ikescope/internal/revoked":  {ours: []string{"ike/certificate", "ike/printable", "probe/revocation", "report"}},
	"cmd/ikescope/internal/login":    {ours: []string{"ike/certificate", "cmd/ikescope/internal/argfile", "proposals/yamlfile", "ike/printable", "probe/login", "proposals", "proposals/english"}},
	"cmd/ikescope/internal/manual":   {ours: []string{"cmd/ikescope/internal/argfile", "cmd/ikescope/internal/pending"}},
	"cmd/ikescope/internal/watching": {ours: []string{"probe/initiator", "probe/path", "probe/target", "report", "report/text", "cmd/ikescope/internal/progress"}},
	"cmd/ikescope/internal/mock": {ours: []string{"ike", "ike/certificate", "ike/eap", "ike/iketest", "ike/iketest/streamtest", "ike/iketest/eapserver", "proposals", "proposals/english", "probe/initiator", "probe/login", "cmd/ikescope/internal/argfile",
		"cmd/ikescope/internal/local"}},
	"cmd/ikescope/internal/places":    {},
	"cmd/ikescope/internal/documents": {ours: []string{"report", "report/html", "report/incident", "report/login", "report/markdown", "report/text", "report/text/capturetext", "cmd/ikescope/internal/output"}},
	"cmd/ikescope/internal/output": {ours: []string{"proposals/english", "proposals/plaintext", "report", "report/html", "report/junit", "report/markdown",
		"report/sarif", "report/spelling", "report/tables", "report/template", "report/text", "cmd/ikescope/internal/argfile", "cmd/ikescope/internal/pending"}},
	"cmd/ikescope/internal/pending":  {ours: []string{"cmd/ikescope/internal/argfile"}},
	"cmd/ikescope/internal/progress": {ours: []string{"ike", "ike/printable", "proposals", "proposals/english", "probe/evidence", "probe", "report"}},
	"cmd/ikescope/internal/targets": {ours: []string{"proposals/plaintext", "proposals/english", "probe/initiator", "probe/path/mapping", "probe/target",
		"cmd/ikescope/internal/argfile", "cmd/ikescope/internal/local"}},

	"cmd/ikescope": {ours: []string{"ike", "ike/printable", "ike/dialog", "ike/capture", "proposals", "proposals/english",
		"proposals/plaintext", "proposals/matrix", "proposals/choice", "proposals/client",
		"proposals/baseline", "proposals/remedy", "probe/identity", "probe/initiator", "probe/login", "probe/path", "probe/path/mapping", "probe/evidence", "probe/target", "probe", "report", "report/explain",
		"report/findings", "report/assess", "report/assess/certcheck", "report/scan", "report/diff", "report/gate", "report/archive", "report/capture", "report/incident",
		"report/incident/how", "report/incident/logtext", "report/incident/readers", "report/login", "report/part", "report/spelling", "report/text",
		"cmd/ikescope/internal/argfile", "cmd/ikescope/internal/build", "cmd/ikescope/internal/capturefiles", "cmd/ikescope/internal/config", "cmd/ikescope/internal/logread", "cmd/ikescope/internal/clients", "cmd/ikescope/internal/datagrams", "cmd/ikescope/internal/documents", "cmd/ikescope/internal/flagvalue",
		"cmd/ikescope/internal/local", "cmd/ikescope/internal/login", "cmd/ikescope/internal/manual", "cmd/ikescope/internal/mock", "cmd/ikescope/internal/output", "cmd/ikescope/internal/pending", "cmd/ikescope/internal/places",
		"cmd/ikescope/internal/progress", "cmd/ikescope/internal/targets", "cmd/ikescope/internal/watching", "cmd/ikescope/internal/revoked"}},
}

// impure are packages that a pure one does without; net/netip is not net.
var impure = []string{
	"crypto/rand", "log", "log/slog", "math/rand", "math/rand/v2", "net", "os", "syscall", "time",
}

// edge holds the modules that one package alone imports, so that another one
// could take their place, and that package.
var edge = map[string]string{
	"github.com/google/gopacket": "ike/capture",
	"github.com/spf13/cobra":     "cmd/ikescope",
	"github.com/spf13/pflag":     "cmd/ikescope",
}

// TestImports holds rooms. Tests may import more.
func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		r, ok := rooms[p.ImportPath]
		if !ok {
			t.Errorf("%s has no row", p.ImportPath)
		}
		for _, imported := range p.Imports {
			ours, isOurs := strings.CutPrefix(imported, module+"/")
			switch {
			case isOurs && !slices.Contains(r.ours, ours):
				t.Errorf("%s imports %s", p.ImportPath, ours)
			case r.pure && slices.Contains(impure, imported):
				t.Errorf("%s is pure and imports %s", p.ImportPath, imported)
			case edgeOf(imported) != "" && edgeOf(imported) != p.ImportPath:
				t.Errorf("%s imports %s, which %s alone may", p.ImportPath, imported, edgeOf(imported))
			case imported == "C" || imported == "github.com/google/gopacket/pcap":
				t.Errorf("%s needs cgo for %s", p.ImportPath, imported)
			}
		}
	}
}

// mostLines is how many lines a room may have without tests. It then wants walls.
const mostLines = 3500

// largeRooms are those of many like parts, such as a file for each syntax.
var largeRooms = map[string]int{"proposals/client": 7500, "cmd/ikescope": 4200}

// TestRoomsAreSmall holds how large packages are.
func TestRoomsAreSmall(t *testing.T) {
	for _, p := range packages(t) {
		lines := 0
		for _, file := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			lines += strings.Count(string(text), "\n")
		}
		if most := cmp.Or(largeRooms[p.ImportPath], mostLines); lines > most {
			t.Errorf("%s has %d lines, more than %d", p.ImportPath, lines, most)
		}
	}
}

// edgeOf returns the package that alone may import this one, "" if all may.
func edgeOf(imported string) string {
	for m, p := range edge {
		if imported == m || strings.HasPrefix(imported, m+"/") {
			return p
		}
	}
	return ""
}

// packages returns those of this module; ImportPath is without the module's.
func packages(t *testing.T) []*build.Package {
	t.Helper()
	root := filepath.Join("..", "..")
	system := build.Default
	system.CgoEnabled = true // or files that need it would go unseen
	var all []*build.Package
	err := filepath.WalkDir(root, func(dir string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name := entry.Name(); name == "testdata" || (name != ".." && strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		p, err := system.ImportDir(dir, 0)
		if noGo := new(build.NoGoError); errors.As(err, &noGo) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			return err
		}
		p.ImportPath = path.Clean(filepath.ToSlash(rel))
		all = append(all, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 2 {
		t.Fatalf("%d packages below %s", len(all), root)
	}
	return all
}
