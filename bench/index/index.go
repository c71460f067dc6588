// Package index is a caching proxy in front of the package indexes that builds use, so that the network
// is the same for every arm of a benchmark: a Python simple index, and Debian archives over plain HTTP.
package index

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
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

	"github.com/google/renameio/v2"
	"golang.org/x/sync/singleflight"
)

// fresh is how long a mutable answer (an index page, a release file) is taken from the cache.
const fresh = 12 * time.Hour

// Proxy serves /simple/ as a Python index, and absolute requests for http URLs as a proxy for apt does.
type Proxy struct {
	upstream *url.URL // the index that pages come from, ending in a slash
	dir      string
	client   *http.Client
	served   atomic.Int64
	fetches  singleflight.Group // by address
	hosts    sync.Map           // that files may come from: those that the index's pages name
}

// New returns a proxy that keeps what it fetches in dir. upstream is the URL of a simple index.
func New(upstream, dir string) (*Proxy, error) {
	u, err := url.Parse(strings.TrimSuffix(upstream, "/") + "/")
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("reading the package index's URL %q: want https://host/path: set PIP_INDEX_URL", upstream)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the package cache: %w", err)
	}
	return &Proxy{upstream: u, dir: dir, client: &http.Client{Timeout: 5 * time.Minute}}, nil
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
	if r.URL.IsAbs() && r.URL.Scheme == "http" {
		p.file(w, r, r.URL.String(), !mutable(r.URL.Path))
	} else if name, ok := strings.CutPrefix(r.URL.Path, "/simple/"); ok {
		p.page(w, r, strings.Trim(name, "/"))
	} else if rest, ok := strings.CutPrefix(r.URL.Path, "/files/"); ok {
		host, _, _ := strings.Cut(rest, "/")
		if _, known := p.hosts.Load(host); !known {
			http.Error(w, "no index page names this host", http.StatusForbidden)
			return
		}
		p.file(w, r, "https://"+rest, true)
	} else {
		http.NotFound(w, r)
	}
}

// mutable reports whether a file of a Debian archive is replaced in place.
func mutable(path string) bool {
	return strings.Contains(path, "/dists/") && !strings.Contains(path, "/by-hash/")
}

var href = regexp.MustCompile(`href="([^"]*)"`)

// page serves a project's page with its links rewritten to go through the proxy.
func (p *Proxy) page(w http.ResponseWriter, r *http.Request, name string) {
	if name == "" || strings.ContainsAny(name, "/?#") {
		http.NotFound(w, r)
		return
	}
	base := p.upstream.JoinPath(name, "/")
	path, status := p.fetch(r.Context(), base.String(), false)
	text, err := os.ReadFile(path)
	if err != nil {
		http.Error(w, "there is no such page", max(status, http.StatusNotFound))
		return
	}
	text = href.ReplaceAllFunc(text, func(m []byte) []byte {
		u, err := base.Parse(strings.ReplaceAll(string(href.FindSubmatch(m)[1]), "&amp;", "&"))
		if err != nil || u.Scheme != "https" {
			return m
		}
		p.hosts.Store(u.Host, true)
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
	path, status := p.fetch(r.Context(), address, fixed)
	if path == "" {
		http.Error(w, "there is no such file", status)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeFile(w, r, path)
}

// fetch returns the cached file for an address, or the status to answer with. A mutable file
// is requested again when it is old, and used anyway if that fails.
func (p *Proxy) fetch(ctx context.Context, address string, fixed bool) (path string, status int) {
	path = filepath.Join(p.dir, fmt.Sprintf("%x", sha256.Sum256([]byte(address))))
	answer, _, _ := p.fetches.Do(address, func() (any, error) {
		info, err := os.Stat(path)
		if err == nil && (fixed || time.Since(info.ModTime()) < fresh) {
			return http.StatusOK, nil
		}
		status, failed := p.download(context.WithoutCancel(ctx), address, path)
		if failed != nil && err != nil {
			return status, nil
		}
		return http.StatusOK, nil
	})
	if status = answer.(int); status != http.StatusOK {
		return "", status
	}
	return path, status
}

func (p *Proxy) download(ctx context.Context, address, path string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return http.StatusBadGateway, err
	}
	req.Header.Set("Accept", "text/html, */*;q=0.1")
	resp, err := p.client.Do(req)
	if err != nil {
		return http.StatusBadGateway, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode, fmt.Errorf("fetching %q: %s", address, resp.Status)
	}
	f, err := renameio.NewPendingFile(path)
	if err != nil {
		return http.StatusInternalServerError, err
	}
	defer func() { _ = f.Cleanup() }()
	if _, err := io.Copy(f, resp.Body); err != nil {
		return http.StatusBadGateway, err
	}
	return http.StatusOK, f.CloseAtomicallyReplace()
}

// counted adds up what is written.
type counted struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n.Add(int64(n))
	return n, err
}
