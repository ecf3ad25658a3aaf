package layout

import (
	"fmt"
	"time"
)

// Duration writes milliseconds for people.
func Duration(ms float64) string {
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

// Octets writes an amount of data for people.
func Octets(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// InSeconds writes a time for people.
func InSeconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
