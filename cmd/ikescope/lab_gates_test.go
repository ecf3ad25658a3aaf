//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// testGates: gates pass and fail by what a real gateway accepts, and a gateway
// that was made weaker is told from how it was.
func (l lab) testGates(t *testing.T, gateway string) {
	address := l.do(t, "addr", gateway)
	approved, now := filepath.Join(t.TempDir(), "approved.json"), filepath.Join(t.TempDir(), "now.json")

	l.policy(t, gateway, "single")
	l.report(t, beside, 0, "check", address, "--policy", "legacy", "--client", "macos", "--fail-on", "high",
		"-o", "json="+approved)
	l.report(t, beside, report.ExitFailed, "check", address, "--policy", "cnsa1")
	l.report(t, beside, report.ExitFailed, "check", address, "--client", "windows-11")
	l.report(t, beside, 0, "check", address, "--baseline", approved)

	l.policy(t, gateway, "weak")
	l.report(t, beside, report.ExitFailed, "check", address, "--baseline", approved, "-o", "json="+now)
	out, err := exec.Command(l.ikescope, "diff", "--exit-code", "-o", "json", approved, now).Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != report.ExitFailed {
		t.Fatalf("diff: %v, want exit code %d", err, report.ExitFailed)
	}
	var diff report.Diff
	if err := json.Unmarshal(out, &diff); err != nil {
		t.Fatal(err)
	}
	if len(diff.Targets) != 1 {
		t.Fatalf("%d targets, want 1", len(diff.Targets))
	}
	for suite, effect := range map[string]report.Effect{
		"3des-sha1-prfsha1-modp1024":       report.EffectWeaker,
		"aes256gcm16-prfsha384-ecp384":     "",
		"aes256-sha256-prfsha256-modp2048": "",
	} {
		i := slices.IndexFunc(diff.Targets[0].Changes, func(c report.Change) bool {
			return c.Area == report.AreaSuites && slices.Contains(c.Suites, suite)
		})
		if i < 0 || effect != "" && diff.Targets[0].Changes[i].Effect != effect {
			t.Errorf("no %s change of %s among %+v", effect, suite, diff.Targets[0].Changes)
		}
	}
	if !slices.ContainsFunc(diff.Targets[0].Changes, func(c report.Change) bool {
		return c.Area == "client" && strings.Contains(c.Text, "macos")
	}) {
		t.Errorf("no change of the client macos, which can no longer connect, among %+v", diff.Targets[0].Changes)
	}
}
