package arm

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"dagger/pipeline/bench/world"
)

// The same recipe as the pipeline's app container, in parts that arms combine.
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
	activate = "export VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH\n"
)

// install runs each job in a fresh container of the base image, on an engine that keeps that image. The job
// installs what it needs first: arm A. With archives, the first job packs what it installed, by the hash of
// the lock file, and later jobs unpack that, as `cache:` does: arm B. The archives lie on the runner, or are hosted
// at the end of a line: each job then downloads its own, and the first one uploads it.
type install struct {
	w        *world.World
	dir      string
	archives string // empty: none
	prefix   string // of the names of hosted archives; a new one each time the arm forgets
	engine   *docker
}

// InstallEverything is arm A.
func InstallEverything(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newInstall(ctx, &install{w: w, dir: w.Path("docker-" + dir)})
}

// Archive is arm B.
func Archive(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newInstall(ctx, &install{w: w, dir: w.Path("docker-" + dir), archives: w.Path("archive-" + dir)})
}

func newInstall(ctx context.Context, a *install) (Arm, error) {
	if err := installDocker(ctx, a.w); err != nil {
		return nil, err
	}
	return a, a.Forget(ctx)
}

func (a *install) Forget(ctx context.Context) (err error) {
	if err := errors.Join(a.Close(), clear(a.dir)); err != nil {
		return err
	}
	if a.archives != "" {
		a.prefix = rand.Text()
		if err := os.Mkdir(a.archives, 0o700); err != nil {
			return err
		}
	}
	if a.engine, err = startDocker(ctx, a.w, a.dir); err != nil {
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

// prepare is the script that comes before a job's command.
func (a *install) prepare(p *world.Project) (string, error) {
	if a.archives == "" {
		return installTools + installPoetry + installDependencies, nil
	}
	name, err := archiveName(p)
	file := "/cache/" + name
	return installTools + "if [ -f " + file + " ]; then tar -C / -xzf " + file + "\n" + activate + "else\n" + installPoetry + installDependencies +
		"tar -C / -cf - opt/poetry opt/venv | gzip -1 > " + file + ".new; mv " + file + ".new " + file + "\nfi\n", err
}

func archiveName(p *world.Project) (string, error) {
	sum, err := p.LockSum()
	return sum + ".tar.gz", err
}

// hosted brings the archive from where it is hosted, and returns what a job does with it after its work.
func (a *install) hosted(ctx context.Context, p *world.Project) (after func() error, err error) {
	if a.archives == "" || a.w.Archives == nil {
		return func() error { return nil }, nil
	}
	name, err := archiveName(p)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(a.archives, name)
	if err := os.RemoveAll(file); err != nil {
		return nil, err
	}
	name = a.prefix + name
	found, err := a.w.Fetch(ctx, name, file)
	return func() error {
		if found {
			return nil
		}
		return a.w.Store(ctx, name, file)
	}, err
}

func (a *install) job(ctx context.Context, p *world.Project, job Job) error {
	keep, err := a.hosted(ctx, p)
	if err != nil {
		return err
	}
	prepare, err := a.prepare(p)
	if err != nil {
		return err
	}
	args := []string{"create", "--network", "host", "--workdir", "/app", "--env", "PYTEST_ADDOPTS=" + pytestOptions, "--env", "PYTHONDONTWRITEBYTECODE=1"}
	if a.archives != "" {
		args = append(args, "--volume", a.archives+":/cache")
	}
	out, err := a.engine.run(ctx, append(args, a.w.Base, "sh", "-c", "set -eu\n"+prepare+"exec "+commands[job.Name])...)
	if err != nil {
		return err
	}
	id := strings.TrimSpace(out)
	defer func() { _, _ = a.engine.run(context.WithoutCancel(ctx), "rm", "--force", id) }()
	steps := [][]string{{"cp", p.Dir + "/.", id + ":/app"}, {"start", "--attach", id}}
	if job.Name == "package" {
		steps = append(steps, []string{"cp", id + ":/app/artifact.zip", p.Dir})
	}
	if err := a.engine.all(ctx, steps); err != nil {
		return err
	}
	return keep()
}

func (a *install) Kept(ctx context.Context) (int64, error) {
	if a.archives == "" {
		return 0, nil
	}
	return diskUsage(ctx, a.archives)
}

func (a *install) Close() error {
	if a.archives == "" {
		return a.engine.remove()
	}
	return errors.Join(a.engine.remove(), os.RemoveAll(a.archives))
}
