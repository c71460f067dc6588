package project

import "testing"

func TestVersionTool(t *testing.T) {
	for text, want := range map[string]string{
		"[project]\nname = \"a\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"setuptools>=80\", \"setuptools_scm[toml]>=8\"]\nbuild-backend = \"setuptools.build_meta\"\n":                                              "setuptools-scm",
		"[project]\nname = \"a\"\nversion = \"1.0\"\n[build-system]\nrequires = [\"setuptools-scm\"]\nbuild-backend = \"setuptools.build_meta\"\n":                                                                                 "", // it finds files alone
		"[project]\nname = \"a\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\nbuild-backend = \"hatchling.build\"\n[tool.hatch.version]\nsource = \"vcs\"\n":                               "hatch-vcs",
		"[project]\nname = \"a\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\nbuild-backend = \"hatchling.build\"\n[tool.hatch.version]\npath = \"a.py\"\n":                                "",
		"[project]\nname = \"a\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"hatchling\", \"uv-dynamic-versioning\"]\nbuild-backend = \"hatchling.build\"\n[tool.hatch.version]\nsource = \"uv-dynamic-versioning\"\n": "uv-dynamic-versioning",
		"[tool.poetry]\nname = \"a\"\nversion = \"0.0.0\"\n[tool.poetry-dynamic-versioning]\nenable = true\n":                                                                                                                      "poetry-dynamic-versioning",
		"[tool.poetry]\nname = \"a\"\nversion = \"0.0.0\"\n[tool.poetry-dynamic-versioning]\nenable = false\n":                                                                                                                     "",
		"[project]\nname = \"a\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"pdm-backend\"]\nbuild-backend = \"pdm.backend\"\n[tool.pdm.version]\nsource = \"scm\"\n":                                                  "pdm-backend",
	} {
		d, err := ReadDistribution(text)
		if err != nil || d.FromGit != want {
			t.Errorf("%q: %q, %v, want %q", text, d.FromGit, err, want)
		}
		if d.FromGit != "" && d.Version != "" {
			t.Errorf("%q: the version %q stands for another", text, d.Version)
		}
	}
}

func TestClonesOverSSH(t *testing.T) {
	for text, want := range map[string]string{
		"[package.source]\ntype = \"git\"\nurl = \"git@github.com:team/x.git\"\nreference = \"main\"\n":      "git@github.com:team/x.git", // Poetry's
		"[package.source]\ntype = \"git\"\nurl = \"ssh://git@example.com:2222/team/x.git\"\n":                "ssh://git@example.com:2222/team/x.git",
		"source = { git = \"ssh://git@example.com/x.git?rev=v1#0123\" }\n":                                   "ssh://git@example.com/x.git",      // uv's
		"x @ git+ssh://git@example.com/x.git@0123 ; python_version > '3'\n":                                  "ssh://git@example.com/x.git@0123", // pip's
		"vcs = { type = \"git\", url = \"ssh://example.com/x.git\" }\n":                                      "ssh://example.com/x.git",
		"source = { git = \"https://git@example.com/x.git\" }\n":                                             "",
		"x @ git+https://oauth2:a@example.com/x.git\n":                                                       "",
		"authors = [\"A <a@example.com>\", \"a@example.com\"]\nsource = { git = \"https://example.com/x\" }": "",
		"# see ssh://git@example.com/x.git\n":                                                                "", // nothing is cloned
	} {
		if got := ClonesOverSSH(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestRelease(t *testing.T) {
	for version, want := range map[string]string{
		"1.2.4.dev5+g0123abc": "1.2.4", "1.2.3.post4.dev0+g0123abc": "1.2.3", "1.2.3": "1.2.3", "1.2.3rc1": "1.2.3rc1", "1.2.3+d20260101": "1.2.3", "": "",
	} {
		if got := Release(version); got != want {
			t.Errorf("%q is of release %q, want %q", version, got, want)
		}
		if version != "" && !IsVersion(version) {
			t.Errorf("%q is no version", version)
		}
	}
	for _, text := range []string{"", "v1.2", "1.2.3-4-gabc", "1.2 3"} {
		if IsVersion(text) {
			t.Errorf("%q is a version", text)
		}
	}
}

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
