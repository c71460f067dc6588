package steps

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"dagger/pipeline/printable"
)

var (
	unittestRan  = regexp.MustCompile(`(?m)^Ran (\d+) tests? in `)
	unittestFail = regexp.MustCompile(`(?m)^(?:FAIL|ERROR): (\S+) \(([^)]*)\)`)
	// unittestEnd is how a run ends: how many tests, and its result with the numbers of others than those that passed.
	unittestEnd = regexp.MustCompile(`(?m)^Ran (\d+) tests? in .*\n\s*\n(OK|FAILED|NO TESTS RAN)(?: \((.*)\))?\s*$`)
	skippedOf   = regexp.MustCompile(`\bskipped=(\d+)`)
)

// unittestSummary is the result of a command that succeeded, of what unittest, or Django with it,
// printed: it writes no report. A run that failed last was not heeded. Nothing where none ran.
func unittestSummary(command, stderr string) (p Passed) {
	ends := unittestEnd.FindAllStringSubmatch(stderr, -1)
	if len(ends) == 0 {
		return p
	}
	tests, skipped := 0, 0
	for _, end := range ends {
		n, _ := strconv.Atoi(end[1])
		tests += n
		if m := skippedOf.FindStringSubmatch(end[3]); m != nil {
			n, _ = strconv.Atoi(m[1])
			skipped += n
		}
	}
	last := ends[len(ends)-1]
	switch {
	case last[2] == "FAILED":
		p.Failed = true
		p.Summary = command + " succeeded, although " + failedUnittests(stderr)
	case tests == 0:
		p.Summary = command + " succeeded, and unittest found no tests"
	default:
		p.Summary = printable.Count(tests-skipped, "test") + " passed"
	}
	if skipped > 0 {
		p.Summary += fmt.Sprintf(", %d skipped", skipped)
	}
	return p
}

// failedUnittests names the tests that failed in what unittest printed.
func failedUnittests(stderr string) string {
	ran := unittestRan.FindStringSubmatch(stderr)
	if ran == nil {
		return ""
	}
	var failed []string
	for _, m := range unittestFail.FindAllStringSubmatch(stderr, -1) {
		name := m[2]
		if !strings.HasSuffix(name, "."+m[1]) { // Python before 3.11 names the class alone
			name += "." + m[1]
		}
		failed = append(failed, name)
	}
	total, _ := strconv.Atoi(ran[1])
	return failedOf(failed, total)
}
