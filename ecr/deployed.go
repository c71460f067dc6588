package ecr

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"dagger/pipeline/aws"
	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/fault"
)

// mark gives an image one more tag, within ECR.
func (r *Registry) mark(ctx context.Context, m lifecycle.Mark) error {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	fail := func(err error) error {
		return r.session.Explain(fmt.Sprintf("tagging %s in %q as %q", m.Digest, m.Repository, m.Tag), err, "allow ecr:BatchGetImage and ecr:PutImage")
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

// Unmark removes a deployment's tag from the image that has it, and says what happened. ECR deletes an image together
// with its last tag, so a last tag stays: the image may run elsewhere.
func (r *Registry) Unmark(ctx context.Context, repository, tag string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	op := fmt.Sprintf("taking the tag %q off in %q", tag, repository)
	if !lifecycle.IsDeployedTag(tag) {
		return "", fault.Setting(op, "it is not the tag of a deployment", "name one that begins with "+lifecycle.DeployedPrefix)
	}
	fail := func(err error) error {
		return r.session.Explain(op, err, "allow ecr:DescribeImages and ecr:BatchDeleteImage")
	}
	id := types.ImageIdentifier{ImageTag: &tag}
	found, err := r.client.DescribeImages(ctx, &ecr.DescribeImagesInput{RegistryId: &r.account, RepositoryName: &repository, ImageIds: []types.ImageIdentifier{id}})
	if aws.HasCode(err, "ImageNotFoundException") || aws.HasCode(err, "RepositoryNotFoundException") || err == nil && len(found.ImageDetails) == 0 {
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
			return "", &fault.Error{Op: op, What: value(failure.FailureReason), Fix: "delete the tag by hand", Kind: fault.ErrServer}
		}
	}
	return fmt.Sprintf("%s is off in %s", tag, repository), nil
}
