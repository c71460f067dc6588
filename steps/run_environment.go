package steps

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"dagger/pipeline/environments"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/tell"
)

// roots are the paths of the root modules in the source, in the order in which
// they are deployed: the one that the call names, or those that the project does.
func (r *Run) roots(ctx context.Context) ([]string, error) {
	if r.Infra != "" {
		return r.rootsInSource(ctx, []string{r.Infra}, "--infra")
	}
	set, err := r.deploymentSettings(ctx, r.Source)
	if err != nil {
		return nil, err
	}
	if len(set.Roots) == 0 {
		root, err := r.theRoot(ctx)
		return []string{root}, err
	}
	return r.rootsInSource(ctx, set.Roots, "roots in "+settingsTable)
}

// deploymentSettings are what a source says of its deployment, if it says
// anything.
func (r *Run) deploymentSettings(ctx context.Context, source *dagger.Directory) (project.Terraform, error) {
	settings, err := r.settingsIn(ctx, source)
	return settings.Terraform, err
}

func (r *Run) settingsIn(ctx context.Context, source *dagger.Directory) (project.Settings, error) {
	there, err := source.Exists(ctx, path.Join(r.Settings.Project, "pyproject.toml"))
	if err != nil || !there {
		return project.Settings{}, err
	}
	read, err := images.ReadProject(ctx, source, r.Settings.Project)
	return read.Settings, err
}

// modules are the root modules in the terraform container.
func (r *Run) modules(ctx context.Context) (Roots, error) {
	roots, err := r.roots(ctx)
	if err != nil {
		return nil, err
	}
	container, err := r.TerraformContainer(ctx)
	if err != nil {
		return nil, err
	}
	secrets, err := r.terraformSecrets(ctx)
	if err != nil {
		return nil, err
	}
	ssh, err := r.ssh(ctx)
	if err != nil {
		return nil, err
	}
	var out Roots
	for _, root := range roots {
		out = append(out, Workspace{Container: container, Source: r.Source, Infra: root, Secrets: secrets, SSH: ssh})
	}
	return out, nil
}

// locksState refuses a release of Terraform that cannot lock the managed state.
// That of an image that brings its own is seen when it runs.
func (r *Run) locksState(ctx context.Context, root string) error {
	recipe, err := r.terraformRecipe(ctx)
	if err != nil {
		return err
	}
	release := recipe.Release
	if release.LocksState() || release.From == "" && images.BringsTerraform(recipe.Base) {
		return nil
	}
	return fmt.Errorf("keeping the state of %q: %s %s cannot lock a state in S3, which came with 1.10: let %s allow a later one, or set backend = \"own\" in %s to keep the state in the backend that the root module declares",
		root, release.Program(), release.Version, cmp.Or(release.From, "required_version"), settingsTable)
}

// inEnvironment is the run's environment with nothing to deploy.
func (r *Run) inEnvironment(ctx context.Context) (Roots, error) {
	return r.workspaces.get(func() (Roots, error) { return r.workspacesOf(ctx, r.Environment) })
}

// workspacesOf is one environment with nothing to deploy.
func (r *Run) workspacesOf(ctx context.Context, environment string) (Roots, error) {
	if err := environments.Validate(environment); err != nil {
		return nil, err
	}
	if err := CheckLockTimeout(r.LockTimeout); err != nil {
		return nil, err
	}
	if bucket := r.bucket(); bucket != "" { // before credentials are asked for
		if err := (State{Bucket: bucket}).validate(); err != nil {
			return nil, err
		}
	}
	published, err := r.publishedModule(ctx, environment)
	if err != nil {
		return nil, err
	}
	project := published.Project
	if project == "" {
		if project, err = r.projectName(ctx); err != nil {
			return nil, err
		}
	}
	account := r.account(project, environment)
	credentials, err := account.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	var roots Roots
	for _, root := range published.Roots {
		roots = append(roots, Workspace{Container: published.Container, Source: published.Source, Infra: root})
	}
	if len(roots) == 0 {
		if roots, err = r.modules(ctx); err != nil {
			return nil, err
		}
	}
	level, err := r.level()
	if err != nil {
		return nil, err
	}
	secrets, err := r.terraformSecrets(ctx)
	if err != nil {
		return nil, err
	}
	said, err := r.settingsIn(ctx, roots[0].Source)
	if err != nil {
		return nil, err
	}
	settings := said.Terraform
	named := settings.Roots
	if r.Infra != "" {
		named = []string{r.Infra}
	}
	if roots, err = roots.only(named, r.Settings.Project, environment); err != nil {
		return nil, err
	}
	settings.Roots = nil
	for _, root := range said.Terraform.Roots {
		settings.Roots = append(settings.Roots, strings.ReplaceAll(root, environmentMark, environment))
	}
	for i := range roots {
		w := &roots[i]
		if w.Module, err = images.ReadRootFor(ctx, w.Container, w.Source, w.Infra); err != nil {
			return nil, err
		}
		w.Backend, w.Refused = ChooseBackend(w.Module, settings, r.bucket(), environment)
		if !w.Backend.Own && w.Refused == nil && len(published.Roots) == 0 {
			w.Refused = r.locksState(ctx, w.Infra)
		}
		w.Others = func(ctx context.Context) ([]rootmodule.Module, error) { return images.ReadRoots(ctx, w.Source) }
		w.Signs = w.backendSigns
		w.Project = project
		w.Settings = settings
		w.Image.Variable = said.Package.Image.VariableName()
		w.Environment = environment
		if w.Root, err = filepath.Rel(path.Clean(r.Settings.Project), path.Clean(w.Infra)); err != nil {
			return nil, err
		}
		w.Dir = r.Settings.Project
		if w.Refused == nil {
			w.Refused = w.alone(ctx, project)
		}
		if w.Refused == nil {
			w.Refused = w.checkPath()
		}
		w.State = StateFor(r.bucket(), project, environment, w.Root)
		w.State.KMSKey = cmp.Or(settings.KMSKey, declaredKey(w.Module.Backend, r.bucket()))
		w.AWS = account
		w.RegionAsked = r.Region != ""
		w.Credentials = credentials
		w.Variables = r.TerraformVariables
		w.Secrets = secrets
		w.LockTimeout = r.LockTimeout
		w.Job = r.Job
		w.Trust = level
		w.Seen = r.seen
		if w.Backend.Own && w.Refused == nil {
			own := w.ownBackend()
			if w.Backend.Place, err = own.placeOf(ctx, environment); err != nil {
				return nil, err
			}
			locks, open, err := own.locking(ctx)
			if err != nil {
				return nil, err
			}
			if w.Backend.Config = append(w.Backend.Config, locks...); open != "" {
				tell.Once(open)
			}
		}
	}
	return roots, nil
}

// Destroy destroys the environment of a merge request, or another one whose name is
// given a second time.
func (r *Run) Destroy(ctx context.Context, confirm string, key *dagger.Secret) (string, error) {
	if err := MayDestroy(r.Environment, confirm); err != nil {
		return "", err
	}
	level, err := r.level()
	if err != nil {
		return "", err
	}
	if err := notByBranch(level, r.Environment, fmt.Sprintf("destroying %q", r.Environment)); err != nil {
		return "", err
	}
	r.purpose = unmarking
	roots, err := r.inEnvironment(ctx)
	if err != nil {
		return "", err
	}
	destroy := func() (string, error) { return roots.Destroy(ctx, confirm, key) }
	line := ""
	if r.Infra != "" {
		line, err = destroy() // one of them, and no other
	} else {
		line, err = roots.destroyAll(ctx, destroy)
	}
	if err == nil {
		r.ended(ctx, roots[0])
	}
	return line, err
}
