package main

import (
	"bytes"
	"io"
	"os"

	"github.com/ikescope/ikescope/report"
)

// savedReport returns the report in the file that arg names. It is nil if arg
// names no file, or one that is no JSON document: arg is then a target.
func savedReport(arg string) (*report.Document, error) {
	if !exists(arg) {
		return nil, nil
	}
	f, err := os.Open(arg)
	if err != nil {
		return nil, usagef("%s: %w", arg, withoutPath(err))
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head) // of a short file, all
	if !bytes.HasPrefix(bytes.TrimSpace(head[:n]), []byte("{")) {
		return nil, nil
	}
	doc, err := readReport(arg)
	if err != nil {
		return nil, usageError{err}
	}
	return doc, nil
}
