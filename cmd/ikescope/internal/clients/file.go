package clients

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// importFile returns the clients of the configuration in the file at path, with
// the files that it includes and that lie beside it: no name and no link leads out
// of its directory.
func importFile(path string, data []byte, syntax client.Syntax) ([]client.Policy, error) {
	if argfile.IsReport(path) {
		return nil, fmt.Errorf("%s: is a report of a scan, not a configuration", path)
	}
	dir := filepath.Dir(path)
	name := path
	if absolute, err := filepath.Abs(path); err == nil {
		name = absolute // files that it includes may be named so
	}
	var beside fs.FS
	if root, err := os.OpenRoot(dir); err == nil {
		defer root.Close()
		beside = root.FS()
	}
	policies, err := client.ImportBeside(beside, name, data, syntax)
	var at *proposals.FileError
	switch {
	case !errors.As(err, &at):
		return policies, err
	case at.File != "":
		return nil, at.In(filepath.Join(dir, filepath.FromSlash(at.File)))
	}
	return nil, at.In(path)
}

// maxFile bounds what is read of a file, in octets.
const maxFile = 64 << 20

// File holds the clients of a configuration, in its order, or the initiators of a
// capture.
type File struct {
	Clients []client.Policy
	// Questions are those of scans, which a capture may hold.
	Questions []client.Policy
	// Cut is why a capture was not read to its end; nil if it was. The clients
	// that it holds until then are there, and have a note.
	Cut error
}

// Best returns the clients, or the questions where there are none.
func (f File) Best() []client.Policy {
	if len(f.Clients) == 0 {
		return f.Questions // better than nothing
	}
	return f.Clients
}

// ReadFile reads the file at path, which has syntax, or for "" the one that its
// content shows. Errors name the file.
func ReadFile(path string, syntax client.Syntax) (File, error) {
	var none File
	f, err := os.Open(path)
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, argfile.Cause(err))
	}
	defer f.Close()
	in := bufio.NewReader(f)
	begin, _ := in.Peek(8)
	if capture.Is(begin) {
		return capturedClients(path, in)
	}
	if other := capture.Foreign(begin); other != "" {
		return none, fmt.Errorf("%s: it is %s", path, other)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, argfile.Cause(err))
	}
	if len(data) > maxFile {
		return none, fmt.Errorf("%s: it exceeds %d octets", path, maxFile)
	}
	policies, err := importFile(path, data, syntax)
	if err != nil {
		return none, err
	}
	for i := range policies {
		if policies[i].Source == "" {
			policies[i].Source = path
		}
	}
	return File{Clients: policies}, nil
}
