package steps

import (
	"context"
	"path"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/printable"
)

// module is the container with the root module in place and no credential: for
// what needs neither state nor account.
func (w Workspace) module() *dagger.Container {
	return w.Container.
		With(w.Secrets.With).
		WithDirectory(images.Workdir, w.Source.WithoutFile(ArtifactName)).
		WithWorkdir(path.Join(images.Workdir, w.Infra))
}

// Validate checks the root module without a state or an account.
func Validate(ctx context.Context, w Workspace) (string, error) {
	if err := w.checkModule(ctx); err != nil {
		return "", err
	}
	c, _, err := w.withLock(ctx, w.module().With(withScripts))
	if err != nil {
		return "", err
	}
	c, err = w.runInit(ctx, c, []string{"terraform", "init", "-no-color", "-backend=false"})
	if err != nil {
		return "", err
	}
	_, err = done(ctx, c.WithExec([]string{"validate.sh"}), []string{"terraform", "validate"}, func(stdout, stderr string) string {
		// Once more, for programs; what is shown is for people.
		again, err := c.With(volatile).WithExec([]string{"terraform", "validate", "-json"}, anyExit).Stdout(ctx)
		if d, ok := decodeDiagnostic(again); err == nil && ok {
			return d.line(d.detail)
		}
		return w.explain(ctx)(stdout, stderr)
	})
	if err != nil {
		return "", err
	}
	return w.Infra + ": the configuration is valid", nil
}

// Format checks that the root module is written as `terraform fmt` writes it.
func Format(ctx context.Context, w Workspace) (string, error) {
	command := []string{"terraform", "fmt", "-no-color", "-check", "-diff", "-recursive"}
	_, err := done(ctx, w.module().WithExec(command), []string{"terraform", "fmt"}, func(stdout, stderr string) string {
		if m := w.explain(ctx)(stdout, stderr); m != "" {
			return m
		}
		return "the files above are not formatted: run `terraform fmt -recursive` and commit"
	})
	if err != nil {
		return "", err
	}
	return w.Infra + ": formatted", nil
}

// Scan runs a checker of the caller's choice (tflint, trivy config, checkov)
// over the root module, again in each call, and returns its output.
func Scan(ctx context.Context, image *dagger.Container, source *dagger.Directory, infra string, command []string) (string, error) {
	c, err := done(ctx, scanned(image, source, infra, command), command, func(stdout, stderr string) string { return "" })
	if err != nil {
		return "", err
	}
	out, err := c.Stdout(ctx)
	return printable.String(out), err
}

// scanned is the container after a checker. What it finds depends on what it knows by
// now, such as a database that it fetches: it runs in each call.
func scanned(image *dagger.Container, source *dagger.Directory, infra string, command []string) *dagger.Container {
	return image.
		WithDirectory(images.Workdir, source).
		WithWorkdir(path.Join(images.Workdir, infra)).
		With(volatile).
		WithExec(command)
}
