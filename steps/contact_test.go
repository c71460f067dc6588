package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/project"
	"dagger/pipeline/trust"
)

const (
	queue    = "variable \"environment\" {}\n" + nameless
	nameless = "resource \"aws_sqs_queue\" \"orders\" { name = \"orders-${var.environment}\" }\n"
	table    = "resource \"aws_dynamodb_table\" \"orders\" {}\n"
	provider = "variable \"region\" {}\nprovider \"aws\" { region = var.region }\n"
	s3Block  = "terraform {\n  backend \"s3\" {\n    bucket = \"old\"\n    key = \"orders.tfstate\"\n  }\n}\n"
	managed  = "managed"
)

// contact is a project when the pipeline first meets it, with the states that exist.
type contact struct {
	files       []string // path, text
	states      bucketOf
	environment string // default: prod
	root        string // default: infra
	ends        bool   // it is destroyed
	trust       trust.Level
	signs       string // where Terraform is run in another way
	writes      string // where a backend is written
	set         project.Terraform
	// want is what the refusal says; without one, the plan is made from the state
	// at the run's own key, or the environment is a new one.
	want string
}

// What a project may have when the pipeline first meets it, and the right answer to each.
// docs/environments.md has the same table.
func TestFirstContact(t *testing.T) {
	const (
		own  = "b/shop/prod/terraform.tfstate"
		arn  = "=arn:aws:sqs:eu-west-1:123456789012:orders"
		here = "there is none at s3://b/shop/prod/terraform.tfstate, and one at s3://"
	)
	const (
		env         = "variable \"env\" { default = \"dev\" }\nvariable \"note\" { default = \"\" }\nresource \"aws_sqs_queue\" \"orders\" { name = \"orders-${var.env}\" }\n"
		byWorkspace = "locals { name = terraform.workspace }\nresource \"aws_sqs_queue\" \"orders\" { name = \"orders-${local.name}\" }\n"
		tagged      = "resource \"aws_sqs_queue\" \"orders\" {\n name = \"orders\"\n tags = { env = NAME }\n}\n"
		vpc         = "resource \"aws_vpc\" \"it\" { tags = { env = NAME } }\n"
		declared    = "variable \"environment\" {}\n"
		empty       = "terraform {\n backend \"s3\" {}\n}\n" + queue
		keyed       = "terraform {\n backend \"s3\" {\n key = \"k\"\n }\n}\n" + queue
		script      = "deploy:\n  - terraform init -backend-config=bucket=old -backend-config=key=p\n"
		mark        = `{"version":99,"pipeline":"moved to s3://new/prod.tfstate"}`
	)
	files := func(rules ...string) (out project.Rules) {
		for i := 0; i < len(rules); i += 2 {
			out = append(out, project.Rule{Environments: rules[i], Files: []string{rules[i+1]}})
		}
		return out
	}
	main := func(text string) []string { return []string{"infra/main.tf", text} }
	ours := stateWith("l", "aws_sqs_queue.orders")
	for name, c := range map[string]contact{
		"nothing anywhere":                       {files: main(queue)},
		"its own state":                          {files: main(queue), states: bucketOf{own: ours}},
		"newer serial, newer Terraform":          {files: main(queue), states: bucketOf{own: stateWith("other", "aws_sqs_queue.orders")}},
		"own key in the same bucket":             {files: main(strings.Replace(s3Block, "old", "b", 1) + queue), states: bucketOf{"b/orders.tfstate": ours}, set: project.Terraform{Backend: managed}, want: here + "b/orders.tfstate, which infra/main.tf line 2 declares"},
		"own key, nothing said":                  {files: main(s3Block + queue), want: `declares the backend "s3", which may hold a state`},
		"another bucket":                         {files: main(s3Block + queue), states: bucketOf{"old/orders.tfstate": ours}, set: project.Terraform{Backend: managed}, want: here + "old/orders.tfstate"},
		"another bucket that is gone":            {files: main(s3Block + queue), states: bucketOf{"old/": "gone"}, set: project.Terraform{Backend: managed}, want: `there is none at s3://b/shop/prod/terraform.tfstate, and there is no bucket "old", which infra/main.tf line 2 declares`},
		"the same, said to be new":               {files: main(s3Block + queue), states: bucketOf{"old/": "gone", own: stateWith("l")}, set: project.Terraform{Backend: managed}},
		"the same, deployed":                     {files: main(s3Block + queue), states: bucketOf{"old/": "gone", own: ours}, set: project.Terraform{Backend: managed}},
		"the same, of another merge request":     {files: main(s3Block + queue), states: bucketOf{"old/": "gone"}, set: project.Terraform{Backend: managed}, environment: "mr-7"},
		"another bucket that is closed":          {files: main(s3Block + queue), states: bucketOf{"old/orders.tfstate": "denied"}, set: project.Terraform{Backend: managed}, want: "access denied"},
		"workspaces below a prefix":              {files: main(strings.Replace(s3Block, "key =", "workspace_key_prefix = \"ws\"\n    key =", 1) + queue), states: bucketOf{"old/ws/prod/orders.tfstate": ours}, set: project.Terraform{Backend: managed}, want: here + "old/ws/prod/orders.tfstate"},
		"workspaces of Terraform's own prefix":   {files: main(s3Block + queue), states: bucketOf{"old/env:/prod/orders.tfstate": ours}, set: project.Terraform{Backend: managed}, want: here + "old/env:/prod/orders.tfstate"},
		"GitLab's http backend":                  {files: main("terraform {\n backend \"http\" {}\n}\n" + queue), want: `declares the backend "http", which may hold a state`},
		"GitLab's http backend, managed":         {files: main("terraform {\n backend \"http\" { address = \"https://g/state/prod\" }\n}\n" + queue), set: project.Terraform{Backend: managed}, want: "may have one, which is not seen from here: move it (move-state --environment prod --from https://g/state/prod)"},
		"the same, of a merge request":           {files: main("terraform {\n backend \"http\" {}\n}\n" + queue), set: project.Terraform{Backend: managed}, environment: "mr-7"},
		"local backend":                          {files: main("terraform {\n backend \"local\" {}\n}\n" + queue), want: `declares the backend "local"`},
		"HCP Terraform":                          {files: main("terraform {\n cloud {\n organization = \"o\"\n }\n}\n" + queue), want: `declares the backend "cloud"`},
		"remote backend, managed":                {files: main("terraform {\n backend \"remote\" {}\n}\n" + queue), set: project.Terraform{Backend: managed}, want: `the backend "remote" that infra/main.tf line 2 declares may have one`},
		"empty block and a file":                 {files: append(main("terraform {\n backend \"s3\" {}\n}\n"+queue), "infra/backend/prod.hcl", `bucket = "old"`), want: "infra/backend/prod.hcl says where it is"},
		"empty block and a script":               {files: append(main("terraform {\n backend \"s3\" {}\n}\n"+queue), "Makefile", "init:\n\tterraform init -backend-config=key=x\n"), want: "Makefile says where it is"},
		"empty block and the environment's file": {files: append(main("terraform {\n backend \"s3\" {}\n}\n"+queue), "infra/prod.tfbackend", "bucket = \"old\"\nkey = \"p\"", "infra/dev.tfbackend", "bucket = \"old\"\nkey = \"d\""), states: bucketOf{"old/p": ours, "old/d": ours}, set: project.Terraform{Backend: managed}, want: here + "old/p,"},
		"backend in an override file":            {files: append(main(queue), "infra/z_override.tf", s3Block), want: `infra/z_override.tf line 2 declares the backend "s3"`},
		"backend in JSON":                        {files: append(main(queue), "infra/b.tf.json", `{"terraform":{"backend":{"s3":{"bucket":"old","key":"k"}}}}`), want: `infra/b.tf.json declares the backend "s3"`},
		// A root module that cannot tell environments apart has one of them.
		"no name of the environment, the first one":     {files: main(nameless)},
		"no name of the environment, a second one":      {files: main(env), environment: "mr-7", states: bucketOf{own: ours}, want: `"infra" has no way to tell environments apart, and "prod" is deployed (s3://` + own + `): both would have the same resources`},
		"no name of the environment, a second mr":       {files: main(env), environment: "mr-7", states: bucketOf{"b/shop/mr-8/terraform.tfstate": ours}, want: `and "mr-8" is deployed`},
		"no name, and the state is an empty one":        {files: main(env), environment: "mr-7", states: bucketOf{own: ours, "b/shop/mr-7/terraform.tfstate": stateWith("m")}, want: `and "prod" is deployed`},
		"no name, prod has an empty state":              {files: main(env), environment: "mr-7", states: bucketOf{own: stateWith("l")}},
		"no name, prod is encrypted":                    {files: main(env), environment: "mr-7", states: bucketOf{own: `{"serial":3,"encrypted_data":"x"}`}, want: `and "prod" is deployed`},
		"no name, prod may not be read":                 {files: main(env), environment: "mr-7", states: bucketOf{own: "denied"}, want: `and "prod" is deployed`},
		"no name, prod was moved":                       {files: main(env), environment: "mr-7", states: bucketOf{own: mark}},
		"no name, staging is in another account":        {files: main(env), states: bucketOf{"b/shop/staging/terraform.tfstate": stateWith("l", "aws_sqs_queue.orders=arn:aws:sqs:eu-west-1:999999999999:orders")}},
		"no name, staging is in another region":         {files: main(env + provider), states: bucketOf{"b/shop/staging/terraform.tfstate": stateWith("l", "aws_sqs_queue.orders=arn:aws:sqs:us-east-1:123456789012:orders")}},
		"no name, staging is in this account":           {files: main(env + provider), states: bucketOf{"b/shop/staging/terraform.tfstate": stateWith("l", "aws_sqs_queue.orders"+arn)}, want: `and "staging" is deployed`},
		"no name, another root module is deployed":      {files: append(main(env), "data/main.tf", table), root: "data", environment: "mr-7", states: bucketOf{own: ours}},
		"no name, destroying what is not there":         {files: main(env), environment: "mr-7", ends: true, states: bucketOf{own: ours}},
		"a value of the table has the name":             {files: main(env), environment: "mr-7", states: bucketOf{own: ours}, set: project.Terraform{Variables: map[string]string{"env": "{environment}"}}},
		"a value of the table has not":                  {files: main(env), environment: "mr-7", states: bucketOf{own: ours}, set: project.Terraform{Variables: map[string]string{"env": "dev"}}, want: `and "prod" is deployed`},
		"a file for each environment":                   {files: main(env), environment: "mr-7", states: bucketOf{own: ours}, set: project.Terraform{VariableFiles: files("*", "{environment}.tfvars")}},
		"a file of prod, and one of all others":         {files: main(env), environment: "mr-7", states: bucketOf{own: ours}, set: project.Terraform{VariableFiles: files("prod", "prod.tfvars", "*", "dev.tfvars")}},
		"one file for two merge requests":               {files: main(env), environment: "mr-7", states: bucketOf{"b/shop/mr-8/terraform.tfstate": ours}, set: project.Terraform{VariableFiles: files("prod", "prod.tfvars", "*", "dev.tfvars")}, want: `and "mr-8" is deployed`},
		"named after the workspace":                     {files: main(byWorkspace), environment: "mr-7", states: bucketOf{own: ours}},
		"named after the workspace, which is not taken": {files: main(byWorkspace), environment: "mr-7", states: bucketOf{own: ours}, set: project.Terraform{Workspace: "default"}, want: `and "prod" is deployed`},
		"the environment in a tag alone":                {files: main(declared + strings.Replace(tagged, "NAME", "var.environment", 1)), environment: "mr-7", states: bucketOf{own: ours}, want: `"infra" has var.environment in no resource's name, only in tags and the like, and "prod" is deployed`},
		"the workspace in a tag alone":                  {files: main(strings.Replace(tagged, "NAME", "terraform.workspace", 1)), environment: "mr-7", states: bucketOf{own: ours}, want: `"infra" has terraform.workspace in no resource's name`},
		"the environment in a tag, and nothing named":   {files: main(declared + strings.Replace(vpc, "NAME", "var.environment", 1)), environment: "mr-7", states: bucketOf{own: stateWith("l", "aws_vpc.it")}},
		"the workspace in a tag, and nothing named":     {files: main(strings.Replace(vpc, "NAME", "terraform.workspace", 1)), environment: "mr-7", states: bucketOf{own: stateWith("l", "aws_vpc.it")}},
		"a workspace that names nothing":                {files: main(env), environment: "mr-7", states: bucketOf{own: ours}, set: project.Terraform{Workspace: "environment"}, want: `and "prod" is deployed`},
		"a value of the table has the name, unused":     {files: main(env), environment: "mr-7", states: bucketOf{own: ours}, set: project.Terraform{Variables: map[string]string{"note": "{environment}"}}, want: `and "prod" is deployed`},
		"random names":                                {files: main(env + "resource \"random_pet\" \"it\" {}\nresource \"aws_sns_topic\" \"t\" { name = random_pet.it.id }\n"), environment: "mr-7", states: bucketOf{own: ours}},
		"a random password":                           {files: main(env + "resource \"random_password\" \"db\" {}\nresource \"aws_db_instance\" \"db\" { password = random_password.db.result }\n"), environment: "mr-7", states: bucketOf{own: ours}, want: `and "prod" is deployed`},
		"destroying what prod has, too":               {files: main(queue), environment: "mr-7", ends: true, states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders"+arn), "b/shop/mr-7/terraform.tfstate": stateWith("m", "aws_sqs_queue.orders"+arn)}, want: `aws_sqs_queue.orders (arn:aws:sqs:eu-west-1:123456789012:orders) is in the state of "prod", too`},
		"destroying what prod has, its ARN left out":  {files: main(table), environment: "mr-7", ends: true, states: bucketOf{own: stateWith("l", `aws_dynamodb_table.orders={"arn":"arn:aws:dynamodb:eu-west-1:123456789012:table/orders","id":"orders","name":"orders"}`), "b/shop/mr-7/terraform.tfstate": stateWith("m", `aws_dynamodb_table.orders={"id":"orders","name":"orders"}`)}, want: `aws_dynamodb_table.orders (orders) is in the state of "prod", too`},
		"a branch's state in a protected run":         {files: main(queue), environment: "mr-7", trust: trust.Protected, states: bucketOf{"b/shop/mr-7/terraform.tfstate": stateWith("m", "aws_sqs_queue.orders"+arn+"-mr-7")}, want: "reading the state of mr-7: any branch may have written the state, which says what is destroyed and by which providers, and this run is protected: call with --trust=open"},
		"a branch's state in a protected destruction": {files: main(queue), environment: "mr-7", trust: trust.Protected, ends: true, states: bucketOf{"b/shop/mr-7/terraform.tfstate": stateWith("m", "aws_sqs_queue.orders"+arn+"-mr-7")}, want: "this run is protected"},
		"a branch's state in an open run":             {files: main(queue), environment: "mr-7", trust: trust.Open, ends: true, states: bucketOf{"b/shop/mr-7/terraform.tfstate": stateWith("m", "aws_sqs_queue.orders"+arn+"-mr-7")}},
		"production's state in a protected run":       {files: main(queue), trust: trust.Protected, states: bucketOf{own: ours}},
		"destroying what is its own":                  {files: main(queue), environment: "mr-7", ends: true, states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders"+arn), "b/shop/mr-7/terraform.tfstate": stateWith("m", "aws_sqs_queue.orders"+arn+"-mr-7")}},
		"destroying, the default VPC is everybody's":  {files: main("resource \"aws_default_vpc\" \"it\" {}\n"), environment: "mr-7", ends: true, states: bucketOf{own: stateWith("l", "aws_default_vpc.it"+arn), "b/shop/mr-7/terraform.tfstate": stateWith("m", "aws_default_vpc.it"+arn)}},
		"destroying, prod may not be read":            {files: main(queue), environment: "mr-7", ends: true, states: bucketOf{own: "denied", "b/shop/mr-7/terraform.tfstate": stateWith("m", "aws_sqs_queue.orders"+arn)}},
		"random names beside a fixed one":             {files: main("resource \"random_pet\" \"it\" {}\nresource \"aws_s3_bucket\" \"b\" { bucket = random_pet.it.id }\nresource \"aws_sqs_queue\" \"orders\" { name = \"orders\" }\n"), environment: "mr-7", states: bucketOf{own: ours}, want: `"infra" names aws_sqs_queue.orders alike in each environment, of which AWS gives the same again, and "prod" is deployed`},

		// A merge request's environment takes over nothing that has not its name.
		"prod's state at the declared key, a merge request":        {files: main(s3Block + queue), environment: "mr-7", set: project.Terraform{Backend: managed}, states: bucketOf{"old/orders.tfstate": ours}},
		"its own workspace at the declared key":                    {files: main(s3Block + queue), environment: "mr-7", set: project.Terraform{Backend: managed}, states: bucketOf{"old/env:/mr-7/orders.tfstate": ours}, want: "and one at s3://old/env:/mr-7/orders.tfstate"},
		"prod's was moved, then staging":                           {files: main(s3Block + queue), environment: "staging", set: project.Terraform{Backend: managed}, states: bucketOf{own: ours, "old/orders.tfstate": mark}},
		"staging's state at the declared key":                      {files: main(s3Block + queue), environment: "staging", set: project.Terraform{Backend: managed}, states: bucketOf{"old/orders.tfstate": ours}, want: "and one at s3://old/orders.tfstate"},
		"prod was renamed and moved, then another":                 {files: main(queue), environment: "qa", states: bucketOf{own: mark}},
		"root moved and its state moved, then another root module": {files: []string{"data/main.tf", table}, root: "data", states: bucketOf{own: mark}},
		"the state was moved away":                                 {files: main(queue), states: bucketOf{own: mark}, want: "was moved to s3://new/prod.tfstate: deploy from the sources that name that place"},

		// A backend that leaves something open has been told the rest by somebody.
		"key here, bucket by the Makefile":               {files: append(main(keyed), "Makefile", script), want: "Makefile says where it is"},
		"key here, bucket by files":                      {files: append(main(keyed), "infra/backend-prod.hcl", `bucket = "old-prod"`, "infra/backend-dev.hcl", `bucket = "old-dev"`), want: "infra/backend-dev.hcl says where it is"},
		"key here, bucket by files, managed":             {files: append(main(keyed), "infra/backend-prod.hcl", `bucket = "old-prod"`, "infra/backend-dev.hcl", `bucket = "old-dev"`), set: project.Terraform{Backend: managed}, states: bucketOf{"old-prod/k": ours, "old-dev/k": ours}, want: here + "old-prod/k,"},
		"all by files with a hyphen, managed":            {files: append(main(empty), "infra/backend-prod.hcl", "bucket = \"old\"\nkey = \"p\"", "infra/backend-non-prod.hcl", "bucket = \"old\"\nkey = \"d\""), set: project.Terraform{Backend: managed}, states: bucketOf{"old/d": ours}},
		"all by files with a hyphen, managed, one there": {files: append(main(empty), "infra/backend-prod.hcl", "bucket = \"old\"\nkey = \"p\"", "infra/backend-non-prod.hcl", "bucket = \"old\"\nkey = \"d\""), set: project.Terraform{Backend: managed}, states: bucketOf{"old/p": ours}, want: here + "old/p,"},
		"by a workflow":                                  {files: append(main(empty), ".github/workflows/deploy.yml", script), want: ".github/workflows/deploy.yml says where it is"},
		"by a Jenkinsfile":                               {files: append(main(empty), "Jenkinsfile", script), want: "Jenkinsfile says where it is"},
		"by a Taskfile":                                  {files: append(main(empty), "Taskfile.yaml", script), want: "Taskfile.yaml says where it is"},
		"by CodeBuild":                                   {files: append(main(empty), "buildspec.yml", script), want: "buildspec.yml says where it is"},
		"by a conf file":                                 {files: append(main(empty), "infra/state.conf", "bucket = \"old\"\nkey = \"p\"\nregion = \"r\""), want: "infra/state.conf says where it is"},
		"by a tfvars file":                               {files: append(main(empty), "infra/backend/prod.tfvars", "bucket = \"old\"\nkey = \"p\""), want: "infra/backend/prod.tfvars says where it is"},
		"in a directory for each environment":            {files: append(main(empty), "infra/environments/prod/backend.hcl", "bucket = \"old\"\nkey = \"p\""), want: "infra/environments/prod/backend.hcl says where it is"},
		"of a root module in a directory for each":       {files: append(main(empty), "infra/environments/prod/main.tf", "", "infra/environments/prod/backend.hcl", "bucket = \"old\"\nkey = \"p\"")},
		"a tfvars file with values of variables":         {files: append(main(empty+"variable \"bucket\" {}\n"), "infra/prod.tfvars", `bucket = "assets"`, "infra/dev.tfvars", "bucket = \"assets\"\nsize = 1")},
		"another conf file":                              {files: append(main(empty), "nginx.conf", "server {\n listen 80;\n}", "deploy.yml", "run: terraform init")},
		"terragrunt above, no backend":                   {files: append(main(queue), "terragrunt.hcl", "remote_state {\n}\n"), want: "the backend of \"infra\" is written by a tool, and terragrunt.hcl is of another way to deploy: move it"},
		"terragrunt above, a merge request":              {files: append(main(queue), "terragrunt.hcl", ""), environment: "mr-7"},
		"terragrunt above, managed":                      {files: append(main(queue), "terragrunt.hcl", ""), set: project.Terraform{Backend: managed}},
		"terragrunt beside it":                           {files: append(main(queue), "live/terragrunt.hcl", "")},
		"empty block, run in another way":                {files: main(empty), signs: "ops/tf.sh line 2", want: "infra/main.tf line 2 leaves open where it is, and ops/tf.sh line 2 is of another way to deploy: move it (move-state --environment prod --from s3://BUCKET/KEY)"},
		"key here, run in another way":                   {files: main(keyed), signs: "ops/tf.sh line 2", want: "leaves open where it is"},
		"empty block, run in another way, managed":       {files: main(empty), signs: "ops/tf.sh line 2", set: project.Terraform{Backend: managed}},
		"empty block, run in another way, mr":            {files: main(empty), signs: "ops/tf.sh line 2", environment: "mr-7"},
		"empty block, run in another way, said new":      {files: main(empty), signs: "ops/tf.sh line 2", states: bucketOf{own: stateWith("l")}},
		"no block, run in another way":                   {files: main(queue), signs: "ops/tf.sh line 2"},
		"managed, by a script, lasting":                  {files: append(main(empty), "Makefile", script), set: project.Terraform{Backend: managed}, want: "may have one, which is not seen from here: move it (move-state --environment prod --from s3://BUCKET/KEY), or say that the environment is a new one"},
		"managed, by a script, lasting, said to be new":  {files: append(main(empty), "Makefile", script), set: project.Terraform{Backend: managed}, states: bucketOf{own: stateWith("l")}},
		"managed, by a script, merge request":            {files: append(main(empty), "Makefile", script), set: project.Terraform{Backend: managed}, environment: "mr-7"},
		"managed, by files of other environments":        {files: append(main(empty), "infra/qa.hcl", "bucket = \"old\"\nkey = \"q\"", "infra/dev.hcl", "bucket = \"old\"\nkey = \"d\""), set: project.Terraform{Backend: managed}, want: "which is not seen from here"},
		"empty block, nobody says anything":              {files: main(empty)},
		"key here, nobody says anything":                 {files: main(keyed)},

		"copied, not moved":                          {files: main(s3Block + queue), states: bucketOf{own: ours, "old/orders.tfstate": ours}, set: project.Terraform{Backend: managed}, want: "keep one of them"},
		"moved by move-state":                        {files: main(s3Block + queue), states: bucketOf{own: ours, "old/orders.tfstate": `{"version":99}`}, set: project.Terraform{Backend: managed}},
		"a project of the same name":                 {files: main(queue), states: bucketOf{own: stateWith("l", "aws_s3_bucket.theirs")}, want: "a deployment would destroy them: where they are of another project"},
		"environment renamed":                        {files: main(queue), environment: "production", states: bucketOf{own: ours}, want: `one of the environment "prod": where that was renamed, move it (move-state --environment production --from s3://` + own + ")"},
		"environment renamed to a usual name":        {files: main(queue), states: bucketOf{"b/shop/production/terraform.tfstate": ours}, want: `one of the environment "production"`},
		"prod after staging":                         {files: main(queue), states: bucketOf{"b/shop/staging/terraform.tfstate": ours, "b/shop/mr-1/terraform.tfstate": ours}},
		"root moved":                                 {files: []string{"terraform/main.tf", queue}, root: "terraform", states: bucketOf{own: ours}, want: `s3://` + own + `, of the root module "infra", which the source does not have`},
		"root moved to the default path":             {files: main(queue), states: bucketOf{"b/shop/prod/deploy/terraform.tfstate": ours}, want: `of the root module "deploy", which the source does not have`},
		"another root of the same names":             {files: append(main(queue), "terraform/main.tf", queue), root: "terraform", states: bucketOf{own: ours}},
		"root split, the new part":                   {files: append(main(queue), "data/main.tf", table), root: "data", states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders", "aws_dynamodb_table.orders")}, want: `aws_dynamodb_table.orders of "data" is in the state of "infra"`},
		"root split, the new part imports it":        {files: append(main(queue), "data/main.tf", table+"import {\n to = aws_dynamodb_table.orders\n id = \"x\"\n}\n"), root: "data", states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders", "aws_dynamodb_table.orders")}},
		"root split, the old part":                   {files: append(main(queue), "data/main.tf", table), set: project.Terraform{Roots: []string{"data", "infra"}}, states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders", "aws_dynamodb_table.orders")}, want: `has aws_dynamodb_table.orders, which is now in the root module "data": a deployment would destroy it`},
		"root split, removed from the old part":      {files: append(main(queue+"removed {\n from = aws_dynamodb_table.orders\n}\n"), "data/main.tf", table), set: project.Terraform{Roots: []string{"data", "infra"}}, states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders", "aws_dynamodb_table.orders")}},
		"project renamed":                            {files: main(queue), states: bucketOf{"b/orders/prod/terraform.tfstate": ours}, want: `of the project "orders", which "infra" still names`},
		"a state of another that may not be read":    {files: main(queue), states: bucketOf{"b/orders/prod/terraform.tfstate": "denied"}},
		"a project of the same template":             {files: main(queue), states: bucketOf{"b/billing/prod/terraform.tfstate": ours}},
		"KMS key that may not be used":               {files: main(queue), states: bucketOf{own: "denied"}, want: "kms:Decrypt"},
		"state of another account":                   {files: main(queue), states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders=arn:aws:sqs:eu-west-1:999999999999:orders")}, want: "its resources are in the account 999999999999, and these are credentials of 123456789012"},
		"another account, by the provider's role":    {files: main("provider \"aws\" {\n assume_role {\n role_arn = \"r\"\n }\n}\n" + queue), states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders=arn:aws:sqs:eu-west-1:999999999999:orders")}},
		"state of another region":                    {files: main(provider + queue), states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders=arn:aws:sqs:us-east-1:123456789012:orders")}, want: "its resources are in us-east-1, and this run's region is eu-west-1: give --region us-east-1"},
		"a certificate that says its region":         {files: main(provider + queue + "resource \"aws_acm_certificate\" \"c\" {\n region = \"us-east-1\"\n}\n"), states: bucketOf{own: stateWith("l", "aws_acm_certificate.c=arn:aws:acm:us-east-1:123456789012:certificate/c", "aws_sqs_queue.orders")}},
		"a module that is told its region":           {files: main(provider + "module \"c\" {\n source = \"../c\"\n region = \"us-east-1\"\n}\n" + queue), states: bucketOf{own: stateWith("l", "module.c.aws_acm_certificate.c=arn:aws:acm:us-east-1:123456789012:certificate/c", "aws_sqs_queue.orders")}},
		"a certificate of another region's provider": {files: main(provider + queue + "resource \"aws_acm_certificate\" \"c\" {}\n"), states: bucketOf{own: stateWith("l", "aws_acm_certificate.c=arn:aws:acm:us-east-1:123456789012:certificate/c", "aws_sqs_queue.orders")}, want: "its resources are in us-east-1"},
		"state of this account and region":           {files: main(provider + queue), states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders"+arn)}},
		"region of a file":                           {files: append(main(provider+queue), "infra/terraform.tfvars", `region = "us-east-1"`), states: bucketOf{own: stateWith("l", "aws_sqs_queue.orders=arn:aws:sqs:us-east-1:123456789012:orders")}},
		"empty object":                               {files: main(queue), states: bucketOf{own: ""}, want: "is not a state: it is empty"},
		"corrupt JSON":                               {files: main(queue), states: bucketOf{own: `{"version":4,"resou`}, want: "is not a state: it is not JSON"},
		"something else":                             {files: main(queue), states: bucketOf{own: `{}`}, want: "is not a state: it has no version"},
		"encrypted by OpenTofu":                      {files: main(queue), states: bucketOf{own: `{"serial":3,"encrypted_data":"x"}`}},
		"encrypted by OpenTofu, of a root that was":  {files: main(queue), states: bucketOf{"b/shop/prod/deploy/terraform.tfstate": `{"serial":3,"encrypted_data":"x"}`}, want: `of the root module "deploy", which the source does not have`},
	} {
		err := c.meet(t)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: refused: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		case err != nil && strings.Contains(err.Error(), "\n"):
			t.Errorf("%s: more than a line: %v", name, err)
		}
	}
}
