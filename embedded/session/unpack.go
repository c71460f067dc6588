package session

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/embedded/files"
)

// unpack writes an archive into the directory dir of the host: directories, regular
// files, and links that stay in the tree. The rest is left out and named: device
// nodes and FIFOs, which could be opened in place of a file, and links out of the
// tree. (A socket arrives as an empty file.) So is what could later be run or taken
// for the caller's own settings: all of .git, where hooks are, and the names in
// never at the top. Modes are kept, without setuid, setgid and sticky, and no wider
// than the umask allows. Nothing is written outside of dir.
func unpack(archive io.Reader, dir string, never ...string) (leftOut []string, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	narrow := map[string]fs.FileMode{} // folders that get their mode when they are full
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		name := path.Clean(h.Name)
		mode := fs.FileMode(h.Mode) & fs.ModePerm
		if files.OfGit(name) || slices.Contains(never, name) {
			leftOut = append(leftOut, name)
			continue
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = makeDir(root, name, mode, narrow)
		case tar.TypeReg:
			err = makeFile(root, name, mode, h, r)
		case tar.TypeLink:
			if slices.Contains(leftOut, path.Clean(h.Linkname)) {
				leftOut = append(leftOut, name)
			} else if err = clear(root, name, nothing); err == nil {
				err = root.Link(path.Clean(h.Linkname), name)
			}
		case tar.TypeSymlink:
			if !staysInside(name, h.Linkname) {
				leftOut = append(leftOut, name)
			} else if err = clear(root, name, nothing); err == nil {
				err = root.Symlink(h.Linkname, name)
			}
		default:
			leftOut = append(leftOut, name)
		}
		if err != nil {
			return nil, err
		}
	}
	for name, mode := range narrow {
		if info, err := root.Stat(name); err == nil {
			if err := root.Chmod(name, info.Mode()&mode); err != nil {
				return nil, err
			}
		}
	}
	return leftOut, nil
}

// makeDir creates a directory; an existing one stays as it is. Its owner can write to
// it until it is complete.
func makeDir(root *os.Root, name string, mode fs.FileMode, narrow map[string]fs.FileMode) error {
	if err := clear(root, name, isDir); err != nil {
		return err
	}
	err := root.Mkdir(name, mode|0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if mode&0o700 != 0o700 {
		narrow[name] = mode
	}
	return err
}

// makeFile writes a file under a temporary name first, so that it appears complete or
// not at all.
func makeFile(root *os.Root, name string, mode fs.FileMode, h *tar.Header, r io.Reader) error {
	if err := clear(root, name, isFile); err != nil {
		return err
	}
	tmp := path.Join(path.Dir(name), files.TempName())
	f, err := root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err == nil {
		err = errors.Join(root.Chtimes(tmp, h.ModTime, h.ModTime), root.Rename(tmp, name))
	}
	if err != nil {
		_ = root.Remove(tmp)
	}
	return err
}

// clear removes what is at name, unless it is of a kind that may stay.
func clear(root *os.Root, name string, may func(fs.FileInfo) bool) error {
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || may(info) {
		return err
	}
	return root.RemoveAll(name)
}

func isDir(info fs.FileInfo) bool  { return info.IsDir() }
func isFile(info fs.FileInfo) bool { return !info.IsDir() } // until another takes its place
func nothing(fs.FileInfo) bool     { return false }

// staysInside reports whether a symbolic link at name stays in the tree, whatever
// other links it goes through: it goes up no further than the top of the tree, and
// then only down.
func staysInside(name, target string) bool {
	if path.IsAbs(target) {
		return false
	}
	depth, down := strings.Count(name, "/"), false
	for part := range strings.SplitSeq(target, "/") {
		switch part {
		case "", ".":
		case "..":
			depth--
			if down || depth < 0 {
				return false
			}
		default:
			down = true
		}
	}
	return true
}

// few names what was left out, and how many more there are.
func few(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
