package aws

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// Mark is a tag that an image of a repository is to get, because what it is on is deployed.
type Mark struct{ Repository, Digest, Tag string }

// marks are the tags that are missing in a repository: an environment with a state, or a tag of which it is said that it
// runs, makes what its tag is on a deployed image. A deployment has set most of them already, on the image that it used;
// those are not moved. Images that a manifest list refers to are tagged by the list.
func (g Guard) marks(repository string, images []Image) []Mark {
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
		if name := DeployedTag(tag); !isDeployedTag(tag) && wanted[name] == "" {
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

// known refuses a digest or a tag that is said to run and is in no repository: a typing error must not leave what it
// means without protection.
func (g Guard) known(all map[string][]Image) error {
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
			return &Error{
				Op: fmt.Sprintf("looking for %q, which is said to be deployed", name), What: "no repository has it",
				Fix: "correct it, or leave it out: looked in " + fmt.Sprint(slices.Sorted(maps.Keys(all))), Kind: ErrNotFound,
			}
		}
	}
	return nil
}

// marked is a repository as it is once the marks are set.
func marked(images []Image, marks []Mark) []Image {
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

// mark gives an image one more tag, in ECR itself.
func (r *ECR) mark(ctx context.Context, m Mark) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	fail := func(err error) error {
		return explain(fmt.Sprintf("tagging %s in %q as %q", m.Digest, m.Repository, m.Tag), err, "allow ecr:BatchGetImage and ecr:PutImage", r.session.secrets()...)
	}
	found, err := r.client.BatchGetImage(ctx, &ecr.BatchGetImageInput{RegistryId: &r.account, RepositoryName: &m.Repository, ImageIds: []types.ImageIdentifier{{ImageDigest: &m.Digest}}})
	if err != nil {
		return fail(err)
	}
	if len(found.Images) == 0 {
		return fail(errors.New("the image is gone: try again"))
	}
	_, err = r.client.PutImage(ctx, &ecr.PutImageInput{
		RegistryId: &r.account, RepositoryName: &m.Repository, ImageTag: &m.Tag,
		ImageManifest: found.Images[0].ImageManifest, ImageManifestMediaType: found.Images[0].ImageManifestMediaType,
	})
	var there *types.ImageAlreadyExistsException
	if err != nil && !errors.As(err, &there) {
		return fail(err)
	}
	return nil
}

// Unmark takes the tag of a deployment off the image that has it, and tells what became of it. ECR deletes an image with
// its last tag, so a last one stays: the image may run elsewhere.
func (r *ECR) Unmark(ctx context.Context, repository, tag string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	op := fmt.Sprintf("taking the tag %q off in %q", tag, repository)
	if !isDeployedTag(tag) {
		return "", configError(op, "it is not the tag of a deployment", "name one that begins with "+DeployedPrefix)
	}
	fail := func(err error) error {
		return explain(op, err, "allow ecr:DescribeImages and ecr:BatchDeleteImage", r.session.secrets()...)
	}
	id := types.ImageIdentifier{ImageTag: &tag}
	found, err := r.client.DescribeImages(ctx, &ecr.DescribeImagesInput{RegistryId: &r.account, RepositoryName: &repository, ImageIds: []types.ImageIdentifier{id}})
	if hasCode(err, "ImageNotFoundException") || hasCode(err, "RepositoryNotFoundException") || err == nil && len(found.ImageDetails) == 0 {
		return "", nil
	}
	if err != nil {
		return "", fail(err)
	}
	image := found.ImageDetails[0]
	if len(image.ImageTags) < 2 {
		return fmt.Sprintf("%s stays in %s: it is the only tag of %s, and ECR would delete the image with it", tag, repository, value(image.ImageDigest)), nil
	}
	out, err := r.client.BatchDeleteImage(ctx, &ecr.BatchDeleteImageInput{RegistryId: &r.account, RepositoryName: &repository, ImageIds: []types.ImageIdentifier{id}})
	if err != nil {
		return "", fail(err)
	}
	for _, failure := range out.Failures {
		if failure.FailureCode != types.ImageFailureCodeImageNotFound {
			return "", &Error{Op: op, What: value(failure.FailureReason), Fix: "delete the tag by hand", Kind: ErrServer}
		}
	}
	return fmt.Sprintf("%s is off in %s", tag, repository), nil
}
