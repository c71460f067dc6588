package steps

import (
	"context"
	"crypto/rand"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/trust"
)

// backendFile is an override file: terraform takes the backend from it, also
// where the project declares another one or none.
const (
	backendFile = "pipeline_backend_override.tf"
	backend     = "terraform {\n  backend \"s3\" {}\n}\n"
)

// Workspace is one environment's terraform run: the container, the project and
// what the run may touch.
type Workspace struct {
	// Container is the terraform container, without the source.
	Container *dagger.Container
	// Source is the project, Infra the path of its root module.
	Source *dagger.Directory
	Infra  string
	// Artifact is what is deployed; nil where none is needed.
	Artifact *dagger.File
	// Environment names the deployment: mr-<n>, staging, prod.
	Environment string
	// State is where the environment's state is kept.
	State State
	// AWS is what the run may use of AWS, and Credentials what its containers get.
	AWS         AWS
	Credentials Credentials
	// Variables are values of the root module's variables, as the text of a
	// .tfvars file; nil where it needs none.
	Variables *dagger.Secret
	// LockTimeout is how long to wait for another run of the same environment,
	// in terraform's form: "5m".
	LockTimeout string
	// Job names the run in the state lock, so that whoever finds it held knows
	// by whom: a CI job's URL.
	Job string
	// Trust is the level of the run: what the engine keeps for a state is of one.
	Trust trust.Level
}

// lockTimeout is what is used when none is given.
func (w Workspace) lockTimeout() string {
	if w.LockTimeout == "" {
		return "5m"
	}
	return w.LockTimeout
}

// CheckLockTimeout tells whether terraform will understand a time to wait.
func CheckLockTimeout(text string) error {
	d, err := time.ParseDuration(text)
	if text != "" && (err != nil || d < 0) {
		return fmt.Errorf("reading the lock timeout %q: it is no length of time: write one such as 5m, 30s or 0s", text)
	}
	return nil
}

// prepared is the container with the project in place, ready for commands; it
// holds no credential yet.
func (w Workspace) prepared() *dagger.Container {
	c := w.Container.
		With(withScripts).
		With(withJob(w.Job)).
		WithWorkdir(images.Workdir).
		WithDirectory(".", w.Source.WithoutFile(ArtifactName)).
		WithEnvVariable("ENVIRONMENT", w.Environment).
		WithEnvVariable("AWS_REGION", w.AWS.Region).
		WithEnvVariable("AWS_DEFAULT_REGION", w.AWS.Region).
		WithEnvVariable("TF_IN_AUTOMATION", "1").
		WithEnvVariable("TF_INPUT", "0").
		WithEnvVariable("TF_VAR_environment", w.Environment).
		WithEnvVariable("TF_VAR_region", w.AWS.Region).
		WithEnvVariable("TF_VAR_aws_endpoint", w.AWS.Endpoint).
		WithEnvVariable("TF_VAR_artifact", path.Join(images.Workdir, ArtifactName)).
		WithEnvVariable("TF_STATE_BUCKET", w.State.Bucket).
		WithEnvVariable("TF_STATE_KEY", w.State.Key).
		WithEnvVariable("LOCK_TIMEOUT", w.lockTimeout())
	if w.AWS.Endpoint != "" {
		c = c.WithEnvVariable("AWS_ENDPOINT_URL", w.AWS.Endpoint)
	}
	if w.Artifact != nil {
		return c.WithFile(ArtifactName, w.Artifact)
	}
	// The configuration names the artifact also where nothing is deployed.
	return c.WithNewFile(ArtifactName, "")
}

// variablesFile is one that terraform reads by itself, whatever the command.
const variablesFile = "pipeline.auto.tfvars"

// live adds what is secret and makes the commands after it run each time they
// are called.
func (w Workspace) live(c *dagger.Container) *dagger.Container {
	if w.Variables != nil {
		c = c.WithMountedSecret(path.Join(images.Workdir, w.Infra, variablesFile), w.Variables)
	}
	return c.With(w.Credentials.on).With(volatile)
}

// volatile makes the commands after it run each time they are called.
func volatile(c *dagger.Container) *dagger.Container {
	return c.WithEnvVariable("PIPELINE_RUN", rand.Text())
}

// initialised is the live container in the root module, after terraform init.
func (w Workspace) initialised(ctx context.Context) (*dagger.Container, error) {
	if err := w.State.validate(); err != nil {
		return nil, err
	}
	if err := w.checkModule(ctx); err != nil {
		return nil, err
	}
	args := []string{"init", "-no-color", "-reconfigure"}
	locked, err := w.Source.Directory(w.Infra).Exists(ctx, ".terraform.lock.hcl")
	if err != nil {
		return nil, err
	}
	if locked {
		args = append(args, "-lockfile=readonly")
	}
	args = append(args, w.State.backendConfig(w.AWS)...)
	c := w.prepared().
		WithNewFile(path.Join(w.Infra, backendFile), backend).
		WithWorkdir(path.Join(images.Workdir, w.Infra))
	return w.terraform(ctx, w.live(c), args...)
}

// checkModule refuses a root module without configuration: terraform takes it
// for one that wants nothing, and would destroy all that is there.
func (w Workspace) checkModule(ctx context.Context) error {
	names, err := w.Source.Directory(w.Infra).Entries(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(names, configures) {
		return fmt.Errorf("reading the root module: no *.tf file in %q: name the directory that has them with --infra", w.Infra)
	}
	return nil
}

// configures tells whether terraform, or OpenTofu, reads a file.
func configures(name string) bool {
	for _, suffix := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// terraform runs one command and returns the container after it.
func (w Workspace) terraform(ctx context.Context, c *dagger.Container, args ...string) (*dagger.Container, error) {
	c = c.WithExec(append([]string{"terraform"}, args...), anyExit)
	return c, check(ctx, c, []string{"terraform", args[0]}, w.explain)
}

// script runs the project's own script when it has one.
func (w Workspace) script(ctx context.Context, name string) (c *dagger.Container, found bool, err error) {
	p := path.Join("scripts", name)
	found, err = w.Source.Exists(ctx, p)
	if err != nil || !found {
		return nil, found, err
	}
	command := []string{"sh", "-c", `chmod +x "$0" && exec "./$0"`, p}
	c = w.live(w.prepared()).WithExec(command, anyExit)
	return c, true, check(ctx, c, []string{p}, w.explain)
}

func (w Workspace) explain(stdout, stderr string) string {
	return Explain(strings.Join([]string{stdout, stderr}, "\n"), w.State.Bucket, w.Environment)
}

// State is an S3 backend with a lock file.
type State struct {
	Bucket string
	Key    string
}

// StateFor is the state of one environment of a project: one key for each.
func StateFor(bucket, project, environment string) State {
	return State{Bucket: bucket, Key: path.Join(project, environment, "terraform.tfstate")}
}

func (s State) validate() error {
	if s.Bucket == "" {
		return fmt.Errorf("no state bucket given: name the S3 bucket of the terraform state with --state-bucket")
	}
	return nil
}

// backendConfig are the arguments of terraform init for this state. Endpoint
// and checks differ only where AWS is not the real one.
func (s State) backendConfig(aws AWS) []string {
	config := []string{
		"bucket=" + s.Bucket,
		"key=" + s.Key,
		"region=" + aws.Region,
		"use_lockfile=true",
		"encrypt=true",
	}
	if aws.Endpoint != "" {
		config = append(config,
			fmt.Sprintf(`endpoints={s3=%q,sts=%q,iam=%q}`, aws.Endpoint, aws.Endpoint, aws.Endpoint),
			"use_path_style=true",
			"skip_credentials_validation=true",
			fmt.Sprintf("skip_metadata_api_check=%t", aws.Instance == ""),
			"skip_requesting_account_id=true",
		)
	}
	args := make([]string, len(config))
	for i, c := range config {
		args[i] = "-backend-config=" + c
	}
	return args
}
