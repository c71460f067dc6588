package aws

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// pushed is a line of what publish-images gives.
type pushed struct {
	Image, Content, Digest string
	Tags                   []string
	Pushed                 bool
}

func publish(t *testing.T, w *harness.World, c harness.Call) []pushed {
	t.Helper()
	return published(t, w.Succeed(t, c))
}

func published(t *testing.T, r harness.Result) []pushed {
	t.Helper()
	var all []pushed
	if err := json.Unmarshal([]byte(r.Stdout), &all); err != nil || len(all) != 3 {
		t.Fatalf("publish-images gave %q: %v", r.Stdout, err)
	}
	return all
}

// digests are by content tag.
func digests(all []pushed) map[string]string {
	out := map[string]string{}
	for _, p := range all {
		out[p.Content] = p.Digest
	}
	return out
}

func publishing(p *harness.Project, registry string, flags ...string) harness.Call {
	return call(p, registry, flags, "publish-images", "--format", "json", "--tag", "mr-7")
}

// kinds of commands that make an image.
func builds(r harness.Result) []string {
	var out []string
	for _, name := range r.Ran() {
		for _, part := range []string{"install-", "-m venv", "bin/pip", "ln -s", "import-from-source", "fetch-providers", "-backend=false"} {
			if strings.Contains(name, part) {
				out = append(out, name)
				break
			}
		}
	}
	return out
}

// A registry that has the images is all that a cold engine needs: nothing is installed and no provider
// fetched. An edit of a source file changes no digest.
func TestColdEngineReusesImages(t *testing.T) {
	world.NeedTerraform(t)
	cold := engine(t)
	p, registry := world.Project(t), images()
	first := publish(t, world, publishing(p, registry))
	for _, image := range first {
		if !image.Pushed || tagged(t, image.Content) != image.Digest {
			t.Errorf("not pushed: %+v", image)
		}
		want := "tar+zstd" // Terraform's
		if strings.Contains(image.Content, ":app-") {
			want = "tar+gzip with a table of contents"
		}
		for _, layer := range layers(t, image.Image) {
			if layer != want {
				t.Errorf("%s has a layer of type %s, want %s", image.Image, layer, want)
			}
		}
		for _, tag := range image.Tags {
			if got := tagged(t, tag); got != image.Digest {
				t.Errorf("%s is %s, want %s", tag, got, image.Digest)
			}
		}
	}
	for _, verb := range [][]string{{"test"}, {"plan", "--environment", world.Environment()}} {
		r := cold.Succeed(t, call(p, registry, keys(), verb...))
		if b := builds(r); len(b) > 0 {
			t.Errorf("%s built on a cold engine: %q", verb[0], b)
		}
		if len(r.Ran()) == 0 {
			t.Errorf("%s ran nothing at all", verb[0])
		}
	}
	p.Append("src/fixture/__init__.py", "\n# edited\n")
	r := cold.Succeed(t, publishing(p, registry))
	again := published(t, r)
	if !maps.Equal(digests(again), digests(first)) {
		t.Errorf("an edit of a source file changed a digest: %v, before %v", again, first)
	}
	if ran := r.Ran(); len(ran) > 0 {
		t.Errorf("publishing what is there ran %q", ran)
	}
	p.Append("infra/main.tf", "\n# edited\n")
	changed := publish(t, cold, publishing(p, registry))
	if changed[0].Pushed || changed[1].Pushed || !changed[2].Pushed {
		t.Errorf("an edit of the root module is to push that alone: %+v", changed)
	}
}

func TestTwoRunnersPublishAtOnce(t *testing.T) {
	world.NeedTerraform(t)
	other := engine(t)
	p, registry := world.Project(t), images()
	// A dependency list of this test alone, so that both engines build.
	p.Append("infra/main.tf", "\n# "+registry+"\n")
	a, b := world.Start(t, publishing(p, registry)), other.Start(t, publishing(p, registry))
	ra, rb := a.Wait(), b.Wait()
	if ra.Code != 0 || rb.Code != 0 {
		t.Fatalf("exit codes %d and %d\n%s\n%s", ra.Code, rb.Code, ra.Stderr, rb.Stderr)
	}
	da, db := digests(published(t, ra)), digests(published(t, rb))
	if !slices.Equal(slices.Sorted(maps.Keys(da)), slices.Sorted(maps.Keys(db))) {
		t.Fatalf("two runners named the same content differently: %v and %v", da, db)
	}
	last := publish(t, other, publishing(p, registry))
	for _, image := range last {
		if image.Pushed {
			t.Errorf("pushed again: %+v", image)
		}
		if d := image.Digest; d != da[image.Content] && d != db[image.Content] {
			t.Errorf("%s holds %s, which neither runner pushed", image.Content, d)
		}
		for _, tag := range image.Tags {
			if got := tagged(t, tag); got != image.Digest {
				t.Errorf("%s is %s, its content is %s", tag, got, image.Digest)
			}
		}
	}
}

// Other credentials, the same images: no build runs again.
func TestRotatedCredentialsBuildNothing(t *testing.T) {
	world.NeedTerraform(t)
	p, registry, environment := world.Project(t), images(), world.Environment()
	world.Succeed(t, call(p, registry, keys(), "plan", "--environment", environment))
	for _, c := range []harness.Call{
		call(p, registry, keys(), "plan", "--environment", environment).With("TEST_AWS_ACCESS_KEY=AKIAROTATEDROTATED00", "TEST_AWS_SECRET_KEY=another-secret-key"),
		call(p, registry, web(), "plan", "--environment", environment),
		call(p, registry, web(), "plan", "--environment", environment).With("TEST_WEB_TOKEN=header.rotated.signature"),
	} {
		r := world.Succeed(t, c)
		if b := builds(r); len(b) > 0 {
			t.Errorf("built again: %q", b)
		}
		for _, name := range r.Ran() {
			if name == harness.RunBuild {
				t.Errorf("packaged again: %s", name)
			}
		}
	}
}

// What a content tag holds must be that content.
func TestContentTagWithAnotherImageIsAnError(t *testing.T) {
	world.NeedTerraform(t)
	p, registry := world.Project(t), images()
	all := publish(t, world, publishing(p, registry))
	tools, module := all[1], all[2]
	move(t, module.Image, strings.TrimPrefix(tools.Content[strings.LastIndex(tools.Content, ":"):], ":"))
	r := world.Run(t, publishing(p, registry))
	if r.Code != 1 || !strings.Contains(r.Stderr, "content tags never move") || !strings.Contains(r.Stderr, tools.Content) {
		t.Errorf("exit code %d\n%s", r.Code, r.Stderr)
	}
}

func TestRegistryIsNeverNeeded(t *testing.T) {
	world.Embedded(t, "the other engine does not read docker's configuration for the base image")
	p := world.Project(t)
	docker := loggedIn(t)
	r := world.Succeed(t, call(p, "127.0.0.1:9/group/app", nil, "test").With(docker))
	if lines := strings.Count(r.Stderr, "127.0.0.1:9/group/app/open/app:"); lines != 1 || !strings.Contains(r.Stderr, "no answer") {
		t.Errorf("want one line about the registry that does not answer, got %d\n%s", lines, r.Stderr)
	}
	r = world.Succeed(t, call(p, "none", nil, "test").With(docker))
	if strings.Contains(r.Stderr, "app:app-") {
		t.Errorf("a registry was asked without one\n%s", r.Stderr)
	}
}

// tagged is the digest of a reference in the lab's registry, "" for none.
func tagged(t *testing.T, reference string) string {
	t.Helper()
	repository, tag, _ := strings.Cut(strings.TrimPrefix(reference, world.Lab.Registry+"/"), ":")
	resp := registry(t, http.MethodHead, repository, tag, nil, "")
	return resp.Header.Get("Docker-Content-Digest")
}

// layers are the kinds of an image's layers; the image is named by its digest.
func layers(t *testing.T, image string) (types []string) {
	t.Helper()
	repository, digest, _ := strings.Cut(strings.TrimPrefix(image, world.Lab.Registry+"/"), "@")
	var manifest struct {
		Layers []struct {
			MediaType   string
			Annotations map[string]string
		}
	}
	if err := json.NewDecoder(registry(t, http.MethodGet, repository, digest, nil, "").Body).Decode(&manifest); err != nil || len(manifest.Layers) == 0 {
		t.Fatalf("manifest of %s: %+v, %v", image, manifest, err)
	}
	for _, l := range manifest.Layers {
		name := strings.TrimPrefix(l.MediaType, "application/vnd.oci.image.layer.v1.")
		if l.Annotations["containerd.io/snapshot/stargz/toc.digest"] != "" {
			name += " with a table of contents"
		}
		types = append(types, name)
	}
	return types
}
