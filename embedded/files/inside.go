package files

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Inside refuses a path that is written as one below dir but that a symbolic link
// leads out of it: the caller names the path, and the author of the branch that is
// checked out may have put the link in its way, to files that the caller may read and
// write and they may not, or to git's hooks. A path that is not below dir is the
// caller's own choice.
func Inside(dir, path string) error {
	rel, err := filepath.Rel(dir, path)
	if err != nil || !below(rel) {
		return nil
	}
	home, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	at := dir
	for part := range strings.SplitSeq(rel, string(filepath.Separator)) {
		at = filepath.Join(at, part)
		info, err := os.Lstat(at)
		if err != nil {
			return nil // nothing is there yet, or whoever opens it will say why not
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		target, err := filepath.EvalSymlinks(at)
		if err != nil {
			return fmt.Errorf("%q is a symbolic link to what is not there: remove the link", at)
		}
		if rel, err := filepath.Rel(home, target); err != nil || !below(rel) || OfGit(rel) {
			return fmt.Errorf("%q is a symbolic link that leads out of the working directory, or to what git runs: write %q where that is what you mean, or remove the link", at, target)
		}
	}
	return nil
}

// OfGit reports whether a path belongs to git's own files, which can contain programs
// that git runs.
func OfGit(path string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if strings.EqualFold(part, ".git") {
			return true
		}
	}
	return false
}

// below reports whether a relative path stays where it starts.
func below(rel string) bool {
	return rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
