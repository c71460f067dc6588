package world

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// pushBase pushes the lab's python image with pip and apt led through the package proxy, and returns its
// reference at the counting port.
func (w *World) pushBase(ctx context.Context) (string, error) {
	_, repository, _ := strings.Cut(w.Lab["PYTHON_IMAGE"], "/")
	img, err := w.Image(ctx, w.Registry.Address+"/"+repository)
	if err != nil {
		return "", err
	}
	if img, err = gzipped(img); err != nil {
		return "", fmt.Errorf("making the base image: %w", err)
	}
	apt := fmt.Sprintf("Acquire::http::Proxy %q;\nAcquire::https::Proxy \"DIRECT\";\n", "http://"+w.IndexHost)
	layer, err := fileLayer("etc/apt/apt.conf.d/99benchmark", apt)
	if err != nil {
		return "", err
	}
	if img, err = mutate.AppendLayers(img, layer); err != nil {
		return "", fmt.Errorf("making the base image: %w", err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		return "", fmt.Errorf("making the base image: %w", err)
	}
	config = config.DeepCopy()
	config.Config.Env = append(config.Config.Env, "PIP_INDEX_URL="+w.IndexURL, "PIP_TRUSTED_HOST="+w.IndexHost, "PIP_DISABLE_PIP_VERSION_CHECK=1")
	if img, err = mutate.ConfigFile(img, config); err != nil {
		return "", fmt.Errorf("making the base image: %w", err)
	}
	address := w.Registry.Address + "/bench/python:base"
	ref, err := name.ParseReference(address, name.Insecure)
	if err != nil {
		return "", fmt.Errorf("making the base image: %w", err)
	}
	if err := remote.Write(ref, img, w.login(), remote.WithContext(ctx)); err != nil {
		return "", fmt.Errorf("pushing the base image: %w", err)
	}
	return address, nil
}

// gzipped is an image with the same files in layers that Debian's docker can unpack: it knows no zstd.
func gzipped(img v1.Image) (v1.Image, error) {
	layers, err := img.Layers()
	if err != nil {
		return nil, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	out := mutate.MediaType(empty.Image, types.DockerManifestSchema2)
	for _, l := range layers {
		packed, err := tarball.LayerFromOpener(l.Uncompressed, tarball.WithCompressedCaching)
		if err != nil {
			return nil, err
		}
		if out, err = mutate.AppendLayers(out, packed); err != nil {
			return nil, err
		}
	}
	made, err := out.ConfigFile()
	if err != nil {
		return nil, err
	}
	made = made.DeepCopy()
	made.OS, made.Architecture, made.Config = config.OS, config.Architecture, config.Config
	return mutate.ConfigFile(out, made)
}

func (w *World) login() remote.Option {
	return remote.WithAuth(&authn.Basic{Username: w.Lab["REGISTRY_USERNAME"], Password: w.Lab["REGISTRY_PASSWORD"]})
}

// Image looks an image up in the registry.
func (w *World) Image(ctx context.Context, address string) (v1.Image, error) {
	ref, err := name.ParseReference(address, name.Insecure)
	if err != nil {
		return nil, fmt.Errorf("reading image %q: %w", address, err)
	}
	img, err := remote.Image(ref, w.login(), remote.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("reading image %q: %w", address, err)
	}
	return img, nil
}

// Stored is how many bytes of an image the registry keeps beside those of the base image.
func (w *World) Stored(ctx context.Context, address string) (int64, error) {
	known := map[v1.Hash]bool{}
	var total int64
	for _, ref := range []string{w.Base, address} {
		img, err := w.Image(ctx, ref)
		if err != nil {
			return 0, err
		}
		manifest, err := img.Manifest()
		if err != nil {
			return 0, fmt.Errorf("reading image %q: %w", ref, err)
		}
		for _, l := range manifest.Layers {
			if !known[l.Digest] && ref == address {
				total += l.Size
			}
			known[l.Digest] = true
		}
	}
	return total, nil
}

func fileLayer(path, text string) (v1.Layer, error) {
	var archive bytes.Buffer
	t := tar.NewWriter(&archive)
	if err := t.WriteHeader(&tar.Header{Name: path, Mode: 0o644, Size: int64(len(text))}); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(t, text); err != nil {
		return nil, err
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(archive.Bytes())), nil
	})
}
