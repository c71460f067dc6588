package generate

import (
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	ci "dagger/pipeline/examples/ci"
	"dagger/pipeline/project"
)

// tree is a source in memory. A text that begins with an arrow is a link, which leads out of it.
type tree map[string]string

func (t tree) Text(name string) (string, bool, error) {
	text, there := t[name]
	return text, there && !strings.HasPrefix(text, "-> "), nil
}

func (t tree) Link(name string) (bool, error) { return strings.HasPrefix(t[name], "-> "), nil }

func (t tree) Names(dir string) (out []string, err error) {
	for name := range t {
		rest, below := name, true
		if dir != "." {
			rest, below = strings.CutPrefix(name, dir+"/")
		}
		if first, _, deeper := strings.Cut(rest, "/"); below {
			if deeper {
				first += "/"
			}
			out = append(out, first)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// small is a project that lacks nothing but the CI system's file.
func small(more tree) tree {
	t := tree{"pyproject.toml": "[project]\nname = \"shop\"\n", "uv.lock": "name = \"pytest\"\n", "infra/main.tf": ""}
	maps.Copy(t, more)
	return t
}

func begin(t *testing.T, source tree, asked Asked) Changes {
	t.Helper()
	if asked.Project == "" {
		asked.Project = "."
	}
	out, err := Begin(source, asked)
	if err != nil {
		t.Fatal(err)
	}
	// What is there after it is complete.
	written := maps.Clone(source)
	maps.Copy(written, out.Files)
	again, err := Begin(written, asked)
	if err != nil || len(again.Files) > 0 {
		t.Errorf("a second time: %q, %v", again.Files, err)
	}
	return out
}

func example(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(path.Join("../examples/ci", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is written is the example, at the place that its first line names, and each call has the pipeline's address where that is known.
func TestFilesAreTheExamples(t *testing.T) {
	known := 0
	for _, s := range systems {
		bare := begin(t, small(nil), Asked{System: s.name, Settled: true})
		pinned := begin(t, small(nil), Asked{System: s.name, Settled: true, Module: "github.com/acme/pipeline"})
		if bare.Files[".gitignore"] != "/pipeline-results/\n" || len(bare.Files) != len(s.files)+1 || len(bare.Notes) != 1 || len(pinned.Notes) != 0 {
			t.Errorf("%s: %q, %q, %q", s.name, slices.Collect(maps.Keys(bare.Files)), bare.Notes, pinned.Notes)
		}
		for _, f := range s.files {
			known++
			want := example(t, f.example)
			if first, _, _ := strings.Cut(want, "\n"); !regexp.MustCompile(`: ` + regexp.QuoteMeta(f.path) + `($|[ ,.;])`).MatchString(first) {
				t.Errorf("%s: the first line does not name %q: %s", f.example, f.path, first)
			}
			if bare.Files[f.path] != want {
				t.Errorf("%s differs:\n%s", f.example, bare.Files[f.path])
			}
			text := pinned.Files[f.path]
			if strings.Contains(text, "DAGGER_MODULE") || strings.Contains(text, "dagger call") || strings.Contains(text, "YOUR-GROUP") {
				t.Errorf("%s with an address:\n%s", f.example, text)
			}
			if calls := strings.Count(want, "dagger call"); s.name != "gitlab" && strings.Count(text, "dagger -m github.com/acme/pipeline@"+ci.Version+" call") != calls {
				t.Errorf("%s: not all of %d calls have the address:\n%s", f.example, calls, text)
			}
		}
	}
	if all, err := ci.Files.ReadDir("."); err != nil || len(all) != known {
		t.Errorf("%d of %d examples are written: %v", known, len(all), err)
	}
}

func TestSystemIsTheOneThatIsThere(t *testing.T) {
	for file, want := range map[string]string{
		"README.md": ".gitlab-ci.yml", ".github/workflows/lint.yml": ".github/workflows/pipeline.yml", ".circleci/x": ".circleci/config.yml", ".buildkite/x": ".buildkite/pipeline.yml",
	} {
		if out := begin(t, small(tree{file: ""}), Asked{Settled: true}); out.Files[want] == "" {
			t.Errorf("%s: %q", file, out.Files)
		}
	}
	out := begin(t, small(nil), Asked{System: "none", Settled: true})
	if len(out.Files) != 1 || out.Files[".gitignore"] == "" {
		t.Errorf("none: %q", out.Files)
	}
	_, err := Begin(small(nil), Asked{System: "teamcity", Project: "."})
	if err == nil || !strings.HasSuffix(err.Error(), `there is no "teamcity": use gitlab, github, jenkins, circleci, azure, bitbucket, buildkite or none`) {
		t.Errorf("%v", err)
	}
}

// A file that is there stays, whatever is in it; only where it does not call the pipeline is it said what to add.
func TestFilesThatAreThereStay(t *testing.T) {
	for _, s := range systems {
		other, edited := tree{".gitignore": "pipeline-results\n"}, tree{".gitignore": "pipeline-results\n"}
		for _, f := range s.files {
			other[f.path], edited[f.path] = "stages: [lint]\n", strings.ReplaceAll(example(t, f.example), group, "ours")+"# edited\n"
		}
		out := begin(t, small(other), Asked{Settled: true})
		if len(out.Files) > 0 || len(out.Notes) != len(s.files) || !strings.Contains(out.Notes[0], s.files[0].path+": is there and stays as it is") {
			t.Errorf("%s: %q, %q", s.name, out.Files, out.Notes)
		}
		out = begin(t, small(edited), Asked{Settled: true})
		if len(out.Files) > 0 || len(out.Notes) > 0 {
			t.Errorf("%s, edited: %q, %q", s.name, out.Files, out.Notes)
		}
	}
}

func TestIgnored(t *testing.T) {
	for before, after := range map[string]string{
		"": "/pipeline-results/\n", "dist": "dist\n/pipeline-results/\n", "pipeline-results/\n": "", "**/pipeline-results": "", "/pipeline-results \r\n": "",
		"my-pipeline-results\n": "my-pipeline-results\n/pipeline-results/\n",
	} {
		if got := begin(t, small(tree{".gitignore": before}), Asked{Settled: true}).Files[".gitignore"]; got != after {
			t.Errorf("%q: %q, want %q", before, got, after)
		}
	}
}

// Nothing that the caller or a file of the repository gives can become a command or a key of the CI system's file.
func TestNoOtherTextGetsIntoTheFile(t *testing.T) {
	for _, asked := range []Asked{{Project: "a b"}, {Project: "a;b"}, {Project: "-x"}, {Project: ".", Module: "github.com/a/pipeline@v1; id"}, {Project: ".", Module: "github.com/a/pipeline@v1\nx: y"}} {
		if out, err := Begin(small(nil), asked); err == nil {
			t.Errorf("%+v: %q", asked, out.Files)
		}
	}
	if _, err := Begin(small(tree{"dagger.json": `{"toolchains": [{"name": "pipeline", "source": "github.com/a/pipeline@$(id)"}]}`}), Asked{Project: "."}); err == nil {
		t.Error("an address of dagger.json with a command is taken")
	}
}

// In a larger repository the calls name the project; package says what the build gives.
func TestSettingsOfTheFile(t *testing.T) {
	service := tree{"services/shop/pyproject.toml": "[project]\nname = \"shop\"\n[tool.pipeline.package]\nartifacts = [\"a.zip\", \"b.zip\"]\n", "uv.lock": "pytest"}
	out := begin(t, service, Asked{Project: "services/shop", Settled: true})
	if text := out.Files[".gitlab-ci.yml"]; !strings.HasSuffix(text, "      package: files\n      flags: --project=services/shop\n") || out.Files[".gitignore"] == "" {
		t.Errorf("%s", text)
	}
	out = begin(t, service, Asked{System: "github", Project: "services/shop", Settled: true})
	if text := out.Files[".github/workflows/pipeline.yml"]; !strings.Contains(text, "PIPELINE_FLAGS: --project=services/shop --state-bucket=") {
		t.Errorf("%s", text)
	}
	image := small(tree{"pyproject.toml": "[project]\nname = \"shop\"\n[tool.pipeline.package.image]\n"})
	if text := begin(t, image, Asked{Settled: true}).Files[".gitlab-ci.yml"]; !strings.HasSuffix(text, "      package: none\n") {
		t.Errorf("%s", text)
	}
}

// Each table that is added can be read, and says what was not known.
func TestTable(t *testing.T) {
	const named = "[project]\nname = \"shop\"" // the line does not end
	for name, test := range map[string]struct {
		source tree
		asked  Asked
		roots  []string
		notes  []string
	}{
		"nothing missing": {small(nil), Asked{Settled: true}, nil, nil},
		"several roots":   {small(tree{"pyproject.toml": named}), Asked{Roots: []string{"deploy/api", "deploy/worker"}}, []string{"deploy/api", "deploy/worker"}, nil},
		"roots are named": {small(tree{"pyproject.toml": named + "\n[tool.pipeline.terraform]\nroots = [\"a\"]\n"}), Asked{Roots: []string{"a", "b"}}, []string{"a"}, nil},
		"no Terraform":    {tree{"pyproject.toml": named, "uv.lock": "pytest"}, Asked{}, nil, []string{"no Terraform files"}},
		"no tests":        {small(tree{"uv.lock": "", "tests/test_a.py": "def test_a(): ...\n"}), Asked{Settled: true}, nil, []string{"no tests are known"}},
		"make test":       {small(tree{"uv.lock": "", "Makefile": ".PHONY: test\ncheck test: build\n"}), Asked{Settled: true}, nil, nil},
		"make test-all":   {small(tree{"uv.lock": "", "Makefile": "test-all: build\ntest = x\n"}), Asked{Settled: true}, nil, []string{"no tests are known"}},
		"no lock file":    {tree{"pyproject.toml": named}, Asked{Settled: true}, nil, []string{"no lock file"}},
		"no name":         {tree{"requirements.txt": "pytest==8\n"}, Asked{Settled: true}, nil, []string{"the project has no name"}},
		"no Python":       {tree{"main.go": ""}, Asked{}, nil, []string{"no Python project in \".\"", "no Terraform files"}},
		"other form":      {small(tree{"pyproject.toml": "tool = {pipeline = {python = \"3.12\"}}\n" + named}), Asked{Roots: []string{"a", "b"}}, nil, []string{"add to its table"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.asked.System = noSystem
			out := begin(t, test.source, test.asked)
			text := test.source["pyproject.toml"]
			if written, there := out.Files["pyproject.toml"]; there {
				if !strings.HasPrefix(written, strings.TrimSpace(text)) {
					t.Errorf("what was there is not kept:\n%s", written)
				}
				text = written
			}
			p, err := project.Parse(text)
			if err != nil || fmt.Sprint(p.Settings.Terraform.Roots) != fmt.Sprint(test.roots) {
				t.Errorf("%v\n%s", err, text)
			}
			if len(out.Notes) != len(test.notes) {
				t.Fatalf("notes %q, want %q", out.Notes, test.notes)
			}
			for i, note := range test.notes {
				if !strings.Contains(out.Notes[i], note) || strings.Contains(out.Notes[i], "\n") {
					t.Errorf("note %q, want %q", out.Notes[i], note)
				}
			}
		})
	}
}

// A Makefile is written only where one is asked for and none is there.
func TestMakefile(t *testing.T) {
	if out := begin(t, small(nil), Asked{Settled: true}); out.Files["Makefile"] != "" {
		t.Error("a Makefile that nobody asked for")
	}
	out := begin(t, small(nil), Asked{Settled: true, Makefile: true})
	if text := out.Files["Makefile"]; !strings.HasSuffix(text, "\ntest: ## run the tests\n\tpython -m pytest\n") || !testTarget.MatchString(text) {
		t.Errorf("%s", text)
	}
	out = begin(t, small(tree{"makefile": "build:\n\ttrue\n"}), Asked{System: noSystem, Settled: true, Makefile: true})
	if out.Files["Makefile"] != "" || len(out.Notes) > 0 {
		t.Errorf("%q, %q", out.Files, out.Notes)
	}
}
