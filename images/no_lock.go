package images

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// noLock says what to do about a lock file that is not there, with the tool that the
// project is made with.
func noLock(names []string, pyproject string) error {
	there := func(name string) bool { return slices.Contains(names, name) }
	wanted, hint := "lock file ("+strings.Join(locks, ", ")+")", "run `poetry lock` or `uv lock` and commit the file"
	switch {
	case there("pdm.lock"):
		hint = "PDM writes one of them from pdm.lock: run `pdm export --format pylock --prod --output pylock.toml`, with --dev in place of --prod pylock.dev.toml for the tests, and commit the files"
	case there("Pipfile"):
		wanted, hint = pipfileLock, "run `pipenv lock` and commit the file"
	case there("environment.yml"):
		hint = "packages of conda are not installed here: list those of Python in requirements.txt, the others in system-packages of [tool.pipeline]"
	case there("requirements.in"):
		wanted, hint = "requirements.txt", "run `pip-compile --generate-hashes requirements.in` and commit the file"
	case strings.Contains(pyproject, "[tool.poetry"):
		wanted, hint = "poetry.lock", "run `poetry lock` and commit the file"
	case pyproject == "" && (there("setup.py") || there("setup.cfg")):
		from := map[bool]string{true: "setup.py", false: "setup.cfg"}[there("setup.py")]
		hint = "run `uv pip compile --generate-hashes --output-file requirements.txt " + from + "` and commit the file"
	}
	return fmt.Errorf("reading the source: no %s: %s", wanted, hint)
}

// noLock is that error, with the requirements files that are not where they are looked for.
func (a App) noLock(ctx context.Context, f found) error {
	err := noLock(f.names, f.pyproject)
	files, failed := requirementsIn(Files(ctx, a.Source.Directory(a.Path)))
	if failed != nil || len(files) == 0 {
		return cmp.Or(failed, err)
	}
	return fmt.Errorf("%w; or install requirements files, that of what is deployed first: requirements = [%s] in [tool.pipeline]", err, quoted(files))
}

// shownRequirements is how many requirements files are named.
const shownRequirements = 4

// requirementsIn are the requirements files below a directory, those of tests last.
func requirementsIn(files fs.FS) (out []string, err error) {
	err = Search(files, slices.Concat(notProjects, []string{"docs", "doc"}), func(dir string, names []string) {
		for _, name := range names {
			if aRequirementsFile.MatchString(name) {
				out = append(out, path.Join(dir, name))
			}
		}
	})
	slices.SortStableFunc(out, func(a, b string) int { return ofTests(a) - ofTests(b) })
	return out[:min(len(out), shownRequirements)], err
}

var aRequirementsFile = regexp.MustCompile(`^(?:[\w-]+[-_.])?requirements(?:[-_.][\w-]+)?\.(?:txt|lock)$`)

var testsRequirements = regexp.MustCompile(`(?:^|[^a-z])(?:tests?|testing|dev|develop|development|ci|lint|docs)(?:[^a-z]|$)`)

func ofTests(name string) int {
	if testsRequirements.MatchString(name) {
		return 1
	}
	return 0
}

func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }
