package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/images"
)

// Doctor looks at all that a run depends on.
type Doctor struct {
	AWS      AWS
	Registry Registry
	// Bucket holds the states, Project is the name of the poetry project.
	Bucket  string
	Project string
}

// engineVariable is what the embedded engine says of itself to the module.
const engineVariable = "PIPELINE_ENGINE"

// Run gives a line for each thing, and an error when one is not ok.
func (d Doctor) Run(ctx context.Context) (string, error) {
	checks := []aws.Check{d.engine(ctx)}
	config, err := d.AWS.Config(ctx)
	if err != nil {
		return "", err
	}
	look := aws.Doctor{Config: config}
	if d.Registry.Address != "" {
		login, repository, err := d.registry(ctx)
		if err != nil {
			return "", err
		}
		look.Registry, look.Repository = login, repository
	}
	switch {
	case d.AWS.Given():
		look.StateBucket = d.Bucket
		look.StateKeys = d.states(ctx)
		checks = append(checks, look.Run(ctx)...)
	case look.Registry != nil:
		checks = append(checks, checkPush(ctx, *look.Registry, look.Repository))
		fallthrough
	default:
		checks = append(checks, aws.Check{
			Name: "identity", OK: d.Bucket == "", Detail: "no AWS credentials are given",
			Fix: "give --web-identity-token and --role-arn, or keys: the state bucket needs them",
		})
	}
	return report(checks)
}

// engine tells which one runs this.
func (d Doctor) engine(ctx context.Context) aws.Check {
	check := aws.Check{Name: "engine", Fix: "start the engine again"}
	version, err := dag.Version(ctx)
	if err != nil {
		check.Detail = err.Error()
		return check
	}
	platform, err := dag.DefaultPlatform(ctx)
	if err != nil {
		check.Detail = err.Error()
		return check
	}
	check.OK = true
	check.Detail = fmt.Sprintf("Dagger %s, %s", version, platform)
	if embedded := os.Getenv(engineVariable); embedded != "" {
		check.Detail = fmt.Sprintf("%s, %s; its cache: `pipeline engine status`", embedded, platform)
	}
	return check
}

// registry is the login and where to push; the login is nil for ECR, which the
// account's session asks for.
func (d Doctor) registry(ctx context.Context) (*aws.Login, string, error) {
	if d.Registry.isECR() {
		_, path := aws.SplitRegistry(strings.Replace(d.Registry.Address, "ecr:", "ecr/", 1))
		return nil, images.Registry{Path: d.Registry.path(path)}.Repository("app"), nil
	}
	opened, err := d.Registry.open(ctx, nil)
	return &opened.Login, opened.Repository("app"), err
}

func checkPush(ctx context.Context, login aws.Login, repository string) aws.Check {
	check := aws.Check{Name: "registry push"}
	var known *aws.Error
	err := aws.Registry{Login: login}.CheckPush(ctx, repository)
	switch {
	case err == nil:
		check.OK, check.Detail = true, fmt.Sprintf("an upload to %s can be opened", images.Registry{Login: login}.Host()+"/"+repository)
	case errors.As(err, &known):
		check.Detail, check.Fix = known.Op+": "+known.What, known.Fix
	default:
		check.Detail = err.Error()
	}
	return check
}

// states are the keys of the project's states; the check of the bucket says why
// they cannot be listed.
func (d Doctor) states(ctx context.Context) []string {
	if d.Bucket == "" {
		return nil
	}
	environments, err := d.AWS.Environments(ctx, d.Bucket, d.Project)
	if err != nil {
		return nil
	}
	var keys []string
	for _, e := range environments {
		keys = append(keys, StateFor(d.Bucket, d.Project, e).Key)
	}
	return keys
}

// report is the lines. When one is not ok they are told, and named in the error.
func report(checks []aws.Check) (string, error) {
	var lines, bad []string
	for _, c := range checks {
		lines = append(lines, c.String())
		if !c.OK {
			bad = append(bad, c.Name)
		}
	}
	text := strings.Join(lines, "\n")
	if len(bad) == 0 {
		return text, nil
	}
	images.Tell(text)
	return "", fmt.Errorf("%d of %d checks are not ok: %s: the lines above say what to do", len(bad), len(checks), strings.Join(bad, ", "))
}
