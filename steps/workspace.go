package steps

import (
	"context"
	"crypto/rand"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/trust"
)

// backendFile is an override file: terraform takes the backend from it, also
// where the project declares another one or none.
const (
	backendFile = "~pipeline_backend_override.tf" // the last one counts
	backend     = "terraform {\n  backend \"s3\" {}\n}\n"
)

// Workspace is one environment's terraform run: the container, the project and
// what the run may use.
type Workspace struct {
	// Container is the terraform container, without the source.
	Container *dagger.Container
	// Source is the repository, Dir the path of the project in it, Infra that of
	// the root module, Root the same from the project, and Module what it says.
	Source *dagger.Directory
	Dir    string
	Infra  string
	Root   string
	Module rootmodule.Module
	// Others returns the other root modules of the source, where one of them may own
	// a state.
	Others func(ctx context.Context) ([]rootmodule.Module, error)
	// Signs returns a line of the source by which Terraform is run in another way, or
	// by which a backend is written.
	Signs func(ctx context.Context, written bool) (string, error)
	// Project is its name, Settings its settings for the deployment.
	Project  string
	Settings project.Terraform
	// Package is what is deployed; empty if nothing is needed.
	Package Package
	// Image is the service's image, for the variable that takes it.
	Image Handed
	// Environment names the deployment: mr-<n>, staging, prod.
	Environment string
	// State is where the environment's state is kept.
	State   State
	Backend Backend
	// noted is what is noted beside the state of whose it is.
	noted owner
	// Deploys says that the run creates the environment, Ends that it destroys it.
	Deploys bool
	Ends    bool
	// Refused is why the built-in steps do not run; a project's own scripts do.
	Refused error
	// RegionAsked reports whether the caller chose the region: otherwise the root
	// module's own takes precedence.
	RegionAsked bool
	// AWS is what the run may use of AWS, and Credentials what its containers get.
	AWS         AWS
	Credentials Credentials
	// Variables are values of the root module's variables, as the text of a
	// .tfvars file; nil if it needs none.
	Variables *dagger.Secret
	Options   Options
	// Secrets are variables for everything that terraform runs.
	Secrets images.Secrets
	// SSH is for terraform init, which fetches modules; a published root module has them.
	SSH images.SSH
	// LockTimeout is how long to wait for another run of the same environment,
	// in terraform's form: "5m".
	LockTimeout string
	// Job names the run in the state lock, such as a CI job's URL, so that whoever
	// finds it held knows by whom.
	Job string
	// Trust is the level of the run: the engine keeps things for a state by level.
	Trust trust.Level
	// Seen gets what a plan does, and the outputs of a deployment.
	Seen *Seen
}

// lockTimeout is what is used when none is given.
func (w Workspace) lockTimeout() string {
	if w.LockTimeout == "" {
		return "5m"
	}
	return w.LockTimeout
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
		WithEnvVariable("GOGC", "200"). // a quarter less work for a provider of many resources, and hardly more memory
		WithEnvVariable("TF_VAR_environment", w.Environment).
		WithEnvVariable("TF_VAR_aws_endpoint", w.AWS.Endpoint).
		With(w.Package.on).
		With(w.Image.on).
		WithEnvVariable("PLAN_FILES", strings.Join(w.planFiles(), "\n")).
		WithEnvVariable("TF_STATE_BUCKET", w.State.Bucket).
		WithEnvVariable("TF_STATE_KEY", w.State.Key).
		WithEnvVariable("LOCK_TIMEOUT", w.lockTimeout())
	if region, ok := w.Module.Variables["region"]; ok && (w.RegionAsked || !region.Optional) {
		c = c.WithEnvVariable("TF_VAR_region", w.AWS.Region)
	}
	if w.AWS.Endpoint != "" {
		c = c.WithEnvVariable("AWS_ENDPOINT_URL", w.AWS.Endpoint)
	}
	return c.With(w.withoutOthers)
}

// planFiles are the paths of all that the root module reaches, from its own
// directory.
func (w Workspace) planFiles() []string {
	if w.Module.Reach.All {
		return []string{images.Workdir}
	}
	files := []string{"."}
	for _, name := range w.Module.Reach.Paths {
		files = append(files, path.Join(images.Workdir, name))
	}
	for _, name := range w.Settings.VariableFiles.For(w.Environment) {
		if name = path.Join(w.Infra, name); !strings.HasPrefix(name, path.Clean(w.Infra)+"/") {
			files = append(files, path.Join(images.Workdir, name))
		}
	}
	return files
}

// variablesFile is one that terraform reads by itself, whatever the command.
const variablesFile = "pipeline.auto.tfvars"

// variablesPath is where it is, or elsewhere if an archive of the root module's own directory
// would have the secret values in it.
func (w Workspace) variablesPath() string {
	if w.Module.PacksItself {
		return "/run/secrets/" + variablesFile
	}
	return path.Join(images.Workdir, w.Infra, variablesFile)
}

// live adds what is secret and makes the commands after it run each time they
// are called.
func (w Workspace) live(ctx context.Context, c *dagger.Container) (*dagger.Container, error) {
	values, err := w.secretValues(ctx)
	if err != nil {
		return nil, err
	}
	if w.Variables != nil {
		c = c.WithMountedSecret(w.variablesPath(), w.Variables)
	}
	return c.With(values).With(w.Secrets.With).With(w.Credentials.on).With(volatile), nil
}

// volatile makes the commands after it run each time they are called.
func volatile(c *dagger.Container) *dagger.Container {
	return c.WithEnvVariable("PIPELINE_RUN", rand.Text())
}

// terraform runs one command and returns the container after it.
func (w Workspace) terraform(ctx context.Context, c *dagger.Container, args ...string) (*dagger.Container, error) {
	return done(ctx, c.WithExec(append([]string{"terraform"}, args...)), []string{"terraform", args[0]}, w.explain(ctx))
}

// The project's own scripts, which are run in place of the built-in steps.
const (
	applyScript   = "terraform_apply.sh"
	destroyScript = "terraform_destroy.sh"
)

// owns tells whether the project has a script of its own.
func (w Workspace) owns(ctx context.Context, name string) (bool, error) {
	return w.Source.Exists(ctx, path.Join(w.Dir, "scripts", name))
}

// script runs the project's own script when it has one.
func (w Workspace) script(ctx context.Context, name string) (c *dagger.Container, found bool, err error) {
	found, err = w.owns(ctx, name)
	if err != nil || !found {
		return nil, found, err
	}
	p := path.Join("scripts", name)
	command := []string{"own-script.sh", p}
	if c, _, err = w.withLock(ctx, w.prepared()); err != nil {
		return nil, true, err
	}
	if c, err = w.live(ctx, c.WithWorkdir(path.Join(images.Workdir, w.Dir))); err != nil {
		return nil, true, err
	}
	if w.Variables != nil { // it names no file
		c = c.WithMountedSecret(path.Join(images.Workdir, w.Infra, variablesFile), w.Variables)
	}
	c = c.With(w.SSH.With).WithExec(command, anyExit) // it initialises by itself
	err = check(ctx, c, []string{p}, w.explain(ctx))
	return c.With(w.SSH.Without), true, err
}

// explain makes one line of what terraform printed for this environment.
func (w Workspace) explain(ctx context.Context) explainer {
	return func(stdout, stderr string) string {
		output := strings.Join([]string{stdout, stderr}, "\n")
		said := Explain(output, w.State.Bucket, w.Environment)
		if strings.HasPrefix(said, "Invalid value for variable") { // by the project's own rule, which the environment's name may break
			return fmt.Sprintf("%q in the environment %q: %s", w.Infra, w.Environment, said)
		}
		return whereSet(images.Files(ctx, w.Source), w.Infra, w.explainArchive(output, said))
	}
}
