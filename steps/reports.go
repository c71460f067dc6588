package steps

import (
	"encoding/xml"
	"fmt"
	"strings"

	"dagger/pipeline/note"
	"dagger/pipeline/printable"
	"dagger/pipeline/tell"
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

// TestSummary turns the JUnit and the Cobertura reports of a successful command into
// one line; there may be none of them. Failed reports whether tests failed anyway: a command
// such as `pytest; coverage report` has the exit code of its last part.
func TestSummary(command, junitXML string, coberturaXML ...string) (line string, failed bool) {
	report := parseJUnit(junitXML)
	if len(report) == 0 {
		return command + " succeeded; it wrote no JUnit report", false
	}
	tests, bad, skipped := report.tests()
	line = printable.Count(tests-skipped, "test") + " passed"
	if bad > 0 {
		why := report.failedLine()
		if why == "" {
			why = fmt.Sprintf("%d of %s failed", bad, printable.Count(tests, "test"))
		}
		line = command + " succeeded, although " + why
	}
	if skipped > 0 {
		line += fmt.Sprintf(", %d skipped", skipped)
	}
	if all := coverage(coberturaXML); len(all) > 0 {
		line += ", coverage " + note.Percents(all, "%.1f%%")
	}
	return line, bad > 0
}

// coverage is the share of lines that each Cobertura report says were run, in percent.
func coverage(coberturaXML []string) (all []float64) {
	for _, text := range coberturaXML {
		var report struct {
			Rate float64 `xml:"line-rate,attr"`
		}
		if xml.Unmarshal([]byte(text), &report) == nil {
			all = append(all, report.Rate*100)
		}
	}
	return all
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

// shownFailures is how many failed tests are named in an error, and longestTest how much of
// each name: the report has all of it.
const (
	shownFailures = 3
	longestTest   = 80
)

// FailedTests names the tests that failed, or returns "" if the report has
// none.
func FailedTests(junitXML string) string { return parseJUnit(junitXML).failedLine() }

func (j junit) failedLine() string {
	tests, _, _ := j.tests()
	return failedOf(j.failed(), tests)
}

// failedOf is a line with the first of the tests that failed, "" where none did.
func failedOf(failed []string, total int) string {
	if len(failed) == 0 {
		return ""
	}
	var names []string
	for _, name := range failed[:min(len(failed), shownFailures)] {
		names = append(names, note.Line(tell.ShortTo(longestTest, name)))
	}
	more := ""
	if len(failed) > shownFailures {
		more = fmt.Sprintf(" and %d more", len(failed)-shownFailures)
	}
	return fmt.Sprintf("%d of %s failed: %s%s", len(failed), printable.Count(total, "test"), strings.Join(names, ", "), more)
}
