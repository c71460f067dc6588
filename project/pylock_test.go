package project

import (
	"slices"
	"strings"
	"testing"
)

// What uv and PDM write of packages of the repository, the project itself among them.
func TestReadPylock(t *testing.T) {
	const text = "lock-version = \"1.0\"\nrequires-python = \">=3.11\"\n" +
		"\n[[packages]]\nname = \"common\"\ndirectory = { path = \"../libs/common\", editable = true }\n" +
		"\n[[packages]]\nname = \"mine\"\n[packages.archive]\npath = \"vendor/mine.whl\"\n" +
		"\n[[packages]]\nname = \"orders\"\n[packages.directory]\npath = \".\"\n" +
		"\n[[packages]]\nname = \"six\"\nversion = \"1.17.0\"\n"
	got, err := ReadPylock("pylock.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Local{{Name: "common", Path: "../libs/common"}, {Name: "mine", Path: "vendor/mine.whl", File: true}}; !slices.Equal(got.Locals, want) {
		t.Errorf("%+v, want %+v", got.Locals, want)
	}
	for name, want := range map[string]bool{"lock-version": true, `"six"`: true, `"mine"`: true, `"common"`: false, `"orders"`: false} {
		if strings.Contains(got.Text, name) != want {
			t.Errorf("%s is in the text: %v\n%s", name, !want, got.Text)
		}
	}
	if got := LockedPython(text); got != ">=3.11" {
		t.Errorf("Python %q", got)
	}
	if none, err := ReadPylock("pylock.toml", "lock-version = \"1.0\"\n"); err != nil || none.Text != "lock-version = \"1.0\"\n" {
		t.Errorf("%+v, %v", none, err)
	}
	if _, err := ReadPylock("pylock.dev.toml", "a = 1\n[[packages]]\nname = \n"); err == nil || !strings.HasPrefix(err.Error(), "reading pylock.dev.toml: ") {
		t.Errorf("a broken file was read: %v", err)
	}
}

// What only tests need is told of where what is deployed would get it.
func TestDevelopment(t *testing.T) {
	const lock = "lock-version = \"1.0\"\n\n[[packages]]\nname = \"boto3\"\n\n[[packages]]\nname = \"moto\"\n\n[[packages]]\nname = \"iniconfig\"\n\n[[packages]]\nname = \"pytest\"\n"
	const pyproject = "[project]\ndependencies = [\"boto3>=1\"]\n[dependency-groups]\ndev = [\"Moto[s3]\", \"boto3\", { include-group = \"lint\" }]\nlint = [\"ruff\"]\n"
	for _, test := range []struct {
		pyproject, lock string
		want            []string
	}{
		{pyproject, lock, []string{"moto", "pytest"}},
		{"", lock, []string{"pytest"}},
		{"[project]\ndependencies = [\"pytest\"]\n", lock, nil},
		{pyproject, "lock-version = \"1.0\"\n\n[[packages]]\nname = \"boto3\"\n", nil},
		{pyproject, "dependency-groups = [\"default\", \"dev\", \"x; rm\"]\n" + lock, nil},
	} {
		if got, err := (Project{}).Development(test.pyproject, test.lock); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q, %v, want %q", got, err, test.want)
		}
	}
}

// A file may tell its packages apart by groups, as PDM's does.
func TestPylockGroups(t *testing.T) {
	got, err := ReadPylock("pylock.toml", "dependency-groups = [\"default\", \"dev\", \"x; rm\"]\ndefault-groups = [\"default\"]\n\n[[packages]]\nname = \"six\"\n")
	if err != nil || !slices.Equal(got.Groups, []string{"default", "dev"}) {
		t.Errorf("%q, %v", got.Groups, err)
	}
}
