package registry

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/patience"
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
		got, err := patience.Policy{Tries: tries, Limit: 5 * time.Second}.Retry(test.attempt, test.resp, nil)
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

// login is that of a fake registry.
func login(f *registrytest.Fake) Login {
	return StaticLogin(f.Listener.Addr().String(), "robot", secret.New(awstest.CanaryLogin))
}
