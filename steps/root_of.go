package steps

import (
	"context"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// rootsOf are the paths in the source of the root modules that the project names, from
// itself. A name with {environment} in it has a directory for each: that of one
// environment, or without one, all that are there.
func (r *Run) rootsOf(ctx context.Context, named []string, environment string) (out []string, err error) {
	for _, root := range named {
		at := path.Join(r.Settings.Project, root)
		if !strings.Contains(root, environmentMark) || environment != "" {
			out = append(out, strings.ReplaceAll(at, environmentMark, environment))
			continue
		}
		there, err := r.directories(ctx, at)
		if err != nil {
			return nil, err
		}
		out = append(out, there...)
	}
	return out, nil
}

// rootsThere are all root modules of the project, in whatever environment, that the source has.
func (r *Run) rootsThere(ctx context.Context) (out []string, err error) {
	roots, err := r.allRoots(ctx)
	if err != nil {
		return nil, err
	}
	for _, root := range roots {
		there, err := r.Source.Exists(ctx, root)
		if err != nil {
			return nil, err
		}
		if there {
			out = append(out, root)
		}
	}
	return out, nil
}

// rootsInSource are those of the run's environment. One that leads out of the source is
// refused: by names what says it.
func (r *Run) rootsInSource(ctx context.Context, named []string, by string) ([]string, error) {
	for _, root := range named {
		if strings.Contains(strings.ReplaceAll(root, environmentMark, ""), "{") {
			return nil, fmt.Errorf("looking for the root module: %q (%s) has something to fill in, and only %s is: write that for the environment's name", root, by, environmentMark)
		}
		if at := path.Join(r.Settings.Project, root); at == ".." || strings.HasPrefix(at, "../") {
			return nil, fmt.Errorf("looking for the root module: %q (%s) leads out of the source: give the repository with --source, and the project's path in it with --project", root, by)
		}
	}
	return r.rootsOf(ctx, named, r.Environment)
}

// byEnvironment is the directory in which a path with {environment} in it branches, and
// tells which name an entry of it has in the place of the mark. It varies where there is one.
func byEnvironment(pattern string) (dir string, named func(entry string) (name string, ok bool), varies bool) {
	before, after, varies := strings.Cut(pattern, environmentMark)
	dir, start := path.Split(before)
	end, _, _ := strings.Cut(after, "/")
	return path.Clean(dir), func(entry string) (string, bool) {
		rest, starts := strings.CutPrefix(strings.TrimSuffix(entry, "/"), start)
		name, ends := strings.CutSuffix(rest, end)
		return name, starts && ends
	}, varies
}

// directories are those of the source that a path with {environment} in it stands for.
func (r *Run) directories(ctx context.Context, pattern string) (out []string, err error) {
	dir, named, _ := byEnvironment(pattern)
	isDir := dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType}
	if there, err := r.Source.Exists(ctx, dir, isDir); err != nil || !there {
		return nil, err
	}
	entries, err := r.Source.Directory(dir).Entries(ctx)
	for _, entry := range entries {
		if name, ok := named(entry); ok && strings.HasSuffix(entry, "/") {
			at := strings.ReplaceAll(pattern, environmentMark, name)
			there, err := r.Source.Exists(ctx, at, isDir)
			if err != nil {
				return nil, err
			}
			if there {
				out = append(out, at)
			}
		}
	}
	return out, err
}

// only are the root modules that are an environment's, where some have a directory for
// each.
func (r Roots) only(named []string, project, environment string) (out Roots, err error) {
	wanted := map[string]bool{}
	marked := ""
	for _, root := range named {
		wanted[path.Join(project, strings.ReplaceAll(root, environmentMark, environment))] = true
		if strings.Contains(root, environmentMark) {
			marked = root
		}
	}
	if marked == "" {
		return r, nil
	}
	for _, w := range r {
		if wanted[path.Clean(w.Infra)] {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("looking for the root module of %s: there is none at %q (roots in %s)", environment, strings.ReplaceAll(marked, environmentMark, environment), settingsTable)
	}
	return out, nil
}
