// Package scan makes reports of the results of scans, and reads back from a
// report what a scan goes on from. It alone knows package evidence, so that the
// published documents need not follow every change of a result.
package scan
