package build

import (
	"runtime/debug"
	"testing"
)

func TestVersionOf(t *testing.T) {
	for want, info := range map[string]*debug.BuildInfo{
		"v1.2.3": {Main: debug.Module{Version: "v1.2.3"}},
		"devel":  {Main: debug.Module{Version: "(devel)"}},
		"devel+0123456789ab.modified": {Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"},
		}},
	} {
		if got := versionOf(info); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.time", Value: "2026-11-30T09:24:11Z"}}}
	if got, want := commitOf(info), "commit 0123456789ab of 2026-11-30, "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := commitOf(&debug.BuildInfo{}); got != "" {
		t.Errorf("got %q of a module that was downloaded", got)
	}
}
