package ecr

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"dagger/pipeline/ecr/lifecycle"
)

// Images lists a repository. Images that manifest lists refer to get the lists' digests as parents.
func (r *Registry) Images(ctx context.Context, repository string) ([]lifecycle.Image, error) {
	ctx, cancel := context.WithTimeout(ctx, previewLimit)
	defer cancel()
	fail := func(err error) error {
		return r.session.Explain(fmt.Sprintf("listing the images of %q", repository), err, "allow ecr:DescribeImages and ecr:BatchGetImage")
	}
	var images []lifecycle.Image
	var lists []types.ImageIdentifier
	pages := ecr.NewDescribeImagesPaginator(r.client, &ecr.DescribeImagesInput{RegistryId: &r.account, RepositoryName: &repository})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fail(err)
		}
		for _, d := range page.ImageDetails {
			image := lifecycle.Image{Digest: value(d.ImageDigest), Tags: d.ImageTags}
			if d.ImagePushedAt != nil {
				image.PushedAt = *d.ImagePushedAt
			}
			images = append(images, image)
			if t := value(d.ImageManifestMediaType); strings.Contains(t, "index") || strings.Contains(t, "manifest.list") {
				lists = append(lists, types.ImageIdentifier{ImageDigest: d.ImageDigest})
			}
		}
	}
	parents := map[string][]string{}
	const batch = 100 // BatchGetImage takes as many
	for ; len(lists) > 0; lists = lists[min(batch, len(lists)):] {
		out, err := r.client.BatchGetImage(ctx, &ecr.BatchGetImageInput{RegistryId: &r.account, RepositoryName: &repository, ImageIds: lists[:min(batch, len(lists))]})
		if err != nil {
			return nil, fail(err)
		}
		for _, list := range out.Images {
			for _, child := range childrenOf(value(list.ImageManifest)) {
				parents[child] = append(parents[child], value(list.ImageId.ImageDigest))
			}
		}
	}
	for i := range images {
		images[i].Parents = parents[images[i].Digest]
	}
	return images, nil
}

// childrenOf are the digests that a manifest list refers to.
func childrenOf(text string) []string {
	var list struct{ Manifests []struct{ Digest string } }
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil
	}
	var out []string
	for _, m := range list.Manifests {
		out = append(out, m.Digest)
	}
	return out
}
