// Package index is a caching proxy in front of the package indexes that builds ask, so that the network
// is the same for every arm of a benchmark: a Python simple index, and Debian archives over plain HTTP.
package index

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// fresh is how long an answer that can change (an index page, a release file) is taken from the cache.
const fresh = 12 * time.Hour

// Proxy serves /simple/ as a Python index, and absolute requests for http URLs as a proxy for apt does.
type Proxy struct {
	upstream *url.URL // the index that pages come from, ending in a slash
	dir      string
	client   *http.Client
	served   atomic.Int64

	mu    sync.Mutex
	locks map[string]*sync.Mutex
	hosts map[string]bool // that files may come from: the index's own, and those that its pages name
}

// New keeps what it fetches in dir. upstream is the URL of a simple index.
func New(upstream, dir string) (*Proxy, error) {
	u, err := url.Parse(strings.TrimSuffix(upstream, "/") + "/")
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("reading the package index's URL %q: want https://host/path: set PIP_INDEX_URL", upstream)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the package cache: %w", err)
	}
	return &Proxy{
		upstream: u, dir: dir, client: &http.Client{Timeout: 5 * time.Minute},
		locks: map[string]*sync.Mutex{}, hosts: map[string]bool{u.Host: true},
	}, nil
}

// Serve listens on a port of the host until the context ends, and returns HOST:PORT.
func (p *Proxy) Serve(ctx context.Context, host string) (string, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", fmt.Errorf("listening for the package proxy: %w", err)
	}
	server := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }()
	return l.Addr().String(), nil
}

// Served is how many bytes of content clients were sent.
func (p *Proxy) Served() int64 { return p.served.Load() }

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	w = &counted{w, &p.served}
	switch name, isPage := strings.CutPrefix(r.URL.Path, "/simple/"); {
	case r.URL.IsAbs() && r.URL.Scheme == "http":
		p.file(w, r, r.URL.String(), !mutable(r.URL.Path))
	case isPage:
		p.page(w, r, strings.Trim(name, "/"))
	case strings.HasPrefix(r.URL.Path, "/files/"):
		rest := strings.TrimPrefix(r.URL.Path, "/files/")
		host, _, _ := strings.Cut(rest, "/")
		if !p.known(host) {
			http.Error(w, "no index page names this host", http.StatusForbidden)
			return
		}
		p.file(w, r, "https://"+rest, true)
	default:
		http.NotFound(w, r)
	}
}

// mutable tells the files of a Debian archive that are replaced in place.
func mutable(path string) bool {
	return strings.Contains(path, "/dists/") && !strings.Contains(path, "/by-hash/")
}

var href = regexp.MustCompile(`href="([^"]*)"`)

// page serves a project's page with its links led through the proxy.
func (p *Proxy) page(w http.ResponseWriter, r *http.Request, name string) {
	if name == "" || strings.ContainsAny(name, "/?#") {
		http.NotFound(w, r)
		return
	}
	address := p.upstream.JoinPath(name).String() + "/"
	path, status, err := p.fetch(r.Context(), address, false)
	if err != nil {
		http.Error(w, err.Error(), status)
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	base, _ := url.Parse(address)
	text = href.ReplaceAllFunc(text, func(m []byte) []byte {
		u, err := base.Parse(strings.ReplaceAll(string(href.FindSubmatch(m)[1]), "&amp;", "&"))
		if err != nil || u.Scheme != "https" {
			return m
		}
		p.know(u.Host)
		out := "/files/" + u.Host + u.EscapedPath()
		if u.Fragment != "" {
			out += "#" + u.Fragment
		}
		return []byte(`href="` + out + `"`)
	})
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(text)
}

func (p *Proxy) file(w http.ResponseWriter, r *http.Request, address string, fixed bool) {
	path, status, err := p.fetch(r.Context(), address, fixed)
	if err != nil {
		http.Error(w, err.Error(), status)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeFile(w, r, path)
}

func (p *Proxy) know(host string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hosts[host] = true
}

func (p *Proxy) known(host string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hosts[host]
}

// locked serves one fetch of an address at a time.
func (p *Proxy) locked(address string) (unlock func()) {
	p.mu.Lock()
	l := p.locks[address]
	if l == nil {
		l = &sync.Mutex{}
		p.locks[address] = l
	}
	p.mu.Unlock()
	l.Lock()
	return l.Unlock
}

func (p *Proxy) stored(name string) string { return filepath.Join(p.dir, name[:2], name) }
