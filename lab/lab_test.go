package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dagger/pipeline/lab/aws"
	"dagger/pipeline/lab/state"
)

func TestLab(t *testing.T) {
	dir := t.TempDir()
	resolved, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := lab{t, state.Dir(resolved)}
	t.Cleanup(func() {
		if _, stderr, code := l.command("down"); code != 0 {
			t.Errorf("lab down: exit code %d: %s", code, stderr)
		}
	})

	// Before the first start.
	if _, stderr, code := l.command("env"); code != 1 || !strings.Contains(stderr, "lab up") {
		t.Errorf("env without a lab: exit code %d, %q", code, stderr)
	}
	if _, _, code := l.command("status"); code != 1 {
		t.Errorf("status without a lab: exit code %d", code)
	}
	if _, stderr, code := l.command("down"); code != 0 {
		t.Errorf("down without a lab: exit code %d, %q", code, stderr)
	}

	// Two at once make one lab.
	type result struct {
		env    map[string]string
		stderr string
	}
	other := make(chan result, 1)
	go func() {
		env, stderr := l.up()
		other <- result{env, stderr}
	}()
	env, _ := l.up()
	if twin := <-other; fmt.Sprint(twin.env) != fmt.Sprint(env) {
		t.Errorf("two at once: %v and %v", env, twin.env)
	}
	first := l.running()
	if n := len(l.processes()); n != 2 {
		t.Errorf("%d processes, want serve and moto", n)
	}
	for _, key := range []string{"LAB_REGISTRY", "LAB_REGISTRY_USERNAME", "LAB_REGISTRY_PASSWORD", "LAB_PYTHON_IMAGE", "LAB_TERRAFORM_IMAGE", "LAB_REDIS_IMAGE", "LAB_AWS_ENDPOINT", "LAB_AWS_REQUEST_LOG", "LAB_STATE_BUCKET", "LAB_INFRA"} {
		if env[key] == "" {
			t.Errorf("%s is empty", key)
		}
	}
	if _, ok := env["LAB_PROVIDER_MIRROR"]; !ok {
		t.Error("LAB_PROVIDER_MIRROR is missing")
	}
	if infra := env["LAB_INFRA"]; infra != "infra" {
		if _, err := os.Stat(filepath.Join(infra, "main.tf")); err != nil {
			t.Errorf("LAB_INFRA names no root module: %v", err)
		}
	}
	listening := []string{env["LAB_REGISTRY"], strings.TrimPrefix(env["LAB_AWS_ENDPOINT"], "http://")}

	t.Run("the registry asks for a login", func(t *testing.T) {
		user, password := env["LAB_REGISTRY_USERNAME"], env["LAB_REGISTRY_PASSWORD"]
		ping := "http://" + env["LAB_REGISTRY"] + "/v2/"
		for _, c := range []struct {
			url, user, password string
			want                int
		}{
			{ping, "", "", 401}, {ping, user, "wrong", 401}, {ping, user, password, 200},
			{ping + "python/tags/list", "", "", 401}, {ping + "python/tags/list", user, password, 200}, {ping + "terraform/tags/list", user, password, 200},
		} {
			if got := l.status(c.url, c.user, c.password); got != c.want {
				t.Errorf("%s as %q: got %d, want %d", c.url, c.user, got, c.want)
			}
		}
		for _, name := range []string{"registry-password", openPassword, "htpasswd", "registry-secret"} {
			if info, err := os.Stat(l.dir.Path(name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: mode %v (%v), want 0600", name, info.Mode(), err)
			}
		}
	})

	t.Run("AWS answers and its log holds no credential", func(t *testing.T) {
		const form = "Action=GetCallerIdentity&Version=2011-06-15&Canary=canary-body"
		req, err := http.NewRequest("POST", env["LAB_AWS_ENDPOINT"]+"/?X-Amz-Security-Token=canary-query", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Amz-Security-Token", "canary-header")
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=canary-key/20260101/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=canary-signature")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 || !strings.Contains(string(body), "<Account>") {
			t.Errorf("got %s: %s (%v)", resp.Status, body, err)
		}
		data, err := os.ReadFile(env["LAB_AWS_REQUEST_LOG"])
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(data)), "\n")
		var last aws.Entry
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
			t.Fatal(err)
		}
		if last.Service != "sts" || last.Action != "GetCallerIdentity" || last.Method != "POST" || last.Path != "/" || last.Status != 200 {
			t.Errorf("logged %+v", last)
		}
		for _, name := range []string{requestLog, "serve.log"} {
			data, err := os.ReadFile(l.dir.Path(name))
			if err != nil || strings.Contains(string(data), "canary") {
				t.Errorf("%s holds a credential (%v): %s", name, err, data)
			}
		}
	})

	bucket := func(t *testing.T) {
		t.Helper()
		req, err := http.NewRequest("GET", env["LAB_AWS_ENDPOINT"]+"/"+env["LAB_STATE_BUCKET"]+"?versioning", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=b")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(body), "Enabled") {
			t.Errorf("the state bucket is not there or not versioned: %s (%v)", body, err)
		}
	}
	t.Run("the state bucket is versioned", bucket)

	same := func(t *testing.T, again map[string]string) {
		t.Helper()
		if fmt.Sprint(again) != fmt.Sprint(env) {
			t.Errorf("environment changed: %v, before %v", again, env)
		}
	}
	t.Run("up again does nothing", func(t *testing.T) {
		again, stderr := l.up()
		same(t, again)
		if now := l.running(); now.Process != first.Process || now.Moto != first.Moto {
			t.Errorf("started anew: %+v, before %+v", now, first)
		}
		for _, work := range []string{"installing", "building", "pushing", "starting"} {
			if strings.Contains(stderr, work) {
				t.Errorf("it did work: %s", stderr)
			}
		}
		if stdout, _, code := l.command("status"); code != 0 || !strings.Contains(stdout, "answers") || strings.Contains(stdout, env["LAB_REGISTRY_PASSWORD"]) {
			t.Errorf("status: exit code %d, %s", code, stdout)
		}
	})

	t.Run("a second serve is refused", func(t *testing.T) {
		if _, stderr, code := l.command("serve"); code != 1 || !strings.Contains(stderr, "another serve") {
			t.Errorf("exit code %d, %q", code, stderr)
		}
	})

	recovered := func(t *testing.T) {
		t.Helper()
		again, stderr := l.up()
		same(t, again)
		if l.running().Process == first.Process {
			t.Error("it was not started anew")
		}
		if strings.Contains(stderr, "pushing") || strings.Contains(stderr, "building") {
			t.Errorf("the registry lost its images: %s", stderr)
		}
		bucket(t)
		first = l.running()
	}
	t.Run("serve killed", func(t *testing.T) {
		if err := syscall.Kill(first.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		l.gone(listening...) // moto dies with it
		if _, _, code := l.command("env"); code != 1 {
			t.Errorf("env of a killed lab: exit code %d", code)
		}
		recovered(t)
	})
	t.Run("moto killed", func(t *testing.T) {
		if err := syscall.Kill(first.Moto.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		l.gone(listening...) // serve ends, and says why
		if said, err := os.ReadFile(l.dir.Path("serve.log")); err != nil || !strings.Contains(string(said), "moto ended: signal: killed") {
			t.Errorf("serve did not say why it ended (%v): %s", err, said)
		}
		recovered(t)
	})
	t.Run("moto hangs", func(t *testing.T) {
		if err := syscall.Kill(first.Moto.PID, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		recovered(t)
	})

	t.Run("down leaves nothing", func(t *testing.T) {
		for range 2 {
			if _, stderr, code := l.command("down"); code != 0 {
				t.Errorf("exit code %d: %s", code, stderr)
			}
			l.gone(listening...)
		}
		recovered(t) // on the same ports
		if _, _, code := l.command("down"); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("another address", func(t *testing.T) {
		moved, _ := l.up("--bind", "127.0.0.2")
		if !strings.HasPrefix(moved["LAB_REGISTRY"], "127.0.0.2:") || !strings.HasPrefix(moved["LAB_IMDS_ENDPOINT"], "http://127.0.0.2:") {
			t.Errorf("got %v", moved)
		}
		if kept, _ := l.up(); fmt.Sprint(kept) != fmt.Sprint(moved) {
			t.Errorf("up without an address moved it: %v", kept)
		}
		back, _ := l.up("--bind", "127.0.0.1")
		same(t, back)
	})
}
