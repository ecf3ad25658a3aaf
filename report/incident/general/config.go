package general

import (
	"regexp"
	"strings"
)

// configErrors are lines that say that a configuration, or a connection of it, could
// not be loaded, with the reason last.
var configErrors = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(/?[\w./-]{0,80}\.conf(?:ig)?[:(, ]+(?:line )?\d{1,6}[:), ]+[^:]{0,40}(?:syntax error|unexpected|unknown|invalid|unrecognized|not recognized|parse error|bad ).{0,160})`),
	regexp.MustCompile(`(?i)\bfailed to add connection: (.{3,200})`),
	regexp.MustCompile(`(?i)\bloading (?:connection|conn|pool|authority|secret|shared secret|credential|private key|certificate) (.{1,80}? failed: .{3,160})`),
	regexp.MustCompile(`(?i)\bcannot load config(?:uration)? (.{3,200})`),
	regexp.MustCompile(`(?i)\b(?:skipped )?(invalid proposal string: \S{1,120})`),
	regexp.MustCompile(`(?i)\b(fatal errors? in config\w*)`),
	regexp.MustCompile(`(?i)\b(no valid configuration)\b`),
	regexp.MustCompile(`(?i)\b((?:no connection (?:named|known for)|no such connection|unknown connection|no config(?:uration)? named) ["']?[^"']{1,80}["']?)`),
}

// ConfigError returns why a line says that a configuration could not be loaded, and
// whether it does. A reason may quote the configuration.
func ConfigError(text string) (reason string, ok bool) {
	text = text[:min(len(text), maxOctets)]
	if strings.Contains(text, "secrets:") || strings.Contains(text, "secrets\"") {
		return "", false // what it quotes may be one
	}
	for _, form := range configErrors {
		if m := form.FindStringSubmatch(text); m != nil {
			return strings.TrimRight(strings.TrimSpace(m[1]), ".,"), true
		}
	}
	return "", false
}
