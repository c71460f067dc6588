package ecr

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/fault"
)

func TestMain(m *testing.M) { awstest.Main(m) }

func TestStandInRegistry(t *testing.T) {
	s := awstest.OnStandIn(t, awstest.WithKeys)
	r := New(s)
	name := fmt.Sprintf("group/app-%d", time.Now().UnixNano())
	repo, err := r.EnsureRepository(t.Context(), name, "app-*")
	if err != nil || !repo.Created {
		t.Fatalf("%+v, %v", repo, err)
	}
	if repo, err = r.EnsureRepository(t.Context(), name, "app-*"); err != nil || repo.Created || len(repo.Notes) != 0 {
		t.Errorf("again: %+v, %v", repo, err)
	}
	var wait sync.WaitGroup
	made := make(chan bool, 6)
	for range cap(made) { // jobs that start at once
		wait.Go(func() {
			repo, err := r.EnsureRepository(t.Context(), name+"-at-once", "app-*")
			if err != nil {
				t.Error(err)
			}
			made <- repo.Created
		})
	}
	wait.Wait()
	close(made)
	count := 0
	for created := range made {
		if created {
			count++
		}
	}
	if count != 1 {
		t.Errorf("%d jobs say that they made the repository", count)
	}
}

func TestStandInRetention(t *testing.T) {
	s := awstest.OnStandIn(t, awstest.WithKeys)
	r := New(s)
	name := fmt.Sprintf("group/kept-%d", time.Now().UnixNano())
	if _, err := r.EnsureRepository(t.Context(), name, "app-*"); err != nil {
		t.Fatal(err)
	}
	push := func(content, tag string) string {
		manifest := fmt.Sprintf(`{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":7023,"digest":%q},"layers":[]}`, awstest.Digest(content))
		out, err := r.client.PutImage(t.Context(), &ecr.PutImageInput{RepositoryName: &name, ImageManifest: &manifest, ImageTag: &tag, ImageDigest: new(awstest.Digest(manifest))})
		if err != nil {
			t.Fatal(err)
		}
		return value(out.Image.ImageId.ImageDigest)
	}
	latest, mr := push("a", "latest"), push("b", "mr-9")
	images, err := r.Images(t.Context(), name)
	if err != nil || len(images) != 2 || images[0].PushedAt.IsZero() || !slices.Equal(images[0].Tags, []string{"latest"}) {
		t.Fatalf("images %+v, %v", images, err)
	}
	p, err := kept.Policy()
	if err != nil {
		t.Fatal(err)
	}
	previews, err := r.Apply(t.Context(), []Target{{name, p}}, lifecycle.Guard{Protects: kept.Protects, Deployed: []string{mr}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s\n%s", previews[0].Note, previews[0].Report())
	got, err := r.client.GetLifecyclePolicy(context.Background(), &ecr.GetLifecyclePolicyInput{RepositoryName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if set, err := lifecycle.ParsePolicy(value(got.LifecyclePolicyText)); err != nil || set.JSON() != p.JSON() {
		t.Errorf("set %s, %v", value(got.LifecyclePolicyText), err)
	}
	// A policy that would expire what must stay leaves the one that is set.
	bad := policyOf(prefixes(1, "latest"))
	if _, err := r.Apply(t.Context(), []Target{{name, bad}}, lifecycle.Guard{Protects: kept.Protects}); !errors.Is(err, fault.ErrProtected) {
		t.Errorf("a prefix for latest (%s): %v", latest, err)
	}
	if again, err := r.client.GetLifecyclePolicy(context.Background(), &ecr.GetLifecyclePolicyInput{RepositoryName: &name}); err != nil || value(again.LifecyclePolicyText) != value(got.LifecyclePolicyText) {
		t.Errorf("the refused policy was set: %v", err)
	}
}
