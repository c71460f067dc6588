package steps

import (
	"strings"
	"testing"
)

const mixed = `<?xml version="1.0"?><testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="5">
<testcase classname="tests.test_a" name="test_ok"/>
<testcase classname="tests.test_a" name="test_wrong"><failure message="x">y</failure></testcase>
<testcase classname="" name="tests/test_b.py"><error message="x">y</error></testcase>
<testcase classname="tests.test_a" name="test_later"><skipped/></testcase>
</testsuite></testsuites>`

func TestTestSummary(t *testing.T) {
	const passed = `<testsuites><testsuite tests="4" skipped="1"/><testsuite tests="3"/></testsuites>`
	const nested = `<testsuites tests="3"><testsuite name="all" tests="3"><testsuite tests="2" skipped="1"/><testsuite tests="1"/></testsuite></testsuites>`
	for _, test := range []struct{ junit, cobertura, want string }{
		{passed, "", "6 tests passed, 1 skipped"},
		{nested, "", "2 tests passed, 1 skipped"},
		{`<testsuite tests="2" failures="0"><testcase name="a"/><testcase name="b"/></testsuite>`, "", "2 tests passed"},
		{`<testsuite name="a"><testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><skipped/></testcase></testsuite>`, "",
			"make test succeeded, although 1 of 3 tests failed: b, 1 skipped"},
		{`<testsuites><testsuite tests="3"><testsuite tests="2"><testcase name="x"/><testcase name="y"><skipped/></testcase></testsuite><testcase name="z"/></testsuite></testsuites>`, "",
			"2 tests passed, 1 skipped"},
		{mixed, "", "make test succeeded, although 2 of 5 tests failed: tests.test_a.test_wrong, tests/test_b.py, 1 skipped"},
		{`<testsuite tests="3" errors="1"/>`, `<coverage line-rate="1"/>`, "make test succeeded, although 1 of 3 tests failed, coverage 100.0%"},
		{`<testsuites><testsuite tests="2"/></testsuites>`, `<coverage line-rate="0.8761"/>`, "2 tests passed, coverage 87.6%"},
		{`<testsuites><testsuite tests="1"/></testsuites>`, `<coverage line-rate="0.9"/>|<coverage line-rate="0.75"/>`, "1 test passed, coverage 90.0% and 75.0% (2 reports)"},
		{`<testsuite tests="1" errors="1"/>`, "", "make test succeeded, although 1 of 1 test failed"},
		{`<testsuites><testsuite tests="2"/></testsuites>`, `<coverage line-rate="0"/>`, "2 tests passed, coverage 0.0%"},
		{`<testsuites><testsuite tests="2"/></testsuites>`, "<cover", "2 tests passed"},
		{"", "", "make test succeeded; it wrote no JUnit report"},
		{"<testsuites/>", "", "make test succeeded; it wrote no JUnit report"},
		{"no XML", `<coverage line-rate="1"/>`, "make test succeeded; it wrote no JUnit report"},
	} {
		got, failed := TestSummary("make test", test.junit, strings.Split(test.cobertura, "|")...)
		if got != test.want || failed != strings.Contains(test.want, "although") {
			t.Errorf("%q, %q: %q (failed: %v), want %q", test.junit, test.cobertura, got, failed, test.want)
		}
	}
}

func TestFailedTests(t *testing.T) {
	four := `<testsuites><testsuite tests="9">`
	for _, name := range []string{"a", "b", "c", "d"} {
		four += `<testcase classname="m" name="` + name + `"><failure/></testcase>`
	}
	four += `</testsuite></testsuites>`
	for _, test := range []struct{ junit, want string }{
		{mixed, "2 of 5 tests failed: tests.test_a.test_wrong, tests/test_b.py"},
		{`<testsuite tests="2"><testcase name="a"><error/></testcase></testsuite>`, "1 of 2 tests failed: a"},
		{four, "4 of 9 tests failed: m.a, m.b, m.c and 1 more"},
		{`<testsuites><testsuite tests="2"/></testsuites>`, ""},
		{"", ""},
	} {
		if got := FailedTests(test.junit); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestNothingDone(t *testing.T) {
	const skipped = "nox > Running session tests-3.8\nnox > Missing interpreters will error by default on CI systems.\nnox > Session tests-3.8 skipped: Python interpreter 3.8 not found.\n"
	for _, test := range []struct {
		stdout, stderr string
		wrong          bool
	}{
		{"make: Nothing to be done for 'test'.\n", "", true},
		{"make: 'test' is up to date.\n", "", true},
		{"cat test.sh >test \nchmod a+x test\n", "", true},
		{"make: Nothing to be done for 'lint'.\n", "", false},
		{"3 passed\n", "", false},
		{"nox -s tests\n", skipped, true},
		{"nox -s tests\n", skipped + "nox > Session tests-3.12 was successful.\n", false},
	} {
		if err := nothingDone("test", test.stdout, test.stderr); (err != nil) != test.wrong {
			t.Errorf("%q, %q: %v", test.stdout, test.stderr, err)
		}
	}
}

func TestIsCoverage(t *testing.T) {
	for name, want := range map[string]bool{"coverage.xml": true, "coverage-2.xml": true, "coverage-10.xml": true, "junit.xml": false, "coverage.json": false, "coverages.xml": false} {
		if isCoverage(name) != want {
			t.Errorf("%q: %v, want %v", name, !want, want)
		}
	}
}
