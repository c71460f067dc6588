package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"dagger/pipeline/lab/debian"
	"dagger/pipeline/lab/image"
	"dagger/pipeline/lab/registry"
	"dagger/pipeline/lab/state"
	"dagger/pipeline/lab/terraform"
)

// made records what up prepared, for env.
type made struct {
	Images map[string]image.Built `json:"images"` // by name
	Mirror string                 `json:"mirror"`
	Infra  string                 `json:"infra"`
}

// up makes sure that the lab serves and has its base images, then prints its environment.
func up(ctx context.Context, dir state.Dir, bind string, stdout io.Writer, progress debian.Progress) error {
	lock, err := state.Lock(dir.Path("up.lock"), func() { progress("waiting for another lab command on %s", dir) })
	if err != nil {
		return err
	}
	defer lock.Close()
	cache, err := state.Cache()
	if err != nil {
		return err
	}
	result := made{Images: map[string]image.Built{}}
	if result.Mirror, err = terraform.This.Mirror(); err != nil {
		return err
	}
	if result.Infra, err = infra(dir, result.Mirror, progress); err != nil {
		return err
	}
	recipes, sums, err := recipes(ctx, cache, progress)
	if err != nil {
		return err
	}

	// All of it waits on the network for much of its time.
	var running state.Running
	built := make([]image.Built, len(recipes))
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		running, err = ensureServing(gctx, dir, cache, bind, progress)
		return err
	})
	for i, r := range recipes {
		group.Go(func() (err error) {
			built[i], err = image.Build(gctx, filepath.Join(cache, "images"), r, sums, progress)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}

	password, err := dir.Secret("registry-password")
	if err != nil {
		return err
	}
	direct, err := transport(running.Certificate)
	if err != nil {
		return err
	}
	login := image.Login{Host: running.Address("registry"), User: registry.User, Password: password, Transport: direct}
	for _, b := range built {
		if err := b.Push(ctx, login, progress); err != nil {
			return err
		}
		result.Images[b.Name] = b
	}
	if err := state.WriteJSON(dir.Path("made.json"), result); err != nil {
		return err
	}
	return printEnv(ctx, dir, stdout)
}

// recipes returns what to build, with the machine's terraform if it has one.
func recipes(ctx context.Context, cache string, progress debian.Progress) ([]image.Recipe, *image.Sums, error) {
	sums, err := image.ReadSums(filepath.Join(cache, "sums.json"))
	if err != nil {
		return nil, nil, err
	}
	binary, err := terraform.This.Binary()
	if err != nil {
		return nil, nil, err
	}
	tag := terraform.DefaultTag
	if binary == "" {
		progress("no terraform found on PATH: the terraform image has none, the pipeline downloads it")
	} else if tag, err = sums.Remember("version", binary, func() (string, error) { return terraform.Tag(ctx, binary) }); err != nil {
		return nil, nil, err
	}
	all, err := image.Recipes(binary, tag)
	if err != nil {
		return nil, nil, err
	}
	all, err = chosen(all, os.Getenv(imagesVariable))
	return all, sums, err
}

// imagesVariable names the base images to make, if not all are wanted.
const imagesVariable = "LAB_IMAGES"

// chosen are the recipes with a name in the list, or all if it is empty.
func chosen(all []image.Recipe, list string) (out []image.Recipe, err error) {
	if list == "" {
		return all, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(r image.Recipe) bool { return r.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("reading %s=%q: there is no base image %q: give names of python, terraform and redis, separated by commas", imagesVariable, list, name)
		}
		out = append(out, all[i])
	}
	return out, nil
}
