package registry

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

const password, openPassword = "right", "also right"

func start(t *testing.T, dir string) string {
	t.Helper()
	line, err := Htpasswd(password, openPassword)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "htpasswd"), line, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	handler, err := New(ctx, Options{Storage: filepath.Join(dir, "storage"), Htpasswd: filepath.Join(dir, "htpasswd"), Secret: "s"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() { server.Close(); cancel() })
	return strings.TrimPrefix(server.URL, "http://")
}

func TestLoginIsAskedFor(t *testing.T) {
	host := start(t, t.TempDir())
	for _, c := range []struct {
		user, password string
		want           int
	}{
		{"", "", http.StatusUnauthorized},
		{User, "wrong", http.StatusUnauthorized},
		{"other", password, http.StatusUnauthorized},
		{OpenUser, password, http.StatusUnauthorized},
		{User, password, http.StatusOK},
		{OpenUser, openPassword, http.StatusOK},
	} {
		req, err := http.NewRequest("GET", "http://"+host+"/v2/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.user != "" {
			req.SetBasicAuth(c.user, c.password)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%q %q: got %d, want %d", c.user, c.password, resp.StatusCode, c.want)
		}
		if c.want == http.StatusUnauthorized && !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("clients are not told how to log in: %q", resp.Header.Get("WWW-Authenticate"))
		}
	}
}

func TestImagesStayAndCanBeDeleted(t *testing.T) {
	dir := t.TempDir()
	auth := remote.WithAuth(&authn.Basic{Username: User, Password: password})
	img, err := random.Image(1000, 2)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	ref := func(host, rest string) name.Reference {
		t.Helper()
		r, err := name.ParseReference(host + "/app" + rest)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	gone := func(r name.Reference) bool { _, err := remote.Head(r, auth); return err != nil }

	host := start(t, dir)
	for _, tag := range []string{":mr-1", ":latest"} {
		if err := remote.Write(ref(host, tag), img, auth); err != nil {
			t.Fatal(err)
		}
	}
	host = start(t, dir) // another process on the same storage
	pulled, err := remote.Image(ref(host, ":mr-1"), auth)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := pulled.Digest(); err != nil || got != digest {
		t.Errorf("got %s (%v), want %s", got, err, digest)
	}

	// A tag goes alone; the manifest takes the tags that are left with it.
	if err := remote.Delete(ref(host, ":mr-1"), auth); err != nil {
		t.Fatal(err)
	}
	if !gone(ref(host, ":mr-1")) || gone(ref(host, ":latest")) {
		t.Error("deleting one tag: it stayed, or the other went")
	}
	if err := remote.Delete(ref(host, "@"+digest.String()), auth); err != nil {
		t.Fatal(err)
	}
	if !gone(ref(host, ":latest")) || !gone(ref(host, "@"+digest.String())) {
		t.Error("deleting the manifest: it or its tag stayed")
	}
}

func TestOpenUserPushesBelowOpenOnly(t *testing.T) {
	host := start(t, t.TempDir())
	img, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	for user, word := range map[string]string{User: password, OpenUser: openPassword} {
		auth := remote.WithAuth(&authn.Basic{Username: user, Password: word})
		for path, may := range map[string]bool{"/app": user == User, "/opener/app": user == User, "/open/app": true, "/group/open/app": true} {
			ref, err := name.ParseReference(host + path + ":" + user)
			if err != nil {
				t.Fatal(err)
			}
			if err := remote.Write(ref, img, auth); (err == nil) != may {
				t.Errorf("%s pushes to %s: %v", user, path, err)
			}
			if _, err := remote.Head(ref, auth); may && err != nil {
				t.Errorf("%s pulls %s: %v", user, path, err)
			}
		}
	}
}

func TestReferrersAreFound(t *testing.T) {
	host := start(t, t.TempDir())
	auth := remote.WithAuth(&authn.Basic{Username: User, Password: password})
	subject, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	repository, err := name.NewRepository(host + "/app")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(repository.Tag("latest"), subject, auth); err != nil {
		t.Fatal(err)
	}
	described, err := remote.Head(repository.Tag("latest"), auth)
	if err != nil {
		t.Fatal(err)
	}
	attached, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	attached = mutate.Subject(attached, *described).(v1.Image)
	digest, err := attached.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(repository.Digest(digest.String()), attached, auth); err != nil {
		t.Fatal(err)
	}
	index, err := remote.Referrers(repository.Digest(described.Digest.String()), auth)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 || manifest.Manifests[0].Digest != digest {
		t.Errorf("got %+v (%v), want %s", manifest, err, digest)
	}
}

func TestUnusableStorageIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(context.Background(), Options{Storage: filepath.Dir(file), Htpasswd: filepath.Join(file, "htpasswd")})
	if err == nil || !strings.Contains(err.Error(), "starting the registry") {
		t.Errorf("got %v", err)
	}
}
