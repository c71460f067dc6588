package image

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"
)

// epoch is the time of everything in an image that would otherwise have its build time.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// layer is an image layer in a file, compressed with zstd.
type layer struct {
	path           string
	digest, diffID v1.Hash
	size           int64
}

func (l *layer) Digest() (v1.Hash, error)             { return l.digest, nil }
func (l *layer) DiffID() (v1.Hash, error)             { return l.diffID, nil }
func (l *layer) Size() (int64, error)                 { return l.size, nil }
func (l *layer) MediaType() (types.MediaType, error)  { return types.OCILayerZStd, nil }
func (l *layer) Compressed() (io.ReadCloser, error)   { return os.Open(l.path) }
func (l *layer) Uncompressed() (io.ReadCloser, error) { return openZstd(l.path) }

func openZstd(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	d, err := zstd.NewReader(f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{d, closers{d.IOReadCloser(), f}}, nil
}

type closers []io.Closer

func (c closers) Close() (err error) {
	for _, each := range c {
		if cerr := each.Close(); err == nil {
			err = cerr
		}
	}
	return err
}

// writeLayer makes a layer of a tar stream that write produces.
func writeLayer(path string, write func(io.Writer) error) (*layer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	packed := &counter{hash: sha256.New()}
	// One goroutine: the same input gives the same bytes.
	z, err := zstd.NewWriter(io.MultiWriter(f, packed), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	plain := &counter{hash: sha256.New()}
	if err := write(io.MultiWriter(z, plain)); err != nil {
		_ = z.Close()
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return &layer{path: path, digest: packed.sum(), diffID: plain.sum(), size: packed.size}, nil
}

type counter struct {
	hash hash.Hash
	size int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.size += int64(len(p))
	return c.hash.Write(p)
}

func (c *counter) sum() v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(c.hash.Sum(nil))}
}

// writeFiles writes files as a tar stream without owners or times of this machine.
func writeFiles(w io.Writer, files []File) error {
	t := tar.NewWriter(w)
	for _, f := range files {
		content, size := io.NopCloser(strings.NewReader(string(f.Content))), int64(len(f.Content))
		if f.From != "" {
			file, err := os.Open(f.From)
			if err != nil {
				return err
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				return err
			}
			content, size = file, info.Size()
		}
		header := &tar.Header{Typeflag: tar.TypeReg, Name: strings.TrimPrefix(f.Path, "/"), Mode: f.Mode, Size: size, ModTime: epoch}
		if err := t.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(t, content); err != nil {
			return fmt.Errorf("adding %q: %w", f.Path, err)
		}
	}
	return t.Close()
}

// packagedPython reads the version of python3 (such as 3.11) from a layer: from the target of usr/bin/python3.
func packagedPython(l v1.Layer) (string, error) {
	r, err := l.Uncompressed()
	if err != nil {
		return "", err
	}
	defer r.Close()
	for t := tar.NewReader(r); ; {
		header, err := t.Next()
		if err != nil {
			return "", fmt.Errorf("finding python3 in the image: %w", err)
		}
		if strings.TrimPrefix(header.Name, "./") == "usr/bin/python3" {
			version, ok := strings.CutPrefix(header.Linkname, "python")
			if !ok {
				return "", fmt.Errorf("finding python3 in the image: it points to %q", header.Linkname)
			}
			return version, nil
		}
	}
}
