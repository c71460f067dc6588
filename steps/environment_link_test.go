package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A broken symbolic link is reported with its path and its target.
func TestBrokenLinksAreNoted(t *testing.T) {
	at, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "svc/src"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"svc/common": "../common", "svc/src/there": "..", "svc/src/util.py": "../../shared/util.py", "svc/src/readme.md": "../README.md"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	python := exec.Command("python3", "-c", "import command; command.note_broken_links()")
	python.Dir, python.Env = filepath.Join(dir, "svc"), append(os.Environ(), "PYTHONPATH="+at, "PYTHONDONTWRITEBYTECODE=1")
	out, err := python.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"common is a link to ../common,", "src/util.py is a link to ../shared/util.py,"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	if strings.Contains(string(out), "there") {
		t.Errorf("a link that leads somewhere is told of: %s", out)
	}
	if strings.Contains(string(out), "readme") {
		t.Errorf("a link to what is not in the project itself is told of: %s", out)
	}
}

// A git submodule that was not fetched is an empty directory, or none.
func TestEmptySubmodulesAreNoted(t *testing.T) {
	at, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	dir := tree(t, map[string]string{
		".gitmodules":          "[submodule \"a\"]\n\tpath = svc/tests/suite\n\turl = x\n[submodule \"b\"]\n\tpath = svc/there\n[submodule \"c\"]\n\tpath=svc/gone\n[submodule \"d\"]\n\tpath = other\n",
		"svc/there/file":       "",
		"svc/tests/test_it.py": "",
	})
	if err := os.Mkdir(filepath.Join(dir, "svc/tests/suite"), 0o755); err != nil {
		t.Fatal(err)
	}
	python := exec.Command("python3", "-c", "import sys, command; command.SOURCE = sys.argv[1]; command.note_submodules()", dir)
	python.Dir, python.Env = filepath.Join(dir, "svc"), append(os.Environ(), "PYTHONPATH="+at, "PYTHONDONTWRITEBYTECODE=1")
	out, err := python.CombinedOutput()
	if want := "pipeline: note: tests/suite is a git submodule that was not fetched\npipeline: note: gone is a git submodule that was not fetched\n"; err != nil || string(out) != want {
		t.Errorf("%v: %s, want %s", err, out, want)
	}
}

// A command in the project's own .venv is the installed environment's, whether it is called
// by its relative path, by a variable, or by its full path.
func TestEnvironmentsAreLinked(t *testing.T) {
	at, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		makefile, command string
		there             string
		want              []string
	}{
		"activated":      {makefile: "test:\n\t. .venv/bin/activate && pytest\n", want: []string{".venv"}},
		"by a variable":  {makefile: "V ?= venv\ntest: $V/bin/activate\n\t$V/bin/pytest\n$V/bin/activate:\n\tpython3 -m venv $V\n", want: []string{"venv again"}},
		"its whole path": {makefile: "test:\n\t@$(CURDIR)/.venv/bin/python -m pytest\n", want: []string{".venv"}},
		"the table's":    {command: "./.venv/bin/python -m pytest", want: []string{".venv"}},
		"a table's make": {makefile: "check:\n\tPATH=.venv/bin/:$$PATH pytest\n", command: "make check", want: []string{".venv"}},
		"another's":      {makefile: "test:\n\t../.venv/bin/pytest /opt/venv/bin/x tools/env/bin/y\n"},
		"made each time": {makefile: "test:\n\tpython3 -m venv .venv\n\t.venv/bin/pytest\n", want: []string{".venv again"}},
		"made by uv":     {makefile: "test:\n\tuv venv .venv\n\t.venv/bin/pytest\n"},
		"made anew":      {makefile: "test:\n\tpython3 -m venv --clear .venv\n\t.venv/bin/pytest\n"},
		"not named":      {makefile: "clean:\n\t.venv/bin/x\ntest:\n\tpytest\n"},
		"there already":  {makefile: "test:\n\t.venv/bin/pytest\n", there: ".venv"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if test.there != "" {
				if err := os.Mkdir(filepath.Join(dir, test.there), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(dir, "Makefile"), []byte(test.makefile), 0o644); err != nil {
				t.Fatal(err)
			}
			python := exec.Command("python3", "-c", "import sys, command; command.link_environments(command.chosen(sys.argv[1], 'test'))", test.command)
			python.Dir, python.Env = dir, append(os.Environ(), "PYTHONPATH="+at, "PYTHONDONTWRITEBYTECODE=1")
			if out, err := python.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var got []string
			for _, name := range []string{".venv", "env", "venv"} {
				if to, err := os.Readlink(filepath.Join(dir, name)); err == nil && strings.HasPrefix(to, "/") {
					got = append(got, name)
				} else if _, err := os.Stat(filepath.Join(dir, name, "bin/activate")); err == nil {
					got = append(got, name+" again")
					over := exec.Command("python3", "-m", "venv", "--without-pip", name)
					over.Dir = dir
					if out, err := over.CombinedOutput(); err != nil {
						t.Errorf("the project can not make it again: %s", out)
					}
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// Where there is no pytest, the error names the command that runs the tests without it.
func TestCommandWithoutPytest(t *testing.T) {
	at, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	const test = "import unittest\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"Django":           {map[string]string{"manage.py": "", "shop/tests.py": test}, "python manage.py test"},
		"beside the code":  {map[string]string{"tests.py": test}, "python -m unittest discover"},
		"a package":        {map[string]string{"tests/__init__.py": "", "tests/unit/test_a.py": "from unittest import TestCase\n"}, "python -m unittest discover"},
		"a directory":      {map[string]string{"tests/test_a.py": test}, "python -m unittest discover -s tests"},
		"one further down": {map[string]string{"tests/unit/test_a.py": test}, "python -m unittest discover -s tests/unit"},
		"pytest's":         {map[string]string{"tests/test_a.py": "import pytest\n"}, ""},
		"an environment":   {map[string]string{".venv/lib/test_a.py": test, "venv/lib/test_a.py": test}, ""},
	} {
		python := exec.Command("python3", "-c", "import command; print(command.without_pytest())")
		python.Dir, python.Env = tree(t, c.files), append(os.Environ(), "PYTHONPATH="+at, "PYTHONDONTWRITEBYTECODE=1")
		if out, err := python.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != c.want {
			t.Errorf("%s: %v, %q, want %q", name, err, out, c.want)
		}
	}
}
