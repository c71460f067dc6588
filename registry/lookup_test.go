package registry

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/fault"
	"dagger/pipeline/registry/registrytest"
	"dagger/pipeline/secret"
)

func TestLookupStates(t *testing.T) {
	for _, auth := range []string{"", "basic", "bearer"} {
		t.Run("auth "+auth, func(t *testing.T) {
			f := registrytest.NewFake(t, auth)
			amd := f.Image("app-1", "linux", "amd64", "")
			f.Image("arm", "linux", "arm64", "v8")
			index := f.Manifest("multi", `{"manifests":[{"platform":{"os":"linux","architecture":"arm64"}},{"platform":{"os":"linux","architecture":"amd64"}},{"platform":{"os":"unknown","architecture":"unknown"}}]}`)
			r := Client{Login: login(f)}
			for _, tt := range []struct {
				tag, platform string
				state         State
				digest        string
			}{
				{"app-1", "linux/amd64", Found, amd},
				{"app-1", "", Found, amd},
				{"app-1", "linux/arm64", OtherPlatform, amd},
				{"arm", "linux/arm64", Found, f.Tags["arm"]},
				{"arm", "linux/arm64/v8", Found, f.Tags["arm"]},
				{"multi", "linux/amd64", Found, index},
				{"multi", "linux/arm/v7", OtherPlatform, index},
				{"multi", "unknown/unknown", OtherPlatform, index},
				{"absent", "linux/amd64", Missing, ""},
				{"bad tag", "linux/amd64", Refused, ""},
			} {
				l := r.Lookup(t.Context(), "group/app", tt.tag, tt.platform)
				if l.State != tt.state || l.Digest != tt.digest {
					t.Errorf("%s for %q: %+v, want %s", tt.tag, tt.platform, l, tt.state)
				}
				if strings.Contains(l.Line(), "\n") || !strings.Contains(l.Line(), tt.tag) {
					t.Errorf("line %q", l.Line())
				}
				awstest.NoCanary(t, l.Line())
			}
		})
	}
}

// The usual case costs one HEAD, and one more when a login is asked for.
func TestLookupIsOneHead(t *testing.T) {
	f := registrytest.NewFake(t, "")
	f.Image("app-1", "linux", "amd64", "")
	l := Client{Login: login(f)}.Lookup(t.Context(), "group/app", "app-1", "")
	if !slices.Equal(f.Requests, []string{"HEAD /v2/group/app/manifests/app-1"}) {
		t.Errorf("requests %v", f.Requests)
	}
	if want := f.Listener.Addr().String() + "/group/app@" + l.Digest; l.Pinned() != want {
		t.Errorf("pinned %q, want %q", l.Pinned(), want)
	}
	f.NoDigest, f.Requests = true, nil
	if again := (Client{Login: login(f)}).Lookup(t.Context(), "group/app", "app-1", ""); again.Digest != l.Digest {
		t.Errorf("without the header: %+v", again)
	}
}

func TestLookupRefusedAndUnreachable(t *testing.T) {
	wrong := registrytest.NewFake(t, "bearer")
	wrong.Image("app-1", "linux", "amd64", "")
	asked := StaticLogin(wrong.Listener.Addr().String(), "robot", secret.New("CANARYwrong-password"))
	if l := (Client{Login: asked}).Lookup(t.Context(), "group/app", "app-1", ""); l.State != Refused {
		t.Errorf("wrong password: %+v", l)
	}
	if l := (Client{Login: Login{Host: asked.Host}}).Lookup(t.Context(), "group/app", "app-1", ""); l.State != Refused {
		t.Errorf("no password: %+v", l)
	}
	gone := registrytest.NewFake(t, "")
	gone.Close()
	if l := (Client{Login: login(gone)}).Lookup(t.Context(), "group/app", "app-1", ""); l.State != Unreachable || l.Reason != "connection refused" {
		t.Errorf("closed: %+v", l)
	}
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"hangs": func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true },
		"500":   func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(500); return true },
		"429":   func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(429); return true },
		"closes": func(w http.ResponseWriter, r *http.Request) bool {
			awstest.Cut(true, "")(w, awstest.Request{})
			return true
		},
		"other content": func(w http.ResponseWriter, r *http.Request) bool {
			return r.Method == http.MethodGet && write(w, `{"config":{}}`)
		},
	} {
		f := registrytest.NewFake(t, "")
		f.Image("app-1", "linux", "amd64", "")
		f.Fault = answer
		l := Client{Login: login(f), Limit: 300 * time.Millisecond}.Lookup(t.Context(), "group/app", "app-1", "linux/amd64")
		if l.State != Unreachable || l.Reason == "" {
			t.Errorf("%s: %+v", name, l)
		}
		t.Logf("%s: %s", name, l.Line())
	}
}

func write(w http.ResponseWriter, text string) bool {
	_, _ = fmt.Fprint(w, text)
	return true
}

// A fault that passes is overcome within the limit.
func TestLookupOvercomesAFault(t *testing.T) {
	f := registrytest.NewFake(t, "bearer")
	digest := f.Image("app-1", "linux", "amd64", "")
	seen := map[string]bool{}
	f.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		first := !seen[r.URL.Path] && r.URL.Path != "/token"
		seen[r.URL.Path] = true
		if first {
			w.WriteHeader(503)
		}
		return first
	}
	if l := (Client{Login: login(f)}).Lookup(t.Context(), "group/app", "app-1", "linux/amd64"); l.State != Found || l.Digest != digest {
		t.Errorf("%+v", l)
	}
}

// The password goes over no plain connection, unless the registry itself is on one.
func TestTokenServerMustBeHTTPS(t *testing.T) {
	asked := false
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer plain.Close()
	registry := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+plain.URL+`/t",service="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer registry.Close()
	r := Client{Login: StaticLogin(registry.URL, "robot", secret.New(awstest.CanaryLogin)), transport: registry.Client().Transport}
	r.Login.Host = registry.URL
	if l := r.Lookup(t.Context(), "group/app", "app-1", ""); l.State == Found || l.State == Missing || asked {
		t.Errorf("%+v, the token server was asked: %v", l, asked)
	}
	for host, want := range map[string]string{"registry.example": "https", "127.0.0.1:5000": "http", "localhost:5000": "http", "[::1]:5000": "http", "https://127.0.0.1:5000": "https", "127.0.0.1.example": "https"} {
		if got := newRepo(Client{Login: Login{Host: host}}, "a").base.Scheme; got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

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

// A registry that asks to wait is not asked again before, and not waited for when there is no time.
func TestRetriesWait(t *testing.T) {
	now := time.Now()
	answer := func(status int, after string) *http.Response {
		return &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {after}}}
	}
	for name, test := range map[string]struct {
		attempt  int
		resp     *http.Response
		min, max time.Duration
	}{
		"a fault":            {0, answer(503, ""), tries.MinWait, time.Second},
		"a second fault":     {1, answer(503, ""), 300 * time.Millisecond, 2 * time.Second},
		"too many":           {0, answer(429, "3"), 3 * time.Second, 3 * time.Second},
		"a fault that waits": {0, answer(503, "2"), 2 * time.Second, 2 * time.Second},
		"until a date":       {0, answer(429, now.Add(4*time.Second).UTC().Format(http.TimeFormat)), 2 * time.Second, 4 * time.Second},
		"too long":           {0, answer(429, "60"), -1, -1},
		"often enough":       {2, answer(503, ""), -1, -1},
		"no fault":           {0, answer(404, ""), -1, -1},
	} {
		got, err := patience{5 * time.Second}.Retry(test.attempt, test.resp, nil)
		if err != nil || got < test.min || got > test.max {
			t.Errorf("%s: %s, %v, want %s to %s", name, got, err, test.min, test.max)
		}
	}
}

func TestSplitRegistry(t *testing.T) {
	for address, want := range map[string][2]string{
		"registry.example.com/group/app":   {"registry.example.com", "group/app"},
		"http://127.0.0.1:5000/":           {"127.0.0.1:5000", ""},
		"127.0.0.1:5000":                   {"127.0.0.1:5000", ""},
		"https://registry.example.com/a/b": {"registry.example.com", "a/b"},
		"":                                 {"", ""},
	} {
		if host, path := Split(address); host != want[0] || path != want[1] {
			t.Errorf("%q: %q and %q", address, host, path)
		}
	}
	for address, want := range map[string]string{"http://registry.internal:5000": "http", "registry.internal": "https"} {
		c := newRepo(Client{Login: StaticLogin(address, "robot", secret.New(awstest.CanaryLogin))}, "a")
		if c.base.Scheme != want || strings.Contains(c.base.Host, "/") {
			t.Errorf("%q: %s", address, c.base)
		}
	}
}

func TestCheckPush(t *testing.T) {
	f := registrytest.NewFake(t, "bearer")
	if err := (Client{Login: login(f)}).CheckPush(t.Context(), "group/app"); err != nil {
		t.Fatal(err)
	}
	if last := f.Requests[len(f.Requests)-1]; last != "DELETE /v2/group/app/blobs/uploads/7" {
		t.Errorf("the upload is left open: %v", f.Requests)
	}
	if !slices.ContainsFunc(f.Requests, func(r string) bool { return strings.Contains(r, "scope=repository%3Agroup%2Fapp%3Apull%2Cpush") }) {
		t.Errorf("no push scope asked for: %v", f.Requests)
	}
	f.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			w.WriteHeader(403)
		}
		return r.Method == http.MethodPost
	}
	if err := (Client{Login: login(f)}).CheckPush(t.Context(), "group/app"); !errors.Is(err, fault.ErrDenied) || !strings.Contains(err.Error(), "right to push") {
		t.Errorf("error %v", err)
	}
	f.Fault = nil
	if err := (Client{Login: login(f)}).CheckPush(t.Context(), "group/other"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

// login is that of a fake registry.
func login(f *registrytest.Fake) Login {
	return StaticLogin(f.Listener.Addr().String(), "robot", secret.New(awstest.CanaryLogin))
}
