package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dagger/pipeline/ci"
	"dagger/pipeline/doctor"
	"dagger/pipeline/environments"
	"dagger/pipeline/github"
	"dagger/pipeline/gitlab"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/note"
	"dagger/pipeline/tell"
)

// Noting says where a note goes: to the merge request that the CI's facts name,
// posted as the token's user.
type Noting struct {
	Facts *dagger.File
	Token *dagger.Secret
	// Page is the address of the run's page, which the note links to.
	Page string
}

// patientNote is how long a note may take, pauses that a server asks for included.
const patientNote = time.Minute

// read reads both. facts are empty where none are given.
func (n Noting) read(ctx context.Context) (facts ci.Facts, token string, err error) {
	if n.Facts == nil && n.Token != nil {
		return facts, "", errors.New("reading --note-token: nothing tells which merge request the note is for: give the CI's variables with --ci-facts")
	}
	if token, err = plain(ctx, "--note-token", n.Token); err != nil || n.Facts == nil {
		return facts, "", err
	}
	text, err := n.Facts.Contents(ctx)
	if err != nil {
		return facts, "", err
	}
	facts, _, err = ci.FromFile(text) // of a system that is not known nothing is told, and no note is written
	return facts, token, err
}

// keeper keeps a merge request's notes.
type keeper interface {
	note.Board
	// Check says whose a token is, or why it can write no note.
	Check(ctx context.Context) (string, error)
}

// board is where the notes of the facts' merge request are.
func board(facts ci.Facts, token string) (keeper, error) {
	server := facts.Server()
	switch {
	case facts.System == "":
		return nil, errors.New("the CI's facts are of no CI system that is known: write the variables that docs/note.md names into them")
	case facts.MergeRequest == "":
		return nil, errors.New("the pipeline is of no merge request")
	case server == "":
		return nil, errors.New("the CI's facts do not say which server it is on: write the pipeline's address into them")
	case facts.System == ci.GitLab:
		return &gitlab.Notes{API: gitlab.API{URL: server, Token: token}, Project: facts.Project, MergeRequest: facts.MergeRequest}, nil
	case facts.System == ci.GitHub:
		return &github.Notes{API: github.API{URL: server, Token: token}, Repository: facts.Project, PullRequest: facts.MergeRequest}, nil
	}
	return nil, fmt.Errorf("none can be written where %s runs it", facts.System)
}

// post writes the note, where there is a token. One that cannot be written fails
// nothing: it is said, once.
func (r *Run) post(ctx context.Context, facts ci.Facts, token, text string) {
	if token == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patientNote)
	defer cancel()
	outcome, err := r.posted(ctx, facts, token, text)
	if err != nil {
		tell.Line("Warning: no note on the merge request: " + err.Error())
		return
	}
	tell.Line(fmt.Sprintf("note on merge request %s: %s", facts.MergeRequest, outcome))
}

func (r *Run) posted(ctx context.Context, facts ci.Facts, token, text string) (note.Outcome, error) {
	where, err := board(facts, token)
	if err != nil {
		return "", err
	}
	number, err := strconv.ParseInt(facts.PipelineID, 10, 64)
	if err != nil {
		return "", fmt.Errorf("the CI's facts have no number of the pipeline (%q): write it into them", facts.PipelineID)
	}
	name := r.Settings.Project
	if read, err := r.Project(ctx); err == nil && read.Name != "" {
		name = read.Name
	}
	return note.Post(ctx, where, note.Marker{
		Project: name, Environment: r.Environment, Pipeline: number, Commit: cmp.Or(facts.Head, facts.Commit),
	}, text)
}

// posting makes the note of a chain when its parts have ended, nil where none is
// wanted.
func (r *Run) posting(ctx context.Context, n Noting) (func(context.Context, []note.Part), error) {
	facts, token, err := n.read(ctx)
	if err != nil || token == "" {
		return nil, err
	}
	r.seen = &Seen{start: time.Now()}
	return func(ctx context.Context, parts []note.Part) {
		said := r.seen.note(ctx, r)
		said.Parts, said.Page = parts, n.Page
		r.post(ctx, facts, token, r.of(facts, said).Text())
	}, nil
}

// of says what a note is of.
func (r *Run) of(facts ci.Facts, n note.Note) note.Note {
	n.Environment = r.Environment
	n.Commit = cmp.Or(facts.Head, facts.Commit)
	n.Run = cmp.Or(facts.PipelineURL, facts.JobURL)
	n.Server = facts.Server()
	return n
}

// Note makes a note from what the calls of a pipeline have left, and returns its text.
func (r *Run) Note(ctx context.Context, results, target *dagger.Directory, n Noting) (string, error) {
	if err := environments.Validate(r.Environment); err != nil {
		return "", err
	}
	facts, token, err := n.read(ctx)
	if err != nil {
		return "", err
	}
	_, said, err := readResults(ctx, results, target)
	if err != nil {
		return "", err
	}
	said.Page = n.Page
	text := r.of(facts, said).Text()
	r.post(ctx, facts, token, text)
	return text, nil
}

// checkNote tells whether a token may write notes, as far as its server says.
func checkNote(ctx context.Context, n Noting) ([]doctor.Check, error) {
	facts, token, err := n.read(ctx)
	if err != nil || token == "" {
		return nil, err
	}
	check := doctor.Check{Name: "note token"}
	where, err := board(facts, token)
	if err == nil {
		check.Detail, err = where.Check(ctx)
	}
	if check.OK = err == nil; !check.OK {
		check.Detail = err.Error()
	}
	return []doctor.Check{check}, nil
}
