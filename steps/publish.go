package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/fault"
	"dagger/pipeline/images"
	"dagger/pipeline/printable"
	"dagger/pipeline/registry"
	"dagger/pipeline/tell"
)

// Pushed is an image that the registry now has.
type Pushed struct {
	// Image is its reference by digest, Content the tag that names its content.
	Image   string `json:"image"`
	Content string `json:"content"`
	Digest  string `json:"digest"`
	// Tags are the others that name it: mr-7, latest.
	Tags []string `json:"tags"`
	// Pushed is false if the registry already had it.
	Pushed bool `json:"pushed"`
}

// tag is the one that names the content.
func (p Pushed) tag() string { return p.Content[strings.LastIndex(p.Content, ":")+1:] }

// Publish pushes images under their content tags and under moving tags, into the
// repositories of the run's level.
type Publish struct {
	Registry Opened
	Tags     []string

	// push and retag take the place of engine and registry in tests.
	push  func(ctx context.Context, image images.Image, reference string) (digest string, err error)
	retag func(ctx context.Context, repository, digest, tag string) error
}

// Prepare makes sure, before any work, that the repositories to push to exist,
// because ECR does not create them automatically, and that the run may push to them.
func (p Publish) Prepare(ctx context.Context) error {
	for _, path := range p.Registry.Repositories(p.Registry.Writes) {
		if err := p.prepare(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

func (p Publish) prepare(ctx context.Context, path string) error {
	if err := p.ensure(ctx, path); err != nil {
		return err
	}
	err := registry.Client{Login: p.Registry.Login}.CheckPush(ctx, path)
	if errors.Is(err, fault.ErrDenied) || errors.Is(err, fault.ErrNotFound) {
		return tell.Errorf("publishing as a run of level %q: %w, or another level with --trust", p.Registry.Writes, err)
	}
	return nil
}

func (p Publish) ensure(ctx context.Context, repository string) error {
	if p.Registry.ECR == nil {
		return nil
	}
	found, err := p.Registry.ECR.EnsureRepository(ctx, repository, contentTags[path.Base(repository)]...)
	if err != nil {
		return err
	}
	if found.Created {
		tell.Line("created repository " + found.Name)
	}
	for _, note := range found.Notes {
		tell.Line(note)
	}
	return nil
}

// Entry is an image to push; one that is Moving also under the moving tags.
type Entry struct {
	images.Image
	Moving bool
	// Own requires it to be in the run's own level, whatever other levels have.
	Own bool
}

// Run pushes the images that the registry lacks, and then moves the tags.
func (p Publish) Run(ctx context.Context, entries ...Entry) ([]Pushed, error) {
	all := make([]Pushed, len(entries))
	for i, e := range entries {
		out := &all[i]
		*out = Pushed{Content: p.Registry.Reference(e.Name, e.Tag), Tags: []string{}}
		if p.has(e) {
			out.Content, out.Digest = e.Found.Reference, e.Found.Digest
		} else if err := p.content(ctx, e.Image, out); err != nil {
			return nil, err
		}
	}
	for i, e := range entries {
		out := &all[i]
		if out.Pushed {
			if err := p.settle(ctx, e.Image, out); err != nil {
				return nil, err
			}
		}
		out.Image = strings.TrimSuffix(out.Content, ":"+e.Tag) + "@" + out.Digest
		if !e.Moving {
			continue
		}
		for _, tag := range p.Tags {
			if err := p.tag(ctx, e.Image, out.Digest, tag); err != nil {
				return nil, err
			}
			out.Tags = append(out.Tags, p.Registry.Reference(e.Name, tag))
		}
	}
	return all, nil
}

// has tells whether an image need not be pushed: it was found, and it is in the
// run's own level where tags are to name it, because those cannot reach across
// repositories.
func (p Publish) has(e Entry) bool {
	own := e.Found.Reference == p.Registry.Reference(e.Name, e.Tag)
	return e.Found.State == registry.Found && (own || !e.Own && (!e.Moving || len(p.Tags) == 0))
}

// content pushes an image that the registry did not have when it was looked up.
// A registry whose tags do not move refuses the second of two runs: it takes
// what the first one pushed.
func (p Publish) content(ctx context.Context, image images.Image, out *Pushed) error {
	if err := p.settle(ctx, image, out); err != nil || out.Digest != "" {
		return err
	}
	digest, failed := p.publish(ctx, image, out.Content)
	if failed != nil {
		if err := p.settle(ctx, image, out); err != nil || out.Digest != "" {
			return err
		}
		return tell.Errorf("pushing %s: %w", out.Content, failed)
	}
	out.Digest, out.Pushed = digest, true
	return nil
}

// publish has the engine push an image.
func (p Publish) publish(ctx context.Context, image images.Image, reference string) (string, error) {
	if p.push != nil {
		return p.push(ctx, image, reference)
	}
	pinned, err := image.Labelled().Publish(ctx, reference)
	_, digest, _ := strings.Cut(pinned, "@")
	return digest, err
}

// settle takes the image that the tag holds now. Another run may have pushed the
// same content meanwhile, whose bytes differ in times of day: both take the one
// that stays.
func (p Publish) settle(ctx context.Context, image images.Image, out *Pushed) error {
	now, err := p.Registry.LookAt(ctx, p.Registry.Writes, image.Name, image.Tag)
	if err != nil || now.State != registry.Found || now.Digest == out.Digest {
		return err
	}
	tell.Line(now.Reference + ": another run has pushed it, using " + now.Digest)
	out.Digest, out.Pushed = now.Digest, false
	return nil
}

// tag moves a tag in the registry itself; where only the engine can reach that,
// the image is pushed once more.
func (p Publish) tag(ctx context.Context, image images.Image, digest, tag string) error {
	repository := p.Registry.Repository(p.Registry.Writes, image.Name)
	if p.retag != nil {
		return p.retag(ctx, repository, digest, tag)
	}
	_, err := registry.Client{Login: p.Registry.Login}.Tag(ctx, repository, digest, tag)
	if errors.Is(err, fault.ErrUnreachable) {
		_, err = image.Labelled().Publish(ctx, p.Registry.Reference(image.Name, tag))
	}
	return err
}

// PushedText is the result as lines or, in format "json", as a JSON list.
func PushedText(all []Pushed, format string) (string, error) {
	if format == "json" {
		text, err := json.Marshal(all)
		return string(text), err
	}
	if format != "text" {
		return "", fmt.Errorf("giving the digests: no format %q: use text or json", format)
	}
	var lines []string
	for _, p := range all {
		word := "was there"
		if p.Pushed {
			word = "pushed"
		}
		lines = append(lines, strings.Join(append([]string{p.Image, word, p.Content}, p.Tags...), " "))
	}
	return strings.Join(lines, "\n"), nil
}

// ImagesPart is the text of publish-images with the counts as its last line.
func ImagesPart(pushed []Pushed) (string, error) {
	text, err := PushedText(pushed, "text")
	fresh := 0
	for _, p := range pushed {
		if p.Pushed {
			fresh++
		}
	}
	return fmt.Sprintf("%s\n%s, %d of them pushed", text, printable.Count(len(pushed), "image"), fresh), err
}
