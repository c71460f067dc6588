package images

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// mainRequirements are the names of the file that what is deployed needs, where there
// is no requirements.txt: the first one counts.
var mainRequirements = []string{"requirements/requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/main.txt", "requirements/base.txt", "requirements/common.txt"}

// requirementDirs are directories that may have requirements files of a project.
var requirementDirs = []string{"requirements", "tests", "test"}

// requirementsBelow is the main file of the directory requirements, "" for none.
func (a App) requirementsBelow(ctx context.Context, names []string) (string, error) {
	there, err := a.withFilesBelow(ctx, names)
	for _, name := range mainRequirements {
		if slices.Contains(there, name) {
			return name, err
		}
	}
	return "", err
}

// withFilesBelow adds what is in the directories that may have requirements files.
func (a App) withFilesBelow(ctx context.Context, names []string) ([]string, error) {
	out := slices.Clone(names)
	for _, dir := range requirementDirs {
		if !slices.Contains(names, dir+"/") {
			continue
		}
		below, err := a.Source.Directory(path.Join(a.Path, dir)).Entries(ctx)
		if err != nil {
			return nil, err
		}
		for _, name := range below {
			out = append(out, path.Join(dir, name))
		}
	}
	return out, nil
}

// groupNames are the words for the groups that tests need.
var groupNames = map[string][]string{"dev": {"dev", "develop", "development"}, "test": {"test", "tests", "testing"}}

// groupForms are the names of a group's file.
var groupForms = []string{
	"requirements-%s.txt", "requirements_%s.txt", "requirements.%s.txt", "%s-requirements.txt", "%s_requirements.txt", "%s.requirements.txt",
	"requirements/%s.txt", "requirements/requirements-%s.txt", "%s/requirements.txt",
}

// requirementFiles are the main requirements file and, of the files beside it, those of
// the groups that tests need and that the project asks for, however they are spelt. It
// gives the groups that have none, too.
func requirementFiles(main string, there []string, settings project.Settings) (names, without []string) {
	names = []string{main}
	if len(settings.Requirements) > 0 { // the files are these
		names, there = settings.Requirements, nil
	}
	for _, group := range append([]string{"dev", "test"}, settings.Groups...) {
		if slices.Contains(settings.WithoutGroups, group) {
			continue
		}
		found := false
		words := groupNames[group]
		if words == nil {
			words = []string{group}
		}
		for _, word := range words {
			for _, form := range groupForms {
				if name := fmt.Sprintf(form, word); slices.Contains(there, name) {
					found = true
					if !slices.Contains(names, name) {
						names = append(names, name)
					}
				}
			}
		}
		if local := "requirements/local.txt"; group == "dev" && !found && slices.Contains(there, local) { // as templates for Django call it
			names, found = append(names, local), true
		}
		if !found && !slices.Contains(without, group) {
			without = append(without, group)
		}
	}
	return names, without
}

// groupRequires are lines of requirements for the extras and the groups that have no
// file: those of the project's own tables. "dev" and "test" need not be there.
func groupRequires(f found, groups []string) (string, error) {
	lines := ""
	if len(f.Settings.Extras) > 0 {
		requires, known := project.LocalRequires(f.pyproject, f.Settings.Extras)
		if !known {
			return "", fmt.Errorf("reading pyproject.toml: extras in [tool.pipeline] are those of its [project] table, and it has none that says them")
		}
		for _, extra := range f.Settings.Extras {
			if there := project.Extras(f.pyproject); !slices.ContainsFunc(there, func(name string) bool { return project.SameName(name, extra) }) {
				return "", errors.New("reading pyproject.toml: " + notDeclared("extras", appTable, extra, there))
			}
		}
		for _, line := range requires {
			lines += line + "\n"
		}
	}
	for _, group := range groups {
		requires, there, err := project.GroupRequires(f.pyproject, group)
		if err != nil {
			return "", err
		}
		if !there && slices.Contains(f.Settings.Groups, group) {
			return "", fmt.Errorf("reading the source: %s, and there is no requirements-%s.txt", notDeclared("groups", appTable, group, project.Groups(f.pyproject)), group)
		}
		for _, line := range requires {
			lines += line + "\n"
		}
	}
	return lines, nil
}

// archiveLines are the wheels and archives of the repository that a requirements file in a
// directory names, and those in directories that it has pip look in, by their paths
// in the container.
func (a App) archiveLines(ctx context.Context, dir string, r project.Requirements) (map[string]*dagger.File, error) {
	out := map[string]*dagger.File{}
	add := func(file string) { out[path.Join(Workdir, file)] = a.Source.File(file) }
	for _, name := range r.Files {
		file := path.Join(dir, name)
		there, err := a.Source.Exists(ctx, file)
		if err != nil {
			return nil, err
		}
		if !there {
			return nil, fmt.Errorf("reading a requirements file: the source has no %q, which it names", file)
		}
		add(file)
	}
	for _, name := range r.Links {
		links := path.Join(dir, name)
		there, err := a.Source.Exists(ctx, links, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType})
		if err != nil {
			return nil, err
		}
		if !there { // pip says that, and may do without
			continue
		}
		names, err := a.Source.Directory(links).Entries(ctx)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if project.IsArchive(name) {
				add(path.Join(links, name))
			}
		}
	}
	return out, nil
}
