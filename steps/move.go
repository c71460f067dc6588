package steps

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/gitlab"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// fromNone says that an environment is a new one: it gets an empty state.
const fromNone = "none"

// MoveState moves a state to the place where the pipeline keeps it.
func (r *Run) MoveState(ctx context.Context, from string) (string, error) {
	if strings.TrimSpace(from) == "" {
		return "", emptyGuard("--from")
	}
	roots, err := r.inEnvironment(ctx)
	if err != nil {
		return "", err
	}
	w, err := roots.one("moving a state")
	if err != nil {
		return "", err
	}
	login, err := w.Secrets.Values(ctx, "TF_HTTP_USERNAME", "TF_HTTP_PASSWORD")
	if err != nil {
		return "", err
	}
	return w.moveState(ctx, from, gitlab.State{Address: from, Username: login[0], Password: login[1]})
}

// source is where a state is until it is moved.
type source interface {
	// hold locks the state.
	hold(ctx context.Context) (release func() error, err error)
	// read gives it, nil where there is none.
	read(ctx context.Context) ([]byte, error)
	// leave makes it unusable there and says what is left to do, in a clause.
	leave(ctx context.Context) (string, error)
}

func (w Workspace) moveState(ctx context.Context, from string, server gitlab.State) (string, error) {
	if w.Backend.Own {
		return "", fmt.Errorf("moving the state of %s: the project keeps it in its own backend: set backend = \"managed\" in %s first", w.Environment, settingsTable)
	}
	from = strings.TrimSpace(from)
	if withoutLogin(from) != from {
		return "", fmt.Errorf("moving the state of %s: the address in --from has a login in it: give that as TF_HTTP_USERNAME and TF_HTTP_PASSWORD in --terraform-secrets", w.Environment)
	}
	if w.Refused != nil && w.Module.Backend != nil && w.Settings.Backend == "" && from != fromNone {
		return "", w.Refused // what is moved must be what is used afterwards
	}
	if err := w.State.validate(); err != nil {
		return "", err
	}
	w.State.Region = w.bucketRegion(ctx)
	session, err := w.stateAccount().Session(ctx)
	if err != nil {
		return "", err
	}
	to, who := w.statePlace(), "moved to "+w.statePlace().String()
	var src source
	switch bucket, key, ok := strings.Cut(strings.TrimPrefix(from, "s3://"), "/"); {
	case from == fromNone:
		src = nowhere{}
	case strings.HasPrefix(from, "s3://") && ok && bucket != "" && key != "" && !strings.HasSuffix(key, "/"):
		if (place{bucket, key}) == to {
			in := w.State.in(session)
			if _, other := w.checkOwner(ctx, func(string) objects { return in }); other != nil {
				return fmt.Sprintf("%s: the state at %s is now this project's", w.Environment, to), w.takeOver(ctx, in)
			}
			return "", fmt.Errorf("moving the state of %s: %s is where it is to be: name the place where it is now with --from", w.Environment, to)
		}
		there, err := w.AWS.in(cmp.Or(state.Region(ctx, aws.Config{Region: w.AWS.Region, Endpoint: w.AWS.Endpoint}, bucket), w.AWS.Region)).Session(ctx)
		if err != nil {
			return "", err
		}
		src = inS3{bucket: state.In(there, bucket), place: place{bucket, key}, who: who}
	case strings.HasPrefix(from, "https://"), strings.HasPrefix(from, "http://"):
		src = onServer{at: server, who: who}
	default:
		return "", fmt.Errorf("moving the state of %s: no place %q: give --from s3://BUCKET/KEY, the address of GitLab's state (https://...), or none for an environment that is new; from other backends: docs/environments.md", w.Environment, from)
	}
	return w.move(ctx, w.State.in(session), src, from)
}

// move locks both places, copies, and makes the source unusable, in this order:
// at no time can two runs write one state.
func (w Workspace) move(ctx context.Context, bucket state.Bucket, src source, from string) (said string, err error) {
	to := w.statePlace()
	doing := fmt.Sprintf("moving the state of %s from %s to %s", w.Environment, from, to)
	release, err := bucket.Hold(ctx, to.key, "moving a state", cmp.Or(JobUser(w.Job), "pipeline"))
	if err != nil {
		return "", tell.Errorf("%s: %w", doing, err)
	}
	defer func() { err = errors.Join(err, release()) }()
	switch there, err := bucket.Read(ctx, to.key); {
	case err != nil:
		return "", err
	case there.Exists:
		return "", fmt.Errorf("%s: there is one already: nothing was changed: compare the two, and remove the one that is not used", doing)
	}
	freed, err := src.hold(ctx)
	if err != nil {
		return "", tell.Errorf("%s: %w", doing, err)
	}
	body, err := src.read(ctx)
	if err == nil {
		err = w.fits(body, from)
	}
	if err == nil {
		err = bucket.Write(ctx, to.key, body, true)
	}
	if err == nil {
		err = w.takeOver(ctx, bucket)
	}
	if err != nil {
		return "", tell.Errorf("%s: %w", doing, errors.Join(err, freed()))
	}
	left, err := src.leave(ctx)
	if err != nil {
		// Its lock stays: it keeps whoever deploys by it out.
		return "", tell.Errorf("%s: it is there, and the former one can still be used once its lock is released: remove it by hand: %w", doing, err)
	}
	if _, server := src.(onServer); !server {
		if err := freed(); err != nil {
			return "", tell.Errorf("%s: it is there: %w", doing, err)
		}
	}
	if from == fromNone {
		return w.Environment + ": a new environment, with an empty state at " + to.String(), nil
	}
	return fmt.Sprintf("%s: now in %s: %s; %s; plan must say that there is nothing to change", w.Environment, to, addresses(len(state.Parse(body).Addresses)), left), nil
}

// addresses counts what a state has at its top.
func addresses(n int) string {
	if n == 1 {
		return "1 resource or module"
	}
	return fmt.Sprintf("%d resources and modules", n)
}

// newState is a state with nothing in it.
func newState() ([]byte, error) {
	return json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": strings.ToLower(rand.Text()), "outputs": map[string]any{}, "resources": []any{},
	})
}

// fits tells whether a state is one of the root module's.
func (w Workspace) fits(body []byte, from string) error {
	if body == nil {
		return errors.New("there is none: check the place, and the environment's name in it")
	}
	there := state.Parse(body)
	if there.Moved != "" {
		return fmt.Errorf("it was %s: name that place where it is to go on from there", there.Moved)
	}
	if err := w.checkForm(there); err != nil {
		return errors.New("what is there is not a terraform state")
	}
	if n := len(there.Addresses); n > 0 && len(w.declared(there.Addresses)) == 0 {
		return fmt.Errorf("it has %s, and none of %q: name the root module that it is of with --infra", addresses(n), w.Infra)
	}
	if len(there.Addresses) > 0 && !w.lasts() && !w.names(from) && !w.names(string(body)) {
		return fmt.Errorf("neither the place nor anything in it has the name %s, so it is another environment's, and closing the merge request would destroy that: move it to its own with --environment", w.Environment)
	}
	return nil
}

// inS3 is a state at a key of any bucket.
type inS3 struct {
	bucket state.Bucket
	place  place
	who    string
}

func (s inS3) hold(ctx context.Context) (func() error, error) {
	return s.bucket.Hold(ctx, s.place.key, "moving a state", s.who)
}

func (s inS3) read(ctx context.Context) ([]byte, error) {
	there, err := s.bucket.Read(ctx, s.place.key)
	if err != nil || !there.Exists {
		return nil, err
	}
	return bytes.Clone(there.Body), nil
}

// leave puts what terraform refuses to read in the state's place: with nothing
// there, whoever still deploys by it would make everything again.
func (s inS3) leave(ctx context.Context) (string, error) {
	mark, err := state.Mark(s.who)
	if err != nil {
		return "", err
	}
	if err := s.bucket.Write(ctx, s.place.key, mark, false); err != nil {
		return "", err
	}
	if err := s.bucket.RemoveOwner(ctx, s.place.key); err != nil {
		tell.Line("Warning: " + err.Error())
	}
	return s.place.String() + " says where it went, and nobody can deploy by it any more: remove it when no run names it", nil
}

// onServer is a state of the http backend.
type onServer struct {
	at  gitlab.State
	who string
}

func (s onServer) hold(ctx context.Context) (func() error, error) {
	return s.at.Hold(ctx, "moving a state", s.who)
}
func (s onServer) read(ctx context.Context) ([]byte, error) { return s.at.Read(ctx) }

// leave keeps the lock: it tells everybody where the state went.
func (s onServer) leave(context.Context) (string, error) {
	return "the one at " + s.at.Address + " stays locked by \"" + s.who + "\", so that nobody deploys by it: remove it when no run names it", nil
}

// nowhere is for an environment that is new.
type nowhere struct{}

func (nowhere) hold(context.Context) (func() error, error) { return func() error { return nil }, nil }
func (nowhere) leave(context.Context) (string, error)      { return "", nil }
func (nowhere) read(context.Context) ([]byte, error)       { return newState() }
