package arm

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"dagger/pipeline/bench/world"
)

// ours is this pipeline on the embedded engine: arms D, E and F.
type ours struct {
	name string
	// dir ends the names of the arm's directories.
	dir string
	w   *world.World
	// empty makes each job start on an engine that has nothing.
	empty bool
	// flags are added to each call.
	flags []string
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
	// module is the directory of the module; the checkout's own by default.
	module string
}

// KeptEngine is arm E.
func KeptEngine(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newOurs(ctx, &ours{name: "E", dir: dir, w: w})
}

// OneCall is arm F: all jobs of a merge request, whatever is asked for.
func OneCall(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newOurs(ctx, &ours{name: "F", dir: dir, w: w, chain: []string{"merge-request", "--environment", "mr-2"}})
}

// EmptyEngine is arm D. Where it starts cold, the registry is empty too, and a job fills it.
func EmptyEngine(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newOurs(ctx, &ours{name: "D", dir: dir, w: w, empty: true, published: map[string]string{}, publishes: dir != "D"})
}

func newOurs(ctx context.Context, a *ours) (Arm, error) {
	a.module = a.w.Checkout
	return a, a.Forget(ctx)
}

func (a *ours) Name() string { return a.name }

func (a *ours) environ() []string {
	return append(a.w.Environ(), "PIPELINE_STATE_DIR="+a.state(), "PIPELINE_RUN_DIR="+a.w.Path("run-"+a.dir), "PIPELINE_SUMMARY="+a.summary(),
		"PIPELINE_MODULE_DIR="+a.module, "BENCH_REGISTRY_PASSWORD="+a.w.Lab["REGISTRY_PASSWORD"])
}

func (a *ours) state() string   { return a.w.Path("state-" + a.dir) }
func (a *ours) summary() string { return a.w.Path("summary-" + a.dir + ".json") }

func (a *ours) pipeline(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	return world.Command{Dir: dir, Env: append(a.environ(), env...), Args: append([]string{filepath.Join(a.w.Checkout, "pipeline")}, args...)}.Run(ctx)
}

// engine runs one of the commands that look after the engine.
func (a *ours) engine(ctx context.Context, verb string) error {
	_, err := a.pipeline(ctx, a.w.Dir, nil, "engine", verb)
	return err
}

func (a *ours) Forget(ctx context.Context) error {
	if err := a.engine(ctx, "stop"); err != nil {
		return err
	}
	if err := clear(a.state()); err != nil {
		return err
	}
	a.fresh++
	a.registry = fmt.Sprintf("%s/bench/%s-%s-%d", a.w.Registry.Address, strings.ToLower(a.dir), strings.ToLower(rand.Text()[:6]), a.fresh)
	if a.published != nil {
		a.published = map[string]string{}
	}
	// The engine is built, and the module too: what a first run on a new machine adds is not measured here.
	return a.engine(ctx, "prune")
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
			if err := a.emptied(ctx); err != nil {
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
				if err := a.engine(ctx, "prune"); err != nil {
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

// emptied stops the engine and removes its state.
func (a *ours) emptied(ctx context.Context) error {
	if err := a.engine(ctx, "stop"); err != nil {
		return err
	}
	return clear(a.state())
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
	_, terraform, _ := strings.Cut(lab["TERRAFORM_IMAGE"], "/")
	all := []string{"call", "--progress", "plain", "--source", p.Dir,
		"--python-image", a.w.Base, "--terraform-image", a.w.Registry.Address + "/" + terraform,
		"--registry", a.registry, "--registry-username", lab["REGISTRY_USERNAME"], "--registry-password", "env://BENCH_REGISTRY_PASSWORD",
		"--state-bucket", lab["STATE_BUCKET"], "--aws-endpoint", lab["AWS_ENDPOINT"]}
	if lab["PROVIDER_MIRROR"] != "" {
		all = append(all, "--provider-mirror", lab["PROVIDER_MIRROR"])
	}
	if err := os.RemoveAll(a.summary()); err != nil {
		return "", err
	}
	if out, err = a.pipeline(ctx, p.Dir, env, append(append(all, a.flags...), args...)...); err != nil {
		return "", err
	}
	return out, r.count(a.summary())
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
	if err := a.emptied(ctx); err != nil {
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
	if err := json.Unmarshal([]byte(out), &pushed); err != nil {
		return fmt.Errorf("reading what was published: %w: %s", err, out)
	}
	for _, image := range pushed {
		if strings.HasPrefix(image.Content, "app-") {
			a.published[sum] = image.Image
		}
	}
	return nil
}

// Kept is the engine's state, or the app image in the registry where the engine is thrown away.
func (a *ours) Kept(ctx context.Context) (int64, error) {
	if !a.empty {
		return diskUsage(a.state())
	}
	for _, image := range a.published {
		return a.w.Stored(ctx, image)
	}
	return 0, errors.New("measuring what is kept: nothing was published")
}

func (a *ours) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := a.engine(ctx, "stop"); err != nil {
		return fmt.Errorf("stopping the engine of arm %s: %w", a.name, err)
	}
	return errors.Join(clear(a.state()), os.RemoveAll(a.w.Path("run-"+a.dir)), os.RemoveAll(a.summary()))
}
