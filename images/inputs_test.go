package images

import (
	"path"
	"slices"
	"testing"
)

func TestRootPatterns(t *testing.T) {
	for _, test := range []struct {
		dir   string
		roots []string
		said  string // by the settings
		want  string // one of the patterns, "" for none
	}{
		{".", []string{"infra"}, "", "infra/**/*.tf"},
		{"", []string{"deploy/prod"}, "", "deploy/prod/**/*.tf"},
		{"services/a", []string{"services/a/infra"}, "", "infra/**/*.tf"},
		{"services/a", []string{"infra"}, "", ""},
		{"services/a", []string{"services/ab"}, "", ""},
		{".", []string{"infra"}, "check infra/main.tf", ""},
		{".", []string{"infra"}, "files = ['infra/**/*.tf']", ""},
		{".", []string{"infra"}, "cd infra && terraform fmt *.tf", "infra/**/*.tf"},
		{".", []string{"fra"}, "check infra/main.tf", "fra/**/*.tf"},
		{".", []string{"infra"}, "", "infra/**/README.md"},
		{".", []string{"."}, "", ""},
		{".", []string{"../infra"}, "", ""},
	} {
		got := rootPatterns(test.dir, test.roots, test.said)
		if test.want == "" && len(got) > 0 || test.want != "" && !slices.Contains(got, test.want) {
			t.Errorf("%q, %q: %q, want %q", test.dir, test.roots, got, test.want)
		}
	}
}

// What a function beside Terraform's files reads, such as a prompt, is there.
func TestRootsKeepDocuments(t *testing.T) {
	for _, pattern := range rootPatterns(".", []string{"terraform"}, "") {
		for _, name := range []string{"prompts/system.md", "a.md", "SYSTEM_README.md"} {
			if matched, err := path.Match(path.Base(pattern), path.Base(name)); err != nil || matched {
				t.Errorf("%s leaves out %s: %v", pattern, name, err)
			}
		}
	}
}

func TestDocument(t *testing.T) {
	for name, want := range map[string]bool{
		"README.md": true, "CHANGES.rst": true, "readme.MD": true, "notes.txt": false,
		"README.de.md": true, "CHANGELOG-2025.md": true, "Code_of_Conduct.md": true, "CONTRIBUTING.rst": true, "release-notes.md": true,
		"SYSTEM_PROMPT.md": false, "prompt.md": false, "template.rst": false, "readmes.md": false, "todolist.md": false, "README.md.j2": false, "security_prompt.txt": false,
		"LICENSE.md": false, "LICENCE.rst": false, "COPYING.md": false, "NOTICE.md": false, "AUTHORS.rst": false,
	} {
		if got := document(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestNamed(t *testing.T) {
	for text, want := range map[string]bool{
		`readme = "USAGE.md"`:              true,
		"addopts = --doctest-glob=*.md":    true,
		`Sybil(patterns=["*.md"])`:         true,
		`if path.suffix == ".md":`:         true,
		"addopts = --markdown-docs -q":     true,
		"addopts = --doctest-glob='*.rst'": false,
		`readme = "README.md"`:             false,
		"":                                 false,
	} {
		if got := named(text, "USAGE.md"); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestTerraformReader(t *testing.T) {
	for text, want := range map[string]bool{
		"[[package]]\nname = \"checkov\"\nversion = \"3\"\n": true,
		`"python-hcl2": {"version": "==7"}`:                  true,
		"tftest\n":                                           true,
		"six==1\nsemgrep[all]>=1 # checks\n":                 true,
		"checkov-not==1\nmy-tftest==2\n":                     false,
		"# of checkovs\n":                                    false,
	} {
		if terraformReader.MatchString(text) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}
