package rootmodule

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Configuration are the patterns of the files of a source that Configures is true of.
var Configuration = []string{"**/*.tf", "**/*.tf.json", "**/*.tofu", "**/*.tofu.json"}

// Configures reports whether Terraform, or OpenTofu, reads a file as configuration.
func Configures(name string) bool {
	for _, suffix := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(name, suffix) && !strings.HasPrefix(name, ".") {
			return true
		}
	}
	return false
}

// files are those of a module's directory that the program reads, the ones that
// override others last. OpenTofu takes x.tofu in the place of x.tf.
func (r *reader) files(dir string, entries []fs.DirEntry) []string {
	var all, out []string
	for _, e := range entries {
		if !e.IsDir() && Configures(e.Name()) {
			all = append(all, e.Name())
		}
	}
	replaced := map[string]bool{}
	for _, name := range all {
		tf, ok := standsFor(name)
		if !ok {
			continue
		}
		replaced[tf] = r.tofu
		r.out.Tofu = path.Join(dir, name)
		if !slices.Contains(all, tf) {
			r.out.Missed = append(r.out.Missed, r.out.Tofu)
		}
	}
	for _, name := range all {
		if _, tofu := standsFor(name); !replaced[name] && (r.tofu || !tofu) {
			out = append(out, name)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return overrides(a) - overrides(b) })
	return out
}

// standsFor is the file that one of OpenTofu's replaces, and whether it is one.
func standsFor(name string) (string, bool) {
	for _, suffix := range []string{"", ".json"} {
		if base, ok := strings.CutSuffix(name, ".tofu"+suffix); ok {
			return base + ".tf" + suffix, true
		}
	}
	return "", false
}

func overrides(name string) int {
	base, _, _ := strings.Cut(name, ".")
	if base == "override" || strings.HasSuffix(base, "_override") {
		return 1
	}
	return 0
}

// throughLink tells whether a path of the source leads through a symbolic link to a
// directory: in the list of its parent that is none.
func (r *reader) throughLink(name string) bool {
	parts := strings.Split(name, "/")
	for i, part := range parts[:len(parts)-1] {
		if r.isLink(path.Join(parts[:i]...), part) {
			return true
		}
	}
	_, err := fs.ReadDir(r.source, name)
	return err == nil && r.isLink(path.Dir(name), path.Base(name))
}

func (r *reader) isLink(dir, name string) bool {
	entries, err := fs.ReadDir(r.source, path.Join(".", dir))
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name && !e.IsDir() })
}
