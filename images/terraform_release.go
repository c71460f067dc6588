package images

import (
	"context"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// Release is the program that plans and applies.
type Release struct {
	Version  string
	OpenTofu bool
	// From is where the version is named, "" if it is not: then an image that
	// already has one keeps it.
	From string
	// OverSSH is the first module source that git reaches over SSH, "" for none: then
	// the image has ssh, too.
	OverSSH string
}

// usual is the version where none is named.
func (r Release) usual() string {
	if r.OpenTofu {
		return defaultOpenTofuVersion
	}
	return defaultTerraformVersion
}

// Program is its name.
func (r Release) Program() string {
	if r.OpenTofu {
		return "OpenTofu"
	}
	return "Terraform"
}

// lockedIn is the release that has made a root module's lock file.
func (r Release) lockedIn(ctx context.Context, source *dagger.Directory, root, byFile string) (Release, error) {
	if there, err := source.Exists(ctx, path.Join(root, lockFile)); err != nil || !there || r.OpenTofu {
		return r, err
	}
	lock, err := source.File(path.Join(root, lockFile)).Contents(ctx)
	if err != nil {
		return r, err
	}
	return r.lockedBy(path.Join(root, lockFile), lock, byFile)
}

// lockedBy is the release that a lock file is of: providers without a host in their source
// come from OpenTofu's registry in OpenTofu alone. Terraform would refuse the file, or take
// over the state.
func (r Release) lockedBy(file, lock, byFile string) (Release, error) {
	if r.OpenTofu || !strings.Contains(lock, `"`+tofuRegistry+"/") || strings.Contains(lock, `"`+terraformRegistry+"/") {
		return r, nil
	}
	if byFile != "" {
		return r, fmt.Errorf("choosing Terraform's version: %s names Terraform, and %s is OpenTofu's: name OpenTofu's version in .opentofu-version, or let terraform providers lock write the file anew", byFile, file)
	}
	r.OpenTofu = true
	return r, nil
}

// Where the two look for providers whose source names no host.
const (
	terraformRegistry = "registry.terraform.io"
	tofuRegistry      = "registry.opentofu.org"
)
