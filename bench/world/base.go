package world

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/crane"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// pushBase pushes the lab's python image, with pip and apt configured to use the package proxy, and returns its
// reference at the counting port.
func (w *World) pushBase(ctx context.Context) (string, error) {
	_, repository, _ := strings.Cut(w.Lab["PYTHON_IMAGE"], "/")
	img, err := crane.Pull(w.Registry.Address+"/"+repository, w.options(ctx)...)
	if err != nil {
		return "", fmt.Errorf("making the base image: %w", err)
	}
	if img, err = w.withProxy(img); err != nil {
		return "", fmt.Errorf("making the base image: %w", err)
	}
	address := w.Registry.Address + "/bench/python:base"
	if err := crane.Push(img, address, w.options(ctx)...); err != nil {
		return "", fmt.Errorf("pushing the base image: %w", err)
	}
	return address, nil
}

// withProxy adds the package proxy's address. The image comes in layers that Debian's docker can unpack: it
// knows no zstd.
func (w *World) withProxy(img v1.Image) (v1.Image, error) {
	layers, err := img.Layers()
	if err != nil {
		return nil, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	for i, l := range layers {
		if layers[i], err = tarball.LayerFromOpener(l.Uncompressed, tarball.WithCompressedCaching); err != nil {
			return nil, err
		}
	}
	apt := fmt.Sprintf("Acquire::http::Proxy %q;\nAcquire::https::Proxy \"DIRECT\";\n", "http://"+w.IndexHost)
	proxy, err := crane.Layer(map[string][]byte{"etc/apt/apt.conf.d/99benchmark": []byte(apt)})
	if err != nil {
		return nil, err
	}
	out, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.DockerManifestSchema2), append(layers, proxy)...)
	if err != nil {
		return nil, err
	}
	made, err := out.ConfigFile()
	if err != nil {
		return nil, err
	}
	made = made.DeepCopy()
	made.OS, made.Architecture, made.Config = config.OS, config.Architecture, config.Config
	made.Config.Env = append(made.Config.Env, "PIP_INDEX_URL="+w.IndexURL, "PIP_TRUSTED_HOST="+w.IndexHost, "PIP_DISABLE_PIP_VERSION_CHECK=1")
	return mutate.ConfigFile(out, made)
}

func (w *World) options(ctx context.Context) []crane.Option {
	login := &authn.Basic{Username: w.Lab["REGISTRY_USERNAME"], Password: w.Lab["REGISTRY_PASSWORD"]}
	return []crane.Option{crane.WithContext(ctx), crane.Insecure, crane.WithAuth(login)}
}

// Stored is how many bytes of an image the registry keeps in addition to the base image.
func (w *World) Stored(ctx context.Context, address string) (total int64, err error) {
	known := map[v1.Hash]bool{}
	for _, ref := range []string{w.Base, address} {
		img, err := crane.Pull(ref, w.options(ctx)...)
		if err != nil {
			return 0, fmt.Errorf("reading image %q: %w", ref, err)
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
