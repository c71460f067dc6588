package steps

import (
	"context"
	"fmt"

	"dagger/pipeline/ci"
	"dagger/pipeline/internal/dagger"
)

// IsForMergeRequest refuses an environment that is not a merge request's.
func IsForMergeRequest(environment string) error {
	if err := ci.ValidateEnvironment(environment); err != nil {
		return err
	}
	if !ci.IsMergeRequest(environment) {
		return fmt.Errorf("deploying %q: it is not the environment of a merge request (mr-<number>): call release for a lasting one", environment)
	}
	return nil
}

// IsForRelease refuses the environment of a merge request.
func IsForRelease(environment string) error {
	if err := ci.ValidateEnvironment(environment); err != nil {
		return err
	}
	if ci.IsMergeRequest(environment) {
		return fmt.Errorf("releasing %q: it is the environment of a merge request: call merge-request for it", environment)
	}
	return nil
}

// Sized names a file with its size.
func Sized(ctx context.Context, f *dagger.File) (string, error) {
	size, err := f.Size(ctx)
	return fmt.Sprintf("%s, %d kB", ArtifactName, (size+999)/1000), err
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
	return fmt.Sprintf("%s\n%d images, %d of them pushed", text, len(pushed), fresh), err
}

// Save is Text, and the plan itself where there is a key.
func (p Plan) Save(ctx context.Context) (text string, plan *dagger.File, err error) {
	report, err := p.Report(ctx)
	if err != nil {
		return "", nil, err
	}
	if p.Key != nil {
		plan = report.File(planBundle)
	}
	text, err = report.File("plan.txt").Contents(ctx)
	return text, plan, err
}
