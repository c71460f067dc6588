package images

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// Inputs is the part of the repository that tests and package depend on: the
// project, the packages of the repository that it uses, files outside of it that
// its settings name, and the settings that tools look for in the directories above
// it. Terraform's root modules and the documents beside the project's own files
// are left out, so that editing them runs nothing again.
func (a App) Inputs(ctx context.Context, dirs, roots []string) (*dagger.Directory, error) {
	out := dag.Directory()
	reads, err := a.readsTerraform(ctx)
	if err != nil {
		return nil, err
	}
	if reads {
		roots = nil
	}
	if a.inAll(dirs) {
		filter, err := a.unread(ctx, "", roots)
		return a.Source.Filter(dagger.DirectoryFilterOpts{Exclude: filter}), err
	}
	for dir := path.Clean(a.Path); dir != "."; {
		dir = path.Dir(dir)
		out = out.WithDirectory(dir, a.Source.Directory(dir), dagger.DirectoryWithDirectoryOpts{Include: settingsAbove})
	}
	for _, dir := range dirs {
		filter, err := a.unread(ctx, dir, roots)
		if err != nil {
			return nil, err
		}
		out = out.WithDirectory(dir, a.Source.Directory(dir), dagger.DirectoryWithDirectoryOpts{Exclude: filter})
	}
	return a.withOutside(ctx, out, roots)
}

// settingsAbove are files that tools look for above the project's directory.
var settingsAbove = []string{"pyproject.toml", "uv.lock", "uv.toml", "setup.cfg", "tox.ini", "pytest.ini", "pytest.toml", "conftest.py", "Makefile", "makefile", "GNUmakefile", "*.mk", ".coveragerc", ".python-version", ".gitmodules",
	".pytest.ini", ".pytest.toml", "ruff.toml", ".ruff.toml", "mypy.ini", ".mypy.ini", ".flake8", "pylintrc", ".pylintrc", "pyrightconfig.json", ".editorconfig"}

// inAll tells whether the repository's own directory is among the directories.
func (a App) inAll(dirs []string) bool { return slices.Contains(dirs, ".") }

// unread are the patterns of what tests and package do not read in a directory.
// A document that its settings or its conftest.py name is read, and so is Python
// beside Terraform's files.
func (a App) unread(ctx context.Context, dir string, roots []string) ([]string, error) {
	names, err := a.Source.Directory(dir).Entries(ctx)
	if err != nil {
		return nil, err
	}
	said, err := a.said(ctx, dir, names)
	if err != nil {
		return nil, err
	}
	if slices.Contains(names, "conftest.py") {
		text, err := a.Source.File(path.Join(dir, "conftest.py")).Contents(ctx)
		if err != nil {
			return nil, err
		}
		said += text
	}
	out := []string{"artifact.zip"} // an old one must not pass for the result
	for _, name := range names {
		if document(name) && !named(said, name) {
			out = append(out, name)
		}
	}
	return append(out, rootPatterns(dir, roots, said)...), nil
}

// testsDocuments are options of pytest's plugins that run the examples in all documents.
var testsDocuments = regexp.MustCompile(`--(?:markdown-docs|codeblocks|phmdoctest|mdpath)\b`)

// named tells whether a text has the name of a file, or a pattern for all with its
// ending, as doctests have.
func named(text, name string) bool {
	ending := path.Ext(name)
	return strings.Contains(text, name) || testsDocuments.MatchString(text) || strings.Contains(text, "*"+ending) || strings.Contains(text, `"`+ending+`"`) || strings.Contains(text, "'"+ending+"'")
}

// document tells whether a file is one that people read of a project, by the name that
// they give to it. Any other may be what the code reads, such as a prompt or a template,
// and a build packs it.
func document(name string) bool { return documents.MatchString(name) }

var documents = regexp.MustCompile(`^` + DocumentNames + `$`)

// DocumentNames is what their names match.
const DocumentNames = `(?i:(?:readme|changelog|changes|history|release[-_]?notes|contributing|contributors|code[-_]of[-_]conduct|security|maintainers|roadmap|upgrading)(?:[^a-z'/][^'/]*)?\.(?:md|rst))`

// rootPatterns leave out Terraform's own files in the root modules that are below
// a directory, but of one of which its settings name a file.
func rootPatterns(dir string, roots []string, said string) []string {
	var out []string
	for _, root := range roots {
		rel, ok := strings.CutPrefix(path.Clean(root)+"/", strings.TrimPrefix(path.Clean(dir)+"/", "./"))
		if rel = strings.TrimSuffix(rel, "/"); !ok || rel == "" || rel == "." || strings.HasPrefix(rel, "..") || namesTerraform(said, rel) {
			continue
		}
		for _, pattern := range terraformFiles {
			out = append(out, path.Join(rel, "**", pattern))
		}
	}
	return out
}

var terraformFiles = []string{"*.tf", "*.tf.json", "*.tofu", "*.tfvars", "*.tfvars.json", "*.tfbackend", "*.tftpl", "*.hcl", "README.md", "CHANGELOG.md", ".terraform-version", ".opentofu-version"}
