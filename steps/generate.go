package steps

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"dagger/pipeline/generate"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// Begin is what a caller asks of the files that a project begins with.
type Begin struct {
	System, Module string
	Makefile       bool
}

// Generate returns the changes to the source that a project needs to begin.
func (r *Run) Generate(ctx context.Context, b Begin) (*dagger.Changeset, error) {
	if err := images.ProjectElsewhere(ctx, r.Source, r.Settings.Project); err != nil {
		return nil, err
	}
	roots, settled, err := r.namedRoots(ctx)
	if err != nil {
		return nil, err
	}
	changes, err := generate.Begin(inSource{ctx, r.Source}, generate.Asked{
		System: b.System, Module: b.Module, Makefile: b.Makefile, Project: filepath.Clean(r.Settings.Project), Roots: roots, Settled: settled,
	})
	if err != nil {
		return nil, err
	}
	after := r.Source
	for _, name := range slices.Sorted(maps.Keys(changes.Files)) {
		after = after.WithNewFile(name, changes.Files[name])
	}
	for _, note := range changes.Notes {
		tell.Line(note)
	}
	return after.Changes(r.Source), nil
}

// namedRoots are the directories that may be root modules, from the project, and whether the pipeline takes the first by itself.
func (r *Run) namedRoots(ctx context.Context) (roots []string, settled bool, err error) {
	if r.Infra != "" {
		return nil, true, nil
	}
	found, err := r.candidates(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, at := range found {
		root, err := filepath.Rel(filepath.Clean(r.Settings.Project), at)
		if err != nil {
			return nil, false, err
		}
		roots = append(roots, root)
	}
	all, err := r.elsewhere(ctx)
	return possible(roots, byStage(all)), len(roots) == 1, err
}

// inSource reads the source for the generator.
type inSource struct {
	ctx  context.Context
	from *dagger.Directory
}

func (s inSource) Text(name string) (string, bool, error) {
	there, err := s.from.Exists(s.ctx, name)
	if err != nil || !there {
		return "", false, err
	}
	text, err := s.from.File(name).Contents(s.ctx)
	return text, true, err
}

func (s inSource) Link(name string) (bool, error) {
	return s.from.Exists(s.ctx, name, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeSymlinkType})
}

func (s inSource) Names(dir string) ([]string, error) {
	if dir != "." {
		there, err := s.from.Exists(s.ctx, dir, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType})
		if err != nil || !there {
			return nil, err
		}
	}
	return s.from.Directory(dir).Entries(s.ctx)
}
