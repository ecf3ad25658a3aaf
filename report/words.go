package report

import (
	"fmt"
	"strings"
)

// join lists words: "a, b and c".
func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

// counted returns "1 cookie" or "2 cookies".
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes n with a comma every three digits.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// duration writes milliseconds for people.
func duration(ms float64) string {
	switch {
	case ms < 0.95:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 100:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

// octets writes an amount of data for people.
func octets(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// addressBeside returns what stands beside the name of a target: its address,
// or "" where the name is that address already, perhaps with a port.
func addressBeside(target, address string) string {
	bare := target == address
	withPort := !strings.Contains(address, ":") && strings.HasPrefix(target, address+":")
	bracketed := strings.HasPrefix(target, "["+address+"]")
	if bare || withPort || bracketed {
		return ""
	}
	return address
}
