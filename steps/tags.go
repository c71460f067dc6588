package steps

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"dagger/pipeline/ci"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// PublishTags are the tags to push under: those given, and the one derived from the pipeline's facts: mr-7, staging, latest
// for production, or a branch's. facts are a CI system's variables in dotenv
// form, nil for none.
func PublishTags(ctx context.Context, given []string, facts *dagger.File) ([]string, error) {
	if err := givenList("--tag", given); err != nil {
		return nil, err
	}
	if facts == nil {
		return checkedTags(given)
	}
	known, err := readFacts(ctx, facts, "or give --tag")
	if err != nil {
		return nil, err
	}
	target := ci.TargetFor(known, ci.Rules{})
	if target.Tag == "" {
		tell.Line("no moving tag: " + target.Reason)
	}
	return checkedTags(append(given, target.Tag))
}

// readFacts reads the facts of a CI system; one that is not known is an error,
// with what else there is to do.
func readFacts(ctx context.Context, file *dagger.File, or string) (ci.Facts, error) {
	text, err := file.Contents(ctx)
	if err != nil {
		return ci.Facts{}, err
	}
	known, ok, err := ci.FromFile(text)
	if err == nil && !ok {
		err = errors.New("reading the CI's facts: the file is of no CI system that is known: write the variables that docs/retention.md names into it, " + or)
	}
	return known, err
}

var (
	tagForm    = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$`)
	contentTag = regexp.MustCompile(`^(app|terraform|module|service)-[0-9a-f]{32}$`)
)

// checkedTags refuses what no tag can be, and the names of contents, which do
// not move.
func checkedTags(given []string) ([]string, error) {
	var out []string
	for _, tag := range given {
		switch {
		case tag == "" || slices.Contains(out, tag):
		case !tagForm.MatchString(tag):
			return nil, fmt.Errorf("reading --tag %q: not a tag: use up to 128 letters, digits and _.-", tag)
		case contentTag.MatchString(tag):
			return nil, fmt.Errorf("reading --tag %q: it names a content, and those do not move: choose another", tag)
		default:
			out = append(out, tag)
		}
	}
	return out, nil
}

// ownTag refuses a tag that is on another project's root module: the tags that move
// are named after environments, so that two projects at one path would take each
// other's images, and destroy each other's environments by them.
func ownTag(ctx context.Context, kept images.Store, project, tag string) error {
	other, err := kept.ProjectAt(ctx, tag)
	if err != nil || other == "" || other == project {
		return err
	}
	return fmt.Errorf("moving the tag %q: %s is an image of the project %q, and this is %q: give each project a path of its own with --registry; where %q is the former name of this one, destroy what it has there and delete that tag",
		tag, kept.Reference("terraform", tag), other, project, other)
}

// ownTags is ownTag for the run's own project.
func (r *Run) ownTags(ctx context.Context, kept images.Store, tags ...string) error {
	project, err := r.projectName(ctx)
	for i := 0; err == nil && i < len(tags); i++ {
		err = ownTag(ctx, kept, project, tags[i])
	}
	return err
}
