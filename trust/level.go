// Package trust says which run may use what which other run has left behind:
// images in a registry, caches on a machine.
//
// Whoever may push a branch decides what a run of that branch does, and so what
// it leaves. Production must run none of it. There are two levels: protected for
// runs of what was reviewed, open for all others. It imports no Dagger.
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

// Parse reads a level. An unknown or an empty one is an error: a guard that was
// meant to be there must not go missing by a typing error.
func Parse(text string) (Level, error) {
	switch level := Level(text); level {
	case Open, Protected:
		return level, nil
	}
	return "", fmt.Errorf("reading --trust %q: there is no such level: write protected for a run of a protected branch, open for any other", text)
}

// Reads are the levels whose things a run may use, in the order in which to look
// for them. An open run may use everything, a protected one what is protected.
func (l Level) Reads() []Level {
	if l == Protected {
		return []Level{Protected}
	}
	return []Level{Open, Protected}
}

// ReadsFor are those for an environment. One that lasts, such as production, is
// given what is protected alone, also by an open run: who deploys it without a
// level set gets nothing that any branch could have left.
func (l Level) ReadsFor(lasting bool) []Level {
	if lasting {
		return Protected.Reads()
	}
	return l.Reads()
}

// Writes is the level that a run's things belong to: its own, and no other.
func (l Level) Writes() Level {
	if l == Protected {
		return Protected
	}
	return Open
}

// Path is where a level keeps its things below a path. The levels are told apart
// by paths and not by names in them, because permissions are for paths: ECR has
// no condition on tags.
func (l Level) Path(base string) string {
	if l == Protected {
		return base
	}
	return path.Join(base, string(Open))
}

// CheckPath refuses a path below which things are to be kept where it would be
// that of another's open level.
func CheckPath(base string) error {
	if slices.Contains(strings.Split(base, "/"), string(Open)) {
		return fmt.Errorf("checking the path %q: what is below %q is written by open runs: choose a path without that part", base, Open)
	}
	return nil
}
