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
	lockFile      = ".terraform.lock.hcl"
)

// installTerraform downloads a release and verifies it, unless the image
// brings terraform or OpenTofu (which is then called by terraform's name too,
// so that a project's scripts work with either).
// Arguments: program, version, checksums of the archive for amd64 and arm64 (""
// for the published list), and where the version is named ("" where it is not).
const installTerraform = `set -eu
program=$1 version=$2 from=$5
# kept uses the image's own, where that is the one that is asked for.
kept() {
  has=$(terraform version | sed -n '1s/^\([A-Za-z]*\) v\([0-9][0-9A-Za-z.-]*\).*/\1 \2/p')
  if [ -n "$from" ] && [ "$has" != "$program $version" ]; then
    echo "the image has $has, and $from names $program $version: name the same, or an image without it" >&2
    exit 1
  fi
  exec terraform version
}
! command -v terraform >/dev/null 2>&1 || kept
if command -v tofu >/dev/null 2>&1; then
  ln -s "$(command -v tofu)" /usr/local/bin/terraform
  kept
fi
case $(uname -m) in x86_64) arch=amd64 sum=$3;; aarch64) arch=arm64 sum=$4;; *) echo "no terraform release for $(uname -m)" >&2; exit 1;; esac
dir=$(mktemp -d)
cd "$dir"
case $program in
  OpenTofu) binary=tofu base=${TERRAFORM_RELEASES:-https://github.com/opentofu/opentofu/releases/download}/v$version ;;
  *) binary=terraform base=${TERRAFORM_RELEASES:-https://releases.hashicorp.com/terraform}/$version ;;
esac
name=${binary}_${version}_linux_${arch}.zip
curl --fail --silent --show-error --location --retry 3 -o "$name" "$base/$name"
if [ -z "$sum" ]; then
  curl --fail --silent --show-error --location --retry 3 "$base/${binary}_${version}_SHA256SUMS" | grep " $name\$" > sums
else
  echo "$sum  $name" > sums
fi
sha256sum -c sums >/dev/null || { echo "$binary $version: the archive's checksum is wrong" >&2; exit 1; }
unzip -q "$name" "$binary" -d /usr/local/bin
[ "$binary" = terraform ] || ln -s "$binary" /usr/local/bin/terraform
cd /
rm -rf "$dir"
exec terraform version`

// fetchProviders initialises the locked providers and keeps them in the layout
// of a filesystem mirror, as files of the image (init may have made links into
// a mirror that is mounted only now).
const fetchProviders = `set -eu
terraform init -backend=false -input=false "$@"
mkdir -p ` + terraformHome + `/providers
[ ! -d .terraform/providers ] || cp -RL .terraform/providers/. ` + terraformHome + `/providers/
rm -rf .terraform`

// Terraform is the container that plans, applies and destroys: terraform or
// OpenTofu, aws-cli and jq for the project's scripts, and the locked providers.
type Terraform struct {
	Source *dagger.Directory
	// Path is that of the project in the source, Roots are those of the root modules.
	Path     string
	Roots    []string
	Base     string
	Release  Release
	Releases string
	Mirror   *dagger.Directory
	// Secrets are for terraform init, which fetches modules and providers.
	Secrets  Secrets
	Registry Store
}

// Container is the image's.
func (t Terraform) Container(ctx context.Context) (*dagger.Container, error) {
	image, err := t.Image(ctx)
	return image.Container, err
}

var terraformTools = installTools(
	tool{"aws", "awscli", "aws-cli"}, tool{"jq", "jq", "jq"}, tool{"git", "git", "git"}, tool{"age", "age", "age"},
	tool{"curl", "curl", "curl"}, tool{"unzip", "unzip", "unzip"}, tool{"update-ca-certificates", "ca-certificates", "ca-certificates"},
)

// Image is taken from the registry where that has it, else built. Layers, from
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
	wanted := slices.Clone(locks)
	for _, u := range open {
		wanted = append(wanted, u.root+"\n"+u.requirements())
	}
	tag := func() (string, error) {
		from, err := baseContent(ctx, base)
		return contentTag("terraform", from, strings.Join(terraformTools, "\n"), installTerraform, t.Release.program(), t.Release.Version, t.Release.From, terraformHome, fetchProviders, strings.Join(wanted, "\n")), err
	}
	return t.Registry.image(ctx, "terraform", tag, func() (*dagger.Container, error) {
		c := base.
			WithExec(terraformTools).
			With(t.withTerraform()).
			WithEnvVariable("TF_IN_AUTOMATION", "1").
			WithEnvVariable("CHECKPOINT_DISABLE", "1")
		if c, err = t.withProviders(ctx, c, locks, open); err != nil {
			return nil, err
		}
		return built(ctx, "building the terraform container", c, explainInit)
	})
}

func (t Terraform) withTerraform() dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		sums := terraformChecksums[t.Release.program()+" "+t.Release.Version]
		install := []string{"sh", "-c", installTerraform, "install-terraform", t.Release.program(), t.Release.Version, sums.amd64, sums.arm64, t.Release.From}
		if t.Releases == "" {
			return c.WithExec(install)
		}
		return c.WithEnvVariable("TERRAFORM_RELEASES", t.Releases).WithExec(install).WithoutEnvVariable("TERRAFORM_RELEASES")
	}
}
