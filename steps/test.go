package steps

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// reportsDir is where the test tools write their reports in the app container.
const reportsDir = "/reports"

// Test runs the project's tests.
type Test struct {
	// App is the app container, without the source.
	App *dagger.Container
	// Source is the project.
	Source *dagger.Directory
	// Lock is the text of poetry.lock: it tells whether coverage can be measured.
	Lock string
	// Attempt makes the tests run again when it changes.
	Attempt string
}

var makeTest = []string{"make", "test"}

// run is the one execution that both the verdict and the reports come from. It
// may fail; its reports are kept all the same.
func (t Test) run() *dagger.Container {
	c := t.App.
		WithDirectory(reportsDir, dag.Directory()).
		WithEnvVariable("PYTEST_ADDOPTS", pytestOptions(t.Lock))
	if t.Attempt != "" {
		c = c.WithEnvVariable("PIPELINE_ATTEMPT", t.Attempt)
	}
	return c.
		WithDirectory(".", t.Source).
		WithExec(makeTest, anyExit)
}

// Run returns a line with the counts and the coverage, or an error with the
// exit code of the tests.
func (t Test) Run(ctx context.Context) (string, error) {
	c := t.run()
	junit, cobertura := readReport(ctx, c, "junit.xml"), readReport(ctx, c, "coverage.xml")
	err := check(ctx, c, makeTest, func(_, stderr string) string {
		if m := missingTarget("test", stderr); m != "" {
			return m
		}
		return FailedTests(junit)
	})
	if err != nil {
		return "", err
	}
	if junit == "" {
		stdout, err := c.Stdout(ctx)
		if err == nil {
			err = nothingDone("test", stdout)
		}
		if err != nil {
			return "", err
		}
	}
	return TestSummary(junit, cobertura), nil
}

// Reports returns the directory with junit.xml and, where the project has
// pytest-cov, coverage.xml. Failing tests are no error here.
func (t Test) Reports() *dagger.Directory {
	return t.run().Directory(reportsDir)
}

// readReport gives a report's text, or "" where the tests wrote none.
func readReport(ctx context.Context, c *dagger.Container, name string) string {
	text, err := c.File(reportsDir + "/" + name).Contents(ctx)
	if err != nil {
		return ""
	}
	return text
}

// pytestOptions asks pytest for reports without a change to the project's
// Makefile. Coverage needs the plugin, which the project may not have.
func pytestOptions(lock string) string {
	options := []string{fmt.Sprintf("--junitxml=%s/junit.xml", reportsDir)}
	if strings.Contains(lock, "\nname = \"pytest-cov\"\n") {
		options = append(options, "--cov", fmt.Sprintf("--cov-report=xml:%s/coverage.xml", reportsDir))
	}
	return strings.Join(options, " ")
}
