// Package trust says which runs may use what other runs have left behind: images
// in a registry, caches on a machine.
//
// Whoever may push a branch decides what a run of that branch does, and so what
// it leaves behind. Production must run none of it. There are two levels: protected
// for runs of reviewed code, open for all others. It imports no Dagger.
package trust

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Level is how far a run is trusted. The zero value is Open.
type Level string

// The levels, as they are written in --trust.
const (
	Open      Level = "open"
	Protected Level = "protected"
)

// Parse parses a level. An unknown or empty one is an error: a typo must not
// remove an intended guard.
func Parse(text string) (Level, error) {
	switch level := Level(text); level {
	case Open, Protected:
		return level, nil
	}
	return "", fmt.Errorf("reading --trust %q: there is no such level: write protected for a run of a protected branch, open for any other", text)
}

// Reads are the levels that a run may use things of, in the order in which to look
// for them. An open run may use everything, a protected run only what is protected.
func (l Level) Reads() []Level {
	if l == Protected {
		return []Level{Protected}
	}
	return []Level{Open, Protected}
}

// ReadsFor are the levels for an environment. A lasting one, such as production,
// gets only what is protected, even from an open run: a deployment without a level
// set gets nothing that any branch could have left.
func (l Level) ReadsFor(lasting bool) []Level {
	if lasting {
		return Protected.Reads()
	}
	return l.Reads()
}

// Writes is the level that a run writes to: only its own.
func (l Level) Writes() Level {
	if l == Protected {
		return Protected
	}
	return Open
}

// Path is where a level keeps its things below a path. The levels have separate
// paths, not separate names in one path, because permissions are for paths: ECR has
// no condition on tags.
func (l Level) Path(base string) string {
	if l == Protected {
		return base
	}
	return path.Join(base, string(Open))
}

// CheckPath refuses a base path that would be another project's open level.
func CheckPath(base string) error {
	if slices.Contains(strings.Split(base, "/"), string(Open)) {
		return fmt.Errorf("checking the path %q: what is below %q is written by open runs: choose a path without that part", base, Open)
	}
	return nil
}
