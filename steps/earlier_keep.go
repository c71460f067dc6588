package steps

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/results"
	"dagger/pipeline/tell"
)

// longestLog is the most of the tests' output that is kept, in bytes.
const longestLog = 64 << 10

// keepTests keeps what tests that passed have left: reports, and the end of what
// they printed.
func (r *Run) keepTests(ctx context.Context, e earlier, passed Passed) {
	if passed.Failed {
		return
	}
	r.keep(ctx, e, results.Record{Summary: passed.Summary}, passed.Container.File(endedFile), func() (*dagger.Directory, error) {
		files := dag.Directory().WithDirectory(reportsDir, passed.Container.Directory(reportsDir))
		for name, output := range map[string]func(context.Context) (string, error){"stdout.txt": passed.Container.Stdout, "stderr.txt": passed.Container.Stderr} {
			printed, err := output(ctx)
			if err != nil {
				return nil, err
			}
			files = files.WithNewFile(name, strings.ToValidUTF8(printed[max(0, len(printed)-longestLog):], ""))
		}
		return files, nil
	})
}

// keepPackage keeps the artifacts of a build.
func (r *Run) keepPackage(ctx context.Context, e earlier, built Package) {
	if built.ended == nil {
		return // there is none
	}
	r.keep(ctx, e, results.Record{Paths: built.Paths, Summary: strings.Join(built.Paths, ", ")}, built.ended, func() (*dagger.Directory, error) {
		return dag.Directory().WithDirectory(artifactsDir, built.Files), nil
	})
}

// keep pushes the result of a step that has succeeded, for the runs that may use it.
// One that cannot be kept is no error, and said once in a call.
func (r *Run) keep(ctx context.Context, e earlier, record results.Record, ended *dagger.File, files func() (*dagger.Directory, error)) {
	if e.key == "" || !slices.Contains(e.store.Reads, e.store.Writes) {
		return // it would be of no use to a run like this one
	}
	opened, err := r.readyToKeep(ctx)
	if err == nil {
		record.Key = e.key
		record.Made, err = endedAt(ctx, ended)
	}
	if err == nil && time.Since(record.Made) > e.maxAge {
		return // the engine has remembered it for longer than it may serve others
	}
	if err == nil {
		err = push(ctx, opened.ResultReference(e.key), record, files)
	}
	if err != nil {
		r.notKept.Do(func() {
			tell.Line(fmt.Sprintf("%s: results of this call are not kept for other runs: %s", path.Join(e.store.Host(), e.store.Results(e.store.Writes)), oneLine(err.Error())))
		})
	}
}

func push(ctx context.Context, reference string, record results.Record, files func() (*dagger.Directory, error)) error {
	dir, err := files()
	if err != nil {
		return err
	}
	c := dag.Container().WithRootfs(dir)
	for name, value := range record.Labels() {
		c = c.WithLabel(name, value)
	}
	_, err = c.Publish(ctx, reference)
	return err
}

// endedAt reads when a step ended. That may be long ago: engines remember what ran.
func endedAt(ctx context.Context, ended *dagger.File) (time.Time, error) {
	text, err := ended.Contents(ctx)
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return time.Unix(seconds, 0), err
}

// readyToKeep is the registry with a repository for results, which ECR does not
// make by itself, and with the engine logged in to it.
func (r *Run) readyToKeep(ctx context.Context) (Opened, error) {
	return r.keeping.get(func() (Opened, error) {
		opened, err := r.openRegistry(ctx)
		if err == nil {
			err = Publish{Registry: opened}.ensure(ctx, opened.Results(opened.Writes))
		}
		if err == nil {
			err = opened.SignIn(ctx)
		}
		return opened, err
	})
}
