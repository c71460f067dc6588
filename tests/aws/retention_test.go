package aws

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// ecr calls an action of the stand-in, which checks no signature.
func ecr(t *testing.T, action string, in map[string]any) (string, int) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, world.AWS.Endpoint, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921."+action)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=tests/20260101/eu-west-1/ecr/aws4_request, SignedHeaders=host, Signature=none")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), resp.StatusCode
}

// putImage makes an image with a tag in a repository and returns its digest.
func putImage(t *testing.T, repository, content, tag string) string {
	t.Helper()
	manifest := fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"sha256:%064x"},"layers":[]}`, manifestType, []byte(content))
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(manifest)))
	text, status := ecr(t, "PutImage", map[string]any{"repositoryName": repository, "imageManifest": manifest, "imageManifestMediaType": manifestType, "imageDigest": digest, "imageTag": tag})
	if status != http.StatusOK || !strings.Contains(text, digest) {
		t.Fatalf("putting an image: status %d: %s", status, text)
	}
	return digest
}

// ECR end to end: the login is minted, the repositories are made, images go there, and the policies that
// are set spare what is deployed.
func TestECR(t *testing.T) {
	world.NeedTerraform(t)
	p := served(world.Project(t))
	environment := "qa-" + strings.ToLower(rand.Text()[:8]) // one that lasts: a merge request's is none of a protected run's
	tag := "env-" + environment
	path := strings.TrimPrefix(images(), world.Lab.Registry+"/")
	at := "ecr:" + path
	docker := loggedIn(t)
	start := len(log(t, world.AWS.RequestLog, 0))
	pushed := publish(t, world, publishing(p, at, web("--trust", "protected")...).With(docker))
	if want := world.Lab.Registry + "/" + path + "/app@sha256:"; !strings.HasPrefix(pushed[0].Image, want) {
		t.Errorf("pushed %q, want %s...", pushed[0].Image, want)
	}
	for _, e := range assumed(log(t, world.AWS.RequestLog, start)) {
		if p := e.Session.Policy; p != "" && !strings.Contains(p, "repository/"+path+"/app") {
			t.Errorf("the session of the registry step is not narrowed to its repositories: %s", p)
		}
	}
	narrowed := 0
	for _, e := range assumed(log(t, world.AWS.RequestLog, start)) {
		if e.Session.Policy != "" {
			narrowed++
		}
	}
	if narrowed == 0 {
		t.Error("no session of the registry step was narrowed")
	}
	text, _ := ecr(t, "DescribeRepositories", map[string]any{"repositoryNames": []string{path + "/app", path + "/terraform"}})
	if strings.Count(text, `"scanOnPush": true`) != 2 || strings.Count(text, `"MUTABLE_WITH_EXCLUSION"`) != 2 {
		t.Errorf("the repositories are not as wanted: %s", text)
	}
	again := publish(t, world, publishing(p, at, web("--trust", "protected")...).With(docker))
	for _, image := range again {
		if image.Pushed {
			t.Errorf("pushed again: %+v", image)
		}
	}

	// The stand-in keeps the images of its ECR apart from the registry's: these are for the policies.
	deployed := putImage(t, path+"/app", "deployed", tag)
	other := putImage(t, path+"/app", "other", "mr-1")
	latest := putImage(t, path+"/app", "latest", "latest")
	world.Succeed(t, call(p, at, web("--trust", "protected"), "move-state", "--environment", environment, "--from", "none").With(docker))
	world.Succeed(t, call(p, at, web("--trust", "protected"), "deploy", "--environment", environment).With(docker))
	// The deployment has put its tag on what it used, in both repositories.
	for i, name := range []string{"app", "terraform"} {
		if got := digestOf(t, path+"/"+name, "deployed-"+environment); got != pushed[i].Digest {
			t.Errorf("deployed-%s in %s is %s, want %s", environment, name, got, pushed[i].Digest)
		}
	}
	image := imageOf(t, call(p, at, web("--trust", "protected"), "outputs", "--environment", environment).With(docker))
	for _, tag := range []string{"deployed-" + environment, tag} {
		if got := digestOf(t, path+"/service", tag); !strings.HasSuffix(image, path+"/service@"+got) {
			t.Errorf("%s of the service is %s, and %s is deployed", tag, got, image)
		}
	}
	r := world.Succeed(t, call(p, at, web("--trust", "protected"), "retention", "preview").With(docker))
	for _, want := range []string{short(deployed) + " (" + tag + ", deployed-" + environment + "): rule ", deployed + " would get the tag deployed-" + environment, "(pattern deployed-*) shields it", short(other) + " (mr-1): rule ", "(pattern mr-*): pushed", short(latest) + " (latest): rule 2", "repository " + path + "/app: can be set", "repository " + path + "/terraform: can be set", "repository " + path + "/service: can be set"} {
		if !strings.Contains(r.Stdout, want) {
			t.Errorf("the preview does not speak of %q:\n%s", want, r.Stdout)
		}
	}
	if set := lifecyclePolicy(t, path+"/app"); set != "" {
		t.Errorf("the preview set a policy: %s", set)
	}
	world.Succeed(t, call(p, at, web("--trust", "protected"), "retention", "apply").With(docker))
	policy := lifecyclePolicy(t, path+"/app")
	if !strings.Contains(policy, `"deployed-*"`) || strings.Contains(policy, environment) || !strings.Contains(policy, "latest") {
		t.Errorf("the policy does not shield what is deployed: %q", policy)
	}
	// A digest that runs and that the policy would expire: refused, and the old policy stays.
	r = world.Run(t, call(p, at, web("--trust", "protected"), "retention", "--deployed", other, "--merge-request-days", "1", "apply").With(docker))
	if r.Code != 1 || !strings.Contains(r.Stderr, short(other)+" (mr-1) is deployed and would be expired") {
		t.Errorf("exit code %d, want it refused\n%s", r.Code, r.Stderr)
	}
	if now := lifecyclePolicy(t, path+"/app"); now != policy {
		t.Errorf("a refused policy was set: %s", now)
	}
	r = world.Run(t, call(p, at, web("--trust", "protected"), "retention", "--deployed", "sha256:"+strings.Repeat("0", 64), "apply").With(docker))
	if r.Code != 1 || !strings.Contains(r.Stderr, "no repository has it") {
		t.Errorf("exit code %d, want an unknown digest refused\n%s", r.Code, r.Stderr)
	}
	// The end of the environment takes the tag off, and leaves the image.
	if tags := tagsOf(t, path+"/app", deployed); !slices.Contains(tags, "deployed-"+environment) {
		t.Errorf("tags %q", tags)
	}
	served := putImage(t, path+"/service", "served", "deployed-"+environment)
	putImage(t, path+"/service", "served", "service-1")
	world.Succeed(t, call(p, at, web("--trust", "protected"), "destroy", "--environment", environment, "--confirm", environment).With(docker))
	if tags := tagsOf(t, path+"/service", served); !slices.Equal(tags, []string{"service-1"}) {
		t.Errorf("tags of the service after the destruction: %q", tags)
	}
	if tags := tagsOf(t, path+"/app", deployed); !slices.Equal(tags, []string{tag}) {
		t.Errorf("tags after the destruction: %q", tags)
	}
}

// digestOf is the digest of a tag in the lab's registry.
func digestOf(t *testing.T, repository, tag string) string {
	t.Helper()
	body, err := io.ReadAll(registry(t, http.MethodGet, repository, tag, nil, "").Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(body))
}

// tagsOf are the tags of an image in the stand-in's ECR.
func tagsOf(t *testing.T, repository, digest string) []string {
	t.Helper()
	text, _ := ecr(t, "DescribeImages", map[string]any{"repositoryName": repository, "imageIds": []any{map[string]any{"imageDigest": digest}}})
	var answer struct {
		ImageDetails []struct{ ImageTags []string }
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.ImageDetails) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	return answer.ImageDetails[0].ImageTags
}

// lifecyclePolicy is the text of a repository's policy, "" where it has none.
func lifecyclePolicy(t *testing.T, repository string) string {
	t.Helper()
	text, _ := ecr(t, "GetLifecyclePolicy", map[string]any{"repositoryName": repository})
	var answer struct{ LifecyclePolicyText string }
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.LifecyclePolicyText
}

// short is a digest as reports show it.
func short(digest string) string { return digest[:len("sha256:")+12] }

func TestRetentionIsForECR(t *testing.T) {
	world.NeedAWS(t)
	p := world.Project(t)
	r := world.Run(t, call(p, images(), web(), "retention", "preview"))
	if r.Code != 1 || !strings.Contains(r.Stderr, "lifecycle policies are ECR's") {
		t.Errorf("exit code %d\n%s", r.Code, r.Stderr)
	}
}
