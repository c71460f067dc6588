package steps

import "testing"

// Tests that unittest or Django runs are counted in what it prints, and one that failed is told of although its
// command succeeded, as make lets it.
func TestUnittestSummary(t *testing.T) {
	const dashes = "----------------------------------------------------------------------\n"
	const failed = "F.\n======\nFAIL: test_a (tests.test_it.It.test_a)\n" + dashes + "Traceback\n\n" + dashes + "Ran 2 tests in 0.001s\n\nFAILED (failures=1)\n"
	for name, test := range map[string]struct {
		stderr, want string
		failed       bool
	}{
		"passed":      {"...\n" + dashes + "Ran 3 tests in 0.001s\n\nOK\n", "3 tests passed", false},
		"skipped":     {"..s\n" + dashes + "Ran 3 tests in 0.001s\n\nOK (skipped=1)\n", "2 tests passed, 1 skipped", false},
		"Django":      {"Creating test database for alias 'default'...\n.\n" + dashes + "Ran 1 test in 0.001s\n\nOK\nDestroying test database for alias 'default'...\n", "1 test passed", false},
		"two runs":    {dashes + "Ran 3 tests in 0.001s\n\nOK\n" + dashes + "Ran 2 tests in 0.001s\n\nOK (expected failures=1)\n", "5 tests passed", false},
		"not heeded":  {failed + "make: [Makefile:2: test] Error 1 (ignored)\n", "make test succeeded, although 1 of 2 tests failed: tests.test_it.It.test_a", true},
		"of its own":  {failed + dashes + "Ran 3 tests in 0.001s\n\nOK\n", "5 tests passed", false},
		"none":        {dashes + "Ran 0 tests in 0.000s\n\nOK\n", "make test succeeded, and unittest found no tests", false},
		"no unittest": {"3 passed in 1 s\n", "", false},
	} {
		if got := unittestSummary("make test", test.stderr); got.Summary != test.want || got.Failed != test.failed {
			t.Errorf("%s: %q (failed: %v), want %q", name, got.Summary, got.Failed, test.want)
		}
	}
}
