package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

// stand-in of AWS, started once for the tests that need one.
var standIn struct {
	once     sync.Once
	endpoint string
	reason   string
	stop     func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if standIn.stop != nil {
		standIn.stop()
	}
	os.Exit(code)
}

// awsStandIn gives the endpoint of LAB_AWS_ENDPOINT, or of a moto_server that is started when it is on PATH.
func awsStandIn(t *testing.T) string {
	t.Helper()
	standIn.once.Do(func() {
		if standIn.endpoint = os.Getenv("LAB_AWS_ENDPOINT"); standIn.endpoint != "" {
			return
		}
		path, err := exec.LookPath("moto_server")
		if err != nil {
			standIn.reason = "no LAB_AWS_ENDPOINT and no moto_server on PATH"
			return
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			standIn.reason = err.Error()
			return
		}
		port := fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
		_ = l.Close()
		cmd := exec.Command(path, "-H", "127.0.0.1", "-p", port)
		if err := cmd.Start(); err != nil {
			standIn.reason = err.Error()
			return
		}
		standIn.stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
		standIn.endpoint = "http://127.0.0.1:" + port
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if resp, err := http.Get(standIn.endpoint + "/moto-api/"); err == nil {
				_ = resp.Body.Close()
				return
			}
			if time.Now().After(deadline) {
				standIn.endpoint, standIn.reason = "", "moto_server does not answer"
				return
			}
		}
	})
	if standIn.endpoint == "" {
		t.Skip(standIn.reason)
	}
	return standIn.endpoint
}

func onStandIn(t *testing.T, change func(Config) Config) *Session {
	t.Helper()
	c := Config{Region: "eu-west-1", Endpoint: awsStandIn(t), Facts: Facts{"group/app", "4711", "mr-7"}, AllowedAccounts: []string{"123456789012"}}
	s, err := Resolve(t.Context(), change(c))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStandInCredentials(t *testing.T) {
	for name, change := range map[string]func(Config) Config{
		"web identity":  withWeb,
		"keys":          func(c Config) Config { c = withKeys(c); c.RoleARN = roleARN; return c },
		"keys, no role": withKeys,
	} {
		t.Run(name, func(t *testing.T) {
			s := onStandIn(t, change)
			if s.Identity.Account != "123456789012" || s.cfg.RoleARN != "" && !strings.Contains(s.Identity.ARN, "ci-deploy") {
				t.Errorf("identity %+v", s.Identity)
			}
		})
	}
	c := withKeys(Config{Region: "eu-west-1", Endpoint: awsStandIn(t), RoleARN: strings.Replace(roleARN, "123456789012", "999999999999", 1)})
	c.AllowedAccounts = []string{"123456789012"}
	if _, err := Resolve(t.Context(), c); !errors.Is(err, ErrAccount) {
		t.Errorf("a role of another account: %v", err)
	}
}

func TestStandInRegistry(t *testing.T) {
	s := onStandIn(t, withKeys)
	r := NewECR(s)
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
	s := onStandIn(t, withKeys)
	r := NewECR(s)
	name := fmt.Sprintf("group/kept-%d", time.Now().UnixNano())
	if _, err := r.EnsureRepository(t.Context(), name, "app-*"); err != nil {
		t.Fatal(err)
	}
	push := func(content, tag string) string {
		manifest := fmt.Sprintf(`{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":7023,"digest":%q},"layers":[]}`, fakeDigest(content))
		out, err := r.client.PutImage(t.Context(), &ecr.PutImageInput{RepositoryName: &name, ImageManifest: &manifest, ImageTag: &tag, ImageDigest: new(digestOf([]byte(manifest)))})
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
	p, err := sample.Policy()
	if err != nil {
		t.Fatal(err)
	}
	previews, err := r.Apply(t.Context(), []Target{{name, p}}, Guard{Protects: sample.Protects, Deployed: []string{mr}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s\n%s", previews[0].Note, previews[0].Report())
	got, err := r.client.GetLifecyclePolicy(context.Background(), &ecr.GetLifecyclePolicyInput{RepositoryName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if set, err := ParsePolicy(value(got.LifecyclePolicyText)); err != nil || set.JSON() != p.JSON() {
		t.Errorf("set %s, %v", value(got.LifecyclePolicyText), err)
	}
	// A policy that would expire what must stay leaves the one that is set.
	bad := policy(byPrefix(1, "latest"))
	if _, err := r.Apply(t.Context(), []Target{{name, bad}}, Guard{Protects: sample.Protects}); !errors.Is(err, ErrProtected) {
		t.Errorf("a prefix for latest (%s): %v", latest, err)
	}
	if again, err := r.client.GetLifecyclePolicy(context.Background(), &ecr.GetLifecyclePolicyInput{RepositoryName: &name}); err != nil || value(again.LifecyclePolicyText) != value(got.LifecyclePolicyText) {
		t.Errorf("the refused policy was set: %v", err)
	}
}

func TestStandInDoctor(t *testing.T) {
	s := onStandIn(t, withKeys)
	bucket := fmt.Sprintf("state-%d", time.Now().UnixNano())
	put := func(path, body string) {
		req, err := http.NewRequest(http.MethodPut, s.cfg.Endpoint+"/"+bucket+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("PUT %s: %v, %v", path, resp, err)
		}
		_ = resp.Body.Close()
	}
	d := Doctor{Config: s.cfg, StateBucket: bucket, StateKeys: []string{"app/prod/terraform.tfstate"}}
	lock := "lock of app/prod/terraform.tfstate"
	expect(t, report(t, d), map[string]string{"identity": "ok      ", "session": "ok      ", "state bucket": "no such bucket", "state privacy": "not ok  ", lock: "not ok  "})
	put("", `<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>`)
	expect(t, report(t, d), map[string]string{"identity": "ok      ", "session": "ok      ", "state bucket": "versioning is off", "state privacy": "does not block", lock: "free"})
	put("?versioning", versioned)
	put("?publicAccessBlock", closed)
	put("/app/prod/terraform.tfstate.tflock", heldLock)
	expect(t, report(t, d), map[string]string{"identity": "ok      ", "session": "ok      ", "state bucket": "versioning is enabled", "state privacy": "ok      ", lock: "held by root@runner-9"})
}
