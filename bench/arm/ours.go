package arm

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"dagger/pipeline/bench/world"
)

// ours is this pipeline: arms D to G on the embedded engine, e and f on Dagger's.
type ours struct {
	w *world.World
	// dir is the arm's letter, with what makes the instance unique.
	dir string
	on  engine
	// host is the registry as the engine reaches it, HOST:PORT; scheme is "http://" if it is not on loopback.
	host, scheme string
	// empty makes each job start on an engine that has nothing.
	empty bool
	// chain is the one call that does all jobs of a pipeline; nil: one call for each job.
	chain []string
	// registry is where images are published and looked up: a new one each time the arm forgets.
	registry string
	// published are the app images that an arm with empty engines has published, by the hash of the lock file.
	published map[string]string
}

// An engine runs calls of the pipeline.
type engine interface {
	// start starts it.
	start(ctx context.Context) error
	// forget removes everything that it keeps.
	forget(ctx context.Context) error
	// call runs a function of the module, args, and counts what that did if it can.
	call(ctx context.Context, r *Result, dir string, env, args []string) (out string, err error)
	// kept is how many bytes it keeps.
	kept(ctx context.Context) (int64, error)
	close(ctx context.Context) error
}

// chain is the one call that does all jobs of a merge request.
var chain = []string{"merge-request", "--environment", "mr-2"}

// EmptyEngine is arm D.
func EmptyEngine(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newEmbedded(ctx, &ours{dir: dir, w: w, empty: true})
}

// KeptEngine is arm E.
func KeptEngine(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newEmbedded(ctx, &ours{dir: dir, w: w})
}

// OneCall is arm F: all jobs of a merge request, whatever is asked for.
func OneCall(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newEmbedded(ctx, &ours{dir: dir, w: w, chain: chain})
}

// EmptyOneCall is arm G: the same on an empty engine.
func EmptyOneCall(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newEmbedded(ctx, &ours{dir: dir, w: w, empty: true, chain: chain})
}

func newEmbedded(ctx context.Context, a *ours) (Arm, error) {
	keep := "all"
	if a.empty {
		keep = "nothing"
	}
	a.on, a.host = &embedded{w: a.w, dir: a.dir, keep: keep}, a.w.Registry.Address
	return a, a.Forget(ctx)
}

func (a *ours) Forget(ctx context.Context) error {
	a.registry = fmt.Sprintf("%s%s/bench/%s-%s", a.scheme, a.host, strings.ToLower(a.dir), strings.ToLower(rand.Text()[:8]))
	a.published = map[string]string{}
	if err := a.on.forget(ctx); err != nil {
		return err
	}
	// The engine is built, and the module too: what a first run on a new machine adds is not measured here.
	return a.on.start(ctx)
}

func (a *ours) Pipeline(ctx context.Context, p *world.Project, jobs []Job) (r Result, err error) {
	if a.chain != nil {
		jobs = []Job{{Name: "all"}}
	}
	if a.empty {
		if err := a.publish(ctx, &r, p); err != nil {
			return r, err
		}
	}
	for _, job := range jobs {
		args := verbs[job.Name]
		if job.Attempt != "" {
			args = []string{"test", "--attempt", job.Attempt}
		}
		switch job.Name {
		case "all":
			args = a.chain
		case "package":
			args = []string{"build-package", "-o", filepath.Join(p.Dir, "artifact.zip")}
		}
		if a.empty {
			if err := a.on.forget(ctx); err != nil {
				return r, err
			}
		}
		err := r.timed(job.Name, func() error { // the start of an empty engine too, which is the call's
			_, err := a.call(ctx, &r, p, job, args...)
			return err
		})
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

var verbs = map[string][]string{
	"test":    {"test"},
	"publish": {"publish-images", "--tag", "mr-1"},
	"plan":    {"plan", "--environment", "mr-1"},
	"deploy":  {"deploy", "--environment", "mr-1"},
}

// call calls the pipeline for a job, with new AWS keys if they are to be rotated.
func (a *ours) call(ctx context.Context, r *Result, p *world.Project, job Job, args ...string) (out string, err error) {
	key, lab := "AKIABENCHBENCHBENCH0", a.w.Lab
	if job.Rotated {
		key = "AKIA" + rand.Text()[:16]
	}
	_, python, _ := strings.Cut(a.w.Base, "/")
	_, terraform, _ := strings.Cut(lab["TERRAFORM_IMAGE"], "/")
	all := []string{"--source", p.Dir,
		"--python-image", a.host + "/" + python, "--terraform-image", a.host + "/" + terraform,
		"--registry", a.registry, "--registry-username", lab["REGISTRY_USERNAME"], "--registry-password", "env://BENCH_REGISTRY_PASSWORD",
		"--state-bucket", lab["STATE_BUCKET"], "--aws-endpoint", lab["AWS_ENDPOINT"],
		"--aws-access-key-id", "env://BENCH_KEY", "--aws-secret-access-key", "env://BENCH_SECRET"}
	if lab["PROVIDER_MIRROR"] != "" {
		all = append(all, "--provider-mirror", lab["PROVIDER_MIRROR"])
	}
	env := []string{"BENCH_REGISTRY_PASSWORD=" + lab["REGISTRY_PASSWORD"], "BENCH_KEY=" + key, "BENCH_SECRET=" + key + "-secret"}
	return a.on.call(ctx, r, p.Dir, env, append(all, args...))
}

// publish pushes the images of a project whose lock file the registry has not seen, as the first job of its
// pipeline does.
func (a *ours) publish(ctx context.Context, r *Result, p *world.Project) error {
	sum, err := p.LockSum()
	if err != nil || a.published[sum] != "" {
		return err
	}
	if err := a.on.forget(ctx); err != nil {
		return err
	}
	var out string
	err = r.timed("publish", func() (err error) {
		out, err = a.call(ctx, r, p, Job{}, "publish-images", "--tag", "mr-1", "--format", "json")
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

// Kept is the engine's state, or the app image in the registry if the engine is thrown away.
func (a *ours) Kept(ctx context.Context) (int64, error) {
	if !a.empty {
		return a.on.kept(ctx)
	}
	for _, image := range a.published {
		_, path, _ := strings.Cut(image, "/")
		return a.w.Stored(ctx, a.w.Registry.Address+"/"+path)
	}
	return 0, errors.New("measuring what is kept: nothing was published")
}

func (a *ours) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := a.on.close(ctx); err != nil {
		return fmt.Errorf("stopping the engine of arm %s: %w", a.dir, err)
	}
	return nil
}
