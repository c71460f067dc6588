package project

import (
	"reflect"
	"strings"
	"testing"
)

const full = `[project]
name = "orders"
requires-python = ">=3.11"
[tool.pipeline]
python = "3.12"
python-image = "registry.example.com/python:3.12"
poetry = "2.2.1"
uv = "0.9.1"
system-packages = ["libpq5"]
extras = ["web"]
groups = ["docs"]
without-groups = ["dev"]
[tool.pipeline.test]
command = "make test"
variables = { NAME = "value", EMPTY = "" }
reports = ["build/*.xml"]
[tool.pipeline.test.services.db]
image = "postgres:17"
port = 5432
variables = { POSTGRES_PASSWORD = "x" }
ready = "pg_isready"
[tool.pipeline.package]
command = "make build"
artifacts = ["dist/*.zip"]
[tool.pipeline.terraform]
version = "1.11.4"
image = "terraform:1"
roots = ["infra", "../../network"]
backend = "own"
workspace = "environment"
variable-files = ["tfvars/{environment}.tfvars"]
variables = { NAME = "value", PATH = "/users/{id}", STAGE = "{environment}" }
`

func TestParse(t *testing.T) {
	got, err := Parse(full)
	if err != nil {
		t.Fatal(err)
	}
	want := Project{Name: "orders", RequiresPython: ">=3.11", Settings: Settings{
		Python: "3.12", PythonImage: "registry.example.com/python:3.12", Poetry: "2.2.1", UV: "0.9.1",
		SystemPackages: []string{"libpq5"}, Extras: []string{"web"}, Groups: []string{"docs"}, WithoutGroups: []string{"dev"},
		Test: Test{
			Command: "make test", Variables: map[string]string{"NAME": "value", "EMPTY": ""}, Reports: []string{"build/*.xml"},
			Services: map[string]Service{"db": {Image: "postgres:17", Port: 5432, Variables: map[string]string{"POSTGRES_PASSWORD": "x"}, Ready: "pg_isready"}},
		},
		Package: Package{Command: "make build", Artifacts: []string{"dist/*.zip"}},
		Terraform: Terraform{
			Version: "1.11.4", Image: "terraform:1", Roots: []string{"infra", "../../network"}, Backend: "own", Workspace: "environment",
			VariableFiles: Rules{{"*", []string{"tfvars/{environment}.tfvars"}}}, Variables: map[string]string{"NAME": "value", "PATH": "/users/{id}", "STAGE": "{environment}"},
		},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestParseFails(t *testing.T) {
	for text, want := range map[string]string{
		"[tool.pipeline]\npyton = \"3.12\"":                                                                             "tool.pipeline.pyton is no setting: did you mean tool.pipeline.python?",
		"[tool.pipeline.test]\ncomand = \"x\"":                                                                          "tool.pipeline.test.comand is no setting: did you mean tool.pipeline.test.command?",
		"[tool.pipeline.tests]\ncommand = \"x\"":                                                                        "did you mean tool.pipeline.test?",
		"[tool.pipeline.terraform]\nvariable_files = []":                                                                "did you mean tool.pipeline.terraform.variable-files?",
		"[tool.pipeline]\npython = 3.12":                                                                                `tool.pipeline.python is 3.12: give it a version such as "3.12"`,
		"[tool.pipeline]\npython = \">=3.12\"":                                                                          `tool.pipeline.python is ">=3.12": give it a version`,
		"[tool.pipeline]\npoetry = \"\"":                                                                                `tool.pipeline.poetry is "": give it a version such as "1.2.3"`,
		"[tool.pipeline]\npoetry-plugins = [\"--index-url=https://a\"]":                                                 `tool.pipeline.poetry-plugins[0] is "--index-url=https://a": give it a package, such as "poetry-plugin-export"`,
		"[tool.pipeline]\npoetry-plugins = [\"a @ https://a/b.whl\"]":                                                   `tool.pipeline.poetry-plugins[0] is "a @ https://a/b.whl": give it a package`,
		"[tool.pipeline]\nextras = \"web\"":                                                                             `tool.pipeline.extras is "web": give it a list such as`,
		"[tool.pipeline]\nextras = [\"web\", 1]":                                                                        "tool.pipeline.extras[1] is 1: give it a text",
		"[tool.pipeline]\ntest = \"make test\"":                                                                         `tool.pipeline.test is "make test": give it a table: [tool.pipeline.test]`,
		"[tool.pipeline.test]\ncommand = \" \"":                                                                         `tool.pipeline.test.command is " ": give it a text`,
		"[tool.pipeline.test]\ncommand = [\"make\"]":                                                                    "tool.pipeline.test.command is a list: give it a text",
		"[tool.pipeline.test]\nreports = [\"/x\"]":                                                                      `tool.pipeline.test.reports[0] is "/x": give it a relative path`,
		"[tool.pipeline.test.variables]\nDEBUG = true":                                                                  "tool.pipeline.test.variables.DEBUG is true: give it a text in quotes",
		"[tool.pipeline.test.variables]\n\"A B\" = \"x\"":                                                               `tool.pipeline.test.variables has the name "A B": give one without blanks and =`,
		"[tool.pipeline.terraform]\nroots = [\"infra\", \"infra\"]":                                                     `tool.pipeline.terraform.roots names "infra" twice: take one out`,
		"[tool.pipeline.test]\nvariables = [\"A=1\"]":                                                                   "tool.pipeline.test.variables is a list: give it a table",
		"[tool.pipeline.test.services]\ndb = \"postgres\"":                                                              `services.db is "postgres": give it a table`,
		"[tool.pipeline.test.services.db]\nport = 1":                                                                    "tool.pipeline.test.services.db has no image",
		"[tool.pipeline.test.services.db]\nimage = \"x\"":                                                               "tool.pipeline.test.services.db has no port",
		"[tool.pipeline.test.services.my_db]\nimage = \"x\"\nport = 1":                                                  `"my_db" is not a valid name for a service`,
		"[tool.pipeline.test.services.localhost]\nimage = \"x\"\nport = 1":                                              `"localhost" is not a valid name for a service`,
		"[tool.pipeline.test.services.db]\nimage = \"x\"\nport = 1\nports = [2, 1]":                                     "services.db: a port stands there twice",
		"[tool.pipeline.test.services.db]\nimage = \"x\"\nport = 1\nports = [\"2\"]":                                    `ports[0] is "2": give it a port`,
		"[tool.pipeline.test.services.db]\nimage = \"x\"\nport = 1\nvariables = { A = \"b\" }\nsecrets = { A = \"C\" }": "A stands in variables and in secrets",
		"[tool.pipeline.test.services.db]\nimage = \"x\"\nport = 1\nargs = \"a\"":                                       `args is "a": give it a list`,
		"[tool.pipeline.test.services.db]\nimage = \"x\"\nport = 1\ncommand = \"a\"":                                    "services.db.command is no setting",
		"[tool.pipeline.test.services.db]\nimage = \"x\"\nport = 70000":                                                 "port is 70000: give it a port from 1 to 65535",
		"[tool.pipeline.test.services.db]\nimage = \"x\"\nport = \"1\"":                                                 `port is "1": give it a port`,
		"[tool.pipeline.terraform]\nbackend = \"theirs\"":                                                               `backend is "theirs": give it "managed" or "own"`,
		"[tool.pipeline.terraform]\nroots = [\"infra/{env}\"]":                                                          `terraform.roots has "infra/{env}", and nothing is filled in for {env}: {environment} is the environment's name`,
		"[tool.pipeline.terraform]\nroots = [\"infra/${environment}\"]":                                                 `nothing is filled in for ${environment}`,
		"[tool.pipeline.terraform]\nbackend-config = { key = \"{stage}/x\" }":                                           `terraform.backend-config has "{stage}/x"`,
		"[tool.pipeline.terraform.variable-files]\nprod = [\"{ENVIRONMENT}.tfvars\"]":                                   `terraform.variable-files has "{ENVIRONMENT}.tfvars"`,
		"[tool.pipeline.terraform]\nbackend-files = [\"{environment}.{region}.hcl\"]":                                   `terraform.backend-files has "{environment}.{region}.hcl", and nothing is filled in for {region}`,
		"[tool.pipeline.terraform]\nvariables = { stage = \"orders-{env}\" }":                                           `terraform.variables has "{env}", and nothing is filled in for {env}`,
		"[tool.pipeline.terraform]\nvariables = { stage = \"{Environment}\" }":                                          `nothing is filled in for {Environment}`,
		"[tool.pipeline.terraform]\nkms-key = \"abc\"":                                                                  `terraform.kms-key is "abc": give it the ARN of a KMS key`,
		"[tool.pipeline.terraform]\nvariable-files = \"a\"":                                                             `variable-files is "a": give it a list of files, or a table`,
		"[tool.pipeline.terraform.variable-files]\nprod = \"a\"":                                                        `variable-files.prod is "a": give it a list`,
		"[tool.pipeline]\nsystem-packages = 2026-01-01":                                                                 "system-packages is a ",
		"[tool]\npipeline = 1":                                                                                          "tool.pipeline is 1: give it a table",
		"[project]\nname = \n":                                                                                          "line 2, column ",
	} {
		_, err := Parse(text)
		if err == nil || !strings.HasPrefix(err.Error(), "reading pyproject.toml: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngave %v\nwant %s", text, err, want)
		}
	}
}

func TestNames(t *testing.T) {
	for text, want := range map[string]string{
		"[project]\nname = \"a\"\n":                              "a",
		"[tool.poetry]\nname = \"b\"\n":                          "b",
		"[project]\nname = \"a\"\n[tool.poetry]\nname = \"b\"\n": "a",
		"[tool.pipeline]\nname = \"c\"\n":                        "c",
		"[project]\nname = \"a.b-C_9\"\n":                        "a.b-C_9",
	} {
		if p, err := Parse(text); err != nil || p.Name != want || p.Named() != nil {
			t.Errorf("%q: %q, %v, %v", text, p.Name, err, p.Named())
		}
	}
	for name, want := range map[string]string{
		"": "has no name", "x/../other": "is not a valid project name", "..": "is not a valid project name", "a b": "is not a valid project name", "-a": "is not a valid project name", "a.": "is not a valid project name", "ä": "is not a valid project name", "a\n": "is not a valid project name",
	} {
		if err := (Project{Name: name}).Named(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

func TestRequiresPython(t *testing.T) {
	for text, want := range map[string]string{
		"[project]\nrequires-python = \">=3.11\"\n":                                                        ">=3.11",
		"[tool.poetry.dependencies]\npython = \"^3.9\"\n":                                                  "^3.9",
		"[project]\nrequires-python = \">=3.11\"\n[tool.poetry.dependencies]\npython = \">=3.11,<3.14\"\n": ">=3.11",
		"": "",
	} {
		if p, err := Parse(text); err != nil || p.RequiresPython != want {
			t.Errorf("%q: %q, %v", text, p.RequiresPython, err)
		}
	}
}

func TestRules(t *testing.T) {
	rules := Rules{{"*", []string{"all.tfvars"}}, {"mr-*", []string{"dev.tfvars", "{environment}.tfvars"}}, {"mr-7", []string{"seven.tfvars"}}}
	for environment, want := range map[string][]string{
		"prod": {"all.tfvars"},
		"mr-1": {"dev.tfvars", "mr-1.tfvars"},
		"mr-7": {"seven.tfvars"},
	} {
		if got := rules.For(environment); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", environment, got, want)
		}
	}
	if got := (Rules{{"prod", []string{"a"}}}).For("mr-1"); got != nil {
		t.Errorf("no rule gave %q", got)
	}
}

func TestAddressesOfResources(t *testing.T) {
	for address, good := range map[string]bool{
		"aws_route53_record.www": true, "module.dns.aws_route53_record.www": true, `module.dns["a.b"].aws_route53_record.www["x y"]`: true, "terraform_data.a[0]": true,
		"*": false, "aws_route53_record": false, "aws_route53_record.*": false, "www": false, "aws_route53_record.www ": false,
	} {
		_, err := Parse("[project]\nname = \"a\"\n[tool.pipeline.terraform]\nmay-destroy = ['" + address + "']\n")
		if (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}
