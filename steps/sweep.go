package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/environments"
	"dagger/pipeline/gitlab"
	"dagger/pipeline/state"
)

// Sweep finds the environments of merge requests that are closed, and destroys
// them.
type Sweep struct {
	// Roots returns the run for one environment.
	Roots func(ctx context.Context, environment string) (Roots, error)
	// Infra is the only root module to look at, "" for all of the project.
	Infra string
	// Ended gets each destroyed one, by one of its root modules.
	Ended func(ctx context.Context, w Workspace)
	// AWS, Bucket and Project say where the states are.
	AWS     AWS
	Bucket  string
	Project string
	// Open returns the numbers of the open merge requests. It is called after the states
	// were listed, and again before each destruction: a merge request that is opened
	// meanwhile keeps its environment.
	Open func(ctx context.Context) ([]string, error)
	// Ask returns one merge request, if there is a server to ask: a list of another
	// project, or an incomplete one, lacks open ones too.
	Ask func(ctx context.Context, number string) (gitlab.MergeRequest, error)
	// Job is the run's own: its repository counts if none is recorded beside the state.
	Job string
	// DryRun only lists.
	DryRun bool

	bucket objects
}

// Run returns a line for each environment found. All are tried; the error names
// those that remain.
func (s Sweep) Run(ctx context.Context) (string, error) {
	if err := (State{Bucket: s.Bucket}).validate(); err != nil {
		return "", err
	}
	session, err := s.AWS.Session(ctx)
	if err != nil {
		return "", err
	}
	s.bucket = state.In(session, s.Bucket)
	keys, err := s.bucket.Keys(ctx, s.Project+"/")
	if err != nil {
		return "", err
	}
	open, err := s.Open(ctx)
	if err != nil {
		return "", err
	}
	var lines, left []string
	orphans := Orphans(s.Project, keys, open, s.Infra)
	for _, environment := range slices.Sorted(maps.Keys(orphans)) {
		line, err := s.destroyClosed(ctx, environment, orphans[environment])
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

// destroyClosed destroys an environment whose merge request is still not open.
func (s Sweep) destroyClosed(ctx context.Context, environment string, found []string) (string, error) {
	open, err := s.Open(ctx)
	if err != nil {
		return "", err
	}
	number := strings.TrimPrefix(environment, "mr-")
	if slices.Contains(open, number) {
		return environment + ": left, its merge request is open again", nil
	}
	if s.Ask != nil {
		mr, err := s.Ask(ctx, number)
		if err != nil || !mr.Ended {
			return environment + ": left, its merge request is not closed", err
		}
		if err := s.checkProject(ctx, environment, found, mr.Repository); err != nil {
			return "", err
		}
	}
	if s.DryRun {
		return environment + ": would be destroyed, its merge request is not open", nil
	}
	return s.destroy(ctx, environment, found)
}

// checkProject refuses to destroy an environment for a merge request of another
// project, which has the same number: most numbers are those of one that was merged. The
// states say whose they are; where none does, the run is to be a job of that project.
func (s Sweep) checkProject(ctx context.Context, environment string, found []string, asked string) error {
	of := ""
	for _, root := range found {
		noted, err := notedOwner(ctx, s.bucket, environment, StateFor(s.Bucket, s.Project, environment, root))
		if err != nil {
			return err
		}
		if of = cmp.Or(noted.Repository, of); of != "" && of != asked {
			return fmt.Errorf("destroying %q: its state is of %s, and the merge request that is closed is of %s: give the --gitlab-project and --gitlab-url of that repository; where it has moved, let it take the state over (move-state)",
				environment, of, cmp.Or(asked, "a project that GitLab does not name"))
		}
	}
	if of == "" && (asked == "" || repositoryOf(s.Job) != asked) {
		return fmt.Errorf("destroying %q: nothing is noted of the repository that its state is of, and this run is no job of %s, whose merge request is closed: call sweep in a job of that project with its --job, or destroy it by name (destroy --environment %s)",
			environment, cmp.Or(asked, "a project that GitLab names"), environment)
	}
	return nil
}

// destroy destroys the root modules that an environment has a state of, in the
// project's order from its end.
func (s Sweep) destroy(ctx context.Context, environment string, found []string) (string, error) {
	roots, err := s.Roots(ctx, environment)
	if err != nil {
		return "", err
	}
	for _, root := range found {
		if !slices.ContainsFunc(roots, func(w Workspace) bool { return w.Root == root }) {
			return "", fmt.Errorf("destroying %q: it has a state of the root module %q, which the project does not name: add it to roots in %s, or sweep with --infra %s", environment, root, settingsTable, root)
		}
	}
	roots = slices.DeleteFunc(roots, func(w Workspace) bool { return !slices.Contains(found, w.Root) })
	line, err := roots.Destroy(ctx, "", nil)
	if err == nil {
		s.Ended(ctx, roots[0])
	}
	return line, err
}

// Orphans are the merge requests' environments among a project's states whose
// merge request is not in open, with the root modules that have a state there.
func Orphans(project string, keys, open []string, only string) map[string][]string {
	out := map[string][]string{}
	for _, key := range keys {
		environment, root, ok := StateOf(project, key)
		if !ok || !environments.IsMergeRequest(environment) || only != "" && root != path.Clean(only) {
			continue
		}
		if !slices.Contains(open, strings.TrimPrefix(environment, "mr-")) {
			out[environment] = append(out[environment], root)
		}
	}
	return out
}

// OpenMergeRequests are the numbers of the open merge requests: those in list
// ("7", "!7" and "mr-7" are the same), or those that GitLab has for a project.
// It never treats a missing answer as "none is open".
func OpenMergeRequests(ctx context.Context, list []string, gitlab *gitlab.API, project string) ([]string, error) {
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
		if !environments.IsMergeRequest("mr-" + n) {
			return nil, fmt.Errorf("reading the open merge requests: %q is not the number of a merge request", item)
		}
		out = append(out, n)
	}
	return out, nil
}
