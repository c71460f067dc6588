package steps

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// functions are what the root modules say of the functions that a package is for.
type functions struct {
	project.Functions
	// Handlers are texts that may name a function of the project.
	Handlers []string
}

// functionsOf reads them. What Terraform itself cannot read it will say: nothing of it
// counts.
func (r *Run) functionsOf(ctx context.Context) (functions, error) {
	return r.functions.get(func() (functions, error) { return r.readFunctions(ctx) })
}

func (r *Run) readFunctions(ctx context.Context) (out functions, err error) {
	modules, err := r.moduleNames(ctx)
	if err != nil {
		return out, err
	}
	roots, err := r.rootsThere(ctx)
	if err != nil {
		return out, err
	}
	for _, root := range roots {
		m, err := images.ReadRoot(ctx, r.Source, root)
		if err != nil {
			continue
		}
		out.Pythons = append(out.Pythons, m.Pythons()...)
		out.Architectures = append(out.Architectures, m.Architectures()...)
		for _, handler := range m.Handlers() {
			if slices.Contains(modules, firstName.FindString(handler)) {
				out.Handlers = append(out.Handlers, handler)
			}
		}
	}
	for _, list := range []*[]string{&out.Architectures, &out.Handlers} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	slices.Sort(out.Pythons)
	out.Pythons = slices.Compact(out.Pythons)
	return out, nil
}

var firstName = regexp.MustCompile(`^\w+`)

// moduleNames are the first names of the modules that the project and the packages of the
// repository may have: other texts are no handlers, and an edit of them changes nothing.
func (r *Run) moduleNames(ctx context.Context) (names []string, err error) {
	prepared, err := r.prepared(ctx, r.toBuild)
	if err != nil {
		return nil, err
	}
	read, err := r.Project(ctx)
	if err != nil {
		return nil, err
	}
	for _, dir := range prepared.Dirs {
		for _, base := range append(read.Settings.Code(), "") {
			at := path.Join(dir, base)
			if base != "" {
				there, err := r.Source.Exists(ctx, at, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType})
				if err != nil {
					return nil, err
				}
				if !there {
					continue
				}
			}
			entries, err := r.Source.Directory(at).Entries(ctx)
			if err != nil {
				return nil, err
			}
			for _, entry := range entries {
				names = append(names, strings.TrimSuffix(strings.TrimSuffix(entry, "/"), ".py"))
			}
		}
	}
	return names, nil
}
