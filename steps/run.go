package steps

import (
	"cmp"
	"context"
	"sync"

	"dagger/pipeline/aws"
	"dagger/pipeline/environments"
	"dagger/pipeline/images"
	"dagger/pipeline/project"
	"dagger/pipeline/trust"
)

// Run is one call of the pipeline. What its steps need is opened once, when the first
// of them asks for it: the project, the account's sessions, the registry, the images
// and the environment.
type Run struct {
	Settings
	// Environment is the environment that the call is for, "" for none.
	Environment string
	// lasting says that what the call gives is for an environment that lasts, though it names none.
	lasting bool

	project    once[project.Project]
	place      once[Place]
	registry   once[Opened]
	pull       once[images.Store]
	app        once[images.Image]
	keeping    once[Opened]
	notKept    sync.Once
	terraform  once[images.Image]
	workspaces once[Roots]
	built      once[Package]
	functions  once[functions]
	service    once[Pushed]
	version    once[string]
	found      once[[]string]

	// toTest and toBuild are the project as the steps have it.
	toTest, toBuild *forStep

	// purpose says what the run may do in the registry, where that is ECR.
	purpose purpose

	// seen is what the run's steps tell of for a note; nil where none is wanted.
	seen *Seen

	mutex    sync.Mutex
	sessions map[aws.Facts]*once[*aws.Session]
}

// For is the run of a call whose result goes to an environment later, "" for none that is known.
func (r *Run) For(environment string) (*Run, error) {
	if environment == "" {
		return r, nil
	}
	if err := environments.Validate(environment); err != nil {
		return nil, err
	}
	r.lasting = !environments.IsMergeRequest(environment)
	return r, nil
}

// NewRun is the run of a call. It sends no requests.
func NewRun(settings Settings, environment string) *Run {
	r := &Run{
		Settings:    settings,
		Environment: environment,
		purpose:     using,
		sessions:    map[aws.Facts]*once[*aws.Session]{},
	}
	r.toTest, r.toBuild = &forStep{recipe: r.recipeToTest}, &forStep{recipe: r.recipeToBuild}
	return r
}

// Project is the project's own description in the source.
func (r *Run) Project(ctx context.Context) (project.Project, error) {
	return r.project.get(func() (project.Project, error) { return images.ReadProject(ctx, r.Source, r.Settings.Project) })
}

// projectName is the name of the project, which is part of its states' keys.
func (r *Run) projectName(ctx context.Context) (string, error) {
	read, err := r.Project(ctx)
	if err != nil {
		return "", err
	}
	return read.Name, read.Named()
}

// level is how far the run is trusted; one that does not exist stops it.
func (r *Run) level() (trust.Level, error) { return trust.Parse(r.Trust) }

// bucket is the state's, "" for none.
func (r *Run) bucket() string { return text(r.StateBucket) }

// address is the registry's, "" for none.
func (r *Run) address() string { return unlessNone(r.Registry) }

// fallbackRegion is used where neither the caller nor the root module names one.
const fallbackRegion = "eu-west-1"

// account is the account side of the run for an environment of a project. A
// session's name and tags tell of both; the same ones share a session.
func (r *Run) account(project, environment string) AWS {
	facts := aws.Facts{Project: project, Pipeline: r.Job, Environment: environment}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.sessions[facts] == nil {
		r.sessions[facts] = &once[*aws.Session]{}
	}
	return AWS{
		Region:          cmp.Or(r.Region, fallbackRegion),
		Endpoint:        text(r.AwsEndpoint),
		AccessKeyID:     r.AwsAccessKeyId,
		SecretAccessKey: r.AwsSecretAccessKey,
		SessionToken:    r.AwsSessionToken,
		Web:             r.WebIdentityToken,
		RoleARN:         unlessNone(r.RoleArn),
		ExternalID:      text(r.ExternalId),
		Container:       text(r.ContainerCredentials),
		ContainerToken:  r.ContainerToken,
		Instance:        text(r.InstanceMetadata),
		Duration:        r.SessionDuration,
		Accounts:        r.AllowedAccounts,
		Facts:           facts,
		session:         r.sessions[facts],
	}
}
