package images

import (
	"context"
	"path"
	"regexp"
	"slices"
)

// terraformReader is a package, in a lock or requirements file, that reads Terraform's files: a
// project that has it may check its root modules in its tests, and what is not there
// cannot fail.
var terraformReader = regexp.MustCompile(`(?m)(?:^|["\s])(?:checkov|semgrep|python-hcl2|pyhcl|tftest|pytest-terraform|terraform-compliance|bc-python-hcl2)(?:["\s;\[@=<>~!]|$)`)

// readsTerraform tells whether the project has a package that reads Terraform's files.
func (a App) readsTerraform(ctx context.Context) (bool, error) {
	f, err := a.find(ctx)
	if err != nil || terraformReader.MatchString(f.lock) {
		return err == nil, err
	}
	if slices.Contains(locks[:4], f.lockName) {
		return false, nil
	}
	there, err := a.withFilesBelow(ctx, f.names)
	if err != nil {
		return false, err
	}
	names, _ := requirementFiles(f.lockName, there, f.Settings)
	for _, name := range names[1:] {
		text, err := a.Source.File(path.Join(f.lockDir, name)).Contents(ctx)
		if err != nil || terraformReader.MatchString(text) {
			return err == nil, err
		}
	}
	return false, nil
}

// namesTerraform tells whether a text names files of Terraform's in a root module.
func namesTerraform(text, root string) bool {
	return regexp.MustCompile(`(?:^|[^\w-])` + regexp.QuoteMeta(root) + `/[^\s'",:]*\.(?:tf|tofu|tfvars|hcl|tftpl)\b`).MatchString(text)
}
