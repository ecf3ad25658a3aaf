// Package assess judges what a report says of a gateway: which findings it gives,
// how it stands to policies, which clients connect, and what would mend those
// that do not. Its functions read a target and change nothing, so that a saved
// report is judged as a scan is.
package assess
