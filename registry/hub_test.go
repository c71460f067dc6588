package registry

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/secret"
)

// fakeHub is Docker Hub: an API under another name than images have, and a token server under a third.
type fakeHub struct{ requests []string }

func (f *fakeHub) RoundTrip(r *http.Request) (*http.Response, error) {
	f.requests = append(f.requests, r.Method+" "+r.URL.String())
	w := httptest.NewRecorder()
	user, password, _ := r.BasicAuth()
	switch {
	case r.URL.Host == "auth.docker.io" && user == "robot" && password == awstest.CanaryLogin:
		_, _ = fmt.Fprint(w, `{"token":"good"}`)
	case r.URL.Host == "registry-1.docker.io" && r.Header.Get("Authorization") == "Bearer good":
		w.Header().Set("Docker-Content-Digest", awstest.Digest("a"))
	case r.URL.Host == "registry-1.docker.io":
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"`)
		w.WriteHeader(http.StatusUnauthorized)
	default:
		w.WriteHeader(http.StatusTeapot)
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// Docker Hub is not where its name says, and its own images are in a path that is not written.
func TestDockerHub(t *testing.T) {
	for _, host := range []string{"docker.io", "index.docker.io", "registry-1.docker.io", "https://index.docker.io/v1/"} {
		for repository, path := range map[string]string{"group/app": "group/app", "python": "library/python"} {
			hub := &fakeHub{}
			l := Client{Login: StaticLogin(host, "robot", secret.New(awstest.CanaryLogin)), transport: hub}.Lookup(t.Context(), repository, "1", "")
			if l.State != Found || l.Reference != "docker.io/"+repository+":1" {
				t.Errorf("%s/%s: %+v, %q", host, repository, l, hub.requests)
			}
			if last := hub.requests[len(hub.requests)-1]; last != "HEAD https://registry-1.docker.io/v2/"+path+"/manifests/1" {
				t.Errorf("%s/%s: asked %q", host, repository, hub.requests)
			}
		}
	}
	for image, want := range map[string]string{
		"python": "docker.io", "python:3.12": "docker.io", "group/app:1": "docker.io", "docker.io/group/app": "docker.io", "index.docker.io/library/python": "docker.io",
		"localhost/app": "localhost", "localhost:5000/app": "localhost:5000", "registry.example.com/app": "registry.example.com", "registry:5000/app@sha256:0": "registry:5000",
	} {
		if got := Of(image); got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
}
