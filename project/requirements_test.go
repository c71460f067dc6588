package project

import (
	"reflect"
	"testing"
)

// Wheels and archives of the repository are installed as they are; a directory is a
// package whose source is not there yet.
func TestRequirementsByPath(t *testing.T) {
	for text, want := range map[string]Requirements{
		"./vendor/foo-1.0-py3-none-any.whl":                                       {Files: []string{"./vendor/foo-1.0-py3-none-any.whl"}},
		"foo[fast, slow] @ file:vendor/foo-1.0-py3-none-any.whl":                  {Files: []string{"vendor/foo-1.0-py3-none-any.whl"}},
		"foo @ ./libs/foo":                                                        {Locals: []LocalRequired{{Path: "./libs/foo"}}},
		"foo[x] @ file:libs/foo ; python > 3":                                     {Locals: []LocalRequired{{Path: "libs/foo", Extras: []string{"x"}}}},
		"foo @ https://example.com/foo.whl":                                       {},
		"foo @ git+ssh://git@example.com/g":                                       {},
		"foo @ file:///opt/foo.whl":                                               {},
		`foo==1 --global-option="build_ext" --global-option="-I/usr/include/foo"`: {},
		"./libs/foo --config-settings=a=b/c":                                      {Locals: []LocalRequired{{Path: "./libs/foo"}}},
		"--find-links=./wheels":                                                   {Links: []string{"./wheels"}},
	} {
		r := ReadRequirements(text + "\n")
		if len(r.Locals) > 0 != (r.Text == "") {
			t.Errorf("%q leaves %q to pip", text, r.Text)
		}
		if r.Text, r.Hashes = "", false; !reflect.DeepEqual(r, want) {
			t.Errorf("%q: %+v, want %+v", text, r, want)
		}
	}
}

// A branch that is cloned may be another commit tomorrow.
func TestRequirementsWithHashes(t *testing.T) {
	for text, want := range map[string]bool{
		"six==1 --hash=sha256:00\n": true,
		"six==1\n":                  false,
		"-e git+https://example.com/x.git@main#egg=x\n":               false,
		"--index-url https://example.com\n-r more.txt\n-e ./libs/x\n": true,
	} {
		if got := ReadRequirements(text).Hashes; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
