package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// caller is who may speak for a call by a .env, which can name commands to run
// (cmd://): users by their numbers.
type caller struct {
	root  bool
	users []int // the caller, root, and who called sudo
}

func (a *App) caller() caller {
	c := caller{root: os.Geteuid() == 0, users: []int{os.Geteuid(), 0}}
	if id, ok := a.LookupEnv("SUDO_UID"); ok && c.root {
		if n, err := strconv.Atoi(id); err == nil {
			c.users = append(c.users, n)
		}
	}
	return c
}

// top is the last directory, from dir upwards, in which a .env is read, and why none
// above it is: the root of the repository; where dir is in none, the one before the
// first that others may write to.
func (c caller) top(dir string) (top, why string) {
	own := c // whose directory it is has the repository, too
	if id, _, ok := owner(dir); ok {
		own.users = append(own.users[:len(own.users):len(own.users)], id)
	}
	for up := dir; ; up = filepath.Dir(up) {
		if id, _, ok := owner(filepath.Join(up, ".git")); ok && own.has(id) {
			return up, "it is above the repository"
		}
		if up == filepath.Dir(up) {
			break
		}
	}
	for top = dir; top != filepath.Dir(top); top = filepath.Dir(top) {
		if id, info, ok := owner(filepath.Dir(top)); !ok || othersWrite(info) || !own.has(id) {
			return top, "others may write to " + filepath.Dir(top)
		}
	}
	return top, ""
}

// mayRead refuses root a .env that another user has written, or may write to. In a
// directory that is open to all, as a CI's checkout may be, the mode of a file says
// nothing.
func (c caller) mayRead(path string) error {
	info, err := os.Stat(path)
	if err != nil || !c.root {
		return nil // what reads it says so
	}
	const instead = "or take it away and give its values with flags"
	if id := int(info.Sys().(*syscall.Stat_t).Uid); !c.has(id) {
		return fmt.Errorf("reading user defaults: %q belongs to uid %d, whose commands (cmd://) root would run: chown it, %s", path, id, instead)
	}
	_, around, ok := owner(filepath.Dir(path))
	if open := ok && othersWrite(around) && around.Mode()&os.ModeSticky == 0; othersWrite(info) && !open {
		return fmt.Errorf("reading user defaults: mode %#o lets others write to %q, whose commands (cmd://) root would run: chmod go-w it, %s", info.Mode().Perm(), path, instead)
	}
	return nil
}

func (c caller) has(id int) bool { return slices.Contains(c.users, id) }

// owner is whose a file is, and what is known of it.
func owner(path string) (id int, info os.FileInfo, ok bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, nil, false
	}
	return int(info.Sys().(*syscall.Stat_t).Uid), info, true
}

// othersWrite reports whether others than the owner may write to a file. A group with
// the owner's number is the owner's alone, as most systems set users up.
func othersWrite(info os.FileInfo) bool {
	s := info.Sys().(*syscall.Stat_t)
	return s.Mode&0o002 != 0 || s.Mode&0o020 != 0 && s.Gid != s.Uid
}
