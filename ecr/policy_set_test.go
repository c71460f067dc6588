package ecr

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/fault"
)

// registries is ECR with several repositories, as far as retention speaks with it.
type registries struct {
	images   map[string][]lifecycle.Image
	policies map[string]string
	// refuse are the repositories whose policy may not be set; stuck those that may not be set a second time.
	refuse, stuck map[string]bool
	puts          map[string]int
}

func (e *registries) serve(w http.ResponseWriter, r awstest.Request, _ int) bool {
	var in struct {
		RepositoryName, LifecyclePolicyText, ImageTag, ImageManifest string
		ImageIDs                                                     []struct{ ImageDigest, ImageTag string } `json:"imageIds"`
	}
	_ = json.Unmarshal([]byte(r.Body), &in)
	images, there := e.images[in.RepositoryName]
	fail := func(code string) { awstest.JSON(w, 400, map[string]string{"__type": code, "message": "no"}) }
	find := func(digest, tag string) int {
		return slices.IndexFunc(images, func(i lifecycle.Image) bool { return i.Digest == digest || tag != "" && slices.Contains(i.Tags, tag) })
	}
	switch r.Action {
	case "DescribeImages":
		if !there {
			fail("RepositoryNotFoundException")
			return true
		}
		details := []any{}
		for i, image := range images {
			if len(in.ImageIDs) == 0 || i == find(in.ImageIDs[0].ImageDigest, in.ImageIDs[0].ImageTag) {
				details = append(details, map[string]any{"imageDigest": image.Digest, "imageTags": image.Tags, "imagePushedAt": image.PushedAt.Unix(), "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json"})
			}
		}
		if len(details) == 0 && len(in.ImageIDs) > 0 {
			fail("ImageNotFoundException")
			return true
		}
		awstest.JSON(w, 200, map[string]any{"imageDetails": details})
	case "BatchGetImage":
		awstest.JSON(w, 200, map[string]any{"images": []any{map[string]any{"imageId": map[string]string{"imageDigest": in.ImageIDs[0].ImageDigest}, "imageManifest": in.ImageIDs[0].ImageDigest}}})
	case "PutImage":
		i := find(in.ImageManifest, "")
		images[i].Tags = append(images[i].Tags, in.ImageTag)
		awstest.JSON(w, 200, map[string]any{})
	case "BatchDeleteImage":
		i := find("", in.ImageIDs[0].ImageTag)
		images[i].Tags = slices.DeleteFunc(images[i].Tags, func(tag string) bool { return tag == in.ImageIDs[0].ImageTag })
		awstest.JSON(w, 200, map[string]any{})
	case "StartLifecyclePolicyPreview":
		w.WriteHeader(http.StatusNotImplemented)
	case "GetLifecyclePolicy":
		if e.policies[in.RepositoryName] == "" {
			fail("LifecyclePolicyNotFoundException")
			return true
		}
		awstest.JSON(w, 200, map[string]any{"lifecyclePolicyText": e.policies[in.RepositoryName]})
	case "PutLifecyclePolicy":
		e.puts[in.RepositoryName]++
		if e.refuse[in.RepositoryName] || e.stuck[in.RepositoryName] && e.puts[in.RepositoryName] > 1 {
			fail("AccessDeniedException")
			return true
		}
		e.policies[in.RepositoryName] = in.LifecyclePolicyText
		awstest.JSON(w, 200, map[string]any{})
	case "DeleteLifecyclePolicy":
		if e.stuck[in.RepositoryName] {
			fail("AccessDeniedException")
			return true
		}
		delete(e.policies, in.RepositoryName)
		awstest.JSON(w, 200, map[string]any{})
	default:
		return false
	}
	return true
}

func over(t *testing.T, e *registries) *Registry {
	t.Helper()
	e.puts = map[string]int{}
	if e.policies == nil {
		e.policies = map[string]string{}
	}
	f := awstest.NewFake(t)
	f.Fault = e.serve
	c := awstest.WithKeys(awstest.Config(f))
	c.Now = func() time.Time { return today }
	return New(awstest.Resolve(t, c))
}

// four are the repositories of both levels of trust.
var four = []string{"group/open/app", "group/open/terraform", "group/app", "group/terraform"}

func targets(t *testing.T, repositories ...string) []Target {
	t.Helper()
	p, err := kept.Policy()
	if err != nil {
		t.Fatal(err)
	}
	var out []Target
	for _, name := range repositories {
		out = append(out, Target{name, p})
	}
	return out
}

// All policies are set or none, whichever repository refuses, and what cannot be taken back is said.
func TestPoliciesOfAllRepositoriesOrNone(t *testing.T) {
	old := policyOf(patterns(1, "latest")).JSON()
	for i, bad := range four {
		e := &registries{images: map[string][]lifecycle.Image{}, policies: map[string]string{four[0]: old}, refuse: map[string]bool{bad: true}}
		for _, name := range four {
			e.images[name] = []lifecycle.Image{pushed("sha256:"+name, 1, "latest")}
		}
		_, err := over(t, e).Apply(t.Context(), targets(t, four...), lifecycle.Guard{Protects: kept.Protects})
		if !errors.Is(err, fault.ErrDenied) || !says(err, fmt.Sprintf("setting the lifecycle policy of %q: access denied", bad)) {
			t.Errorf("%s: %v", bad, err)
		}
		if len(e.policies) != 1 || e.policies[four[0]] != old {
			t.Errorf("%s: policies are %v", bad, e.policies)
		}
		for _, before := range four[:i] {
			if !says(err, fmt.Sprintf("the policy of %q had been set and is as it was before", before)) {
				t.Errorf("%s: the error does not speak of %s: %v", bad, before, err)
			}
		}
	}
	// A repository whose image would go: none is set, and nothing has to be taken back.
	e := &registries{images: map[string][]lifecycle.Image{four[0]: {pushed("sha256:a", 1, "latest")}, four[1]: {pushed("sha256:b", 40, "mr-1")}}}
	_, err := over(t, e).Apply(t.Context(), targets(t, four[:2]...), lifecycle.Guard{Deployed: []string{"sha256:b"}})
	if !errors.Is(err, fault.ErrProtected) || !says(err, four[1]) || len(e.puts) != 0 {
		t.Errorf("%v, set %v", err, e.puts)
	}
	// One that was set and cannot be taken back is named.
	e = &registries{images: map[string][]lifecycle.Image{four[0]: nil, four[1]: nil}, refuse: map[string]bool{four[1]: true}, stuck: map[string]bool{four[0]: true}}
	_, err = over(t, e).Apply(t.Context(), targets(t, four[:2]...), lifecycle.Guard{})
	if !says(err, fmt.Sprintf("the policy of %q may be the new one and cannot be taken back", four[0])) {
		t.Error(err)
	}
}

// A repository that nobody has pushed to yet is no reason to leave the others without a policy; that none is there is.
func TestRepositoriesThatAreNotThere(t *testing.T) {
	e := &registries{images: map[string][]lifecycle.Image{four[2]: {pushed("sha256:a", 1, "latest")}}}
	if previews, err := over(t, e).Apply(t.Context(), targets(t, four...), lifecycle.Guard{}); err != nil || len(previews) != 1 || e.policies[four[2]] == "" {
		t.Errorf("%v, %v", previews, err)
	}
	if _, err := over(t, &registries{}).Apply(t.Context(), targets(t, four...), lifecycle.Guard{}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("none is there: %v", err)
	}
}

// What is said to be deployed and is nowhere is a typing error, and no policy is set on it.
func TestUnknownDeployedImagesAreRefused(t *testing.T) {
	for _, g := range []lifecycle.Guard{{Deployed: []string{"sha256:a", "sha256:typo"}}, {Tags: []string{"mr-7", "mr-70"}}} {
		e := &registries{images: map[string][]lifecycle.Image{four[2]: {pushed("sha256:a", 1, "mr-7")}, four[3]: {pushed("sha256:b", 1)}}}
		_, err := over(t, e).Apply(t.Context(), targets(t, four[2:]...), g)
		if !errors.Is(err, fault.ErrNotFound) || !says(err, "no repository has it") || len(e.puts) != 0 {
			t.Errorf("%v: %v, set %v", g, err, e.puts)
		}
	}
	// One of the repositories is enough.
	e := &registries{images: map[string][]lifecycle.Image{four[2]: {pushed("sha256:a", 1, "mr-7")}, four[3]: {pushed("sha256:b", 1, "app-1")}}}
	if _, err := over(t, e).Apply(t.Context(), targets(t, four[2:]...), lifecycle.Guard{Deployed: []string{"sha256:a", "sha256:b"}, Tags: []string{"mr-7"}}); err != nil {
		t.Error(err)
	}
}

// A preview shows which tags are to be set, and sets none.
func TestPreviewMarksNothing(t *testing.T) {
	e := &registries{images: map[string][]lifecycle.Image{four[2]: {pushed("sha256:a", 40, "mr-7")}}}
	previews, err := over(t, e).Preview(t.Context(), targets(t, four[2]), lifecycle.Guard{Protects: kept.Protects, Environments: map[string]string{"mr-7": "mr-7", "mr-8": "mr-8"}})
	if err != nil || len(previews) != 1 || len(previews[0].Marks) != 1 || previews[0].Marks[0] != (lifecycle.Mark{Repository: four[2], Digest: "sha256:a", Tag: "deployed-mr-7"}) || previews[0].Err() != nil || len(previews[0].Expired()) != 0 {
		t.Errorf("%+v, %v", previews, err)
	}
	if tags := e.images[four[2]][0].Tags; !slices.Equal(tags, []string{"mr-7"}) {
		t.Errorf("tags %v", tags)
	}
}

// The end of an environment takes its tag off, and never the image.
func TestUnmark(t *testing.T) {
	e := &registries{images: map[string][]lifecycle.Image{four[2]: {pushed("sha256:a", 1, "app-1", "deployed-mr-7"), pushed("sha256:b", 1, "deployed-mr-8")}}}
	r := over(t, e)
	for tag, want := range map[string]string{"deployed-mr-7": "deployed-mr-7 is off", "deployed-mr-8": "is the only tag of sha256:b", "deployed-mr-9": ""} {
		if got, err := r.Unmark(t.Context(), four[2], tag); err != nil || !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, %v", tag, got, err)
		}
	}
	if a, b := e.images[four[2]][0].Tags, e.images[four[2]][1].Tags; !slices.Equal(a, []string{"app-1"}) || !slices.Equal(b, []string{"deployed-mr-8"}) {
		t.Errorf("tags %v, %v", a, b)
	}
	if got, err := r.Unmark(t.Context(), "group/none", "deployed-mr-7"); err != nil || got != "" {
		t.Errorf("no repository: %q, %v", got, err)
	}
	if _, err := r.Unmark(t.Context(), four[2], "app-1"); !errors.Is(err, fault.ErrConfig) {
		t.Errorf("another tag: %v", err)
	}
}
