// Package argfile says what the file holds that an argument names.
package argfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/plaintext"
)

// Exists reports whether there is a file at path that is not a folder.
func Exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// IsJSON reports whether the file at path begins as a JSON object does.
func IsJSON(path string) bool {
	return bytes.HasPrefix(bytes.TrimSpace(prefix(path)), []byte("{"))
}

// IsReport reports whether the file at path begins as a report does. What is not
// a regular file, such as a pipe, is left unread.
func IsReport(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && IsJSON(path) && bytes.Contains(prefix(path), []byte(`"schema_version"`))
}

// isClient reports whether name is that of a well-known client.
func isClient(name string) bool {
	_, ok := client.Named(name)
	return ok
}

// IsNamed reports whether an argument that is not a target, nor a list of them,
// names a file, a folder or a client.
func IsNamed(arg string) bool {
	_, err := os.Stat(arg)
	return err == nil || strings.HasSuffix(arg, ".json") && !strings.HasPrefix(arg, "@") || isClient(arg)
}

// Hint adds to err, the reason why arg is not a target, what the file of that name
// is.
func Hint(arg string, err error) error {
	info, missing := os.Stat(arg)
	switch {
	case missing != nil && isClient(arg):
		return fmt.Errorf("%w; it is a client: write --client %s", err, arg)
	case missing != nil && strings.HasSuffix(arg, ".json"):
		return fmt.Errorf("%w; nor is it a file", err)
	case missing != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%w; it is a folder", err)
	case info.Mode().IsRegular() && info.Size() == 0:
		return fmt.Errorf("%w; it is an empty file", err)
	case IsJSON(arg):
		return fmt.Errorf("%w; it is a JSON file: ikescope check, compare, convert, diff and explain read reports", err)
	case capture.Is(prefix(arg)):
		return fmt.Errorf("%w; it is a packet capture, which ikescope capture reads", err)
	}
	return fmt.Errorf("%w; it is a file: write @%s for the targets in it", err, arg)
}

// Cause returns what is behind an error of package os, for messages that name the
// path themselves.
func Cause(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// ReadRegular reads a file of at most so many octets, with its mode. What is no regular
// file is not opened: a pipe would wait for whoever writes to it. The error begins with
// the path.
func ReadRegular(path string, most int64) ([]byte, fs.FileMode, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s: is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, Cause(err))
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("%s: %w", path, Cause(err))
	case !info.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%s: is not a regular file", path)
	case info.Size() > most:
		return nil, 0, fmt.Errorf("%s: has %d octets, more than %d", path, info.Size(), most)
	}
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, Cause(err))
	}
	return data, info.Mode(), nil
}

// prefix returns the first octets of a file, as far as they can be read.
func prefix(path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	in := bufio.NewReader(f)
	begin, _ := in.Peek(512) // of a short file, all
	return plaintext.Bytes(begin)
}
