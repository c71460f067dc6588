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
	got, err := ReadPylock(text)
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
	if none, err := ReadPylock("lock-version = \"1.0\"\n"); err != nil || none.Text != "lock-version = \"1.0\"\n" {
		t.Errorf("%+v, %v", none, err)
	}
	if _, err := ReadPylock("a = 1\n[[packages]]\nname = \n"); err == nil {
		t.Error("a broken file was read")
	}
}
