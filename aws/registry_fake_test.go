package aws

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// fakeRegistry is a registry of one repository, "group/app", with the authentication asked for.
type fakeRegistry struct {
	*httptest.Server
	auth     string // "", "basic" or "bearer"
	noDigest bool   // leaves Docker-Content-Digest out
	tags     map[string]string
	blobs    map[string]string // by digest, manifests too
	fault    func(w http.ResponseWriter, r *http.Request) bool
	mutex    sync.Mutex
	requests []string
}

func newFakeRegistry(t *testing.T, auth string) *fakeRegistry {
	t.Helper()
	f := &fakeRegistry{auth: auth, tags: map[string]string{}, blobs: map[string]string{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

// image stores an image for a platform under a tag and returns its digest.
func (f *fakeRegistry) image(tag, os, arch, variant string) string {
	config := fmt.Sprintf(`{"os":%q,"architecture":%q,"variant":%q}`, os, arch, variant)
	f.blobs[digestOf([]byte(config))] = config
	return f.manifest(tag, fmt.Sprintf(`{"schemaVersion":2,"config":{"digest":%q}}`, digestOf([]byte(config))))
}

func (f *fakeRegistry) manifest(tag, text string) string {
	digest := digestOf([]byte(text))
	f.blobs[digest], f.tags[tag] = text, digest
	return digest
}

func (f *fakeRegistry) login() Login {
	return StaticLogin(f.Listener.Addr().String(), "robot", NewSecret(canaryLogin))
}

func (f *fakeRegistry) allowed(w http.ResponseWriter, r *http.Request) bool {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("robot:"+canaryLogin))
	given := r.Header.Get("Authorization")
	switch f.auth {
	case "basic":
		if given == basic {
			return true
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
	case "bearer":
		if given == "Bearer good" {
			return true
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+f.URL+`/token?x=1",service="reg,istry",scope="repository:group/app:pull"`)
	default:
		return true
	}
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

func (f *fakeRegistry) serve(w http.ResponseWriter, r *http.Request) {
	f.mutex.Lock()
	f.requests = append(f.requests, r.Method+" "+r.URL.RequestURI())
	f.mutex.Unlock()
	if f.fault != nil && f.fault(w, r) {
		return
	}
	if r.URL.Path == "/token" {
		user, password, _ := r.BasicAuth()
		if user != "robot" || password != canaryLogin || r.URL.Query().Get("service") != "reg,istry" || r.URL.Query().Get("x") != "1" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"token":"good"}`)
		return
	}
	if !f.allowed(w, r) {
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/v2/group/app/")
	kind, name, _ := strings.Cut(rest, "/")
	if digest, tagged := f.tags[name]; tagged && kind == "manifests" {
		name = digest
	}
	body, found := f.blobs[name]
	switch {
	case ok && r.Method == http.MethodPost && rest == "blobs/uploads/":
		w.Header().Set("Location", "/v2/group/app/blobs/uploads/7")
		w.WriteHeader(http.StatusAccepted)
	case ok && r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case !ok || !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		if !f.noDigest {
			w.Header().Set("Docker-Content-Digest", name)
		}
		_, _ = io.WriteString(w, body)
	}
}
