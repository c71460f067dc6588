package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"dagger/pipeline/embedded/files"
)

// maxSocketPath is what a unix socket's address holds, in bytes.
const maxSocketPath = 104

// dirs are the directories of one daemon, absolute.
type dirs struct {
	cache string // binaries, kept across versions
	state string // buildkitd's root
	run   string // socket, lock, pid, log, configuration
}

// environment reads the directories from the environment.
func environment() (dirs, error) {
	cache, err := files.Cache()
	if err != nil {
		return dirs{}, err
	}
	d := dirs{
		cache: cache,
		state: getenv("PIPELINE_STATE_DIR", "/var/lib/pipeline"),
		run:   getenv("PIPELINE_RUN_DIR", "/run/pipeline"),
	}
	for _, p := range []*string{&d.cache, &d.state, &d.run} {
		if *p, err = filepath.Abs(*p); err != nil {
			return dirs{}, fmt.Errorf("resolving %q: %w", *p, err)
		}
	}
	if n := len(d.socket()); n > maxSocketPath {
		return dirs{}, fmt.Errorf("using run dir %q: its socket's path has %d bytes, a unix socket takes %d: set PIPELINE_RUN_DIR to a shorter path", d.run, n, maxSocketPath)
	}
	return d, nil
}

func getenv(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

func (d dirs) address() string { return "unix://" + d.socket() }
func (d dirs) socket() string  { return filepath.Join(d.run, "buildkitd.sock") }
func (d dirs) traces() string  { return filepath.Join(d.run, "traces.sock") }
func (d dirs) lock() string    { return filepath.Join(d.run, "lock") }
func (d dirs) record() string  { return filepath.Join(d.run, "buildkitd.pid") }
func (d dirs) config() string  { return filepath.Join(d.run, "buildkitd.toml") }
func (d dirs) log() string     { return filepath.Join(d.run, "buildkitd.log") }
func (d dirs) temp() string    { return filepath.Join(d.state, "tmp") }
func (d dirs) bin() string     { return filepath.Join(d.cache, "engine") }
func (d dirs) plugins() string { return filepath.Join(d.state, "bin") }
func (d dirs) leases() string  { return filepath.Join(d.run, "addresses") }
func (d dirs) netns() string   { return filepath.Join(d.run, "network", "netns") }
func (d dirs) cni() string     { return filepath.Join(d.run, "cni.conflist") }

// private creates dir for its owner only. An existing one is used as it is, and
// refused if others may enter it: its mode is not ours to change.
func private(dir, variable string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("making %q: %w: set %s to another directory", dir, cause(err), variable)
	}
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making %q: %w: set %s to another directory", dir, cause(err), variable)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("using %q: %w", dir, cause(err))
	}
	if !info.IsDir() {
		return fmt.Errorf("using %q: not a directory: set %s to another one", dir, variable)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; int(owner) != os.Geteuid() {
		return fmt.Errorf("using %q: it belongs to uid %d: set %s to another directory", dir, owner, variable)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("using %q: mode %#o lets others in: chmod 700 it, or set %s to another directory", dir, mode, variable)
	}
	return nil
}

// cause drops the operation and path that an *fs.PathError repeats.
func cause(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
