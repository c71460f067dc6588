package aws

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLookupStates(t *testing.T) {
	for _, auth := range []string{"", "basic", "bearer"} {
		t.Run("auth "+auth, func(t *testing.T) {
			f := newFakeRegistry(t, auth)
			amd := f.image("app-1", "linux", "amd64", "")
			f.image("arm", "linux", "arm64", "v8")
			index := f.manifest("multi", `{"manifests":[{"platform":{"os":"linux","architecture":"arm64"}},{"platform":{"os":"linux","architecture":"amd64"}},{"platform":{"os":"unknown","architecture":"unknown"}}]}`)
			r := Registry{Login: f.login()}
			for _, tt := range []struct {
				tag, platform string
				state         State
				digest        string
			}{
				{"app-1", "linux/amd64", Found, amd},
				{"app-1", "", Found, amd},
				{"app-1", "linux/arm64", OtherPlatform, amd},
				{"arm", "linux/arm64", Found, f.tags["arm"]},
				{"arm", "linux/arm64/v8", Found, f.tags["arm"]},
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
				noCanary(t, l.Line())
			}
		})
	}
}

// The usual case costs one HEAD, and one more when a login is asked for.
func TestLookupIsOneHead(t *testing.T) {
	f := newFakeRegistry(t, "")
	f.image("app-1", "linux", "amd64", "")
	l := Registry{Login: f.login()}.Lookup(t.Context(), "group/app", "app-1", "")
	if !slices.Equal(f.requests, []string{"HEAD /v2/group/app/manifests/app-1"}) {
		t.Errorf("requests %v", f.requests)
	}
	if want := f.Listener.Addr().String() + "/group/app@" + l.Digest; l.Pinned() != want {
		t.Errorf("pinned %q, want %q", l.Pinned(), want)
	}
	f.noDigest, f.requests = true, nil
	if again := (Registry{Login: f.login()}).Lookup(t.Context(), "group/app", "app-1", ""); again.Digest != l.Digest {
		t.Errorf("without the header: %+v", again)
	}
}

func TestLookupRefusedAndUnreachable(t *testing.T) {
	wrong := newFakeRegistry(t, "bearer")
	wrong.image("app-1", "linux", "amd64", "")
	login := StaticLogin(wrong.Listener.Addr().String(), "robot", NewSecret("CANARYwrong-password"))
	if l := (Registry{Login: login}).Lookup(t.Context(), "group/app", "app-1", ""); l.State != Refused {
		t.Errorf("wrong password: %+v", l)
	}
	if l := (Registry{Login: Login{Host: login.Host}}).Lookup(t.Context(), "group/app", "app-1", ""); l.State != Refused {
		t.Errorf("no password: %+v", l)
	}
	gone := newFakeRegistry(t, "")
	gone.Close()
	if l := (Registry{Login: gone.login()}).Lookup(t.Context(), "group/app", "app-1", ""); l.State != Unreachable || l.Reason != "connection refused" {
		t.Errorf("closed: %+v", l)
	}
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"hangs":  func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true },
		"500":    func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(500); return true },
		"429":    func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(429); return true },
		"closes": func(w http.ResponseWriter, r *http.Request) bool { cut(true, "")(w, request{}); return true },
		"other content": func(w http.ResponseWriter, r *http.Request) bool {
			return r.Method == http.MethodGet && write(w, `{"config":{}}`)
		},
	} {
		f := newFakeRegistry(t, "")
		f.image("app-1", "linux", "amd64", "")
		f.fault = answer
		l := Registry{Login: f.login(), Limit: 300 * time.Millisecond}.Lookup(t.Context(), "group/app", "app-1", "linux/amd64")
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
	f := newFakeRegistry(t, "bearer")
	digest := f.image("app-1", "linux", "amd64", "")
	seen := map[string]bool{}
	f.fault = func(w http.ResponseWriter, r *http.Request) bool {
		first := !seen[r.URL.Path] && r.URL.Path != "/token"
		seen[r.URL.Path] = true
		if first {
			w.WriteHeader(503)
		}
		return first
	}
	if l := (Registry{Login: f.login()}).Lookup(t.Context(), "group/app", "app-1", "linux/amd64"); l.State != Found || l.Digest != digest {
		t.Errorf("%+v", l)
	}
}

// The password goes over no plain connection, unless the registry itself is on one.
func TestTokenServerMustBeHTTPS(t *testing.T) {
	c := newRegistryClient(Registry{Login: StaticLogin("registry.example", "robot", NewSecret(canaryLogin))}, "group/app")
	h := http.Header{"Www-Authenticate": {`Bearer realm="http://token.example/t",service="x"`}}
	if err := c.authenticate(t.Context(), h); !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "not https") {
		t.Errorf("error %v", err)
	}
	for host, want := range map[string]string{"registry.example": "https", "127.0.0.1:5000": "http", "localhost:5000": "http", "[::1]:5000": "http", "https://127.0.0.1:5000": "https", "127.0.0.1.example": "https"} {
		if got := newRegistryClient(Registry{Login: Login{Host: host}}, "a").base.Scheme; got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
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
		if host, path := SplitRegistry(address); host != want[0] || path != want[1] {
			t.Errorf("%q: %q and %q", address, host, path)
		}
	}
	for address, want := range map[string]string{"http://registry.internal:5000": "http", "registry.internal": "https"} {
		c := newRegistryClient(Registry{Login: StaticLogin(address, "robot", NewSecret(canaryLogin))}, "a")
		if c.base.Scheme != want || strings.Contains(c.base.Host, "/") {
			t.Errorf("%q: %s", address, c.base)
		}
	}
}

func TestCheckTag(t *testing.T) {
	a, b := fakeDigest("a"), fakeDigest("b")
	for _, tt := range []struct {
		lookup Lookup
		done   bool
		err    error
	}{
		{Lookup{State: Missing}, false, nil},
		{Lookup{State: Unreachable}, false, nil},
		{Lookup{State: Found, Digest: a}, true, nil},
		{Lookup{State: Found, Digest: b}, false, ErrTagMoved},
		{Lookup{State: OtherPlatform, Digest: b}, false, ErrTagMoved},
	} {
		done, err := CheckTag(tt.lookup, a)
		if done != tt.done || !errors.Is(err, tt.err) {
			t.Errorf("%+v: %t, %v", tt.lookup, done, err)
		}
	}
}

func TestCheckPush(t *testing.T) {
	f := newFakeRegistry(t, "bearer")
	if err := (Registry{Login: f.login()}).CheckPush(t.Context(), "group/app"); err != nil {
		t.Fatal(err)
	}
	if last := f.requests[len(f.requests)-1]; last != "DELETE /v2/group/app/blobs/uploads/7" {
		t.Errorf("the upload is left open: %v", f.requests)
	}
	if !slices.ContainsFunc(f.requests, func(r string) bool { return strings.Contains(r, "scope=repository%3Agroup%2Fapp%3Apull%2Cpush") }) {
		t.Errorf("no push scope asked for: %v", f.requests)
	}
	f.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			w.WriteHeader(403)
		}
		return r.Method == http.MethodPost
	}
	if err := (Registry{Login: f.login()}).CheckPush(t.Context(), "group/app"); !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "right to push") {
		t.Errorf("error %v", err)
	}
	f.fault = nil
	if err := (Registry{Login: f.login()}).CheckPush(t.Context(), "group/other"); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v", err)
	}
}
