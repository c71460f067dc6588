package world

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// serveArchives starts the file server of a hosted `cache:`, at the far end of the line.
func (w *World) serveArchives(ctx context.Context) error {
	dir := w.Path("hosted")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for archives: %w", err)
	}
	files := http.NewServeMux()
	files.Handle("GET /", http.FileServer(http.Dir(dir)))
	files.HandleFunc("PUT /{name}", func(rw http.ResponseWriter, r *http.Request) {
		if err := write(filepath.Join(dir, filepath.Base(r.PathValue("name"))), r.Body); err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
		}
	})
	server := &http.Server{Handler: files, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }()
	w.Archives, err = NewForward(ctx, "127.0.0.1:0", l.Addr().String(), w.line)
	return err
}

// Fetch brings a hosted archive to the file to, as a runner does before a job, if there is one.
func (w *World) Fetch(ctx context.Context, name, to string) (found bool, err error) {
	err = w.archive(ctx, http.MethodGet, name, nil, func(r *http.Response) error {
		switch found = r.StatusCode == http.StatusOK; {
		case found:
			return write(to, r.Body)
		case r.StatusCode != http.StatusNotFound:
			return fmt.Errorf("fetching archive %q: %s", name, r.Status)
		}
		return nil
	})
	return found, err
}

// Store keeps the file from as a hosted archive, as a runner does after a job.
func (w *World) Store(ctx context.Context, name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return w.archive(ctx, http.MethodPut, name, f, func(r *http.Response) error {
		if r.StatusCode != http.StatusOK {
			return fmt.Errorf("storing archive %q: %s", name, r.Status)
		}
		return nil
	})
}

func (w *World) archive(ctx context.Context, method, name string, body io.Reader, then func(*http.Response) error) error {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+w.Archives.Address+"/"+name, body)
	if err != nil {
		return err
	}
	r.Close = true // each job is a client of its own
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("moving archive %q: %w", name, err)
	}
	defer answer.Body.Close()
	return then(answer)
}

func write(path string, from io.Reader) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, from); err != nil {
		return err
	}
	return f.Close()
}
