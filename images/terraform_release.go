package images

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
