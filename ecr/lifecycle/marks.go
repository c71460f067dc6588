package lifecycle

import (
	"fmt"
	"maps"
	"slices"

	"dagger/pipeline/fault"
)

// Mark is a tag to add to an image of a repository because the image is deployed.
type Mark struct{ Repository, Digest, Tag string }

// Marks are the tags that are missing in a repository. The image with the tag of an environment that has a state, or
// with a tag declared as deployed, counts as deployed. Deployments have set most of these tags already, on the images
// that they used; those are not moved. Images that a manifest list refers to are tagged through the list.
func (g Guard) Marks(repository string, images []Image) []Mark {
	on := map[string]string{}
	for _, image := range images {
		for _, tag := range image.Tags {
			on[tag] = image.Digest
		}
	}
	wanted := map[string]string{}
	for environment, tag := range g.Environments {
		wanted[DeployedTag(environment)] = tag
	}
	for _, tag := range g.Tags {
		if name := DeployedTag(tag); !IsDeployedTag(tag) && wanted[name] == "" {
			wanted[name] = tag
		}
	}
	var out []Mark
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if digest := on[wanted[name]]; digest != "" && on[name] == "" {
			out = append(out, Mark{repository, digest, name})
		}
	}
	return out
}

// Known refuses a digest or a tag that is declared as deployed and is in no repository: a typo must not leave the
// intended image unprotected.
func (g Guard) Known(all map[string][]Image) error {
	there := map[string]bool{}
	for _, images := range all {
		for _, image := range images {
			there[image.Digest] = true
			for _, tag := range image.Tags {
				there[tag] = true
			}
		}
	}
	for _, name := range slices.Concat(g.Deployed, g.Tags) {
		if !there[name] {
			return &fault.Error{
				Op: fmt.Sprintf("looking for %q, which is said to be deployed", name), What: "no repository has it",
				Fix: "correct it, or leave it out: looked in " + fmt.Sprint(slices.Sorted(maps.Keys(all))), Kind: fault.ErrNotFound,
			}
		}
	}
	return nil
}

// Marked is a repository as it is once the marks are set.
func Marked(images []Image, marks []Mark) []Image {
	out := slices.Clone(images)
	for i, image := range out {
		for _, m := range marks {
			if m.Digest == image.Digest {
				out[i].Tags = append(slices.Clip(out[i].Tags), m.Tag)
			}
		}
	}
	return out
}
