package project

import (
	"slices"
	"testing"
)

func TestPathsOut(t *testing.T) {
	for text, want := range map[string][]string{
		"TEST_ENV := @PYTHONPATH=src:tests:../shared/src\n":                 {"../shared/src"},
		"include ../../scripts/python.mk\n\ttest -d ../../scripts/":         {"../../scripts/python.mk", "../../scripts"},
		`packages = [{include = "common", from = "../shared/src"}]`:         {"../shared/src"},
		"testpaths = ['../tests', \"../tests\"]":                            {"../tests"},
		"cd ..\ncd ../.. && ls ../../ ../../..":                             nil,
		"a/../b ...../c from . import x  ${HERE}/../b":                      nil,
		"PYTHONPATH=$(CURDIR)/../shared:$$PWD/../libs {toxinidir}/../tests": {"../shared", "../libs", "../tests"},
		"https://example.com/../x":                                          nil,
	} {
		if got := PathsOut(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
