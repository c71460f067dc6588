package registrytest

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"dagger/pipeline/aws/awstest"
)

// Fake is a registry of one repository, "group/app", with the authentication asked for.
type Fake struct {
	*httptest.Server
	auth     string // "", "basic" or "bearer"
	NoDigest bool   // leaves Docker-Content-Digest out
	Tags     map[string]string
	blobs    map[string]string // by digest, manifests too
	Fault    func(w http.ResponseWriter, r *http.Request) bool
	mutex    sync.Mutex
	Requests []string
}

// NewFake starts one for the time of a test.
func NewFake(t *testing.T, auth string) *Fake {
	t.Helper()
	f := &Fake{auth: auth, Tags: map[string]string{}, blobs: map[string]string{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

// Image stores an image for a platform under a tag and returns its digest.
func (f *Fake) Image(tag, os, arch, variant string) string {
	config := fmt.Sprintf(`{"os":%q,"architecture":%q,"variant":%q}`, os, arch, variant)
	f.blobs[awstest.Digest(config)] = config
	return f.Manifest(tag, fmt.Sprintf(`{"schemaVersion":2,"config":{"digest":%q}}`, awstest.Digest(config)))
}

func (f *Fake) Manifest(tag, text string) string {
	digest := awstest.Digest(text)
	f.blobs[digest], f.Tags[tag] = text, digest
	return digest
}

func (f *Fake) allowed(w http.ResponseWriter, r *http.Request) bool {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("robot:"+awstest.CanaryLogin))
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

func (f *Fake) serve(w http.ResponseWriter, r *http.Request) {
	f.mutex.Lock()
	f.Requests = append(f.Requests, r.Method+" "+r.URL.RequestURI())
	f.mutex.Unlock()
	if f.Fault != nil && f.Fault(w, r) {
		return
	}
	if r.URL.Path == "/token" {
		user, password, _ := r.BasicAuth()
		if user != "robot" || password != awstest.CanaryLogin || r.URL.Query().Get("service") != "reg,istry" || r.URL.Query().Get("x") != "1" {
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
	if digest, tagged := f.Tags[name]; tagged && kind == "manifests" {
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
		if !f.NoDigest {
			w.Header().Set("Docker-Content-Digest", name)
		}
		_, _ = io.WriteString(w, body)
	}
}
