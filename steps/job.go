package steps

import (
	"regexp"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// nameJob gives the container's user the job's name, in front of the one it
// has: terraform writes the user's name into the state lock, and has no other
// way to say who holds it.
const nameJob = `printf '%s:x:0:0::/root:/bin/sh\n' "$1" | cat - /etc/passwd > /tmp/passwd && cat /tmp/passwd > /etc/passwd && rm /tmp/passwd`

func withJob(job string) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		if name := JobUser(job); name != "" {
			return c.WithExec([]string{"sh", "-c", nameJob, "name-job", name})
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
