// Package gitlab reads jobs and open merge requests from a GitLab server.
package gitlab
