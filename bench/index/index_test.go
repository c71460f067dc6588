package index

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// origin is an index with one project, whose file is at the same host.
func origin(t *testing.T) (server *httptest.Server, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simple/six/", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = io.WriteString(w, `<a href="../../f/six-1.whl#sha256=abc" data-core-metadata="sha256=def">six-1.whl</a>`)
	})
	mux.HandleFunc("GET /f/six-1.whl", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = io.WriteString(w, "wheel")
	})
	server = httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	return server, asked
}

func get(t *testing.T, p *Proxy, target string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w.Code, w.Body.String()
}

func TestPagesAndFilesAreAskedForOnce(t *testing.T) {
	server, asked := origin(t)
	p, err := New(server.URL+"/simple", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p.client = server.Client()
	host, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	file := "/files/" + host.Host + "/f/six-1.whl"
	for range 2 {
		code, page := get(t, p, "/simple/six/")
		if want := `href="` + file + `#sha256=abc" data-core-metadata="sha256=def"`; code != http.StatusOK || !strings.Contains(page, want) {
			t.Fatalf("got %d, %q, want %q in it", code, page, want)
		}
		if code, body := get(t, p, file); code != http.StatusOK || body != "wheel" {
			t.Fatalf("got %d, %q", code, body)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the index was asked %d times, want 2", n)
	}
	if p.Served() < int64(2*len("wheel")) {
		t.Errorf("%d bytes were counted", p.Served())
	}
}

func TestOnlyWhatPagesNameIsFetched(t *testing.T) {
	server, asked := origin(t)
	p, err := New(server.URL+"/simple", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p.client = server.Client()
	for _, target := range []string{"/files/example.invalid/x.whl", "/simple/", "/simple/a/b/", "/other"} {
		if code, _ := get(t, p, target); code < 400 {
			t.Errorf("%s: got %d", target, code)
		}
	}
	if code, _ := get(t, p, "/simple/none/"); code != http.StatusNotFound {
		t.Errorf("an unknown project: got %d", code)
	}
	if asked.Load() != 0 {
		t.Error("the index was asked for what is refused")
	}
}

func TestMutable(t *testing.T) {
	for path, want := range map[string]bool{
		"/debian/dists/bookworm/InRelease":                          true,
		"/debian/dists/bookworm/main/binary-amd64/by-hash/SHA256/a": false,
		"/debian/pool/main/m/make/make_4.3_amd64.deb":               false,
	} {
		if got := mutable(path); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
}
