package steps

import (
	"context"
	"fmt"
	"slices"

	"dagger/pipeline/images"
	"dagger/pipeline/rootmodule"
)

// checkModule refuses a root module without configuration: terraform takes it
// for one that wants nothing, and would destroy all that is there. So it does
// with what a file declares that it does not read.
func (w Workspace) checkModule(ctx context.Context) error {
	names, err := w.Source.Directory(w.Infra).Entries(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(names, rootmodule.Configures) {
		return fmt.Errorf("reading the root module: no *.tf file in %q: name the directory that has them with --infra", w.Infra)
	}
	m := w.Module
	if m.Path == "" {
		if m, err = images.ReadRootFor(ctx, w.Container, w.Source, w.Infra); err != nil {
			return err
		}
	}
	return readable(m)
}

// readable refuses a root module with files that the container's program passes
// over.
func readable(m rootmodule.Module) error {
	if len(m.Missed) == 0 {
		return nil
	}
	return fmt.Errorf("reading the root module %q: the container's program does not read %s, and would destroy what that declares: give an image with OpenTofu 1.8 or later (--terraform-image), or name its version in .opentofu-version", m.Path, m.Missed[0])
}
