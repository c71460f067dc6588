// Package arm holds the ways of running a pipeline that the benchmark compares. All run the same jobs on
// the same project, from the same base image.
package arm

import (
	"context"
	"fmt"
	"os"
	"time"

	"dagger/pipeline/bench/world"
)

// An Arm runs the jobs of a pipeline one after another, as a CI system with one runner does.
type Arm interface {
	// Forget removes everything that earlier runs left: the next run is the first on a new runner.
	Forget(ctx context.Context) error
	// Pipeline runs one pipeline on the project.
	Pipeline(ctx context.Context, p *world.Project, jobs []Job) (Result, error)
	// Kept is how many bytes the arm keeps from run to run, in addition to the base image.
	Kept(ctx context.Context) (int64, error)
	// Close ends all processes of the arm and removes what it left.
	Close() error
}

// Titles describe the arms.
var Titles = map[string]string{
	"A": "every job installs everything",
	"B": "virtual environment archived and restored (cache:)",
	"C": "image built and pushed by each pipeline, pulled by each job",
	"D": "this pipeline, empty engine, images in the registry",
	"E": "this pipeline, kept engine",
	"F": "this pipeline, kept engine, one call",
	"G": "this pipeline, empty engine, one call",
	"e": "this pipeline on Dagger, kept engine",
	"f": "this pipeline on Dagger, kept engine, one call",
	"m": "a minimal module on Dagger, kept engine",
	"Z": "bare commands in a ready environment, no container",
}

// A Job is one job of a pipeline.
type Job struct {
	// Name is test or package; for arms of this pipeline also publish, plan or deploy.
	Name string
	// Attempt makes a job's own command run again even if nothing changed and the arm would reuse its result.
	Attempt string
	// Rotated makes the job use new credentials.
	Rotated bool
}

// Result is the cost of running a pipeline.
type Result struct {
	Jobs []Took
	// Ran and Reused count commands in containers, if the arm can tell; Built are those among Ran that
	// build a container rather than do the job's work.
	Ran, Reused, Built int
}

// Took is how long a job took, in seconds.
type Took struct {
	Job     string
	Seconds float64
}

// Seconds is how long the pipeline took.
func (r Result) Seconds() (total float64) {
	for _, j := range r.Jobs {
		total += j.Seconds
	}
	return total
}

// timed runs one job and notes how long it took.
func (r *Result) timed(job string, run func() error) error {
	start := time.Now()
	err := run()
	r.Jobs = append(r.Jobs, Took{job, time.Since(start).Seconds()})
	return err
}

// commands are the jobs' own commands. The other arms ask pytest for a report, as the pipeline does.
var commands = map[string]string{"test": "make test", "package": "make build"}

const pytestOptions = "--junitxml=/tmp/reports/junit.xml"

// diskUsage is the disk usage of the files below directories, in bytes; du fails if one is removed meanwhile.
func diskUsage(ctx context.Context, dirs ...string) (total int64, err error) {
	for _, dir := range dirs {
		out, err := world.Command{Env: os.Environ(), Args: []string{"sh", "-c", `du -sx --block-size=1 "$1" || true`, "du", dir}}.Run(ctx)
		if err != nil {
			return 0, err
		}
		var bytes int64
		if _, err := fmt.Sscan(out, &bytes); err != nil {
			return 0, fmt.Errorf("measuring %q: %w", dir, err)
		}
		total += bytes
	}
	return total, nil
}
