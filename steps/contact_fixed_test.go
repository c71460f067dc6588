package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/project"
)

// AWS gives a queue, or overwrites a rule, whose name another environment has already,
// whatever else is named after the environment.
func TestFixedNames(t *testing.T) {
	const (
		role  = "variable \"environment\" {}\nresource \"aws_iam_role\" \"it\" { name = \"orders-${var.environment}\" }\n"
		rule  = "resource \"aws_cloudwatch_event_rule\" \"nightly\" { name = \"nightly\" }\n"
		sized = "variable \"memory\" {}\nresource \"aws_cloudwatch_event_rule\" \"nightly\" {\n name = \"nightly\"\n description = var.memory\n}\n"
		arn   = "aws_cloudwatch_event_rule.nightly=arn:aws:events:eu-west-1:123456789012:rule/nightly"
		own   = "b/shop/mr-7/terraform.tfstate"
		prod  = "b/shop/prod/terraform.tfstate"
		want  = `aws_cloudwatch_event_rule.nightly has the name "nightly" in each environment, and "prod" has it (arn:aws:events:eu-west-1:123456789012:rule/nightly, s3://` + prod + `)`
	)
	theirs := stateWith("l", arn, "aws_iam_role.it=arn:aws:iam::123456789012:role/orders-prod")
	for name, c := range map[string]contact{
		"beside a name of its own":    {files: []string{"infra/main.tf", role + rule}, states: bucketOf{prod: theirs}, want: want},
		"once there is a state":       {files: []string{"infra/main.tf", role + rule}, states: bucketOf{prod: theirs, own: stateWith("m", "aws_iam_role.it=arn:aws:iam::123456789012:role/orders-mr-7")}, want: want},
		"files that differ in sizes":  {files: []string{"infra/main.tf", sized}, states: bucketOf{prod: theirs}, set: project.Terraform{VariableFiles: project.Rules{{Environments: "*", Files: []string{"{environment}.tfvars"}}}}, want: want},
		"in a module that it calls":   {files: []string{"infra/main.tf", role + "module \"m\" { source = \"./m\" }\n", "infra/m/main.tf", rule}, states: bucketOf{prod: stateWith("l", "module.m."+arn)}, want: want},
		"which it has itself by now":  {files: []string{"infra/main.tf", role + rule}, states: bucketOf{prod: theirs, own: stateWith("m", arn, "aws_iam_role.it=arn:aws:iam::123456789012:role/orders-mr-7")}},
		"which the other has not":     {files: []string{"infra/main.tf", role + rule}, states: bucketOf{prod: stateWith("l", "aws_iam_role.it")}},
		"another one of the address":  {files: []string{"infra/main.tf", role + rule}, states: bucketOf{prod: stateWith("l", strings.ReplaceAll(arn, "rule/nightly", "rule/prod-nightly"))}},
		"in another account":          {files: []string{"infra/main.tf", role + rule}, states: bucketOf{prod: stateWith("l", strings.ReplaceAll(arn, "123456789012", "999999999999"))}},
		"in another region":           {files: []string{"infra/main.tf", provider + role + rule}, states: bucketOf{prod: stateWith("l", strings.ReplaceAll(arn, "eu-west-1", "us-east-1"))}},
		"the provider has a role":     {files: []string{"infra/main.tf", "provider \"aws\" {\n assume_role {\n role_arn = \"r\"\n }\n}\n" + role + rule}, states: bucketOf{prod: theirs}},
		"the provider has its region": {files: []string{"infra/main.tf", "provider \"aws\" { region = local.region }\n" + role + rule}, states: bucketOf{prod: theirs}},
		"a state that is not read":    {files: []string{"infra/main.tf", role + rule}, states: bucketOf{prod: "denied"}},
		"while it ends":               {files: []string{"infra/main.tf", role + rule}, states: bucketOf{prod: theirs}, ends: true},
		"one of an environment":       {files: []string{"infra/main.tf", role + strings.Replace(rule, "{", "{\n count = var.environment == \"prod\" ? 1 : 0\n", 1)}, states: bucketOf{prod: theirs}},
	} {
		c.environment = "mr-7"
		if err := c.meet(t); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

// Names that are chosen by the environment are the same in two that have no choice of their own.
func TestChosenNames(t *testing.T) {
	const (
		chosen  = "variable \"environment\" {}\nlocals { stage = var.environment == \"prod\" ? \"live\" : \"dev\" }\nresource \"aws_sqs_queue\" \"orders\" { name = \"orders-${local.stage}\" }\n"
		mr8     = "b/shop/mr-8/terraform.tfstate"
		prod    = "b/shop/prod/terraform.tfstate"
		staging = "b/shop/staging/terraform.tfstate"
		want    = `"infra" only chooses between names by var.environment, and names mr-7 by none of its own, and `
	)
	theirs := stateWith("l", "aws_sqs_queue.orders")
	for name, c := range map[string]contact{
		"two merge requests":            {files: []string{"infra/main.tf", chosen}, states: bucketOf{mr8: theirs}, want: want + `"mr-8" is deployed`},
		"a merge request and staging":   {files: []string{"infra/main.tf", chosen}, states: bucketOf{staging: theirs}, want: want + `"staging" is deployed`},
		"a merge request and prod":      {files: []string{"infra/main.tf", chosen}, states: bucketOf{prod: theirs}},
		"by the workspace":              {files: []string{"infra/main.tf", strings.Replace(chosen, "var.environment ==", "terraform.workspace ==", 1)}, states: bucketOf{mr8: theirs}, want: `only chooses between names by terraform.workspace`},
		"the provider has a role":       {files: []string{"infra/main.tf", "provider \"aws\" {\n assume_role {\n role_arn = \"r\"\n }\n}\n" + chosen}, states: bucketOf{mr8: theirs}},
		"a file for each":               {files: []string{"infra/main.tf", chosen}, states: bucketOf{mr8: theirs}, set: project.Terraform{VariableFiles: project.Rules{{Environments: "*", Files: []string{"{environment}.tfvars"}}}}},
		"beside a name of its own":      {files: []string{"infra/main.tf", chosen + "resource \"aws_s3_bucket\" \"it\" { bucket = \"orders-${var.environment}\" }\n"}, states: bucketOf{mr8: theirs}},
		"by a variable of the table":    {files: []string{"infra/main.tf", strings.ReplaceAll(strings.ReplaceAll(chosen, "\"environment\"", "\"stage\""), "var.environment", "var.stage")}, states: bucketOf{mr8: theirs}, set: project.Terraform{Variables: map[string]string{"stage": "{environment}"}}, want: `and "mr-8" is deployed`},
		"the table's, and one is named": {files: []string{"infra/main.tf", strings.ReplaceAll(strings.ReplaceAll(chosen, "\"environment\"", "\"stage\""), "var.environment", "var.stage")}, states: bucketOf{prod: theirs}, set: project.Terraform{Variables: map[string]string{"stage": "{environment}"}}},
	} {
		c.environment = "mr-7"
		if err := c.meet(t); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}
