package steps

import (
	"cmp"
	"context"

	"dagger/pipeline/images"
	"dagger/pipeline/project"
)

// terraformImage is the terraform container and the name of its content.
func (r *Run) terraformImage(ctx context.Context) (images.Image, error) {
	return r.terraform.get(func() (images.Image, error) {
		recipe, err := r.terraformRecipe(ctx)
		if err != nil {
			return images.Image{}, err
		}
		image, err := recipe.Image(ctx)
		if err == nil {
			recipe.Needs.TellPython(ctx, image.Container)
		}
		return image, err
	})
}

func (r *Run) terraformRecipe(ctx context.Context) (images.Terraform, error) {
	roots, err := r.roots(ctx)
	if err != nil {
		return images.Terraform{}, err
	}
	set, err := r.deploymentSettings(ctx, r.Source)
	if err != nil {
		return images.Terraform{}, err
	}
	release, err := r.release(ctx, roots, set)
	if err != nil {
		return images.Terraform{}, err
	}
	needs, err := images.ReadNeeds(ctx, r.Source, roots)
	if err != nil {
		return images.Terraform{}, err
	}
	secrets, err := r.terraformSecrets(ctx)
	if err != nil {
		return images.Terraform{}, err
	}
	ssh, err := r.ssh(ctx)
	if err != nil {
		return images.Terraform{}, err
	}
	registry, err := r.pullFrom(ctx)
	return images.Terraform{
		Secrets:  secrets,
		SSH:      ssh,
		Source:   r.Source,
		Path:     r.Settings.Project,
		Roots:    roots,
		Base:     r.terraformBase(ctx, set, needs),
		Needs:    needs,
		Packages: set.Packages,
		Release:  release,
		Releases: text(r.TerraformReleases),
		Mirror:   r.ProviderMirror,
		Registry: registry,
	}, err
}

// terraformBase is the image that the caller or the project names, or one that has what the
// root modules' commands run.
func (r *Run) terraformBase(ctx context.Context, set project.Terraform, needs images.Needs) string {
	if named := cmp.Or(text(r.TerraformImage), set.Image); named != "" || !needs.Python() {
		return cmp.Or(named, images.TerraformBase)
	}
	made, _, _ := r.pythonRecipe().Made(ctx) // a project without a lock file has none
	return needs.Base(made)
}

// pythonRecipe is the app container as far as its base and package managers are concerned.
func (r *Run) pythonRecipe() images.App {
	return images.App{Source: r.Source, Path: r.Settings.Project, Base: text(r.PythonImage), Poetry: r.PoetryVersion, UV: r.UvVersion}
}
