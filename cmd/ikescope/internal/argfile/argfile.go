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
	"path/filepath"
	"slices"
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

// Open opens the file at path, which is not a folder.
func Open(path string) (io.ReadCloser, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, errors.New("is a folder")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, Cause(err)
	}
	return f, nil
}

// IsThere reports whether there is a file or a folder at path.
func IsThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
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
	return IsThere(arg) || strings.HasSuffix(arg, ".json") && !strings.HasPrefix(arg, "@") || isClient(arg)
}

// Hint adds to err, the reason why arg is not a target, what the file of that name
// is.
func Hint(arg string, err error) error {
	is := kind(arg)
	switch {
	case is != "":
		return fmt.Errorf("%w; it is %s", err, is)
	case isClient(arg):
		return fmt.Errorf("%w; it is a client: write --client %s", err, arg)
	case strings.HasSuffix(arg, ".json"):
		return fmt.Errorf("%w; nor is it a file", err)
	}
	return err
}

// Refuse returns an error where arg, which stands for a target, can only be a file: it is
// a path, or ends as no domain does. Its name is looked up nowhere.
func Refuse(arg string) error {
	if !isPath(arg) && !slices.Contains(endings, strings.ToLower(filepath.Ext(arg))) {
		return nil
	}
	if is := kind(arg); is != "" {
		return fmt.Errorf("%s: is %s", arg, is)
	}
	return fmt.Errorf("%s: no such file, and not a target", arg)
}

// endings are those of files that ikescope reads or writes, and of packed ones. None is a
// top-level domain, as .zip and .md are.
var endings = []string{".json", ".jsonl", ".txt", ".log", ".csv", ".conf", ".xml", ".html", ".yaml", ".pcap", ".pcapng", ".pem", ".gz", ".xz", ".bz2", ".zst"}

// isPath reports whether arg is the path of a file and no range of addresses.
func isPath(arg string) bool {
	for _, begin := range []string{"/", "./", "../", `.\`, `..\`} {
		if strings.HasPrefix(arg, begin) {
			return true
		}
	}
	return len(arg) > 2 && arg[1] == ':' && strings.ContainsAny(arg[2:3], `/\`) // of a drive
}

// Foreign says in which packed or foreign format the file at path is; "" where it is in
// none. What is not a regular file, such as a pipe, is left unread.
func Foreign(path string) string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return capture.Foreign(prefix(path))
}

// kind says what the file or folder at path is, and what reads it; "" where there is none.
func kind(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	switch {
	case info.IsDir():
		return "a folder"
	case !info.Mode().IsRegular(): // reading a pipe would wait for whoever writes to it
		return "a pipe or a device: write @" + path + " for the targets in it"
	case info.Size() == 0:
		return "an empty file"
	}
	switch other := Foreign(path); {
	case IsJSON(path):
		return "a JSON file: ikescope check, compare, convert, diff and explain read reports"
	case capture.Is(prefix(path)):
		return "a packet capture, which ikescope capture reads"
	case other != "":
		return other
	}
	return "a file: write @" + path + " for the targets in it"
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
