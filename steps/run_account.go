package steps

import (
	"context"

	"dagger/pipeline/gitlab"
	"dagger/pipeline/internal/dagger"
)

// GitLab is the server that knows merge requests and jobs.
type GitLab struct {
	URL   string
	Token *dagger.Secret
	// Project is the path of the project there.
	Project string
}

// api is nil when there is no token to ask with.
func (g GitLab) api(ctx context.Context) (*gitlab.API, error) {
	if g.Token == nil {
		return nil, nil
	}
	token, err := plain(ctx, "--gitlab-token", g.Token)
	return &gitlab.API{URL: g.URL, Token: token}, err
}

// Unlock releases the environment's lock that owner left behind.
func (r *Run) Unlock(ctx context.Context, owner string, force bool, gitlab GitLab) (string, error) {
	roots, err := r.inEnvironment(ctx)
	if err != nil {
		return "", err
	}
	api, err := gitlab.api(ctx)
	if err != nil {
		return "", err
	}
	return roots.Unlock(ctx, Unlock{Owner: owner, Force: force, GitLab: api})
}

// Sweep finds the environments of merge requests that are not open, and destroys
// them unless it is a dry run.
func (r *Run) Sweep(ctx context.Context, dryRun bool, open []string, server GitLab) (string, error) {
	level, err := r.level()
	if err != nil {
		return "", err
	}
	if err := notByBranch(level, "mr-1", "sweeping"); err != nil && !dryRun {
		return "", err
	}
	r.purpose = unmarking
	api, err := server.api(ctx)
	if err != nil {
		return "", err
	}
	stillOpen := func(ctx context.Context) ([]string, error) { return OpenMergeRequests(ctx, open, api, server.Project) }
	if api == nil || open != nil {
		if _, err := stillOpen(ctx); err != nil {
			return "", err
		}
	}
	project, err := r.projectName(ctx)
	if err != nil {
		return "", err
	}
	sweep := Sweep{
		Roots:   r.workspacesOf,
		Infra:   r.Infra,
		Ended:   r.ended,
		AWS:     r.account(project, ""),
		Bucket:  r.bucket(),
		Project: project,
		Open:    stillOpen,
		Job:     r.Job,
		DryRun:  dryRun,
	}
	if open == nil {
		sweep.Ask = func(ctx context.Context, number string) (gitlab.MergeRequest, error) {
			return api.MergeRequest(ctx, server.Project, number)
		}
	}
	return sweep.Run(ctx)
}

// Doctor checks everything that a run depends on.
func (r *Run) Doctor(ctx context.Context, n Noting) (string, error) {
	store, err := r.registryPlace(ctx)
	if err != nil {
		return "", err
	}
	return Doctor{AWS: store.AWS, Registry: store, Bucket: r.bucket(), Project: store.Project, Settings: r.Settings, Note: n}.Run(ctx)
}
