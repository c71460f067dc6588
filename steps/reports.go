package steps

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// junit is the part of a JUnit report that the summary needs. pytest writes one
// suite inside <testsuites>.
type junit struct {
	Suites []struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// TestSummary makes one line of the JUnit and the Cobertura report of a command;
// either may be empty.
func TestSummary(command, junitXML, coberturaXML string) string {
	var report junit
	var tests, skipped int
	if err := xml.Unmarshal([]byte(junitXML), &report); err != nil || len(report.Suites) == 0 {
		return command + " succeeded; it wrote no JUnit report"
	}
	for _, s := range report.Suites {
		tests += s.Tests
		skipped += s.Skipped
	}
	line := fmt.Sprintf("%d tests passed", tests-skipped)
	if skipped > 0 {
		line += fmt.Sprintf(", %d skipped", skipped)
	}
	var coverage struct {
		Rate float64 `xml:"line-rate,attr"`
	}
	if err := xml.Unmarshal([]byte(coberturaXML), &coverage); err == nil {
		line += fmt.Sprintf(", coverage %.1f%%", coverage.Rate*100)
	}
	return line
}

// shownFailures is how many failed tests are named in an error.
const shownFailures = 3

// FailedTests names the tests that failed, or gives "" when the report has
// none.
func FailedTests(junitXML string) string {
	var report junit
	if err := xml.Unmarshal([]byte(junitXML), &report); err != nil {
		return ""
	}
	var failed []string
	total := 0
	for _, s := range report.Suites {
		total += s.Tests
		for _, c := range s.Cases {
			if c.Failure != nil || c.Error != nil {
				failed = append(failed, oneLineOf(strings.TrimPrefix(c.Class+"."+c.Name, ".")))
			}
		}
	}
	return failedOf(failed, strconv.Itoa(total))
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
