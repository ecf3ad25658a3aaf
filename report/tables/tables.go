// Package tables writes reports as CSV (RFC 4180): a row for each target, finding,
// product of suites, or client.
package tables

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/spelling"
)

// table is one of the tables.
type table struct {
	name    string
	columns []string // behind those of every table
	rows    func(*report.Target) [][]string
}

// ofEach are the columns that begin each row of every table.
var ofEach = []string{"target", "address"}

var all = []table{
	{"targets", []string{"started", "verdict", "complete", "error",
		"udp500", "udp4500", "tcp4500", "nat_before_us", "nat_before_gateway",
		"accepted", "refused", "unknown", "proven", "post_quantum",
		"critical", "high", "medium", "low", "info",
		"clients_connect", "clients_fail", "clients_unknown", "policies_met", "policies_violated", "policies_undecided",
		"exchanges", "elapsed_ms"}, targetRows},
	{"findings", []string{"id", "severity", "title", "detail", "fix", "lines", "cuts_off", "weaker", "refs", "exchanges"}, findingRows},
	{"products", []string{"encr", "prf", "integ", "ke", "addke", "basis", "samples", "exchanges"}, productRows},
	{"clients", []string{"client", "verdict", "suite", "weak", "weak_algorithms", "missing", "fix_side", "fix_suite", "fix_lines", "basis", "doubt", "notes", "exchanges", "fix"}, clientRows},
}

// Names returns those of the tables.
func Names() []string { return lists.Convert(all, func(t table) string { return t.name }) }

// Write writes the table of that name of doc, behind a row of headings. Lists within
// a cell have spaces between them where their members are words or numbers, and line
// breaks where these are sentences or lines. What does not print is escaped, and text
// that a spreadsheet would take for a formula has an apostrophe before it.
func Write(w io.Writer, doc report.Source, name string) error {
	for _, t := range all {
		if t.name == name {
			return t.write(w, doc)
		}
	}
	return fmt.Errorf("tables: no table %q", name)
}

func (t *table) write(w io.Writer, doc report.Source) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	if err := out.Write(append(append([]string{}, ofEach...), t.columns...)); err != nil {
		return err
	}
	for i := range doc.Count() {
		target, err := doc.At(i)
		if err != nil {
			return err
		}
		for _, row := range t.rows(target) {
			if err := out.Write(safe(append([]string{target.Name, target.Address}, row...))); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// formula are the characters that begin one in a spreadsheet: those of full width do so
// in East Asian versions of Excel, and blanks before them do not count in all.
const formula = "=+-@＝＋－＠\t\r"

// safe escapes the cells of a row.
func safe(row []string) []string {
	for i, cell := range row {
		lines := strings.Split(cell, "\n")
		for k := range lines {
			lines[k] = printable.Text(lines[k])
		}
		cell = strings.Join(lines, "\n")
		if begin, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " ")); strings.ContainsRune(formula, begin) && !isNumber(cell) {
			cell = "'" + cell
		}
		row[i] = cell
	}
	return row
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func targetRows(t *report.Target) [][]string {
	started := ""
	if !t.Started.IsZero() {
		started = t.Started.UTC().Format(time.RFC3339)
	}
	row := []string{started, string(t.Verdict), strconv.FormatBool(t.Complete), t.Error}
	for _, transport := range []report.Transport{report.UDP500, report.UDP4500, report.TCP4500} {
		state := ""
		for _, p := range t.Paths {
			if p.Transport == transport {
				state = string(p.State)
			}
		}
		row = append(row, state)
	}
	local, remote := "", ""
	if t.NAT != nil && t.NAT.Supported {
		local, remote = strconv.FormatBool(t.NAT.LocalBehindNAT), strconv.FormatBool(t.NAT.GatewayBehindNAT)
	}
	row = append(row, local, remote)
	if m := t.Matrix; m != nil {
		row = append(row, number(m.Accepted), number(m.Refused), number(m.Unknown), strconv.FormatBool(m.Proven))
	} else {
		row = append(row, "", "", "", "")
	}
	quantum := ""
	if t.PostQuantum != nil {
		quantum = string(t.PostQuantum.State)
	}
	row = append(row, quantum)
	for _, severity := range report.Severities() {
		row = append(row, count(t.Findings, func(f report.Finding) bool { return f.Severity == severity }))
	}
	for _, verdict := range []report.ClientVerdict{report.ClientConnects, report.ClientFails, report.ClientUnknown} {
		row = append(row, count(t.Clients, func(c report.Client) bool { return c.Verdict == verdict }))
	}
	for _, verdict := range []report.RuleState{report.RuleMet, report.RuleViolated, report.RuleUndecided} {
		row = append(row, count(t.Policies, func(p report.Policy) bool { return p.Verdict == verdict }))
	}
	return [][]string{append(row, strconv.Itoa(t.Cost.Exchanges), strconv.FormatFloat(t.Cost.ElapsedMs, 'f', 0, 64))}
}

func findingRows(t *report.Target) (rows [][]string) {
	for _, f := range t.Findings {
		f = spelling.StrongSwan.Finding(f)
		rows = append(rows, []string{f.ID, string(f.Severity), f.Title, f.Detail, lines(f.Fix), lines(f.Lines),
			lines(f.CutsOff), lines(f.Weaker), lines(f.Refs), numbers(f.Evidence)})
	}
	return rows
}

func productRows(t *report.Target) (rows [][]string) {
	if t.Matrix == nil {
		return nil
	}
	for _, p := range t.Matrix.Products {
		var additional []string
		for i, list := range p.ADDKE {
			for _, a := range list {
				additional = append(additional, fmt.Sprintf("ke%d_%s", i+1, strings.TrimPrefix(a.Keyword, fmt.Sprintf("ke%d_", i+1))))
			}
		}
		rows = append(rows, []string{keywords(p.ENCR), keywords(p.PRF), keywords(p.INTEG), keywords(p.KE), words(additional),
			string(p.Basis), strconv.Itoa(p.Samples), numbers(p.Evidence)})
	}
	return rows
}

func clientRows(t *report.Target) (rows [][]string) {
	for _, c := range t.Clients {
		suite := c.Suite
		if suite == "" {
			suite = words(c.Candidates)
		}
		weak, algorithms := "", ""
		if c.Weak != nil {
			weak, algorithms = string(c.Weak.Severity), words(c.Weak.Algorithms)
		}
		missing := lists.Convert(c.Missing, func(m report.Missing) string { return spelling.StrongSwan.Text(m.Text) })
		if c.FailsInAuth() {
			missing = append(missing, "IKE_AUTH: "+c.LoginWords())
		}
		side, fix, fixLines, what := "", "", "", ""
		if c.Fix != nil {
			side, fix, fixLines, what = c.Fix.Side, c.Fix.Suite, lines(c.Fix.Lines), c.Fix.Words()
		}
		rows = append(rows, []string{c.Name, string(c.Verdict), suite, weak, algorithms, lines(missing), side, fix, fixLines,
			string(c.Basis), c.Doubt, lines(lists.Convert(c.Notes, spelling.StrongSwan.Text)), numbers(c.Evidence), what})
	}
	return rows
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func count[T any](list []T, is func(T) bool) string {
	n := 0
	for _, x := range list {
		if is(x) {
			n++
		}
	}
	return strconv.Itoa(n)
}

func words(list []string) string { return strings.Join(list, " ") }
func lines(list []string) string { return strings.Join(list, "\n") }

func numbers(list []int) string { return words(lists.Convert(list, strconv.Itoa)) }

func keywords(list []report.Algorithm) string {
	return words(lists.Convert(list, func(a report.Algorithm) string { return a.Keyword }))
}
