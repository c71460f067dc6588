package steps

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// keepDir is where the engine keeps, for one state, what a run could not write
// and what a killed run has said. apply.sh and lost.sh know it.
const keepDir = "/var/lib/pipeline"

// keptState is a state that could not be written, encrypted.
const keptState = keepDir + "/errored.tfstate.age"

// differs is errored-state.sh's exit code where the state is not the one that was named.
const differs = 3

// withKeep mounts what is kept for the state.
func (w Workspace) withKeep(c *dagger.Container) *dagger.Container {
	return c.WithMountedCache(keepDir, dag.CacheVolume(w.keep()))
}

// keep names what is kept for the state by runs of the level: the next run pushes
// it, and a protected one must push no state that any branch has left there. In a
// backend of the project's own, another project of that name has another place.
func (w Workspace) keep() string {
	bucket := w.State.Bucket
	if w.Backend.Own {
		bucket = fmt.Sprintf("%x", sha256.Sum256([]byte(w.Module.Backend.Type+" "+w.Backend.Place))) // which may have a login in it
	}
	return strings.Join([]string{"terraform state", string(w.Trust.Writes()), w.AWS.Endpoint, bucket, w.State.Key}, " ")
}

// apply runs a command that calls apply.sh.
func (w Workspace) apply(ctx context.Context, c *dagger.Container, key *dagger.Secret, command []string, name ...string) (*dagger.Container, error) {
	if _, err := plain(ctx, "--plan-key", key); err != nil {
		return nil, err
	}
	c = c.With(withPlanKey(key)).With(w.withKeep).WithExec(command, anyExit)
	return c, check(ctx, c, name, w.explain(ctx))
}

// ErroredState returns the state that a run could not write, encrypted for the
// plan key of that run. The next run pushes it, unless the engine is told to discard
// it: drop is the SHA-256 of what an earlier call returned.
func ErroredState(ctx context.Context, w Workspace, drop string) (*dagger.File, error) {
	if !w.Backend.Own {
		if err := w.State.validate(); err != nil {
			return nil, err
		}
	}
	c := w.withKeep(w.Container).
		With(withScripts).
		With(volatile).
		WithExec([]string{"errored-state.sh", keptState, "/errored.tfstate.age", drop}, anyExit)
	switch code, err := c.ExitCode(ctx); {
	case err != nil:
		return nil, err
	case code == differs:
		return nil, fmt.Errorf("forgetting the errored state of %s: %q is not the SHA-256 of the one that is kept: get it without --drop, and give what sha256sum says of that file", w.Environment, drop)
	case code != 0:
		return nil, check(ctx, c, []string{"errored-state.sh"}, w.explain(ctx))
	}
	ok, err := c.Directory("/").Exists(ctx, "errored.tfstate.age")
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("giving the errored state of %s: this engine keeps none: ask the one that the failed run was on, with the same --trust", w.Environment)
	}
	return c.File("/errored.tfstate.age"), nil
}

// lost names, a line each, what killed runs have made and the state does not
// know.
func (w Workspace) lost(ctx context.Context, c *dagger.Container) ([]string, error) {
	c = w.withKeep(c).WithMountedTemp(planMemory).WithExec([]string{"lost.sh"}, anyExit)
	if err := check(ctx, c, []string{"terraform", "state", "list"}, w.explain(ctx)); err != nil {
		return nil, err
	}
	out, err := c.Stdout(ctx)
	return strings.FieldsFunc(out, func(r rune) bool { return r == '\n' }), err
}
