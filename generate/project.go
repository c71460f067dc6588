package generate

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/project"
)

// project is the project's own description, and whether there is one.
func (w *writer) project() (project.Project, bool, error) {
	text, there, err := w.source.Text(w.at("pyproject.toml"))
	if err != nil || !there {
		return project.Project{}, false, err
	}
	p, err := project.Parse(text)
	return p, true, err
}

// Names of make's files, and of those that lock packages.
var (
	makefiles = []string{"GNUmakefile", "makefile", "Makefile"}
	locks     = regexp.MustCompile(`^(poetry\.lock|uv\.lock|Pipfile\.lock|pylock.*\.toml|.*requirements.*\.txt)$`)
)

// Texts that tell how the tests run. What a Makefile includes is not read: it may have the target.
var (
	testTarget = regexp.MustCompile(`(?m)^([^:=#\t\n]* )?test( [^:=\n]*)?:([^=]|$)|^-?include\b`)
	usesPytest = regexp.MustCompile(`\bpytest\b`)
)

// makefile writes a Makefile, if one is asked for.
func (w *writer) makefile() error {
	for _, name := range makefiles {
		text, there, err := w.source.Text(w.at(name))
		if err != nil {
			return err
		}
		if there {
			w.tests = testTarget.MatchString(text)
			return nil
		}
	}
	if w.Makefile {
		link, err := w.link(w.at("Makefile"))
		if err != nil || link != "" {
			w.left(link)
			return err
		}
		w.Files[w.at("Makefile")] = "# Commands run in the app container, where all that is locked is installed.\n.PHONY: test\n\ntest: ## run the tests\n\tpython -m pytest\n"
	}
	return nil
}

// table adds to the project's table what cannot be found out from its files, and says what else is missing.
func (w *writer) table() error {
	p, there, err := w.project()
	if err != nil {
		return err
	}
	link, err := w.link(w.at("pyproject.toml"))
	if err != nil {
		return err
	}
	locked, pytest, err := w.locked()
	switch {
	case err != nil:
		return err
	case !there && link != "":
		w.left(link)
	case !there && !locked:
		w.note("no Python project in %q: neither pyproject.toml nor a lock file (--project names another directory)", w.Project)
	case !locked:
		w.note("no lock file: make one, such as with poetry lock or uv lock")
	case !pytest && !w.tests && p.Settings.Test.Command == "":
		w.note("no tests are known: neither the target test in a Makefile nor pytest in the lock file: name their command in [tool.pipeline.test]")
	}
	if err := p.Named(); err != nil && (there || locked && link == "") {
		w.note("%v", err)
	}
	switch {
	case len(p.Settings.Terraform.Roots) > 0 || w.Settled && len(w.Roots) < 2:
		return nil
	case w.Settled:
		w.note("Terraform files are in %s, too, and %q alone is deployed: where others are to be, name all with roots = [%s] in [tool.pipeline.terraform] of %s",
			quoted(w.Roots[1:]), w.Roots[0], quoted(w.Roots), w.at("pyproject.toml"))
		return nil
	case len(w.Roots) == 0:
		w.note("no Terraform files: plan and deploy need a root module, such as in %q", w.at("infra"))
		return nil
	}
	return w.addTable(link, fmt.Sprintf("\n# All of these are deployed: remove those that are not. {environment} in a path stands for the environment's name.\n[tool.pipeline.terraform]\nroots = [%s]\n", quoted(w.Roots)))
}

// addTable adds a table at the end of pyproject.toml, unless that is a link, or the table is there in another form.
func (w *writer) addTable(link, added string) error {
	name := w.at("pyproject.toml")
	text, there, err := w.source.Text(name)
	if err != nil {
		return err
	}
	text = strings.TrimPrefix(ended(text)+added, "\n")
	_, err = project.Parse(text)
	switch {
	case !there && link != "": // which is said
	case !there:
		w.note("%s: is not there, and is not made: make it, and name what is deployed of roots = [%s] in [tool.pipeline.terraform]", name, quoted(w.Roots))
	case link != "":
		w.note("%s: is a link and stays as it is: add to where it leads, in [tool.pipeline.terraform], roots = [%s]", link, quoted(w.Roots))
	case err != nil:
		w.note("%s: stays as it is: add to its table tool.pipeline: roots = [%s] of terraform", name, quoted(w.Roots))
	default:
		w.Files[name] = text
	}
	return nil
}

// locked tells whether the project, or the repository around it, has a lock file, and whether pytest is in one.
func (w *writer) locked() (locked, pytest bool, err error) {
	for _, dir := range []string{w.Project, "."} {
		names, err := w.source.Names(dir)
		if err != nil {
			return false, false, err
		}
		for _, name := range slices.DeleteFunc(names, func(name string) bool { return !locks.MatchString(name) }) {
			text, _, err := w.source.Text(path.Join(dir, name))
			if err != nil {
				return false, false, err
			}
			locked, pytest = true, pytest || usesPytest.MatchString(text)
		}
	}
	return locked, pytest, nil
}

func quoted(texts []string) string {
	var out []string
	for _, text := range texts {
		out = append(out, fmt.Sprintf("%q", text))
	}
	return strings.Join(out, ", ")
}
