package steps

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/tell"
	"dagger/pipeline/trust"
)

// Places in the app container: the reports of a run, and the volume with those
// of runs that failed. python/records.py and python/reports.py know them.
const (
	reportsDir = outDir + "/reports"
	recordsDir = "/var/lib/pipeline-reports"
)

// Test runs the project's tests.
type Test struct {
	// App is the app container with the source.
	App *dagger.Container
	// Settings are the project's settings for its tests.
	Settings project.Test
	// Secrets are more variables, by their names.
	Secrets map[string]*dagger.Secret
	// Services run while the tests do.
	Services []Service
	// Project and Trust say whose failed runs are kept together.
	Project string
	Trust   trust.Level
	// Attempt makes the tests run again when it changes.
	Attempt string
	// Seen gets the results from the reports.
	Seen *Seen
	// Install says how a package gets installed, "" where the project's file tells nothing of it.
	Install func(name string) string
}

// ready is the app container with all that a run of the tests depends on.
func (t Test) ready(forget bool) *dagger.Container {
	secrets := slices.Sorted(maps.Keys(t.Secrets))
	var services []string
	for _, s := range t.Services {
		services = append(services, s.Key)
	}
	c := t.App.
		With(spec{
			Command: t.Settings.Command, Reports: t.Settings.Reports, Variables: t.Settings.Variables,
			Secrets: secrets, Services: services, Attempt: t.Attempt, Forget: forget,
		}.on).
		WithMountedCache(recordsDir, dag.CacheVolume(strings.Join([]string{"reports of failed tests", string(t.Trust.Writes()), t.Project}, " ")))
	for _, name := range slices.Sorted(maps.Keys(t.Settings.Variables)) {
		c = c.WithEnvVariable(name, t.Settings.Variables[name])
	}
	for _, name := range secrets {
		c = c.WithSecretVariable(name, t.Secrets[name])
	}
	return c
}

// run is the one execution that both the verdict and the reports come from. One
// that fails is no result: its reports are kept in a volume.
func (t Test) run() *dagger.Container {
	return t.ready(false).With(bind(t.Services)).WithExec(runProject("test"))
}

// Passed is the result of tests that succeeded.
type Passed struct {
	// Summary is a line with the counts and the coverage.
	Summary string
	// Failed reports that tests failed although their command succeeded.
	Failed bool
	// Container is the container that they ran in.
	Container *dagger.Container
}

// Run returns the tests' result, or an error with their exit code.
func (t Test) Run(ctx context.Context) (Passed, error) {
	c, err := t.run().Sync(ctx)
	if err != nil {
		return Passed{}, t.failed(ctx, err)
	}
	junit, cobertura, stderr, err := read(ctx, c)
	if err != nil {
		return Passed{}, err
	}
	t.Seen.tests(junit, cobertura...)
	if junit == "" {
		stdout, err := c.Stdout(ctx)
		if err == nil {
			err = nothingDone("test", stdout, stderr)
		}
		if err != nil {
			return Passed{}, err
		}
	}
	out := Passed{Container: c}
	out.Summary, out.Failed = TestSummary(t.name(stderr), junit, cobertura...)
	if strings.Contains(stderr, cutShort) {
		out.Summary, out.Failed = t.name(stderr)+" succeeded, although pytest ended before its tests did", true
	}
	if unittests := unittestSummary(t.name(stderr), stderr); junit == "" && unittests.Summary != "" {
		out.Summary, out.Failed = unittests.Summary, unittests.Failed
	}
	return out, nil
}

// read gets what a summary is made of, at the same time: each is a request.
func read(ctx context.Context, c *dagger.Container) (junit string, cobertura []string, stderr string, err error) {
	group, ctx := errgroup.WithContext(ctx)
	reports := c.Directory(reportsDir)
	group.Go(func() (err error) { junit, err = readReport(ctx, reports, "junit.xml"); return })
	group.Go(func() (err error) { cobertura, err = readCoverage(ctx, reports); return })
	group.Go(func() (err error) { stderr, err = c.Stderr(ctx); return })
	err = group.Wait()
	return junit, cobertura, stderr, err
}

// failed makes one line of a run that failed: of its reports where it wrote any,
// else of its output.
func (t Test) failed(ctx context.Context, err error) error {
	var exec *dagger.ExecError
	if !errors.As(err, &exec) || !slices.Equal(exec.Cmd, runProject("test")) {
		return serviceError(err)
	}
	tests := ""
	if c, kept, err := t.kept(ctx, false); err != nil {
		return err
	} else if kept {
		if tests, err = readReport(ctx, c.Directory(reportsDir), "junit.xml"); err != nil {
			return err
		}
		t.Seen.tests(tests)
	}
	return failure(exec.ExitCode, strings.Fields(t.name(exec.Stderr)), exec.Stdout, exec.Stderr, func(stdout, stderr string) string {
		return installable(ExplainTests(FailedTests(tests), stdout, stderr), t.Install)
	})
}

// name is that of the command that ran, which may be one that was found out.
func (t Test) name(stderr string) string {
	if t.Settings.Command != "" {
		return t.Settings.Command
	}
	return chosen(stderr)
}

// kept is a container with the reports of the last run, where that is one that
// failed.
func (t Test) kept(ctx context.Context, forget bool) (*dagger.Container, bool, error) {
	c := t.ready(forget).With(volatile).WithExec(runProject("reports"))
	stdout, err := c.Stdout(ctx)
	return c, strings.TrimSpace(stdout) == "kept", err
}

// Reports returns the directory with junit.xml and coverage.xml, as far as the
// tests wrote them. Failing tests are not an error here: tests that failed in an
// earlier call do not run a second time.
func (t Test) Reports(ctx context.Context) (*dagger.Directory, error) {
	c, kept, err := t.kept(ctx, false)
	if err != nil || kept {
		return c.Directory(reportsDir), err
	}
	c, err = t.run().Sync(ctx)
	if err == nil {
		return c.Directory(reportsDir), nil
	}
	var exec *dagger.ExecError
	if !errors.As(err, &exec) || !slices.Equal(exec.Cmd, runProject("test")) {
		return nil, serviceError(err)
	}
	// What failed in this call is the answer to this call alone.
	c, kept, lost := t.kept(ctx, true)
	if lost != nil {
		return nil, lost
	}
	if !kept {
		return nil, t.failed(ctx, err)
	}
	return c.Directory(reportsDir), nil
}

// isCoverage tells whether a file is one of the Cobertura reports.
func isCoverage(name string) bool {
	number, ok := strings.CutPrefix(name, "coverage")
	return ok && strings.HasSuffix(number, ".xml") && (number == ".xml" || number[0] == '-')
}

// readCoverage gives the texts of all Cobertura reports, the first one first.
func readCoverage(ctx context.Context, dir *dagger.Directory) (all []string, err error) {
	names, err := dir.Entries(ctx)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !isCoverage(name) })
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	for _, name := range names {
		text, err := readReport(ctx, dir, name)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// readReport gives a report's text, or "" where the tests wrote none.
func readReport(ctx context.Context, dir *dagger.Directory, name string) (string, error) {
	ok, err := dir.Exists(ctx, name)
	if err != nil || !ok {
		return "", err
	}
	text, err := dir.File(name).Contents(ctx)
	if err != nil {
		return "", tell.Errorf("reading the report %s: %w", name, err)
	}
	return text, nil
}
