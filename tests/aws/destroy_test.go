package aws

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// An environment is destroyed from an empty directory, by the root module in the published image. The
// registry of the providers cannot be reached: the published image has them.
func TestDestroyWithoutTheSources(t *testing.T) {
	for name, provider := range map[string]bool{"AWS provider": true, "no provider": false} {
		t.Run(name, func(t *testing.T) {
			world.NeedTerraform(t)
			p := world.Project(t)
			var mirror []string
			if provider {
				world.NeedAWSProvider(t)
				withProvider(t, p)
				if world.Lab.Mirror != "" {
					mirror = []string{"--provider-mirror", world.Lab.Mirror}
				}
			}
			registry, environment := images(), world.Environment()
			world.Succeed(t, call(p, registry, mirror, "publish-images", "--tag", environment))
			world.Succeed(t, call(p, registry, keys(mirror...), "deploy", "--environment", environment))
			if n := resources(t, environment); n == 0 {
				t.Fatal("nothing was deployed")
			}
			p.Dir = t.TempDir()
			for _, gone := range []string{"", "0 destroyed"} {
				r := world.Succeed(t, call(p, registry, keys(), "destroy", "--environment", environment))
				if !strings.HasPrefix(r.Stdout, environment+": "+gone) || !strings.Contains(r.Stdout, "destroyed") {
					t.Errorf("destroy printed %q", r.Stdout)
				}
				if n := resources(t, environment); n > 0 {
					t.Errorf("%d resources are left in the state", n)
				}
				for _, name := range builds(r) {
					t.Errorf("something was fetched or built: %s", name)
				}
			}
		})
	}
}

// withProvider gives a project a root module that needs the AWS provider, locked as the example's.
func withProvider(t *testing.T, p *harness.Project) {
	t.Helper()
	p.Remove("infra")
	lock, err := os.ReadFile(filepath.Join(world.Root, "examples/app/infra/.terraform.lock.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	p.Write("infra/.terraform.lock.hcl", string(lock))
	p.Write("infra/main.tf", `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "environment" {}
variable "region" {}
variable "aws_endpoint" {}

provider "aws" {
  region                      = var.region
  skip_credentials_validation = true
  skip_metadata_api_check     = true

  endpoints {
    ssm = var.aws_endpoint
    sts = var.aws_endpoint
  }
}

resource "aws_ssm_parameter" "it" {
  name           = "/tests/${var.environment}"
  type           = "String"
  insecure_value = "it"
}
`)
}

// resources is how many there are in the state of an environment, 0 where there is none.
func resources(t *testing.T, environment string) int {
	t.Helper()
	text, ok := world.Object(t, "fixture/"+environment+"/terraform.tfstate")
	if !ok {
		return 0
	}
	var state struct{ Resources []json.RawMessage }
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		t.Fatal(err)
	}
	return len(state.Resources)
}

func TestEmptyDirectoryWithoutAnImageSaysWhatToDo(t *testing.T) {
	world.NeedAWS(t)
	p := world.Project(t)
	p.Dir = t.TempDir()
	r := world.Run(t, call(p, images(), keys(), "destroy", "--environment", world.Environment()))
	if r.Code == 0 || !strings.Contains(r.Stderr, "publish the images with that tag, or give the project with --source") {
		t.Errorf("exit code %d\n%s", r.Code, r.Stderr)
	}
}
