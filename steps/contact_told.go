package steps

import (
	"context"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/images"
)

// stateToldElsewhere is one whose place is not in the declared backend, of an
// environment that lasts: somebody who runs Terraform in another way gives it, or a
// tool that writes the backend. The project's table says that there is none.
func (w Workspace) stateToldElsewhere(ctx context.Context, _ states) error {
	b := w.Module.Backend
	partial := b != nil && b.Type == "s3" && (b.Config["bucket"] == "" || b.Config["key"] == "")
	if !w.lasts() || w.Settings.Backend != "" || b != nil && !partial && w.Module.Generator == "" {
		return nil
	}
	where, by := fmt.Sprintf("the backend of %q is written by a tool", w.Infra), w.Module.Generator
	if by == "" {
		if where = fmt.Sprintf("%q declares no backend", w.Infra); b != nil {
			where = b.Where + " leaves open where it is"
		}
		if w.Signs == nil {
			return nil
		}
		var err error
		if by, err = w.Signs(ctx, b == nil); err != nil || by == "" {
			return err
		}
	}
	return fmt.Errorf("reading the state of %s: there is none at %s, and one may be at a place that is not seen: %s, and %s is of another way to deploy: move it (%s), or say that the environment is a new one (%s), or for all of them with backend = \"managed\" in %s",
		w.Environment, w.statePlace(), where, by, w.moving("s3://BUCKET/KEY"), w.moving(fromNone), settingsTable)
}

// backendSigns is the first line of the source by which Terraform is run in another
// way, "" where there is none; written, one that writes a backend.
func (w Workspace) backendSigns(ctx context.Context, written bool) (string, error) {
	command := []string{"backend-signs.sh", path.Clean(images.Workdir)}
	if written {
		command = append(command, "written")
	}
	c := w.Container.With(withScripts).
		WithMountedDirectory(images.Workdir, w.Source).
		WithExec(command)
	out, err := c.Stdout(ctx)
	return strings.TrimSpace(out), err
}
