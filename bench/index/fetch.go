package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// fetch returns the file in the cache with what an address gives, or the status to answer with. One
// that is not fixed is asked for again when it is old, and used all the same when that fails.
func (p *Proxy) fetch(ctx context.Context, address string, fixed bool) (path string, status int, err error) {
	defer p.locked(address)()
	sum := sha256.Sum256([]byte(address))
	path = p.stored(hex.EncodeToString(sum[:]))
	info, statErr := os.Stat(path)
	if statErr == nil && (fixed || time.Since(info.ModTime()) < fresh) {
		return path, 0, nil
	}
	status, err = p.download(context.WithoutCancel(ctx), address, path)
	if err != nil && statErr == nil {
		return path, 0, nil
	}
	return path, status, err
}

func (p *Proxy) download(ctx context.Context, address, path string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return http.StatusBadRequest, err
	}
	req.Header.Set("Accept", "text/html, */*;q=0.1")
	resp, err := p.client.Do(req)
	if err != nil {
		return http.StatusBadGateway, fmt.Errorf("fetching %q: %w", address, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode, fmt.Errorf("fetching %q: %s", address, resp.Status)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return http.StatusInternalServerError, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "partial-*")
	if err != nil {
		return http.StatusInternalServerError, err
	}
	defer os.Remove(f.Name())
	_, err = io.Copy(f, resp.Body)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return http.StatusBadGateway, fmt.Errorf("fetching %q: %w", address, err)
	}
	return 0, nil
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
