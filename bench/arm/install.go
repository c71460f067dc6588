package arm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dagger/pipeline/bench/world"
)

// The same recipe as the pipeline's app container, in the parts that arms combine.
const (
	installTools = `apt-get update -qq >/dev/null
apt-get install -y -qq --no-install-recommends make zip >/dev/null
`
	installPoetry = `python3 -m venv /opt/poetry
/opt/poetry/bin/pip install --quiet poetry==` + world.PoetryVersion + ` poetry-plugin-pypi-mirror==` + world.MirrorPluginVersion + `
`
	installDependencies = `python3 -m venv /opt/venv
export VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH POETRY_PYPI_MIRROR_URL=$PIP_INDEX_URL
/opt/poetry/bin/poetry --no-interaction --no-ansi install --no-root --all-groups >/dev/null
`
	activate = `export VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
`
)

// install runs each job in a fresh container of the base image, on an engine that keeps that image. The
// script installs what the job needs.
type install struct {
	name string
	// dir ends the names of the arm's directories.
	dir    string
	w      *world.World
	engine *docker
	// script is what comes before the job's command, for the project.
	script func(p *world.Project) (string, error)
	// mounts are given to each container.
	mounts []string
}

// InstallEverything is arm A.
func InstallEverything(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newInstall(ctx, w, "A", dir)
}

// newInstall starts the engine of an arm that installs.
func newInstall(ctx context.Context, w *world.World, name, dir string) (*install, error) {
	if err := installDocker(ctx, w); err != nil {
		return nil, err
	}
	a := &install{name: name, dir: dir, w: w, script: func(*world.Project) (string, error) {
		return installTools + installPoetry + installDependencies, nil
	}}
	if err := a.Forget(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *install) Name() string { return a.name }

func (a *install) Forget(ctx context.Context) (err error) {
	dir := a.w.Path("docker-" + a.dir)
	if err := errors.Join(a.engine.remove(), clear(dir)); err != nil {
		return err
	}
	if a.engine, err = startDocker(ctx, a.w, dir); err != nil {
		return err
	}
	_, err = a.engine.run(ctx, "pull", "--quiet", a.w.Base) // a runner has its base image at hand
	return err
}

func (a *install) Pipeline(ctx context.Context, p *world.Project, jobs []Job) (r Result, err error) {
	for _, job := range jobs {
		if err := r.timed(job.Name, func() error { return a.job(ctx, p, job) }); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (a *install) job(ctx context.Context, p *world.Project, job Job) error {
	prepare, err := a.script(p)
	if err != nil {
		return err
	}
	args := []string{"create", "--network", "host", "--workdir", "/app", "--env", "PYTEST_ADDOPTS=" + pytestOptions, "--env", "PYTHONDONTWRITEBYTECODE=1"}
	args = append(append(args, a.mounts...), a.w.Base, "sh", "-c", "set -eu\n"+prepare+"exec "+commands[job.Name])
	out, err := a.engine.run(ctx, args...)
	if err != nil {
		return err
	}
	id := strings.TrimSpace(out)
	defer func() { _, _ = a.engine.run(context.WithoutCancel(ctx), "rm", "--force", id) }()
	if _, err := a.engine.run(ctx, "cp", p.Dir+"/.", id+":/app"); err != nil {
		return err
	}
	if _, err := a.engine.run(ctx, "start", "--attach", id); err != nil {
		return err
	}
	if job.Name == "package" {
		_, err = a.engine.run(ctx, "cp", id+":/app/artifact.zip", p.Dir)
	}
	return err
}

func (a *install) Kept(context.Context) (int64, error) { return 0, nil }

func (a *install) Close() error { return a.engine.remove() }

// archive is arm B: what the first job installed is packed, kept by the hash of the lock file, and
// unpacked by later jobs, as `cache:` does. Its archives lie on the runner, so none is uploaded.
type archive struct {
	*install
	dir string
}

// Archive is arm B.
func Archive(ctx context.Context, w *world.World, dir string) (Arm, error) {
	inner, err := newInstall(ctx, w, "B", dir)
	if err != nil {
		return nil, err
	}
	a := &archive{inner, w.Path("archive-" + dir)}
	a.mounts = []string{"--volume", a.dir + ":/cache"}
	a.script = func(p *world.Project) (string, error) {
		key, err := p.LockSum()
		file := fmt.Sprintf("/cache/%s.tar.gz", key)
		return installTools + "if [ -f " + file + " ]; then tar -C / -xzf " + file + "; " + strings.ReplaceAll(activate, "\n", "") +
			"\nelse\n" + installPoetry + installDependencies +
			"tar -C / -cf - opt/poetry opt/venv | gzip -1 > " + file + ".new; mv " + file + ".new " + file + "\nfi\n", err
	}
	return a, os.MkdirAll(a.dir, 0o700)
}

func (a *archive) Forget(ctx context.Context) error {
	if err := os.RemoveAll(a.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return err
	}
	return a.install.Forget(ctx)
}

func (a *archive) Kept(context.Context) (int64, error) { return diskUsage(a.dir) }

func (a *archive) Close() error { return errors.Join(a.install.Close(), os.RemoveAll(a.dir)) }

// diskUsage is what the files below a directory take on disk, in bytes; hard links count once.
func diskUsage(dir string) (total int64, err error) {
	seen := map[[2]uint64]bool{}
	err = filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, os.ErrNotExist) { // removed meanwhile
				return nil
			}
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		id, blocks := inode(info)
		if !seen[id] {
			seen[id] = true
			total += blocks * 512
		}
		return nil
	})
	return total, err
}
