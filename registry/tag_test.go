package registry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// tagRegistry keeps manifests by tag and digest; puts may be refused.
type tagRegistry struct {
	mutex  sync.Mutex
	kept   map[string]string
	types  []string
	puts   int
	answer int // to a PUT; 0 accepts it
}

func (r *tagRegistry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if user, password, _ := req.BasicAuth(); user != "u" || password != "p" {
		w.Header().Set("WWW-Authenticate", `Basic realm="r"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	reference := strings.TrimPrefix(req.URL.Path, "/v2/group/app/manifests/")
	if req.Method == http.MethodPut {
		r.puts++
		if r.answer != 0 {
			w.WriteHeader(r.answer)
			return
		}
		body, _ := io.ReadAll(req.Body)
		r.kept[reference] = string(body)
		r.types = append(r.types, req.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusCreated)
		return
	}
	text, ok := r.kept[reference]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Docker-Content-Digest", digestOf([]byte(text)))
	if req.Method == http.MethodGet {
		_, _ = io.WriteString(w, text)
	}
}

func TestTag(t *testing.T) {
	const image, other = `{"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{}}`, `{"manifests":[]}`
	digest := digestOf([]byte(image))
	for name, test := range map[string]struct {
		tag     string // what the tag holds before; "" for none
		digest  string
		answer  int
		changed bool
		kind    error
		puts    int
	}{
		"new":             {"", digest, 0, true, nil, 1},
		"moved":           {other, digest, 0, true, nil, 1},
		"there already":   {image, digest, 0, false, nil, 0},
		"no such image":   {"", digestOf([]byte("none")), 0, false, fault.ErrNotFound, 0},
		"no right":        {"", digest, http.StatusForbidden, false, fault.ErrDenied, 1},
		"immutable":       {other, digest, http.StatusBadRequest, false, fault.ErrServer, 1},
		"server is broke": {"", digest, http.StatusBadGateway, false, fault.ErrServer, 3},
	} {
		t.Run(name, func(t *testing.T) {
			r := &tagRegistry{kept: map[string]string{digest: image}, answer: test.answer}
			if test.tag != "" {
				r.kept["mr-7"] = test.tag
			}
			server := httptest.NewServer(r)
			defer server.Close()
			registry := Client{Login: StaticLogin(server.URL, "u", secret.New("p"))}
			changed, err := registry.Tag(context.Background(), "group/app", test.digest, "mr-7")
			if changed != test.changed || !errors.Is(err, test.kind) || (err == nil) != (test.kind == nil) {
				t.Errorf("got %v, %v, want %v and kind %v", changed, err, test.changed, test.kind)
			}
			if r.puts != test.puts {
				t.Errorf("put %d times, want %d", r.puts, test.puts)
			}
			if changed && (r.kept["mr-7"] != image || r.types[0] != "application/vnd.oci.image.manifest.v1+json") {
				t.Errorf("the tag holds %q of type %q", r.kept["mr-7"], r.types)
			}
		})
	}
	_, err := Client{Login: StaticLogin("127.0.0.1:9", "u", secret.New("p"))}.Tag(context.Background(), "group/app", digest, "mr-7")
	if !errors.Is(err, fault.ErrUnreachable) {
		t.Errorf("a registry out of reach: %v", err)
	}
}
