package arm

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"dagger/pipeline/bench/world"
)

// terraform are the arguments of the jobs that are Terraform's.
var terraform = map[string][]string{
	"plan":   {"plan", "-no-color", "-input=false", "-out=tfplan"},
	"deploy": {"apply", "-no-color", "-input=false", "-auto-approve"},
}

// bareBackend is what the pipeline gives a root module without a backend.
const bareBackend = `terraform {
  backend "s3" {
    bucket                      = %q
    key                         = "bare/mr-9/terraform.tfstate"
    region                      = "eu-west-1"
    use_lockfile                = true
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    endpoints                   = { s3 = %[2]q, sts = %[2]q, iam = %[2]q }
  }
}
`

// terraform is a command of Terraform's in the ready directory, which is made first where it is not there.
func (a *bare) terraform(ctx context.Context, p *world.Project, args []string) (world.Command, error) {
	dir, lab := a.w.Path("terraform-ready"), a.w.Lab
	env := append(a.w.Environ(), "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "terraform.rc"),
		"TF_VAR_environment=mr-9", "TF_VAR_artifact="+filepath.Join(p.Dir, "artifact.zip"), "TF_VAR_aws_endpoint="+lab["AWS_ENDPOINT"], "CHECKPOINT_DISABLE=1")
	command := func(args []string) world.Command {
		return world.Command{Dir: dir, Env: env, Args: append([]string{"terraform"}, args...)}
	}
	if a.ready != "" {
		return command(args), nil
	}
	err := os.RemoveAll(dir)
	if err == nil {
		err = os.CopyFS(dir, os.DirFS(filepath.Join(p.Dir, "infra")))
	}
	if err != nil {
		return world.Command{}, err
	}
	a.ready = dir
	mirror := ""
	if lab["PROVIDER_MIRROR"] != "" {
		mirror = fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", lab["PROVIDER_MIRROR"])
	}
	for name, text := range map[string]string{"backend_override.tf": fmt.Sprintf(bareBackend, lab["STATE_BUCKET"], lab["AWS_ENDPOINT"]), "terraform.rc": mirror} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return world.Command{}, err
		}
	}
	if _, err := command([]string{"init", "-no-color", "-input=false"}).Run(ctx); err != nil {
		return world.Command{}, err
	}
	return command(args), nil
}
