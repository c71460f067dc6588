package arm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"dagger/pipeline/bench/world"
)

// imageInEach is arm C, as a pipeline of this kind was published. A job builds the image and
// pushes it; each later job pulls it into an engine of its own and works in it with docker run, cp and
// exec. Every job has an empty engine (docker:dind on a shared runner).
//
// Three changes favour it: containers are stopped at once, where `docker stop` as written waits ten
// seconds for `sleep infinity`; they are not privileged, which they need not be; and apt's caches are
// not in the image.
type imageInEach struct {
	w     *world.World
	image string
	jobs  int
}

// ImageInEachPipeline is arm C.
func ImageInEachPipeline(ctx context.Context, w *world.World, _ string) (Arm, error) {
	return &imageInEach{w: w, image: w.Registry.Address + "/bench/each:MR-1"}, installDocker(ctx, w)
}

// Forget does nothing: each run builds again.
func (*imageInEach) Forget(context.Context) error { return nil }

func (a *imageInEach) Pipeline(ctx context.Context, p *world.Project, jobs []Job) (r Result, err error) {
	if err := a.inEngine(ctx, &r, "build", func(d *docker) error { return a.build(ctx, d, p) }); err != nil {
		return r, err
	}
	for _, job := range jobs {
		if err := a.inEngine(ctx, &r, job.Name, func(d *docker) error { return a.job(ctx, d, p, job) }); err != nil {
			return r, err
		}
	}
	return r, nil
}

// inEngine times a job from the start of its engine to its end. Removing the engine is not part of it.
func (a *imageInEach) inEngine(ctx context.Context, r *Result, name string, run func(*docker) error) error {
	a.jobs++
	dir := a.w.Path(fmt.Sprintf("docker-C%d", a.jobs))
	if err := clear(dir); err != nil {
		return err
	}
	var d *docker
	err := r.timed(name, func() (err error) {
		if d, err = startDocker(ctx, a.w, dir); err != nil {
			return err
		}
		return run(d)
	})
	return errors.Join(err, d.remove())
}

// dockerfile is the published one with Debian's package names, and poetry in a plain virtual environment
// in place of pipx's.
const dockerfile = `FROM %s
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends zip make && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
RUN python3 -m venv /opt/poetry && /opt/poetry/bin/pip install --quiet poetry==%s poetry-plugin-pypi-mirror==%s
RUN /opt/poetry/bin/poetry --version
RUN python3 -m venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN POETRY_PYPI_MIRROR_URL=$PIP_INDEX_URL /opt/poetry/bin/poetry --no-interaction --no-ansi install --no-root --all-groups
`

func (a *imageInEach) build(ctx context.Context, d *docker, p *world.Project) error {
	file := filepath.Join(d.dir, "Dockerfile")
	if err := os.WriteFile(file, fmt.Appendf(nil, dockerfile, a.w.Base, world.PoetryVersion, world.MirrorPluginVersion), 0o600); err != nil {
		return err
	}
	return d.all(ctx, [][]string{
		{"build", "--quiet", "--network", "host", "--tag", "app:MR-1", "--file", file, p.Dir},
		{"tag", "app:MR-1", a.image},
		{"push", "--quiet", a.image},
	})
}

func (a *imageInEach) job(ctx context.Context, d *docker, p *world.Project, job Job) error {
	const container = "app-container"
	steps := [][]string{
		{"pull", "--quiet", a.image},
		{"run", "--network", "host", "--env", "ENVIRONMENT=mr-1", "--env", "PYTEST_ADDOPTS=" + pytestOptions, "--detach", "--name", container, a.image, "sleep", "infinity"},
		{"cp", p.Dir + "/.", container + ":/app"},
		{"exec", container, "ls", "-la", "/app"},
		{"exec", container, "sh", "-c", commands[job.Name]},
	}
	if job.Name == "package" {
		steps = append(steps, []string{"cp", container + ":/app/artifact.zip", p.Dir})
	}
	return d.all(ctx, append(steps, []string{"stop", "--time", "0", container}, []string{"rm", container}))
}

func (a *imageInEach) Kept(ctx context.Context) (int64, error) { return a.w.Stored(ctx, a.image) }

func (*imageInEach) Close() error { return nil }
