package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What terraform 1.11 really printed for each, and the line that is made of it;
// UPDATE=1 writes the lines anew.
func TestRealFailures(t *testing.T) {
	files, err := filepath.Glob("testdata/failures/*.txt")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d failures, %v", len(files), err)
	}
	var lines strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		line := Explain(string(text), "b", "mr-1")
		if strings.Contains(line, backendFile) || strings.Contains(line, "\n") {
			t.Errorf("%s: %s", file, line)
		}
		lines.WriteString(strings.TrimSuffix(filepath.Base(file), ".txt") + ": " + line + "\n")
	}
	wantGolden(t, "testdata/failures/lines", lines.String())
}

func TestDecodeDiagnostic(t *testing.T) {
	text, err := os.ReadFile("testdata/validate.json")
	if err != nil {
		t.Fatal(err)
	}
	d, ok := decodeDiagnostic(string(text))
	if got, want := d.line(d.detail), `Unsupported argument: see main.tf line 3: An argument named "inptu" is not expected here. Did you mean "input"?`; !ok || got != want {
		t.Errorf("%t, %s\nwant %s", ok, got, want)
	}
	for _, text := range []string{"", "no JSON", `{"valid":true,"diagnostics":[]}`, `{"diagnostics":[{"severity":"warning","summary":"s"}]}`} {
		if d, ok := decodeDiagnostic(text); ok {
			t.Errorf("%q is taken for the error %+v", text, d)
		}
	}
}

func TestExplain(t *testing.T) {
	for name, test := range map[string]struct{ output, want string }{
		"nothing wrong": {"Apply complete!", ""},
		"syntax": {
			"Error: Terraform encountered problems during initialisation, including problems\nwith the configuration, described below.\n\n" +
				"Error: Unclosed configuration block\n\n  on main.tf line 26, in resource \"x\":\n",
			"Unclosed configuration block: see main.tf line 26",
		},
		"an error in the text of a warning": {
			"\nWarning: old: see m.tf line 3\n  it said:\n  Error: not this\n\nError: Invalid index\n  in no file\n\n  no element\n",
			"Invalid index: no element",
		},
		"framed": {
			"╷\n│ Error: Reference to undeclared input variable\n│ \n│   on main.tf line 3, in output \"z\":\n╵",
			"Reference to undeclared input variable: see main.tf line 3",
		},
		"no bucket": {
			"Error: Failed to get existing workspaces: S3 bucket \"there\" does not exist.",
			`the state bucket "there" does not exist: create it (private, with versioning) or name another one with --state-bucket`,
		},
		"missing bucket, all of it": {
			"Initializing the backend...\n\nError: Failed to get existing workspaces: S3 bucket \"there\" does not exist.\n\n" +
				"The referenced S3 bucket must have been previously created. If the S3 bucket\nwas created within the last minute, please wait for a minute or two and try\nagain.\n\n" +
				"Error: operation error S3: ListObjectsV2, https response error StatusCode: 404, RequestID: RW75, HostID: 9Gjjt=, NoSuchBucket: \n",
			`the state bucket "there" does not exist: create it (private, with versioning) or name another one with --state-bucket`,
		},
		"another bucket": {
			"Error: putting S3 object (a): operation error S3: PutObject, https response error StatusCode: 404, NoSuchBucket: no\n\n  with aws_s3_object.a,\n  on main.tf line 9, in resource \"aws_s3_object\" \"a\":\n",
			"putting S3 object (a): operation error S3: PutObject, https response error StatusCode: 404, NoSuchBucket: no: see main.tf line 9",
		},
		"a provisioner's words": {
			"terraform_data.a (local-exec): connection refused\nterraform_data.a (local-exec): ExpiredToken\nError: local-exec provisioner error\n\n  with terraform_data.a,\n  on main.tf line 4, in resource \"terraform_data\" \"a\":\n",
			"local-exec provisioner error: see main.tf line 4",
		},
		"stale plan": {
			"\nError: Saved plan is stale\n\nThe given plan file can no longer be applied because the state was changed by\nanother operation after the plan was created.\n",
			"plan changed: the state was written since the plan was made: make a new plan",
		},
		"plan changed": {
			"Error: plan changed: serial 1 is now 2; terraform_data.a has other values\n",
			"plan changed: serial 1 is now 2; terraform_data.a has other values: make a new plan",
		},
		"a profile of a laptop": {
			"Error: failed to get shared config profile, acme\n\n  with provider[\"registry.terraform.io/hashicorp/aws\"],\n  on main.tf line 5, in provider \"aws\":\n   5: provider \"aws\" {\n",
			`there is no AWS profile "acme" in the container: see main.tf line 5: leave it out of the provider, or take it from a variable that is empty here: the credentials are those of the call`,
		},
		"no credentials": {
			"Error: No valid credential sources found\n\nPlease see https://developer.hashicorp.com/terraform/language/backend/s3\nfor more information about providing credentials.\n\nError: failed to refresh cached credentials, no EC2 IMDS role found,\n",
			"AWS refused the credentials: No valid credential sources found: check that they are given and have not expired",
		},
		"bad credentials": {
			"Error: Failed to get existing workspaces: Unable to list objects in S3 bucket \"there\" with prefix \"env:/\": operation error S3: ListObjectsV2, https response error StatusCode: 403, RequestID: , HostID: , api error InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.\n",
			"AWS refused the credentials: InvalidAccessKeyId: check that they are given and have not expired",
		},
		"expired credentials": {
			"Error: Retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, api error ExpiredToken: The security token included in the request is expired\n",
			"AWS refused the credentials: ExpiredToken: check that they are given and have not expired",
		},
		"denied": {
			"Error: Error refreshing state: Unable to access object \"unit/a\" in S3 bucket \"there\": operation error S3: HeadObject, https response error StatusCode: 403, RequestID: , HostID: , api error Forbidden: Forbidden\n",
			`AWS denies access to the state bucket "there": allow s3:ListBucket on it, and s3:GetObject, s3:PutObject and s3:DeleteObject on its keys`,
		},
		"missing variable": {
			"\nError: No value for required variable\n\n  on m.tf line 1:\n   1: variable \"needed\" { type = string }\n\nThe root module input variable \"needed\" is not set, and has no default value.\nUse a -var or -var-file command line argument to provide a value for this\nvariable.\n",
			`the variable "needed" has no value: give it a default, a value in a file that ends with .auto.tfvars, or one by variables or variable-files in [tool.pipeline.terraform] of pyproject.toml`,
		},
		"provider checksum": {
			"Error: Failed to install provider\n\nError while installing hashicorp/aws v5.100.0: the local package for\nregistry.terraform.io/hashicorp/aws 5.100.0 doesn't match any of the\nchecksums previously recorded in the dependency lock file",
			"a provider's checksum is not in .terraform.lock.hcl: run `terraform providers lock -platform=linux_amd64` and commit the file",
		},
		"terraform's version": {
			"Error: Unsupported Terraform Core version\n\n  on m.tf line 1, in terraform:\n   1: terraform { required_version = \">= 99\" }\n",
			"Unsupported Terraform Core version: see m.tf line 1: give one that it allows with --terraform-version, version in [tool.pipeline.terraform] of pyproject.toml, or an image that has it",
		},
		"state not written": {
			"Error: Failed to save state\n\nError saving state: failed to upload state\nError: Failed to write state: 403\nError: state not written: terraform_data.a (id 7) is not in it: it is kept\n",
			"state not written: terraform_data.a (id 7) is not in it: it is kept",
		},
		"a list": {
			"Error: Error refreshing state: 2 problems:\n\n- Unsupported state file format: The state file could not be parsed as JSON: syntax error at byte offset 1.\n- Unsupported state file format: no version\n",
			"Error refreshing state: 2 problems: Unsupported state file format: The state file could not be parsed as JSON: syntax error at byte offset 1.",
		},
		"locked by nobody known": {
			"Error: Error acquiring the state lock\n\nError message: operation error S3: PutObject, https response error StatusCode: 412, api error PreconditionFailed: no\nunable to retrieve file\n",
			"the state of mr-1 is locked: wait until that run has ended and try again",
		},
		"locked by nobody": {
			"Error: Error acquiring the state lock\n\nError message: something\n\nTerraform acquires a state lock\n",
			"the lock of the state of mr-1 cannot be written: something: try again, or look at the bucket",
		},
		"AWS refuses the connection": {
			`Error: Failed to get existing workspaces: request send failed, Get "http://127.0.0.1:9/": dial tcp 127.0.0.1:9: connect: connection refused`,
			"AWS cannot be reached: 127.0.0.1:9: connection refused: check the network and --aws-endpoint",
		},
		"AWS has no such host": {
			`Error: request send failed, Get "https://s3.nowhere/": dial tcp: lookup s3.nowhere on 10.0.0.2:53: no such host`,
			"AWS cannot be reached: s3.nowhere: no such host: check the network and --aws-endpoint",
		},
		"locked": {
			"Error: Error acquiring the state lock\n\nLock Info:\n  ID:        7\n  Operation: OperationTypeApply\n  Who:       a@b\n  Created:   today\n",
			"the state of mr-1 is locked by a@b since today (OperationTypeApply, lock 7): wait until that run has ended and try again; where it has ended without releasing it: unlock --environment mr-1 --owner a@b",
		},
	} {
		if got := Explain(test.output, "there", "mr-1"); got != test.want {
			t.Errorf("%s:\n  %s\nwant\n  %s", name, got, test.want)
		}
	}
}
