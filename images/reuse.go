package images

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/registry"
	"dagger/pipeline/tell"
	"dagger/pipeline/trust"
)

// Labels of the images that are pushed.
const (
	contentLabel = "pipeline.content" // the content tag once more
	projectLabel = "pipeline.project" // name of the project
	infraLabel   = "pipeline.infra"   // path of the root module
)

// Image is a container and the name of its content.
type Image struct {
	// Name is that of its repository: app, terraform or service.
	Name string
	// Tag is a hash of everything that goes into the image, so that anyone with the
	// same sources knows it beforehand. It is empty without a registry.
	Tag string
	// Container is the image from the registry if it has it, else the one that
	// is built.
	Container *dagger.Container
	// Found is what the registry said of the tag.
	Found registry.Lookup
}

// recipeVersion is part of every tag. Change it when the steps of an image
// change in a way that its ingredients do not show.
const recipeVersion = "1"

// contentTag names an image by all that goes into it: "app-0f3a...".
func contentTag(kind string, ingredients ...string) string {
	h := sha256.New()
	if c := compression(kind); c != "" {
		ingredients = append([]string{string(c)}, ingredients...)
	}
	for _, text := range append([]string{recipeVersion}, ingredients...) {
		fmt.Fprintf(h, "%d:%s,", len(text), text)
	}
	return kind + "-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// baseContent is what a base image adds to a tag: its digest, under whatever
// name it is pulled, and the platform.
func baseContent(ctx context.Context, base *dagger.Container) (string, error) {
	ref, err := base.ImageRef(ctx)
	if err != nil {
		return "", err
	}
	platform, err := dag.DefaultPlatform(ctx)
	if err != nil {
		return "", err
	}
	_, digest, _ := strings.Cut(ref, "@")
	return string(platform) + " " + digest, nil
}

// image looks a tag up and builds what is not there. Nothing is asked for
// without a registry, and a registry that does not answer is no error.
func (r Store) image(ctx context.Context, name string, tag func() (string, error), build func() (*dagger.Container, error)) (Image, error) {
	out := Image{Name: name}
	var err error
	if r.Given() {
		if out.Tag, err = tag(); err != nil {
			return out, err
		}
		if out.Found, err = r.Look(ctx, name, out.Tag); err != nil {
			return out, err
		}
		if out.Found.State == registry.Found {
			out.Container = r.pinned(out.Found)
			return out, nil
		}
	}
	out.Container, err = build()
	return out, err
}

// pinned is the image that the registry has.
func (r Store) pinned(found registry.Lookup) *dagger.Container {
	return dag.Container(dagger.ContainerOpts{Platform: r.Platform}).From(found.Pinned())
}

// platform is that of the images.
func (r Store) platform(ctx context.Context) (dagger.Platform, error) {
	if r.Platform != "" {
		return r.Platform, nil
	}
	return dag.DefaultPlatform(ctx)
}

// Look asks the repositories that the run may use for a content tag, and returns
// their answers. The label of an image under that tag must match it.
func (r Store) Look(ctx context.Context, name, tag string) (registry.Lookup, error) {
	var found registry.Lookup
	var missed []string
	for _, level := range r.Reads {
		var err error
		if found, err = r.LookAt(ctx, level, name, tag); err != nil {
			return found, err
		}
		if found.State == registry.Found {
			tell.Line(found.Line())
			return found, nil
		}
		missed = append(missed, found.Outcome())
		if found.State == registry.Unreachable {
			break // no other repository of that host answers either
		}
	}
	tell.Line(strings.Join(missed, "; ") + ", building")
	return found, nil
}

// LookAt asks one level's repository for the tag of a content.
func (r Store) LookAt(ctx context.Context, level trust.Level, name, tag string) (registry.Lookup, error) {
	found, content, err := r.asked(ctx, r.Repository(level, name), tag)
	if err == nil && found.State == registry.Found && content != tag {
		return found, fmt.Errorf("pulling %s: the tag holds an image of other content (%q): content tags never move: delete the tag and publish again", found.Reference, content)
	}
	return found, err
}

// asked gives what a repository has under a tag, and the content that the image
// says it has.
func (r Store) asked(ctx context.Context, repository, tag string) (found registry.Lookup, content string, err error) {
	if r.Ask != nil {
		return r.Ask(ctx, repository, tag)
	}
	platform, err := r.platform(ctx)
	if err != nil {
		return found, "", err
	}
	found = registry.Client{Login: r.Login}.Lookup(ctx, repository, tag, string(platform))
	if found.State != registry.Found {
		return found, "", nil
	}
	if err := r.SignIn(ctx); err != nil {
		return found, "", err
	}
	if content, err = r.pinned(found).Label(ctx, contentLabel); err != nil {
		return found, "", tell.Errorf("pulling %s: %w", found.Pinned(), err)
	}
	return found, content, nil
}

// compression is that of an image's layers, "" for what the engine and the base image
// have. Of the app image a new runner fetches only the files that its job reads, by the
// table of contents that eStargz has; to others it is gzip. Terraform reads its providers
// whole, to hash them: zstd unpacks in a fraction of gzip's time. The image of the service
// is for others to run, and gzip is what all of them read.
func compression(kind string) dagger.ImageLayerCompression {
	switch kind {
	case "app":
		return dagger.ImageLayerCompressionEstarGz
	case "service":
		return ""
	}
	return dagger.ImageLayerCompressionZstd
}

// Labelled is the image as it is pushed: it says which content it is.
func (i Image) Labelled() Labelled {
	return Labelled{i.Container.WithLabel(contentLabel, i.Tag), compression(i.Name)}
}

// Labelled is a container that is ready to be pushed.
type Labelled struct {
	container   *dagger.Container
	compression dagger.ImageLayerCompression
}

// Publish pushes it, and gives its reference with the digest.
func (l Labelled) Publish(ctx context.Context, reference string) (string, error) {
	return l.container.Publish(ctx, reference, dagger.ContainerPublishOpts{ForcedCompression: l.compression})
}
