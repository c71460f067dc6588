// Package gitlab asks a GitLab server for jobs and for open merge requests.
package gitlab
