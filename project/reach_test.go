package project

import (
	"slices"
	"testing"
)

// What uv 0.13 and Poetry 2.2 wrote for such projects, without what comes from indexes.
const (
	workspaceLock = `version = 1
requires-python = ">=3.11"
[manifest]
members = ["b", "svc-a"]
[[package]]
name = "b"
source = { virtual = "services/b" }
[[package]]
name = "common"
source = { editable = "libs/common" }
[package.optional-dependencies]
fast = [{ name = "deep" }]
[[package]]
name = "deep"
source = { editable = "libs/deep" }
[[package]]
name = "svc-a"
source = { virtual = "services/a" }
dependencies = [{ name = "common" }, { name = "six" }]
[package.optional-dependencies]
quick = [{ name = "common", extra = ["fast"] }]
[package.dev-dependencies]
dev = [{ name = "tools" }]
e2e = [{ name = "browser" }]
[[package]]
name = "tools"
source = { directory = "libs/tools" }
[[package]]
name = "browser"
source = { editable = "libs/browser" }
`
	// The root is a library, which a member uses by another one.
	rootLock = `version = 1
requires-python = ">=3.11"
[[package]]
name = "api"
source = { editable = "services/api" }
dependencies = [{ name = "common" }]
[[package]]
name = "common"
source = { editable = "libs/common" }
dependencies = [{ name = "core" }]
[[package]]
name = "core"
source = { editable = "." }
[[package]]
name = "worker"
source = { editable = "services/worker" }
`
	poetryLock = `[[package]]
name = "devlib"
[package.source]
type = "directory"
url = "../devlib"
[[package]]
name = "lib1"
[package.dependencies]
lib2 = {path = "../lib2", optional = true}
[package.extras]
x = ["lib2 @ file:///lib2"]
[package.source]
type = "directory"
url = "../lib1"
[[package]]
name = "lib2"
[package.source]
type = "directory"
url = "../lib2"
[[package]]
name = "old"
[package.source]
type = "directory"
url = "../old"
`
)

func TestHasMember(t *testing.T) {
	for dir, want := range map[string]bool{"services/a": true, "services/b/": true, "libs/common": false, "libs/tools": false, "services": false, "services/ab": false, ".": false} {
		if HasMember(workspaceLock, dir) != want {
			t.Errorf("%s: %v", dir, !want)
		}
	}
}

// Of the repository's packages, a service has those alone that its package manager
// would install for it.
func TestUsed(t *testing.T) {
	poetry := "[tool.poetry.dependencies]\nlib1 = {path = \"../lib1\"}\nold = {path = \"../old\", optional = true}\n[tool.poetry.extras]\nlegacy = [\"old\"]\n[tool.poetry.group.dev.dependencies]\ndevlib = {path = \"../devlib\"}\n"
	for _, test := range []struct {
		name, pyproject, lock, at string
		settings                  Settings
		tests, packaged           []string
	}{
		{"uv", "", workspaceLock, "services/a", Settings{}, []string{"common", "tools"}, []string{"common"}},
		{"uv, which uses none", "", workspaceLock, "services/b", Settings{}, nil, nil},
		{"uv, an extra of the tests", "", workspaceLock, "services/a", Settings{Extras: []string{"Quick"}}, []string{"common", "deep", "tools"}, []string{"common"}},
		{"uv, an extra of the package", "", workspaceLock, "services/a", Settings{Package: Package{Extras: []string{"quick"}}}, []string{"common", "tools"}, []string{"common", "deep"}},
		{"uv, groups", "[tool.uv]\ndefault-groups = []\n", workspaceLock, "services/a", Settings{Groups: []string{"e2e"}}, []string{"browser", "common"}, []string{"common"}},
		{"uv, all groups but one", "[tool.uv]\ndefault-groups = \"all\"\n", workspaceLock, "services/a", Settings{WithoutGroups: []string{"dev"}}, []string{"browser", "common"}, []string{"common"}},
		{"uv, the root of all", "", workspaceLock, ".", Settings{}, []string{"b", "browser", "common", "deep", "svc-a", "tools"}, []string{"b", "browser", "common", "deep", "svc-a", "tools"}},
		{"uv, a member that uses the root", "", rootLock, "services/api", Settings{}, []string{"common", "core"}, []string{"common", "core"}},
		{"uv, a member that does not", "", rootLock, "services/worker", Settings{}, nil, nil},
		{"uv, the root that a member uses", "", rootLock, ".", Settings{}, nil, nil},
		{"Poetry", poetry, poetryLock, ".", Settings{}, []string{"devlib", "lib1"}, []string{"lib1"}},
		{"Poetry, extras", poetry, poetryLock, ".", Settings{Extras: []string{"legacy"}}, []string{"devlib", "lib1", "old"}, []string{"lib1"}},
		{"Poetry, a package's extra", "[tool.poetry.dependencies]\nlib1 = {path = \"../lib1\", extras = [\"x\"]}\n", poetryLock, ".", Settings{}, []string{"lib1", "lib2"}, []string{"lib1", "lib2"}},
		{"Poetry, the standard's table", "[project]\ndependencies = [\"lib1[x] (>=1)\"]\n[project.optional-dependencies]\nl = [\"old\"]\n[tool.poetry.dependencies]\nold = { path = \"../old\" }\n[dependency-groups]\ndev = [{ include-group = \"more\" }]\nmore = [\"devlib\"]\n", poetryLock, ".",
			Settings{WithoutGroups: []string{"more"}}, []string{"devlib", "lib1", "lib2"}, []string{"lib1", "lib2"}},
		{"Poetry, an optional group", "[tool.poetry.group.dev]\noptional = true\n[tool.poetry.group.dev.dependencies]\ndevlib = { path = \"../devlib\" }\n", poetryLock, ".", Settings{}, nil, nil},
	} {
		for use, want := range map[Use][]string{ForTests: test.tests, ForPackage: test.packaged} {
			used, err := Project{Settings: test.settings}.Used(test.pyproject, test.lock, test.at, use)
			var got []string
			for _, l := range used {
				got = append(got, l.Name)
			}
			if slices.Sort(got); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s, use %d: %q, %v, want %q", test.name, use, got, err, want)
			}
		}
	}
}
