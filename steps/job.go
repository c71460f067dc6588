package steps

import (
	"regexp"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// withJob makes terraform name the job in the state lock.
func withJob(job string) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		if name := JobUser(job); name != "" {
			return c.WithExec([]string{"name-job.sh", name})
		}
		return c
	}
}

var notInUserName = regexp.MustCompile(`[^A-Za-z0-9._/#?=&%+-]+`)

// JobUser is a job's name or URL in a form that can be a user's name.
func JobUser(job string) string {
	_, rest, ok := strings.Cut(job, "://")
	if !ok {
		rest = job
	}
	return strings.Trim(notInUserName.ReplaceAllString(rest, "-"), "-")
}
