package project

import "testing"

func TestClones(t *testing.T) {
	for text, want := range map[string]bool{
		"[package.source]\ntype = \"git\"\nurl = \"https://git.example.com/a.git\"\n":              true,
		"source = { git = \"https://git.example.com/a?rev=v1#0123\" }\n":                           true,
		"vcs = { type = \"git\", url = \"https://git.example.com/a\", commit-id = \"0123\" }\n":    true,
		"a @ git+ssh://git@git.example.com/a.git@0123\n":                                           true,
		"[package.source]\ntype = \"legacy\"\nurl = \"https://example.com/git/simple\"\n":          false,
		"[[package]]\nname = \"git\"\nfiles = [{file = \"gitpython-3.whl\", hash = \"sha256\"}]\n": false,
	} {
		if got := Clones(text); got != want {
			t.Errorf("%q clones: %v, want %v", text, got, want)
		}
	}
}
