package cli

import (
	"errors"
	"fmt"
	"strings"

	"dagger/pipeline/embedded/plain"
)

// usageError is a mistake on the command line; the help of path has more.
type usageError struct {
	path string
	err  error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usage makes a usageError of the command at path, below the program's name.
func (a *App) usage(path string, err error) error {
	return &usageError{strings.TrimSpace(a.Name + " " + path), err}
}

// exitError has its own exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// report prints an error as one line, and returns the exit code.
func (a *App) report(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(a.Stderr, "Error: %s\n", oneLine(plain.String(err.Error())))
	var u *usageError
	if errors.As(err, &u) {
		fmt.Fprintf(a.Stderr, "Run '%s --help' for usage.\n", u.path)
	}
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return execCode(err)
}

func oneLine(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

// detailed is an error with the details that Dagger's API attaches.
type detailed interface{ Extensions() map[string]any }

// execDetails are the details of err when it is the failure of a command in a
// container.
func execDetails(err error) (map[string]any, bool) {
	var d detailed
	if !errors.As(err, &d) {
		return nil, false
	}
	details := d.Extensions()
	return details, details["_type"] == "EXEC_ERROR"
}

// execCode is the exit code of the command that failed, or 1.
func execCode(err error) int {
	details, _ := execDetails(err)
	var code int
	if _, scanErr := fmt.Sscan(fmt.Sprint(details["exitCode"]), &code); scanErr != nil || code < 1 || code > 255 {
		return 1
	}
	return code
}

// unknown is the error for a name that is not in names, with the nearest one.
func unknown(what, name, in string, names []string) error {
	if s := nearest(name, names); s != "" {
		return fmt.Errorf("unknown %s %q for %q: did you mean %q?", what, name, in, s)
	}
	return fmt.Errorf("unknown %s %q for %q", what, name, in)
}

// nearest is the name that name was probably meant to be, or "".
func nearest(name string, names []string) string {
	best, distance := "", 3
	for _, n := range names {
		d := editDistance(strings.ToLower(name), n)
		if strings.HasPrefix(n, name) && len(name) > 1 {
			d = min(d, 2)
		}
		if d < distance && d < len(name) {
			best, distance = n, d
		}
	}
	return best
}

// editDistance is the number of insertions, deletions and replacements between
// two words.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
