package steps

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"dagger/pipeline/note"
)

// junit is the part of a JUnit report that the summary needs. pytest writes one
// suite inside <testsuites>.
type junit struct {
	Suites []struct {
		Tests     int     `xml:"tests,attr"`
		Failures  int     `xml:"failures,attr"`
		Errors    int     `xml:"errors,attr"`
		Skipped   int     `xml:"skipped,attr"`
		Time      float64 `xml:"time,attr"`
		Timestamp string  `xml:"timestamp,attr"`
		Cases     []struct {
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
	if rate, ok := coverage(coberturaXML); ok {
		line += fmt.Sprintf(", coverage %.1f%%", rate*100)
	}
	return line
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
	for _, s := range j.Suites {
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

// FailedTests names the tests that failed, or gives "" when the report has
// none.
func FailedTests(junitXML string) string {
	var report junit
	if err := xml.Unmarshal([]byte(junitXML), &report); err != nil {
		return ""
	}
	var failed []string
	for _, name := range report.failed() {
		failed = append(failed, note.Line(name))
	}
	total := 0
	for _, s := range report.Suites {
		total += s.Tests
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
