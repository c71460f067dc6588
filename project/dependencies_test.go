package project

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

const (
	classic = `[tool.poetry]
name = "app"
version = "%s"
description = "%s"
[tool.poetry.dependencies]
python = "^3.11"
six = ">=1.16"
[tool.poetry.group.test.dependencies]
pytest = ">=8"
[[tool.poetry.source]]
name = "private"
url = "https://packages.example.com/simple"
[tool.pytest.ini_options]
addopts = "%s"
`
	standard = `[project]
name = "app"
version = "%s"
description = "%s"
requires-python = ">=3.11"
dependencies = ["six>=1.16", "httpx[http2]>=0.27"]
[project.optional-dependencies]
fast = ["orjson"]
[dependency-groups]
test = ["pytest>=8"]
[tool.ruff]
line-length = %s
`
)

func reduce(t *testing.T, pyproject string) string {
	t.Helper()
	out, err := DependencyProject(pyproject)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What does not decide about dependencies leaves the result as it is, to the byte.
func TestVersionBumpChangesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, form := range []string{classic, standard} {
		want := reduce(t, fmt.Sprintf(form, "0.1.0", "the first", "88"))
		for range 200 {
			version := fmt.Sprintf("%d.%d.%d", random.IntN(99), random.IntN(99), random.IntN(99))
			got := reduce(t, fmt.Sprintf(form, version, "release "+version, fmt.Sprint(random.IntN(200))))
			if got != want {
				t.Fatalf("version %s gives\n%s\nwant\n%s", version, got, want)
			}
		}
	}
}

// What poetry hashes into poetry.lock is all there, and nothing is changed by reducing twice.
func TestRelevantPartsAreKept(t *testing.T) {
	for _, form := range []string{classic, standard} {
		text := fmt.Sprintf(form, "0.1.0", "x", "88")
		before, after := parse(t, text), parse(t, reduce(t, text))
		for _, path := range []string{
			"project.requires-python", "project.dependencies", "project.optional-dependencies", "dependency-groups",
			"tool.poetry.dependencies", "tool.poetry.group", "tool.poetry.source", "tool.poetry.extras", "tool.poetry.dev-dependencies",
		} {
			if b, a := at(before, path), at(after, path); !reflect.DeepEqual(b, a) {
				t.Errorf("%s: %v, want %v", path, a, b)
			}
		}
		if once := reduce(t, text); reduce(t, once) != once {
			t.Errorf("reducing twice gives another result:\n%s", once)
		}
	}
}

// Each part that decides changes the result.
func TestDependencyChangeShows(t *testing.T) {
	for _, test := range []struct{ form, old, new string }{
		{classic, `six = ">=1.16"`, `six = ">=1.17"`},
		{classic, `pytest = ">=8"`, `pytest = ">=9"`},
		{classic, `python = "^3.11"`, `python = "^3.12"`},
		{classic, "packages.example.com", "other.example.com"},
		{standard, "six>=1.16", "six>=1.17"},
		{standard, "orjson", "ujson"},
		{standard, "pytest>=8", "pytest>=9"},
		{standard, `requires-python = ">=3.11"`, `requires-python = ">=3.12"`},
	} {
		text := fmt.Sprintf(test.form, "0.1.0", "x", "88")
		if reduce(t, text) == reduce(t, strings.Replace(text, test.old, test.new, 1)) {
			t.Errorf("%s instead of %s does not show", test.new, test.old)
		}
	}
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := toml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func at(doc map[string]any, path string) any {
	var v any = doc
	for key := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// Where some of the dependencies are in the standard's table and others in Poetry's, both
// are read: the standard's table says that it has not all.
func TestMixedDependenciesAreKept(t *testing.T) {
	for _, dynamic := range []string{"dependencies", "optional-dependencies"} {
		out := parse(t, reduce(t, "[project]\nname = \"a\"\ndynamic = [\"version\", \""+dynamic+"\"]\n"))
		if got := at(out, "project.dynamic"); !reflect.DeepEqual(got, []any{dynamic}) {
			t.Errorf("dynamic is %v, want %s alone: a version is no dependency", got, dynamic)
		}
	}
	if got := at(parse(t, reduce(t, "[project]\nname = \"a\"\ndynamic = [\"version\"]\n")), "project.dynamic"); got != nil {
		t.Errorf("dynamic is %v", got)
	}
}

func TestDependencyProjectFails(t *testing.T) {
	if _, err := DependencyProject("[project]\nname = \n"); err == nil || !strings.HasPrefix(err.Error(), "reading pyproject.toml: line 2, column ") {
		t.Errorf("error %v", err)
	}
}
