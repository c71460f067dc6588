package images

import (
	"context"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// FromGit is the directory of the project, or of the first of its packages in the
// repository, whose version comes from git, and the tool that takes it from there. The
// tool is "" if no version does.
func (a App) FromGit(ctx context.Context) (dir, tool string, err error) {
	f, err := a.find(ctx)
	if err != nil {
		return "", "", err
	}
	dirs, err := a.localDirs(ctx, f, project.ForTests)
	if err != nil {
		return "", "", err
	}
	for _, dir := range dirs {
		d, err := a.distribution(ctx, dir, f)
		if err != nil || d.FromGit != "" {
			return dir, d.FromGit, err
		}
	}
	return "", "", nil
}

// GitVersion is the version that a directory's build backend takes from git, for the
// last commit: uncommitted changes do not count. It is determined again when the source
// or git changes, and everything else depends only on the result.
func (a App) GitVersion(ctx context.Context, image *dagger.Container, dir string, git *dagger.Directory, roots []string) (string, error) {
	g, err := a.gather(ctx, project.ForTests, roots)
	if err != nil {
		return "", err
	}
	secrets, err := a.logins(ctx, g.texts())
	if err != nil {
		return "", err
	}
	c := image.
		WithExec(installTools(tool{"git", "git", "git"})).
		With(secrets.With).
		WithDirectory(Workdir, g.inputs).
		WithDirectory(path.Join(Workdir, ".git"), git).
		WithExec([]string{"sh", "-c", findVersion, "find-version", Workdir, path.Join(Workdir, dir)}).
		With(secrets.Without)
	if c, err = built(ctx, "finding the version in git (--git)", c, explainVersion); err != nil {
		return "", err
	}
	text, err := c.File("/tmp/version").Contents(ctx)
	if text = strings.TrimSpace(text); err == nil && !project.IsVersion(text) {
		err = fmt.Errorf("finding the version in git (--git): the build backend returned %q, which is not a version: give one with --project-version", text)
	}
	return text, err
}

func explainVersion(output string) string {
	for line := range strings.Lines(output) {
		if why, ok := strings.CutPrefix(strings.TrimSpace(line), "pipeline: "); ok {
			return why + ": give the .git directory of a clone with its tags (GIT_DEPTH: 0, fetch-depth: 0), or the version with --project-version"
		}
	}
	return explainPip(output)
}
