package images

import (
	"context"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// Paths in the terraform container.
const (
	terraformHome = "/opt/terraform"
	mirrorMount   = "/mnt/provider-mirror"
	// configurationMount is where root modules are while their providers are chosen.
	configurationMount = "/mnt/configuration"
	lockFile           = ".terraform.lock.hcl"

	// Providers is where the locked providers are, in the layout of a filesystem mirror.
	Providers = terraformHome + "/providers"
)

// Terraform is the container that plans, applies and destroys: terraform or
// OpenTofu, aws-cli and jq for the project's scripts, and the locked providers.
type Terraform struct {
	Source *dagger.Directory
	// Path is the project's path in the source, Roots are the root modules' paths.
	Path  string
	Roots []string
	Base  string
	// Needs are those of the root modules' commands, Packages what the project's table adds.
	Needs    Needs
	Packages []string
	Release  Release
	Releases string
	Mirror   *dagger.Directory
	// Secrets and SSH are for terraform init, which downloads modules and providers.
	Secrets  Secrets
	SSH      SSH
	Registry Store
}

// Container is the image's.
func (t Terraform) Container(ctx context.Context) (*dagger.Container, error) {
	image, err := t.Image(ctx)
	return image.Container, err
}

var terraformTools = []tool{
	{"aws", "awscli", "aws-cli"}, {"jq", "jq", "jq"}, {"git", "git", "git"}, {"age", "age", "age"},
	{"curl", "curl", "curl"}, {"unzip", "unzip", "unzip"}, {"update-ca-certificates", "ca-certificates", "ca-certificates"},
}

// tools installs what the pipeline, the project's scripts, the root modules' commands and git use.
func (t Terraform) tools() []string {
	tools := slices.Clone(terraformTools)
	if t.Release.OverSSH != "" {
		tools = append(tools, sshTool)
	}
	return installTools(append(tools, t.Needs.tools()...)...)
}

// Image is pulled from the registry if it is there, else built. Layers, from
// the one that changes least: base image, tools, terraform, providers.
func (t Terraform) Image(ctx context.Context) (Image, error) {
	base, err := t.Registry.from(ctx, t.Base)
	if err != nil {
		return Image{}, err
	}
	locks, open, err := t.locks(ctx)
	if err != nil {
		return Image{}, err
	}
	wanted := slices.Concat(t.Packages, locks)
	for _, u := range open {
		wanted = append(wanted, u.wanted())
	}
	tag := func() (string, error) {
		from, err := baseContent(ctx, base)
		return contentTag("terraform", from, strings.Join(t.tools(), "\n"), installTerraform, t.Release.Program(), t.Release.Version, t.Release.From, fetchProviders, strings.Join(wanted, "\n")), err
	}
	return t.Registry.image(ctx, "terraform", tag, func() (*dagger.Container, error) {
		c := base.
			WithUser("root"). // whichever the image names: tools are installed
			WithExec(t.tools()).
			With(withSystemPackages(t.Packages)).
			With(t.withTerraform()).
			WithEnvVariable("TF_IN_AUTOMATION", "1").
			WithEnvVariable("CHECKPOINT_DISABLE", "1")
		if c, err = t.withProviders(ctx, c, locks, open); err != nil {
			return nil, err
		}
		return built(ctx, "building the terraform container", c, explainSSH(FetchesModule(t.Release.OverSSH), t.SSH.Agent != nil, explainInit))
	})
}

func (t Terraform) withTerraform() dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		sums := terraformChecksums[t.Release.Program()+" "+t.Release.Version]
		install := []string{"sh", "-c", installTerraform, "install-terraform", t.Release.Program(), t.Release.Version, sums.amd64, sums.arm64, t.Release.From}
		if t.Releases == "" {
			return c.WithExec(install)
		}
		return c.WithEnvVariable("TERRAFORM_RELEASES", t.Releases).WithExec(install).WithoutEnvVariable("TERRAFORM_RELEASES")
	}
}
