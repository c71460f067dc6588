package steps

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/ci"
)

// Sweep finds the environments of merge requests that are closed, and destroys
// them.
type Sweep struct {
	// Workspace gives the run for one environment.
	Workspace func(ctx context.Context, environment string) (Workspace, error)
	// Ended is told of each one that was destroyed.
	Ended func(ctx context.Context, environment string)
	// AWS, Bucket and Project say where the states are.
	AWS     AWS
	Bucket  string
	Project string
	// Open are the numbers of the merge requests that are open.
	Open []string
	// DryRun only lists.
	DryRun bool
}

// Run returns a line for each environment found. All are tried; the error names
// those that are left.
func (s Sweep) Run(ctx context.Context) (string, error) {
	if err := (State{Bucket: s.Bucket}).validate(); err != nil {
		return "", err
	}
	session, err := s.AWS.Session(ctx)
	if err != nil {
		return "", err
	}
	keys, err := session.ListKeys(ctx, s.Bucket, s.Project+"/")
	if err != nil {
		return "", err
	}
	var lines, left []string
	for _, environment := range Orphans(s.Project, keys, s.Open) {
		if s.DryRun {
			lines = append(lines, environment+": would be destroyed, its merge request is not open")
			continue
		}
		line, err := s.destroy(ctx, environment)
		if err != nil {
			left = append(left, environment)
			line = environment + ": " + err.Error()
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = []string{"no environment is left over"}
	}
	report := strings.Join(lines, "\n")
	if len(left) > 0 {
		return "", errors.New("sweeping: could not destroy " + strings.Join(left, ", ") + ": " + strings.ReplaceAll(report, "\n", "; "))
	}
	return report, nil
}

func (s Sweep) destroy(ctx context.Context, environment string) (string, error) {
	w, err := s.Workspace(ctx, environment)
	if err != nil {
		return "", err
	}
	line, err := Destroy(ctx, w, "", nil)
	if err == nil {
		s.Ended(ctx, environment)
	}
	return line, err
}

// Orphans are the merge requests' environments among a project's states whose
// merge request is not in open.
func Orphans(project string, keys, open []string) []string {
	var out []string
	for _, key := range keys {
		environment := path.Base(path.Dir(key))
		if key != StateFor("", project, environment).Key || !ci.IsMergeRequest(environment) {
			continue
		}
		if !slices.Contains(open, strings.TrimPrefix(environment, "mr-")) {
			out = append(out, environment)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// OpenMergeRequests are the numbers of the open merge requests: those in list
// ("7", "!7" and "mr-7" are the same), or those that GitLab knows of a project.
// It never takes silence for "none is open".
func OpenMergeRequests(ctx context.Context, list []string, gitlab *ci.GitLabAPI, project string) ([]string, error) {
	if err := givenList("--open", list); err != nil {
		return nil, err
	}
	if list == nil {
		if gitlab == nil || project == "" {
			return nil, errors.New("sweeping: nothing tells which merge requests are open: give --open, or --gitlab-token and --gitlab-project")
		}
		return gitlab.OpenMergeRequests(ctx, project)
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		n := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(item), "!"), "mr-")
		if !ci.IsMergeRequest("mr-" + n) {
			return nil, fmt.Errorf("reading the open merge requests: %q is no number of one", item)
		}
		out = append(out, n)
	}
	return out, nil
}
