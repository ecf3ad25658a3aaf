// Package build says which version of the program this is.
package build

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/ikescope/ikescope/report"
)

// Line returns the version, of which commit, and for what it was built.
func Line() string {
	commit := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		commit = commitOf(info)
	}
	return fmt.Sprintf("ikescope %s (%s%s %s/%s)\n", Version(), commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// commitOf returns the commit that was built, and its date, in front of other words; ""
// if they are not known, as where a module was downloaded.
func commitOf(info *debug.BuildInfo) string {
	var commit, date string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			date = s.Value[:min(len("2006-01-02"), len(s.Value))]
		}
	}
	if commit == "" || date == "" {
		return ""
	}
	return "commit " + commit + " of " + date + ", "
}

// Tool is what documents say of the program that made them.
func Tool() report.Tool { return report.Tool{Name: "ikescope", Version: Version()} }

// Version returns the version of the module, with the commit where only that
// is known.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	v, modified := "devel", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			v += "+" + s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = ".modified"
		}
	}
	return v + modified
}
