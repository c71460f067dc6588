package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"dagger/pipeline/lab/debian"
	"dagger/pipeline/lab/state"
)

// Built is an image in the cache.
type Built struct {
	Name   string `json:"name"`
	Tag    string `json:"tag"`
	Digest string `json:"digest"`
	Size   int64  `json:"size"` // of the layers, compressed, in bytes
	dir    string // its OCI layout
}

// buildLimit is how long one image may take; about half a minute is usual.
const buildLimit = 20 * time.Minute

// Build returns the recipe's image from the cache (a directory), and builds it first if it is missing.
func Build(ctx context.Context, cache string, r Recipe, sums *Sums, progress debian.Progress) (Built, error) {
	key, err := r.Key(sums)
	if err != nil {
		return Built{}, err
	}
	dir := filepath.Join(cache, r.Name+"-"+key)
	if built, ok := cached(dir); ok {
		return built, nil
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return Built{}, fmt.Errorf("building base image %s: %w", r.Name, err)
	}
	lock, err := state.Lock(dir+".lock", func() { progress("waiting for another lab that builds base image %s", r.Name) })
	if err != nil {
		return Built{}, err
	}
	defer lock.Close()
	if built, ok := cached(dir); ok {
		return built, nil
	}
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	if err := debian.Command(ctx, progress, "mmdebstrap"); err != nil {
		return Built{}, err
	}
	progress("building base image %s ...", r.Name)
	start := time.Now()
	built, err := build(ctx, dir, r, lock)
	if err != nil {
		return Built{}, fmt.Errorf("building base image %s: %w", r.Name, err)
	}
	progress("building base image %s ... %.0fs, %d MB", r.Name, time.Since(start).Seconds(), built.Size>>20)
	return built, nil
}

// cached returns the image in a directory of the cache. Its description is written last.
func cached(dir string) (Built, bool) {
	built := Built{dir: dir}
	found, err := state.ReadJSON(filepath.Join(dir, "built.json"), &built)
	return built, found && err == nil
}

func build(ctx context.Context, dir string, r Recipe, lock *os.File) (_ Built, err error) {
	work := dir + ".work"
	if err := clear(work); err != nil { // of a build that was killed
		return Built{}, err
	}
	if err := os.Mkdir(work, 0o700); err != nil {
		return Built{}, err
	}
	defer func() { err = errors.Join(err, clear(work)) }()
	packages, err := writeLayer(filepath.Join(work, "packages.tar.zst"), func(w io.Writer) error {
		return bootstrap(ctx, work, r, lock, w)
	})
	if err != nil {
		return Built{}, err
	}
	layers := []v1.Layer{packages}
	if len(r.Files) > 0 {
		files, err := writeLayer(filepath.Join(work, "files.tar.zst"), func(w io.Writer) error { return writeFiles(w, r.Files) })
		if err != nil {
			return Built{}, err
		}
		layers = append(layers, files)
	}
	tag := r.TagBy
	if tag == "python" {
		version, err := packagedPython(packages)
		if err != nil {
			return Built{}, err
		}
		tag = version + "-" + r.Suite
	}
	img, err := assemble(layers, r.Env, r.Entrypoint)
	if err != nil {
		return Built{}, err
	}
	return keep(dir, work, Built{Name: r.Name, Tag: tag}, img)
}

// assemble puts layers and a configuration together. The result contains no build time.
func assemble(layers []v1.Layer, env, entrypoint []string) (v1.Image, error) {
	img := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	img = mutate.ConfigMediaType(img, types.OCIConfigJSON)
	img, err := mutate.AppendLayers(img, layers...)
	if err != nil {
		return nil, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	config.Config = v1.Config{Env: env, Cmd: []string{"/bin/sh"}, WorkingDir: "/"}
	if entrypoint != nil {
		config.Config.Entrypoint, config.Config.Cmd = entrypoint, nil
	}
	return mutate.ConfigFile(img, config)
}

// keep moves an image into the cache, as an OCI layout.
func keep(dir, work string, built Built, img v1.Image) (Built, error) {
	oci := filepath.Join(work, "image")
	if err := os.Mkdir(oci, 0o700); err != nil {
		return built, err
	}
	path, err := layout.Write(oci, empty.Index)
	if err != nil {
		return built, err
	}
	if err := path.AppendImage(img); err != nil {
		return built, err
	}
	digest, err := img.Digest()
	if err != nil {
		return built, err
	}
	layers, err := img.Layers()
	if err != nil {
		return built, err
	}
	for _, l := range layers {
		size, err := l.Size()
		if err != nil {
			return built, err
		}
		built.Size += size
	}
	built.Digest, built.dir = digest.String(), dir
	if err := state.WriteJSON(filepath.Join(oci, "built.json"), built); err != nil {
		return built, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return built, err
	}
	return built, os.Rename(oci, dir)
}
