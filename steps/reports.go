package steps

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"dagger/pipeline/note"
)

// suite is the part of a JUnit report that the summary needs. A report is one suite,
// as some runners write it, or <testsuites> with several, as pytest does; a suite may
// have others in it.
type suite struct {
	Tests     int        `xml:"tests,attr"`
	Failures  int        `xml:"failures,attr"`
	Errors    int        `xml:"errors,attr"`
	Skipped   int        `xml:"skipped,attr"`
	Time      float64    `xml:"time,attr"`
	Timestamp string     `xml:"timestamp,attr"`
	Cases     []testCase `xml:"testcase"`
	Suites    []suite    `xml:"testsuite"`
}

type testCase struct {
	Class   string    `xml:"classname,attr"`
	Name    string    `xml:"name,attr"`
	Time    string    `xml:"time,attr"`
	Failure *struct{} `xml:"failure"`
	Error   *struct{} `xml:"error"`
	Skipped *struct{} `xml:"skipped"`
}

// junit are the suites of a report that have tests of their own.
type junit []suite

// parseJUnit reads a report; one that is none has no suites.
func parseJUnit(text string) (report junit) {
	var root struct {
		XMLName xml.Name
		suite
	}
	if xml.Unmarshal([]byte(text), &root) != nil {
		return nil
	}
	if root.XMLName.Local == "testsuite" {
		return root.suite.flat()
	}
	for _, s := range root.Suites {
		report = append(report, s.flat()...)
	}
	return report
}

// flat are a suite and those in it. What a suite with others counts is what they do.
func (s suite) flat() (all junit) {
	if len(s.Suites) == 0 {
		return junit{s.counted()}
	}
	for _, inner := range s.Suites {
		all = append(all, inner.flat()...)
	}
	if len(s.Cases) > 0 {
		all = append(all, suite{Cases: s.Cases, Timestamp: s.Timestamp}.counted())
	}
	return all
}

// counted is a suite with what its tests come to, where it does not count that itself.
func (s suite) counted() suite {
	if s.Tests == 0 {
		s.Tests = len(s.Cases)
	}
	if s.Failures+s.Errors == 0 {
		s.Failures = len(junit{s}.failed())
	}
	if s.Skipped == 0 {
		for _, c := range s.Cases {
			if c.Skipped != nil {
				s.Skipped++
			}
		}
	}
	return s
}

// tests is how many tests a report has; bad, how many of them failed.
func (j junit) tests() (tests, bad, skipped int) {
	for _, s := range j {
		tests += s.Tests
		bad += s.Failures + s.Errors
		skipped += s.Skipped
	}
	return tests, bad, skipped
}

// TestSummary turns the JUnit and the Cobertura report of a successful command into
// one line; either may be empty. Failed reports whether tests failed anyway: a command
// such as `pytest; coverage report` has the exit code of its last part.
func TestSummary(command, junitXML, coberturaXML string) (line string, failed bool) {
	report := parseJUnit(junitXML)
	if len(report) == 0 {
		return command + " succeeded; it wrote no JUnit report", false
	}
	tests, bad, skipped := report.tests()
	line = fmt.Sprintf("%d tests passed", tests-skipped)
	if bad > 0 {
		why := report.failedLine()
		if why == "" {
			why = fmt.Sprintf("%d of %d tests failed", bad, tests)
		}
		line = command + " succeeded, although " + why
	}
	if skipped > 0 {
		line += fmt.Sprintf(", %d skipped", skipped)
	}
	if rate, ok := coverage(coberturaXML); ok {
		line += fmt.Sprintf(", coverage %.1f%%", rate*100)
	}
	return line, bad > 0
}

// coverage is the share of lines that a Cobertura report says were run.
func coverage(coberturaXML string) (rate float64, ok bool) {
	var report struct {
		Rate float64 `xml:"line-rate,attr"`
	}
	err := xml.Unmarshal([]byte(coberturaXML), &report)
	return report.Rate, err == nil
}

// failed are the names of the tests that failed.
func (j junit) failed() (names []string) {
	for _, s := range j {
		for _, c := range s.Cases {
			if c.Failure != nil || c.Error != nil {
				names = append(names, strings.TrimPrefix(c.Class+"."+c.Name, "."))
			}
		}
	}
	return names
}

// shownFailures is how many failed tests are named in an error.
const shownFailures = 3

// FailedTests names the tests that failed, or returns "" if the report has
// none.
func FailedTests(junitXML string) string { return parseJUnit(junitXML).failedLine() }

func (j junit) failedLine() string {
	var failed []string
	for _, name := range j.failed() {
		failed = append(failed, note.Line(name))
	}
	tests, _, _ := j.tests()
	return failedOf(failed, strconv.Itoa(tests))
}

// failedOf is a line with the first of the tests that failed, "" where none did.
func failedOf(failed []string, total string) string {
	if len(failed) == 0 {
		return ""
	}
	names := failed
	more := ""
	if len(names) > shownFailures {
		names, more = names[:shownFailures], fmt.Sprintf(" and %d more", len(failed)-shownFailures)
	}
	return fmt.Sprintf("%d of %s tests failed: %s%s", len(failed), total, strings.Join(names, ", "), more)
}
