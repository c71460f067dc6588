package arm

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"dagger/pipeline/bench/world"
)

// ours is this pipeline: arms D, E and F on the embedded engine, e and f on Dagger's.
type ours struct {
	name string
	// dir is unique to the instance.
	dir string
	w   *world.World
	on  engine
	// host is the registry as the engine reaches it, HOST:PORT; scheme, "http://", is said where it is not on loopback.
	host, scheme string
	// empty makes each job start on an engine that has nothing.
	empty bool
	// chain is the one call that does all jobs of a pipeline; nil: one call for each job.
	chain []string
	// registry is where images are published and looked up, HOST:PORT/PATH.
	registry string
	// published are the images of projects by the hash of their lock files, where the arm publishes them;
	// nil: it does not.
	published map[string]string
	// fresh counts the registries that the arm began with nothing in them.
	fresh int
	// publishes makes publishing a job of the pipeline, timed like the others.
	publishes bool
}

// An engine runs calls of the pipeline.
type engine interface {
	// start starts it.
	start(ctx context.Context) error
	// forget removes all that it keeps.
	forget(ctx context.Context) error
	// call runs a function of the module, args, and counts what that did where it can.
	call(ctx context.Context, r *Result, dir string, env, args []string) (out string, err error)
	// kept is how many bytes it keeps.
	kept(ctx context.Context) (int64, error)
	close(ctx context.Context) error
}

// KeptEngine is arm E.
func KeptEngine(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newOurs(ctx, &ours{name: "E", dir: dir, w: w})
}

// chain is the one call that does all jobs of a merge request.
var chain = []string{"merge-request", "--environment", "mr-2"}

// OneCall is arm F: all jobs of a merge request, whatever is asked for.
func OneCall(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newOurs(ctx, &ours{name: "F", dir: dir, w: w, chain: chain})
}

// EmptyEngine is arm D. Where it starts cold, the registry is empty too, and a job fills it.
func EmptyEngine(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newOurs(ctx, &ours{name: "D", dir: dir, w: w, empty: true, published: map[string]string{}, publishes: dir != "D"})
}

func newOurs(ctx context.Context, a *ours) (Arm, error) {
	a.on, a.host = &embedded{w: a.w, dir: a.dir}, a.w.Registry.Address
	return a, a.Forget(ctx)
}

func (a *ours) Name() string { return a.name }

func (a *ours) Forget(ctx context.Context) error {
	if err := a.on.forget(ctx); err != nil {
		return err
	}
	a.unpublished()
	// The engine is built, and the module too: what a first run on a new machine adds is not measured here.
	return a.on.start(ctx)
}

// unpublished makes the arm use a registry with nothing in it.
func (a *ours) unpublished() {
	a.fresh++
	a.registry = fmt.Sprintf("%s%s/bench/%s-%s-%d", a.scheme, a.host, strings.ToLower(a.dir), strings.ToLower(rand.Text()[:6]), a.fresh)
	if a.published != nil {
		a.published = map[string]string{}
	}
}

func (a *ours) Pipeline(ctx context.Context, p *world.Project, jobs []Job) (r Result, err error) {
	if a.chain != nil {
		err := r.timed("all", func() error {
			env, flags := a.credentials(Job{})
			out, err := a.call(ctx, &r, p, env, append(flags, a.chain...))
			r.Note = parts(out)
			return err
		})
		return r, err
	}
	if err := a.publish(ctx, &r, p); err != nil {
		return r, err
	}
	for _, job := range jobs {
		if a.empty {
			if err := a.on.forget(ctx); err != nil {
				return r, err
			}
		}
		env, args := a.credentials(job)
		args = append(args, verbs[job.Name]...)
		if job.Attempt != "" && job.Name == "test" {
			args = append(args, "--attempt", job.Attempt)
		}
		if job.Name == "package" {
			args = append(args, "-o", filepath.Join(p.Dir, "artifact.zip"))
		}
		err := r.timed(job.Name, func() error {
			if a.empty {
				start := time.Now()
				if err := a.on.start(ctx); err != nil {
					return err
				}
				r.Engine += time.Since(start).Seconds()
			}
			_, err := a.call(ctx, &r, p, env, args)
			return err
		})
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

var part = regexp.MustCompile(`(?m)^(\w+) +ok +([0-9.]+) s `)

// parts are the times that a chain's table gives: "test=1.2 package=0.8".
func parts(table string) string {
	var out []string
	for _, m := range part.FindAllStringSubmatch(table, -1) {
		out = append(out, m[1]+"="+m[2])
	}
	return strings.Join(out, " ")
}

var verbs = map[string][]string{
	"test":    {"test"},
	"package": {"build-package"},
	"publish": {"publish-images", "--tag", "mr-1"},
	"plan":    {"plan", "--environment", "mr-1"},
	"deploy":  {"deploy", "--environment", "mr-1"},
}

// credentials are AWS keys for a job, and the flags that name them.
func (a *ours) credentials(job Job) (env, flags []string) {
	key := "AKIABENCHBENCHBENCH0"
	if job.Rotated {
		key = "AKIA" + rand.Text()[:16]
	}
	return []string{"BENCH_KEY=" + key, "BENCH_SECRET=" + key + "-secret"},
		[]string{"--aws-access-key-id", "env://BENCH_KEY", "--aws-secret-access-key", "env://BENCH_SECRET"}
}

func (a *ours) call(ctx context.Context, r *Result, p *world.Project, env, args []string) (out string, err error) {
	lab := a.w.Lab
	_, python, _ := strings.Cut(a.w.Base, "/")
	_, terraform, _ := strings.Cut(lab["TERRAFORM_IMAGE"], "/")
	all := []string{"--source", p.Dir,
		"--python-image", a.host + "/" + python, "--terraform-image", a.host + "/" + terraform,
		"--registry", a.registry, "--registry-username", lab["REGISTRY_USERNAME"], "--registry-password", "env://BENCH_REGISTRY_PASSWORD",
		"--state-bucket", lab["STATE_BUCKET"], "--aws-endpoint", lab["AWS_ENDPOINT"]}
	if lab["PROVIDER_MIRROR"] != "" {
		all = append(all, "--provider-mirror", lab["PROVIDER_MIRROR"])
	}
	env = append(env, "BENCH_REGISTRY_PASSWORD="+lab["REGISTRY_PASSWORD"])
	return a.on.call(ctx, r, p.Dir, env, append(all, args...))
}

// publish pushes the images of a project whose lock file the registry has not seen, as the first job of its
// pipeline does. An arm that is not cold finds them there.
func (a *ours) publish(ctx context.Context, r *Result, p *world.Project) error {
	if a.published == nil {
		return nil
	}
	sum, err := p.LockSum()
	if err != nil || a.published[sum] != "" {
		return err
	}
	if err := a.on.forget(ctx); err != nil {
		return err
	}
	var scratch Result
	if !a.publishes {
		r = &scratch
	}
	var out string
	err = r.timed("publish", func() (err error) {
		out, err = a.call(ctx, r, p, nil, []string{"publish-images", "--tag", "mr-1", "--format", "json"})
		return err
	})
	if err != nil {
		return err
	}
	var pushed []struct{ Image, Content string } // Image is a reference by digest
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&pushed); err != nil {
		return fmt.Errorf("reading what was published: %w: %s", err, out)
	}
	for _, image := range pushed {
		if strings.Contains(image.Content, ":app-") {
			a.published[sum] = image.Image
		}
	}
	return nil
}

// Kept is the engine's state, or the app image in the registry where the engine is thrown away.
func (a *ours) Kept(ctx context.Context) (int64, error) {
	if !a.empty {
		return a.on.kept(ctx)
	}
	for _, image := range a.published {
		_, path, _ := strings.Cut(strings.TrimPrefix(image, a.scheme), "/")
		return a.w.Stored(ctx, a.w.Registry.Address+"/"+path)
	}
	return 0, errors.New("measuring what is kept: nothing was published")
}

func (a *ours) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := a.on.close(ctx); err != nil {
		return fmt.Errorf("stopping the engine of arm %s: %w", a.name, err)
	}
	return nil
}
