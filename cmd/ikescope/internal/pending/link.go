package pending

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
)

// maxLinks bounds the symbolic links on the way to a file.
const maxLinks = 40

// realPath returns path with its symbolic links followed. It does not follow one in
// a folder that everyone can write to: somebody else may have put it there, so that
// we write where they cannot.
func realPath(path string) (string, error) {
	if runtime.GOOS == "windows" { // which has other rights, and few links
		whole, err := filepath.Abs(path)
		if err != nil {
			return "", argfile.Cause(err)
		}
		if real, err := filepath.EvalSymlinks(whole); err == nil {
			return real, nil
		}
		if to, err := os.Readlink(whole); err == nil { // a link to what is not there
			if !filepath.IsAbs(to) {
				to = filepath.Join(filepath.Dir(whole), to)
			}
			whole = to
		}
		if folder, err := filepath.EvalSymlinks(filepath.Dir(whole)); err == nil { // of a file that is to be made
			return filepath.Join(folder, filepath.Base(whole)), nil
		}
		return whole, nil
	}
	rest := path
	if !filepath.IsAbs(path) {
		folder, err := os.Getwd()
		if err != nil {
			return "", argfile.Cause(err)
		}
		rest = folder + "/" + path
	}
	real, links := "/", 0
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		next := filepath.Join(real, part) // goes up for ".."
		info, err := os.Lstat(next)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			real = next // what is not there shows later
			continue
		}
		if folder, err := os.Stat(real); err != nil || folder.Mode().Perm()&0o002 != 0 {
			return "", fmt.Errorf("%s is a symbolic link in a folder that everyone can write to", next)
		}
		if links++; links > maxLinks {
			return "", errors.New("has too many symbolic links")
		}
		to, err := os.Readlink(next)
		if err != nil {
			return "", argfile.Cause(err)
		}
		if filepath.IsAbs(to) {
			real = "/"
		}
		rest = to + "/" + rest
	}
	if _, err := os.Lstat(real); err != nil {
		if _, err := os.Stat(path); err == nil {
			return path, nil // a pipe, whose link is not the name of a file
		}
	}
	return real, nil
}
