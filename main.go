// Test, package and deploy a Python service to AWS with Terraform, in two containers that are defined once and reused by every step.
//
// The constructor's arguments are the same for every call of a project: put them
// in a .env file. Whatever concerns a single run is an argument of the function.
package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/steps"
)

// Pipeline is the pipeline of one project.
type Pipeline struct {
	// +private
	Settings Settings
}

// Settings are shared by all functions.
type Settings steps.Settings

// run is one call, with or without an environment.
func (p *Pipeline) run(environment string) *steps.Run {
	return steps.NewRun(steps.Settings(p.Settings), environment)
}

// New takes the settings that all functions share.
func New(s struct {
	// The repository: a directory with one project or several. Version control, caches, local state and .env files are left out. Default: the directory whose dagger.json installed the module.
	// +defaultPath="."
	// +ignore=["**/.git", "**/.venv", "**/__pycache__", "**/.pytest_cache", "**/.mypy_cache", "**/.ruff_cache", "**/.terraform", "**/*.tfstate", "**/*.tfstate.*", "**/.env", "**/.coverage", "**/node_modules", "**/.tox", "**/.nox", "**/.hypothesis", "**/.ipynb_checkpoints", "**/.terragrunt-cache", "**/.aws-sam", "**/.serverless", "**/.direnv", "artifact.zip", "dist", "pipeline-results", "**/.env.local", "**/.env.*.local", "**/.env.prod", "**/.env.production", "**/.env.staging", "**/.envrc", "**/venv", "**/*.tfplan"]
	Source *dagger.Directory
	// Path of the project in the source, if the repository has several.
	// +default="."
	Project string
	// Base image of the app container: Alpine, Debian or Fedora with python3 and its venv module. Default: Docker's official image of the Python version that the project asks for.
	// +optional
	PythonImage *string
	// Version of Poetry. Default: the one that wrote poetry.lock.
	// +optional
	PoetryVersion string
	// Version of uv. Default: one that reads the lock files of all versions.
	// +optional
	UvVersion string
	// Version of a project that takes it from git, such as 1.2.3: the source does not include .git. Default: the version that --git gives.
	// +optional
	ProjectVersion string
	// The repository's .git directory, for a project that takes its version from git. Its configuration, where CI systems keep a token, is left out.
	// +optional
	// +ignore=["config", "config.worktree", "hooks", "logs", "lfs", "modules", "index", "**/*.lock", "COMMIT_EDITMSG", "FETCH_HEAD", "ORIG_HEAD"]
	Git *dagger.Directory
	// Secret variables for installing packages, as NAME=value lines: POETRY_HTTP_BASIC_<SOURCE>_USERNAME and _PASSWORD, UV_INDEX_<NAME>_USERNAME and _PASSWORD,
	// PIP_INDEX_URL; NETRC is the text of a netrc file.
	// +optional
	InstallSecrets *dagger.Secret
	// Socket of an SSH agent, for packages and Terraform modules that git fetches over SSH: unix://$SSH_AUTH_SOCK. Only what installs or initialises has it.
	// +optional
	SshAgent *dagger.Socket
	// Base image of the terraform container: Alpine or Debian. Terraform or OpenTofu in it is kept. Default: the image in the project's table, or debian:bookworm-slim.
	// +optional
	TerraformImage *string
	// Version of terraform to install. Default: the version in the project's table, .terraform-version, .opentofu-version or .tool-versions, or 1.11.4 if required_version allows it.
	// +optional
	TerraformVersion string
	// URL of a mirror of HashiCorp's terraform releases. Default: HashiCorp's own.
	// +optional
	TerraformReleases *string
	// Directory with terraform providers, as terraform providers mirror writes it; providers that it lacks are downloaded.
	// +optional
	ProviderMirror *dagger.Directory
	// Path of the terraform root module, relative to the project. Default: the roots in the project's table, or infra.
	// +optional
	Infra string
	// Values of the root module's secret variables, as the text of a .tfvars file: token = "...". Declare those variables as sensitive.
	// +optional
	TerraformVariables *dagger.Secret
	// Secret variables for the tests, as NAME=value lines. Only the tests get them, and each value is masked in their output.
	// +optional
	TestSecrets *dagger.Secret
	// Secret variables for terraform, as NAME=value lines: DATADOG_API_KEY, TF_HTTP_PASSWORD, TF_TOKEN_<host>; NETRC is the text of a netrc file.
	// +optional
	TerraformSecrets *dagger.Secret
	// S3 bucket of the terraform state.
	// +optional
	StateBucket *string
	// AWS region. Default: the root module's own, or eu-west-1.
	// +optional
	Region string
	// URL of the AWS API, if it is not AWS's own (a stand-in for tests).
	// +optional
	AwsEndpoint *string
	// AWS access key.
	// +optional
	AwsAccessKeyId *dagger.Secret
	// AWS secret key.
	// +optional
	AwsSecretAccessKey *dagger.Secret
	// AWS session token, for temporary keys.
	// +optional
	AwsSessionToken *dagger.Secret
	// OIDC token of the CI system (GitLab id_tokens, GitHub OIDC), for the role.
	// +optional
	WebIdentityToken *dagger.Secret
	// ARN of the role to assume; none uses the keys or the machine's role as they are.
	// +optional
	RoleArn *string
	// External id that the role requires.
	// +optional
	ExternalId *string
	// How long a session of the role may last, such as 2h. Default: 1h, which is also the maximum when one role assumes another.
	// +optional
	SessionDuration string
	// URI that serves the credentials of a container's role: the value of AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI.
	// +optional
	ContainerCredentials *string
	// Token to send to that URI: the value of AWS_CONTAINER_AUTHORIZATION_TOKEN.
	// +optional
	ContainerToken *dagger.Secret
	// URL of the instance metadata service, http://169.254.169.254, to use the instance's role.
	// +optional
	InstanceMetadata *string
	// Ids of the AWS accounts that a run may use. Default: all.
	// +optional
	AllowedAccounts []string
	// Name of the run in the state lock, such as the CI job's URL.
	// +optional
	Job string
	// How long to wait for a state that another run has locked, such as 5m.
	// +default="5m"
	LockTimeout string
	// Registry for images and results: a host with a path, such as registry.example.com/group/app, or ecr:group/app; none to use no registry. Base images use its login too.
	// +optional
	Registry *string
	// User name for the registry.
	// +optional
	RegistryUsername *string
	// Password for the registry.
	// +optional
	RegistryPassword *dagger.Secret
	// How far this run is trusted: protected for runs of a protected branch, open for all others. A protected run uses nothing that an open run has left in the registry.
	// +default="open"
	Trust string
	// Maximum age of a test or build result to reuse from the registry, such as 24h; 0 stores and reuses none. Default: 168h.
	// +optional
	ResultsMaxAge *string
}) (*Pipeline, error) {
	return &Pipeline{Settings: Settings(s)}, steps.Settings(s).Check()
}

// Return the app container: Python, Poetry and the project's dependencies.
func (p *Pipeline) AppContainer(ctx context.Context) (*dagger.Container, error) {
	return p.run("").AppContainer(ctx)
}

// Return the terraform container: terraform or OpenTofu, aws-cli, jq, providers.
// The providers are those that the project's lock file names.
func (p *Pipeline) TerraformContainer(ctx context.Context) (*dagger.Container, error) {
	return p.run("").TerraformContainer(ctx)
}

// Push both images, by content and under moving tags; print their digests.
// Images that the registry already has are neither built nor pushed again.
//
// The terraform image is pushed with the root module too, so that destroy works without the sources.
// +cache="never"
func (p *Pipeline) PublishImages(ctx context.Context,
	// Moving tags, such as mr-7 or latest.
	// +optional
	tag []string,
	// File of NAME=value lines with the CI variables that describe the pipeline, to derive the tag from. Other variables, such as the job's token, are refused.
	// +optional
	ciFacts *dagger.File,
	// Output format: text or json.
	// +default="text"
	format string,
) (string, error) {
	return p.run("").PublishImages(ctx, tag, ciFacts, format)
}

// Print what a deployment would change, with the counts.
// +cache="never"
func (p *Pipeline) Plan(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Artifact to deploy. Default: the output of build-package.
	// +optional
	artifact *dagger.File,
	// Several artifacts instead of one, at their own paths: the output of build-artifacts.
	// +optional
	artifacts *dagger.Directory,
	// Addresses of the only resources to plan, such as module.queue: all other changes are left out.
	// +optional
	target []string,
	// Addresses of resources to destroy and create again.
	// +optional
	replace []string,
	// How many resources terraform works on at a time. Default: terraform's own, 10.
	// +optional
	parallelism int,
) (string, error) {
	return p.run(environment).Plan(ctx, steps.Artifacts{File: artifact, Files: artifacts}, steps.Options{Target: target, Replace: replace, Parallelism: parallelism})
}

// Return a plan for review: plan.txt, plan.md, plan.json, plan.age.
//
// plan.md is a note for the merge request, plan.json GitLab's Terraform report. plan.age is the encrypted plan for a later deploy, written only with a key.
// +cache="never"
func (p *Pipeline) PlanReport(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Artifact to deploy. Default: the output of build-package.
	// +optional
	artifact *dagger.File,
	// Several artifacts instead of one, at their own paths: the output of build-artifacts.
	// +optional
	artifacts *dagger.Directory,
	// Key for the saved plan: an age identity, as age-keygen makes it.
	// +optional
	planKey *dagger.Secret,
	// Addresses of the only resources to plan, such as module.queue: all other changes are left out.
	// +optional
	target []string,
	// Addresses of resources to destroy and create again.
	// +optional
	replace []string,
	// How many resources terraform works on at a time. Default: terraform's own, 10.
	// +optional
	parallelism int,
) (*dagger.Directory, error) {
	return p.run(environment).PlanReport(ctx, steps.Artifacts{File: artifact, Files: artifacts}, planKey, steps.Options{Target: target, Replace: replace, Parallelism: parallelism})
}

// Deploy an environment; the result is never cached.
// +cache="never"
func (p *Pipeline) Deploy(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Artifact to deploy. Default: the output of build-package.
	// +optional
	artifact *dagger.File,
	// Several artifacts instead of one, at their own paths: the output of build-artifacts.
	// +optional
	artifacts *dagger.Directory,
	// Saved plan to apply (plan.age); refused if state, configuration or artifact have changed since.
	// +optional
	plan *dagger.File,
	// Key of the saved plan; a state that cannot be written is also kept encrypted with it.
	// +optional
	planKey *dagger.Secret,
	// Addresses of the only resources to plan, such as module.queue: all other changes are left out.
	// +optional
	target []string,
	// Addresses of resources to destroy and create again.
	// +optional
	replace []string,
	// How many resources terraform works on at a time. Default: terraform's own, 10.
	// +optional
	parallelism int,
) (string, error) {
	return p.run(environment).Deploy(ctx, steps.Artifacts{File: artifact, Files: artifacts}, plan, planKey, steps.Options{Target: target, Replace: replace, Parallelism: parallelism})
}

// Return an environment's outputs, without the sensitive ones.
// +cache="never"
func (p *Pipeline) Outputs(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Format: json, or env with OUTPUT_<NAME> for each and ENVIRONMENT_URL for the output named url, or dotenv: the same within GitLab's limits.
	// +default="json"
	format string,
) (string, error) {
	return p.run(environment).Outputs(ctx, format)
}

// Destroy the environment of a merge request; one that no longer exists is not an error.
// +cache="never"
func (p *Pipeline) Destroy(ctx context.Context,
	// Environment: mr-<number>.
	environment string,
	// The environment's name again, to destroy one that is not a merge request's.
	// +optional
	confirm string,
	// Key to encrypt the state with if it cannot be written: an age identity.
	// +optional
	planKey *dagger.Secret,
) (string, error) {
	return p.run(environment).Destroy(ctx, confirm, planKey)
}

// Return the state that a run could not write, encrypted for its plan key.
// +cache="never"
func (p *Pipeline) ErroredState(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// SHA-256 of the file that an earlier call returned, to discard that state: the next run does not push it.
	// +optional
	drop string,
) (*dagger.File, error) {
	return p.run(environment).ErroredState(ctx, drop)
}

// Move a state from another place to where the pipeline keeps it.
// Both are locked meanwhile, and the old one can no longer be used.
// +cache="never"
func (p *Pipeline) MoveState(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Where it is now: s3://BUCKET/KEY, the address of a state in GitLab (https://...), or none for a new environment.
	from string,
) (string, error) {
	return p.run(environment).MoveState(ctx, from)
}

// Fail with exit code 2 if an environment was changed outside of terraform.
// +cache="never"
func (p *Pipeline) Drift(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Artifact that was deployed. Default: the output of build-package.
	// +optional
	artifact *dagger.File,
	// Several artifacts instead of one, at their own paths: the output of build-artifacts.
	// +optional
	artifacts *dagger.Directory,
) (string, error) {
	return p.run(environment).Drift(ctx, steps.Artifacts{File: artifact, Files: artifacts})
}

// Release the state lock that a run left behind.
// +cache="never"
func (p *Pipeline) Unlock(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Holder or id of the lock, as a refused run reports it.
	owner string,
	// Release it even though nothing shows that the holder has ended.
	// +optional
	force bool,
	// URL of the GitLab server, to ask whether the holder's job has ended.
	// +default="https://gitlab.com"
	gitlabUrl string,
	// Token that may read GitLab's API.
	// +optional
	gitlabToken *dagger.Secret,
) (string, error) {
	return p.run(environment).Unlock(ctx, owner, force, steps.GitLab{URL: gitlabUrl, Token: gitlabToken})
}

// Find the environments of closed merge requests, and destroy them.
// +cache="never"
func (p *Pipeline) Sweep(ctx context.Context,
	// Only list them; --dry-run=false destroys.
	// +default=true
	dryRun bool,
	// Numbers of the open merge requests. Default: ask GitLab.
	// +optional
	open []string,
	// Path of the project in GitLab, such as group/project.
	// +optional
	gitlabProject string,
	// URL of the GitLab server.
	// +default="https://gitlab.com"
	gitlabUrl string,
	// Token that may read GitLab's API.
	// +optional
	gitlabToken *dagger.Secret,
) (string, error) {
	return p.run("").Sweep(ctx, dryRun, open, steps.GitLab{URL: gitlabUrl, Token: gitlabToken, Project: gitlabProject})
}

// Check credentials, role, registry, state bucket, locks and engine, and say what to do where one is not ok.
// +cache="never"
func (p *Pipeline) Doctor(ctx context.Context,
	// The CI variables that describe the pipeline, as for note.
	// +optional
	ciFacts *dagger.File,
	// Token for notes, to check it too.
	// +optional
	noteToken *dagger.Secret,
) (string, error) {
	return p.run("").Doctor(ctx, steps.Noting{Facts: ciFacts, Token: noteToken})
}

// Check the terraform configuration (terraform validate).
// +check
func (p *Pipeline) Validate(ctx context.Context) (string, error) {
	return p.run("").Validate(ctx)
}

// Check that the terraform files are formatted (terraform fmt).
// +check
func (p *Pipeline) Fmt(ctx context.Context) (string, error) {
	return p.run("").Format(ctx)
}

// Run a checker of your choice (tflint, trivy, checkov) over the root module.
// It runs in every call: what a checker finds depends on the day.
// +cache="never"
func (p *Pipeline) Scan(ctx context.Context,
	// Image that has the checker.
	image *dagger.Container,
	// Command to run in the root module, such as tflint.
	command []string,
) (string, error) {
	return p.run("").Scan(ctx, image, command)
}
