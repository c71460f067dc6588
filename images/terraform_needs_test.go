package images

import (
	"slices"
	"strings"
	"testing"
)

func TestBaseForCommands(t *testing.T) {
	for name, test := range map[string]struct {
		needs   Needs
		project string
		want    string
	}{
		"no commands":                {Needs{Minor: 13}, "python:3.13-slim-bookworm", TerraformBase},
		"none of Python":             {Needs{Programs: []string{"bash", "zip"}}, "python:3.13-slim-bookworm", TerraformBase},
		"pip for the functions":      {Needs{Programs: []string{"pip"}, Minor: 13}, "python:3.12.8-slim-bookworm", "python:3.13-slim-bookworm"},
		"Python of the project":      {Needs{Programs: []string{"python3"}}, "python:3.11-slim-bookworm", "python:3.11-slim-bookworm"},
		"a project's own image":      {Needs{Programs: []string{"python3"}}, "registry.example.com/python:1", "python:3.12-slim-bookworm"},
		"a project without a Python": {Needs{Programs: []string{"pip3"}}, "", "python:3.12-slim-bookworm"},
	} {
		if got := test.needs.Base(test.project); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	for base, brings := range map[string]bool{TerraformBase: false, "python:3.13-slim-bookworm": false, "hashicorp/terraform:1.11": true} {
		if BringsTerraform(base) != brings {
			t.Errorf("%s: a Terraform of its own: %v, want %v", base, !brings, brings)
		}
	}
}

func TestPythonOfAnotherVersion(t *testing.T) {
	n := Needs{Programs: []string{"pip"}, Minor: 13}
	if line := n.misfit("3.13"); line != "" {
		t.Errorf("the same: %s", line)
	}
	if line := n.misfit("3.11"); !strings.Contains(line, "has Python 3.11, and the functions of the root modules run on 3.13") {
		t.Errorf("another one: %q", line)
	}
}

func TestToolsForCommands(t *testing.T) {
	without := strings.Join(Terraform{}.tools(), " ")
	with := Terraform{Needs: Needs{Programs: []string{"bash", "pip"}}}.tools()
	if !slices.Contains(with, "bash=bash=bash") || !slices.Contains(with, "pip=python3-pip=py3-pip") || strings.Join(with[:len(with)-2], " ") != without {
		t.Errorf("%v, want bash and pip after %v", with, without)
	}
}
