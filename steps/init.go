package steps

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/tell"
)

// initialised is the live container in the root module, after terraform init,
// where its state is the one that the run is for.
func (w Workspace) initialised(ctx context.Context) (*dagger.Container, error) {
	return w.initialisedIf(ctx, w.checkState)
}

// initialisedIf is initialised where another check allows it.
func (w Workspace) initialisedIf(ctx context.Context, check func(context.Context) error) (*dagger.Container, error) {
	if w.Refused != nil {
		return nil, w.Refused
	}
	if err := w.checkModule(ctx); err != nil {
		return nil, err
	}
	c, locked, err := w.withLock(ctx, w.prepared())
	if err != nil {
		return nil, err
	}
	init := []string{"terraform", "init", "-no-color", "-reconfigure"}
	if locked {
		init = append(init, "-lockfile=readonly")
	}
	if w.Backend.Own {
		init = append(init, w.Backend.Config...)
	} else {
		if err := w.State.validate(); err != nil {
			return nil, err
		}
		w.State.Region = w.bucketRegion(ctx)
		init = append(init, w.State.backendConfig(w.AWS, w.Backend.Workspace)...)
	}
	if !w.Backend.Own && replaces(w.Module.Backend, w.State.Bucket) {
		w.tellReplaced()
		c = c.WithNewFile(path.Join(w.Infra, backendFile), backend)
		init = append(init, encrypted(w.Module.Backend, w.State.KMSKey)...)
	}
	if text := w.backendText(); locked && text != "" && !w.Module.Fetches && !w.Module.Linked {
		ready, err := w.ready(ctx)
		if err != nil {
			return nil, err
		}
		c = c.WithDirectory(path.Join(w.Infra, dataDir), ready).WithNewFile(scriptsDir+"/backend.tf", text)
		init = append([]string{"init-backend.sh"}, init[2:]...)
	}
	if c, err = w.live(ctx, c.WithWorkdir(path.Join(images.Workdir, w.Infra))); err != nil {
		return nil, err
	}
	if c, err = w.runInit(ctx, c, init); err != nil {
		return nil, err
	}
	if err := check(ctx); err != nil {
		return nil, err
	}
	return w.inWorkspace(ctx, c)
}

// runInit runs a command that initialises. It alone has the SSH agent.
func (w Workspace) runInit(ctx context.Context, c *dagger.Container, command []string) (*dagger.Container, error) {
	return done(ctx, c.With(w.SSH.With).WithExec(command).With(w.SSH.Without), []string{"terraform", "init"}, func(stdout, stderr string) string {
		said := images.ExplainSSH(images.FetchesModule(w.Module.OverSSH), w.SSH.Agent != nil, stdout+"\n"+stderr)
		return cmp.Or(said, w.explain(ctx)(stdout, stderr))
	})
}

// tellReplaced says which arguments of the declared backend do not count, where nobody has
// said that it is replaced.
func (w Workspace) tellReplaced() {
	if b := w.Module.Backend; b != nil && b.Type == "s3" && len(b.Chooses) > 0 && w.Settings.Backend == "" {
		tell.Once(fmt.Sprintf("%s: %s of the backend does not count: the pipeline keeps the state with the call's own credentials", b.Where, strings.Join(b.Chooses, ", ")))
	}
}

// backendText is the backend as terraform reads it in the root module, where the
// pipeline says which state it has; "" where that is not known.
func (w Workspace) backendText() string {
	switch {
	case w.Backend.Own:
		return ""
	case replaces(w.Module.Backend, w.State.Bucket):
		return backend
	case w.Module.Backend.Text == "":
		return ""
	}
	return "terraform {\n" + w.Module.Backend.Text + "\n}\n"
}

// withLock adds the lock file that the container has for the root module, and tells
// whether the root module has its own.
func (w Workspace) withLock(ctx context.Context, c *dagger.Container) (*dagger.Container, bool, error) {
	lock, own, err := images.Lock(ctx, w.Container, w.Source, w.Infra)
	if err == nil && lock != nil {
		c = c.WithFile(path.Join(images.Workdir, w.Infra, lockFile), lock)
	}
	return c, own, err
}

const (
	lockFile = ".terraform.lock.hcl"
	// dataDir is where terraform keeps what init does.
	dataDir = ".terraform"
)

// ready is what terraform init leaves in a root module, without its backend: the
// links to its providers, verified by the lock file, and the list of its modules.
// It depends on nothing but the configuration, and is made once for that.
func (w Workspace) ready(ctx context.Context) (*dagger.Directory, error) {
	configuration := dag.Directory().WithDirectory(".", w.Source, dagger.DirectoryWithDirectoryOpts{
		Include: append([]string{"**/" + lockFile}, rootmodule.Configuration...),
	})
	c, _, err := w.withLock(ctx, w.Container.With(withScripts).WithDirectory(images.Workdir, configuration))
	if err != nil {
		return nil, err
	}
	c = c.WithWorkdir(path.Join(images.Workdir, w.Infra)).WithExec([]string{"init-ready.sh", images.Providers})
	c, err = done(ctx, c, []string{"terraform", "init"}, w.explain(ctx))
	if err != nil {
		return nil, err
	}
	return c.Directory(dataDir), nil
}
