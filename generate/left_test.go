package generate

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Nothing is written through a link or in its place, nor a file that belongs to one behind it; one line tells of it.
func TestLinksStay(t *testing.T) {
	const ignored = ".gitignore"
	for link, test := range map[string]struct {
		asked Asked
		files string
	}{
		".gitlab-ci.yml":                 {Asked{Settled: true}, ignored},
		".github":                        {Asked{Settled: true}, ignored},
		".github/workflows":              {Asked{System: "github", Settled: true}, ignored},
		".github/workflows/pipeline.yml": {Asked{System: "github", Settled: true}, ignored},
		ignored:                          {Asked{System: noSystem, Settled: true}, ""},
		"pyproject.toml":                 {Asked{System: noSystem, Roots: []string{"a", "b"}}, ignored},
		"Makefile":                       {Asked{System: noSystem, Settled: true, Makefile: true}, ignored},
		"services":                       {Asked{System: noSystem, Roots: []string{"a", "b"}, Project: "services/a"}, ignored},
	} {
		out := begin(t, small(tree{link: "-> ../x"}), test.asked)
		notes := slices.DeleteFunc(out.Notes, func(note string) bool { return strings.Contains(note, "is not written alone") })
		if got := strings.Join(slices.Sorted(maps.Keys(out.Files)), " "); got != test.files || len(notes) != 1 || !strings.HasPrefix(notes[0], link+": is a link and stays as it is") {
			t.Errorf("%s: wrote %q, said %q", link, got, out.Notes)
		}
	}
}

// What git is to ignore does not depend on whose the CI system's file is. What ends environments is not written beside another's.
func TestBesideAnothersFile(t *testing.T) {
	for _, s := range systems {
		out := begin(t, small(tree{s.files[0].path: "stages: [lint]\n"}), Asked{Settled: true})
		if len(out.Files) != 1 || out.Files[".gitignore"] != "/pipeline-results/\n" || len(out.Notes) != len(s.files) {
			t.Errorf("%s: wrote %q, said %q", s.name, out.Files, out.Notes)
		}
	}
	ours := example(t, "github.yml")
	out := begin(t, small(tree{".github/workflows/pipeline.yml": ours}), Asked{Settled: true})
	if out.Files[".github/workflows/pipeline-destroy.yml"] == "" {
		t.Errorf("beside ours: %q, %q", out.Files, out.Notes)
	}
}

// As long as it is not known where the pipeline is, that is said.
func TestGroupIsStillThere(t *testing.T) {
	source := small(nil)
	for _, want := range []string{"put it in the place of YOUR-GROUP", "YOUR-GROUP is still in it"} {
		out := begin(t, source, Asked{Settled: true})
		if len(out.Notes) != 1 || !strings.HasPrefix(out.Notes[0], ".gitlab-ci.yml: ") || !strings.Contains(out.Notes[0], want) {
			t.Errorf("%q, want %q", out.Notes, want)
		}
		maps.Copy(source, out.Files)
	}
}

// The example names other files of the CI system as they are called in the repository.
func TestExamplesNameWrittenFiles(t *testing.T) {
	for _, s := range systems {
		for _, f := range s.files {
			for _, other := range s.files {
				if text := example(t, f.example); !strings.HasSuffix(other.path, other.example) && strings.Contains(text, other.example) {
					t.Errorf("%s names %s, which is %s", f.example, other.example, other.path)
				}
			}
		}
	}
	header, _, _ := strings.Cut(example(t, "github.yml"), "\nname:")
	for _, name := range []string{"DAGGER_MODULE", "TF_STATE_BUCKET", "PIPELINE_REGISTRY", " AWS_ROLE_ARN", "AWS_PROTECTED_ROLE_ARN"} {
		if !strings.Contains(header, name) {
			t.Errorf("github.yml does not begin with %s:\n%s", name, header)
		}
	}
}

// Directories with Terraform files beside the one that is taken are told, and no description of a project is made for several.
func TestOtherRootsAreTold(t *testing.T) {
	roots := []string{"infra", "envs/{environment}", "terraform"}
	out := begin(t, small(nil), Asked{System: noSystem, Settled: true, Roots: roots})
	if len(out.Files) != 1 || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], `in "envs/{environment}", "terraform", too, and "infra" alone is deployed`) || !strings.Contains(out.Notes[0], `roots = ["infra", "envs/{environment}", "terraform"]`) {
		t.Errorf("%q, %q", out.Files, out.Notes)
	}
	out = begin(t, tree{"requirements.txt": "pytest\n"}, Asked{System: noSystem, Roots: roots})
	if len(out.Files) != 1 || !strings.Contains(out.Notes[len(out.Notes)-1], "pyproject.toml: is not there, and is not made") {
		t.Errorf("%q, %q", out.Files, out.Notes)
	}
	out = begin(t, small(tree{"pyproject.toml": "[project]\nname = \"shop\"\n[tool.pipeline.terraform]\nroots = [\"infra\"]\n"}), Asked{System: noSystem, Settled: true, Roots: roots})
	if len(out.Notes) > 0 {
		t.Errorf("roots are named: %q", out.Notes)
	}
}
