package note

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// Board is a merge request's notes, as one token sees them.
type Board interface {
	// Mine are the notes that the token's own user wrote.
	Mine(ctx context.Context) ([]Written, error)
	Write(ctx context.Context, body string) error
	// Edit and Remove give ErrGone for a note that is not there.
	Edit(ctx context.Context, id int64, body string) error
	Remove(ctx context.Context, id int64) error
	// Current tells whether a commit is the head of the merge request.
	Current(ctx context.Context, commit string) (bool, error)
}

// Written is a note that is there.
type Written struct {
	ID   int64
	Body string
}

// ErrGone says that a note was removed meanwhile.
var ErrGone = errors.New("the note is gone")

// Outcome is what became of a note.
type Outcome string

// The outcomes.
const (
	Made    Outcome = "written"
	Renewed Outcome = "written anew in place"
	Left    Outcome = "left to a newer pipeline"
)

// found is a note of the same project and environment.
type found struct {
	Written
	Marker
}

// tries is how often a note is written that others change at the same time.
const tries = 5

// Post makes the merge request have one note of the marker's project and
// environment, that of the newest pipeline. Neither server can refuse an edit
// that another has overtaken, so a pipeline edits a note only while its commit is
// the head: the pipeline of a newer head writes what counts. Where several have
// written one each, the newest pipeline's stays, of those the first.
func Post(ctx context.Context, board Board, m Marker, text string) (Outcome, error) {
	outcome := Made
	for range tries {
		all, err := notes(ctx, board, m)
		if err != nil {
			return "", err
		}
		switch {
		case len(all) == 0:
			err = board.Write(ctx, m.String()+text)
		case all[0].Pipeline > m.Pipeline || !current(ctx, board, m):
			return Left, nil
		default:
			outcome = Renewed
			err = board.Edit(ctx, all[0].ID, m.String()+text)
		}
		if errors.Is(err, ErrGone) {
			continue
		}
		if err != nil {
			return "", err
		}
		if all, err = notes(ctx, board, m); err != nil {
			return "", err
		}
		switch {
		case len(all) == 0 || all[0].Pipeline < m.Pipeline: // removed, or overwritten by an older one
			continue
		case all[0].Pipeline > m.Pipeline:
			outcome = Left
		}
		return outcome, settle(ctx, board, m, all)
	}
	return "", errors.New("others changed it each time: run the job again")
}

// notes are those of the marker's project and environment, the one to keep first.
func notes(ctx context.Context, board Board, m Marker) ([]found, error) {
	mine, err := board.Mine(ctx)
	var out []found
	for _, w := range mine {
		if marker, ok := m.same(w.Body); ok {
			out = append(out, found{w, marker})
		}
	}
	slices.SortFunc(out, func(a, b found) int { return cmp.Or(cmp.Compare(b.Pipeline, a.Pipeline), cmp.Compare(a.ID, b.ID)) })
	return out, err
}

// current tells whether a pipeline's commit is the head. Where the server does not
// say, it is taken for that.
func current(ctx context.Context, board Board, m Marker) bool {
	if m.Commit == "" {
		return true
	}
	ok, err := board.Current(ctx, m.Commit)
	return ok || err != nil
}

// settle removes all but the first. One whose commit is no longer the head may only
// remove its own, and that when the head's pipeline has written another one: until
// then, that one may be about to write into any of them.
func settle(ctx context.Context, board Board, m Marker, all []found) error {
	if len(all) < 2 {
		return nil
	}
	head := current(ctx, board, m)
	if !head && !current(ctx, board, all[0].Marker) {
		return nil
	}
	for _, f := range all[1:] {
		if f.Pipeline > m.Pipeline || f.Pipeline < m.Pipeline && !head {
			continue
		}
		if err := board.Remove(ctx, f.ID); err != nil && !errors.Is(err, ErrGone) {
			return err
		}
	}
	return nil
}
