package images

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/registry"
	"dagger/pipeline/tell"
	"dagger/pipeline/trust"
)

// resultsName is the last part of the paths of the repositories with results of
// steps: PATH/results, and PATH/open/results.
const resultsName = "results"

// AllRepositories are the paths of the repositories of images and results, of some
// levels.
func (r Store) AllRepositories(levels ...trust.Level) []string {
	var out []string
	for _, level := range levels {
		out = append(append(out, r.Repositories(level)...), r.Results(level))
	}
	return out
}

// Results is the path of a level's repository with results.
func (r Store) Results(level trust.Level) string { return r.Repository(level, resultsName) }

// ResultReference is where the run keeps its own result.
func (r Store) ResultReference(key string) string { return r.Reference(resultsName, key) }

// FindResult asks the repositories that the run may use for a result. use says, based
// on the untrusted labels, why one is not used. Nothing is pulled.
func (r Store) FindResult(ctx context.Context, key string, use func(labels map[string]string) error) (registry.Lookup, bool, error) {
	var missed []string
	for _, level := range r.Reads {
		found, err := r.askedForResult(ctx, r.Results(level), key)
		if err != nil {
			return found, false, err
		}
		if found.State == registry.Found {
			if err = use(found.Labels); err == nil {
				return found, true, nil
			}
			tell.Line(fmt.Sprintf("%s: not used: %v", found.Reference, err))
		}
		if found.State != registry.Found {
			missed = append(missed, found.Outcome())
		}
		if found.State == registry.Unreachable {
			break // no other repository of that host answers either
		}
	}
	if len(missed) > 0 {
		tell.Line(strings.Join(missed, "; ") + ", running")
	}
	return registry.Lookup{}, false, nil
}

func (r Store) askedForResult(ctx context.Context, repository, key string) (registry.Lookup, error) {
	if r.Ask != nil {
		found, _, err := r.Ask(ctx, repository, key)
		return found, err
	}
	platform, err := dag.DefaultPlatform(ctx)
	if err != nil {
		return registry.Lookup{}, err
	}
	return registry.Client{Login: r.Login}.Lookup(ctx, repository, key, string(platform)), nil
}

// ResultFiles are the files of a result that was found. They are pulled only when
// they are read.
func (r Store) ResultFiles(ctx context.Context, found registry.Lookup) (*dagger.Directory, error) {
	if err := r.SignIn(ctx); err != nil {
		return nil, err
	}
	return dag.Container().From(found.Pinned()).Rootfs(), nil
}

// code is that of this package: it decides of what is in an image.
//
//go:embed *.go
var code embed.FS

// Program are the files that affect what a step finds in its container.
func Program() []fs.FS { return []fs.FS{code, scripts} }
