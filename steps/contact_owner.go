package steps

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"

	"dagger/pipeline/fault"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// owner is the project that a state is of, noted beside it. It has nothing that
// differs between two runs of one project, such as the name of a checkout. What a
// run cannot tell is "", and fits all.
type owner struct {
	// Repository is that of the run's job.
	Repository string `json:"repository,omitempty"`
	// Path is the project's in the source; it is not known where it is the source,
	// which may be a part of the repository.
	Path string `json:"path,omitempty"`
	// Workspace is the one that it was deployed in, where the root module reads its name.
	Workspace string `json:"workspace,omitempty"`
}

// jobOf is the URL of a job of GitLab, GitHub or Bitbucket, with its repository.
var jobOf = regexp.MustCompile(`^(?:https?://)?(.+?)(?:/-/(?:jobs|pipelines)|/actions/runs|/pipelines/results)/[0-9]+`)

// repositoryOf is that of a job, "" where its URL does not tell.
func repositoryOf(job string) string {
	if m := jobOf.FindStringSubmatch(job); m != nil {
		return m[1]
	}
	return ""
}

// self is the run's own project.
func (w Workspace) self() owner {
	o := owner{Repository: repositoryOf(w.Job)}
	if dir := path.Clean(w.Dir); dir != "." {
		o.Path = dir
	}
	if w.Backend.Workspace {
		o.Workspace = w.Environment
	}
	return o
}

func (o owner) fits(other owner) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	return same(o.Repository, other.Repository) && same(o.Path, other.Path)
}

func (o owner) String() string {
	text := "the project"
	if o.Path != "" {
		text += fmt.Sprintf(" in %q", o.Path)
	}
	return text + " of " + cmp.Or(o.Repository, "a repository that is not named (--job)")
}

// checkOwner refuses the state of another project of the same name, whose states
// have the same keys. It gives what is noted of the owner.
func (w Workspace) checkOwner(ctx context.Context, in states) (noted owner, err error) {
	noted, err = notedOwner(ctx, in(w.State.Bucket), w.Environment, w.State)
	switch {
	case errors.Is(err, fault.ErrDenied):
		tell.Once(fmt.Sprintf("%s: whether the state is another project's cannot be told: %v", w.Environment, err))
		return owner{}, nil
	case err != nil:
		return owner{}, err
	case !noted.fits(w.self()):
		return noted, fmt.Errorf("reading the state of %s: %s is of %s, and this run is of %s: a deployment would destroy what is there: where they are two projects called %q, give one of them another name; where it is the same one, at another place, say so (%s)",
			w.Environment, w.statePlace(), noted, w.self(), w.Project, w.moving(w.statePlace().String()))
	}
	return noted, nil
}

// notedOwner is what is noted beside a state, empty where nothing is.
func notedOwner(ctx context.Context, bucket objects, environment string, of State) (noted owner, err error) {
	key := state.OwnerKey(of.Key)
	there, err := bucket.Read(ctx, key)
	if err != nil || !there.Exists {
		return owner{}, err
	}
	if json.Unmarshal(there.Body, &noted) != nil {
		return owner{}, fmt.Errorf("reading whose the state of %s is: s3://%s/%s is not what a deployment writes: remove it", environment, of.Bucket, key)
	}
	return noted, nil
}

// noteOwner writes down what the run knows of the owner and is not noted yet. Of two
// first deployments at the same time one is refused.
func (w Workspace) noteOwner(ctx context.Context, in states, bucket state.Bucket, noted owner) error {
	self := w.self()
	now := owner{Repository: cmp.Or(noted.Repository, self.Repository), Path: cmp.Or(noted.Path, self.Path), Workspace: self.Workspace}
	if now == noted {
		return nil
	}
	err := w.writeOwner(ctx, bucket, now, noted == owner{})
	if err != nil {
		if _, other := w.checkOwner(ctx, in); other != nil {
			return other
		}
		tell.Line(fmt.Sprintf("Warning: %s: whose state it is, is not noted: %v", w.Environment, err))
	}
	return nil
}

// takeOver makes the state the run's own, whoever's it was.
func (w Workspace) takeOver(ctx context.Context, bucket state.Bucket) error {
	self := w.self()
	self.Workspace = "" // it was made in another place
	if self != (owner{}) {
		return w.writeOwner(ctx, bucket, self, false)
	}
	return bucket.RemoveOwner(ctx, w.State.Key)
}

func (w Workspace) writeOwner(ctx context.Context, bucket state.Bucket, o owner, first bool) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return bucket.Write(ctx, state.OwnerKey(w.State.Key), text, first)
}
