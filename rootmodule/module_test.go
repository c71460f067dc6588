package rootmodule

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func source(files ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return out
}

func readRoot(t *testing.T, root string, files ...string) Module {
	t.Helper()
	m, err := Read(source(files...), root)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBackend(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  *Backend
	}{
		"none":            {[]string{"infra/main.tf", `resource "a" "b" {}`}, nil},
		"empty":           {[]string{"infra/main.tf", "terraform {\n  backend \"s3\" {}\n}"}, &Backend{Type: "s3", Where: "infra/main.tf line 2"}},
		"with key":        {[]string{"infra/main.tf", "terraform {\n\n  backend \"s3\" {\n key = \"k\"\n bucket = \"b\"\n encrypt = true }\n}"}, &Backend{Type: "s3", Where: "infra/main.tf line 3", Config: map[string]string{"key": "k", "bucket": "b", "encrypt": "true"}}},
		"cloud":           {[]string{"infra/main.tf", "terraform {\n cloud {\n organization = \"o\"\n workspaces { name = \"w\" }\n }\n}"}, &Backend{Type: "cloud", Where: "infra/main.tf line 2", Config: map[string]string{"organization": "o"}}},
		"json":            {[]string{"infra/main.tf.json", `{"terraform": [{"backend": {"http": {"address": "https://a"}}}]}`}, &Backend{Type: "http", Where: "infra/main.tf.json", Config: map[string]string{"address": "https://a"}}},
		"JSON, in a list": {[]string{"infra/main.tf.json", `[{"output": {"a": {"value": 1}}}, {"terraform": {"backend": {"http": {"address": "https://a"}}}}]`}, &Backend{Type: "http", Where: "infra/main.tf.json", Config: map[string]string{"address": "https://a"}}},
		"tofu":            {[]string{"infra/main.tofu", "terraform {\n backend \"gcs\" {}\n}"}, &Backend{Type: "gcs", Where: "infra/main.tofu line 2"}},
		"overridden": {[]string{"infra/b_override.tf", "terraform {\n backend \"http\" {}\n}", "infra/main.tf", "terraform {\n backend \"s3\" {}\n}"},
			&Backend{Type: "http", Where: "infra/b_override.tf line 2"}},
		"of a module": {[]string{"infra/main.tf", `module "m" { source = "./m" }`, "infra/m/main.tf", "terraform {\n backend \"s3\" {}\n}"}, nil},
		"computed":    {[]string{"infra/main.tf", "terraform {\n backend \"s3\" {\n bucket = var.b\n key = \"${local.k}/x\"\n}\n}"}, &Backend{Type: "s3", Where: "infra/main.tf line 2", Config: map[string]string{"bucket": "${var.b}", "key": "${\"${local.k}/x\"}"}}},
		"its own way": {[]string{"infra/main.tf", "terraform {\n backend \"s3\" {\n profile = \"p\"\n encrypt = true\n endpoints = { s3 = \"https://x\" }\n assume_role {}\n}\n}"},
			&Backend{Type: "s3", Where: "infra/main.tf line 2", Config: map[string]string{"profile": "p", "encrypt": "true"}, Chooses: []string{"assume_role", "endpoints", "profile"}}},
		"its own way, JSON": {[]string{"infra/main.tf.json", `{"terraform": {"backend": {"s3": {"role_arn": "r", "encrypt": true}}}}`}, &Backend{Type: "s3", Where: "infra/main.tf.json", Config: map[string]string{"role_arn": "r", "encrypt": "true"}, Chooses: []string{"role_arn"}}},
	} {
		got := readRoot(t, "infra", test.files...).Backend
		if (got == nil) != (test.want == nil) || got != nil && (got.Type != test.want.Type || got.Where != test.want.Where || !maps.Equal(got.Config, test.want.Config) || !slices.Equal(got.Chooses, test.want.Chooses)) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestWorkspace(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  string
	}{
		"none":        {[]string{"infra/main.tf", `# terraform.workspace` + "\n" + `locals { a = "terraform.workspace" }`}, ""},
		"template":    {[]string{"infra/main.tf", "locals {\n name = \"a-${terraform.workspace}\"\n}"}, "infra/main.tf line 2"},
		"expression":  {[]string{"infra/main.tf", "locals { n = terraform.workspace == \"prod\" ? 2 : 1 }"}, "infra/main.tf line 1"},
		"in a map":    {[]string{"infra/main.tf", "locals { n = { a = [upper(terraform.workspace)] }[\"a\"] }"}, "infra/main.tf line 1"},
		"heredoc":     {[]string{"infra/main.tf", "locals {\n n = <<-EOT\n a\n ${terraform.workspace}\n EOT\n}"}, "infra/main.tf line 4"},
		"json":        {[]string{"infra/main.tf.json", `{"locals": {"n": ["${terraform.workspace}"]}}`}, "infra/main.tf.json line 1"},
		"of a module": {[]string{"infra/main.tf", `module "m" { source = "../m" }`, "m/main.tf", `locals { n = terraform.workspace }`}, "m/main.tf line 1"},
	} {
		if got := readRoot(t, "infra", test.files...).Workspace; got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestBackendText(t *testing.T) {
	const block = "backend \"s3\" {\n  encrypt = true # always\n}"
	if got := readRoot(t, "infra", "infra/main.tf", "terraform {\n  required_version = \">= 1\"\n  "+block+"\n}\n").Backend.Text; got != block {
		t.Errorf("%q", got)
	}
}

func TestFetches(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  bool
	}{
		"none":        {[]string{"infra/main.tf", `resource "a" "b" {}`}, false},
		"local":       {[]string{"infra/main.tf", `module "m" { source = "../m" }`, "m/main.tf", ""}, false},
		"registry":    {[]string{"infra/main.tf", `module "m" { source = "a/b/c" }`}, true},
		"of a module": {[]string{"infra/main.tf", `module "m" { source = "./m" }`, "infra/m/main.tf", `module "n" { source = "git::https://example.com/n.git" }`}, true},
		"computed":    {[]string{"infra/main.tf", `module "m" { source = var.m }`}, true},
		"json":        {[]string{"infra/main.tf.json", `{"module": {"m": {"source": "a/b/c"}}}`}, true},
		"json, local": {[]string{"infra/main.tf.json", `{"module": {"m": {"source": "./m"}}}`, "infra/m/main.tf", ""}, false},
		"not read":    {[]string{"infra/main.tf", `module "m" { source = `}, true},
	} {
		if got := readRoot(t, "infra", test.files...).Fetches; got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestOverSSH(t *testing.T) {
	for source, want := range map[string]bool{
		"git::ssh://git@example.com:2222/team/m.git//sub?ref=v1": true, "git@github.com:team/m.git": true, "git::git@example.com:team/m.git": true,
		"git::https://example.com/m.git": false, "github.com/team/m": false, "team/m/aws": false, "https://user@example.com/m.zip": false, "./git@x:y": false, "s3::https://x/y": false,
	} {
		m := readRoot(t, "infra", "infra/main.tf", `module "m" { source = "./m" }`, "infra/m/main.tf", `module "n" { source = "`+source+`" }`)
		if got := m.OverSSH; got != source && want || got != "" && !want {
			t.Errorf("%s: %q, want %t", source, got, want)
		}
	}
}

func TestDeclared(t *testing.T) {
	m := readRoot(t, "infra", "infra/main.tf", `
terraform { required_version = ">= 1.5" }
variable "environment" {}
variable "region" { default = "us-west-2" }
variable "sizes" { default = [1] }
variable "token" { ephemeral = true }
resource "aws_x" "a" {}
data "aws_y" "no" {}
module "net" { source = "hashicorp/net/aws" }
moved {
  from = aws_x.old[0]
  to   = aws_x.a
}
removed { from = aws_x.gone }
moved {
  from = module.flat["a"].aws_x.it[0]
  to   = aws_x.a
}
`, "infra/more.tf.json", `{"variable": {"j": {}}, "resource": {"aws_x": {"k": {}}}, "moved": [{"from": "module.two[\"b.c\"].aws_x.it", "to": "aws_x.k"}, {"from": "aws_x.l[0]", "to": "aws_x.k"}]}`,
		"infra/terraform.tfvars", `environment = "dev"`, "infra/z.auto.tfvars.json", `{"environment": "qa", "sizes": [2]}`, "infra/other.tfvars", `region = "x"`)
	for name, want := range map[string]Variable{"environment": {}, "region": {Default: "us-west-2", Optional: true}, "sizes": {Optional: true}, "j": {}, "token": {Ephemeral: true}} {
		if got, ok := m.Variables[name]; !ok || got != want {
			t.Errorf("variable %s: %+v, %t, want %+v", name, got, ok, want)
		}
	}
	if got, want := slices.Sorted(maps.Keys(m.Addresses)), []string{"aws_x.a", "aws_x.gone", "aws_x.k", "aws_x.l", "aws_x.old", "module.flat", "module.net", "module.two"}; !slices.Equal(got, want) {
		t.Errorf("addresses %q, want %q", got, want)
	}
	if !slices.Equal(m.Required, []string{">= 1.5"}) {
		t.Errorf("required %q", m.Required)
	}
	if got, want := m.Values["environment"], (Value{"qa", "z.auto.tfvars.json"}); got != want || len(m.Values) != 2 {
		t.Errorf("values %v", m.Values)
	}
}

func TestReach(t *testing.T) {
	others := []string{"modules/a/main.tf", `module "b" { source = "../b" }`, "modules/b/main.tf", `locals { f = file("${path.module}/../../config/b.json") }`,
		"config/b.json", "", "config/c.json", "", "lambda/src/index.py", "", "infra/here.json", "", "infra/modules/own/main.tf", "", "services/orders/infra/x.tf", ""}
	for text, want := range map[string]string{
		`locals { f = file("here.json") }`:                                 "",
		`module "own" { source = "./modules/own" }`:                        "",
		`locals { f = file("${path.module}/../config/c.json") }`:           "config/c.json",
		`locals { f = templatefile("../config/c.json", { a = 1 }) }`:       "config/c.json",
		`locals { f = file("${path.root}/../config/${var.e}.json") }`:      "config",
		`locals { f = fileset("${path.cwd}/../config", "*.json") }`:        "config",
		`data "archive_file" "a" { source_dir = "../lambda/src" }`:         "lambda/src",
		`module "a" { source = "../modules/a" }`:                           "config/b.json modules/a modules/b",
		`module "a" { source = "git::https://example.com/a.git//../x"}`:    "",
		`locals { f = file("../nowhere/x") }`:                              "",
		`locals { f = file("../../outside") }`:                             "",
		`locals { f = "${path.module}/../${var.x}" }`:                      "ALL",
		`locals { f = join("/", [path.module, "..", "config"]) }`:          "ALL",
		`locals { f = "${dirname(path.module)}/config" }`:                  "ALL",
		`locals { f = format("%s/../config", path.module) }`:               "ALL",
		`locals { f = "${abspath(path.root)}/../config" }`:                 "ALL",
		`locals { f = "${abspath(path.root)}/x" }`:                         "",
		`locals { f = format("%s/x", path.module) }`:                       "",
		"locals {\n f = file(\"${local.dir}/x\")\n dir = \"../config\"\n}": "config",
	} {
		m := readRoot(t, "infra", append(others, "infra/main.tf", text)...)
		got := strings.Join(m.Reach.Paths, " ")
		if m.Reach.All {
			got = "ALL"
		}
		if got != want {
			t.Errorf("%s\nreaches %q, want %q", text, got, want)
		}
	}
	m := readRoot(t, "services/orders/infra", append(others, "services/orders/infra/main.tf", `module "a" { source = "../../../modules/a" }`)...)
	if got, want := strings.Join(m.Reach.Paths, " "), "config/b.json modules/a modules/b"; got != want || m.Reach.All {
		t.Errorf("from deep below: %q, want %q", got, want)
	}
	if m := readRoot(t, ".", "main.tf", `locals { f = file("config/c.json") }`, "config/c.json", ""); len(m.Reach.Paths) != 0 || m.Reach.All {
		t.Errorf("a root module at the top reaches %+v beside itself", m.Reach)
	}
}

// What cannot be parsed is for Terraform to say; what can be is read.
func TestBroken(t *testing.T) {
	m := readRoot(t, "infra", "infra/a.tf", "resource {{{", "infra/b.tf.json", "{", "infra/c.tf", `locals { n = terraform.workspace }`)
	if m.Workspace != "infra/c.tf line 1" {
		t.Errorf("read %+v", m)
	}
	// Of a part that cannot be parsed, the rest of a text is not known.
	const broken = "\"https:/${/example.com/prod\\\"\n"
	for _, text := range []string{"terraform {\n  backend \"http\" {\n    address = " + broken + "  }\n}\n", "module \"a\" {\n  source = " + broken + "}\n", "provider \"aws\" {\n  region = " + broken + "}\n"} {
		readRoot(t, "infra", "infra/a.tf", text)
		readRoot(t, "infra", "infra/a.tf", strings.ReplaceAll(text, "\\\"", "\""))
	}
	if _, err := Read(source("a", ""), "infra"); err == nil || !strings.HasPrefix(err.Error(), `reading the root module "infra": `) {
		t.Errorf("error %v", err)
	}
}

func TestTexts(t *testing.T) {
	got := Texts("a = \"one\"\nb = [\"two\", { c = \"three\\\"\" }]\nd = 123456\ne = <<EOT\nfour\nfive\nEOT\nf = true\ng = null\nh = var.x\n")
	if want := []string{"123456", "four\nfive\n", "one", `three"`, "two"}; !slices.Equal(got, want) {
		t.Errorf("texts %q, want %q", got, want)
	}
}

func TestProvider(t *testing.T) {
	for name, test := range map[string]struct {
		file, text, region string
		assumes            bool
	}{
		"default":           {"main.tf", `provider "aws" { region = var.region }`, "var.region", false},
		"another region":    {"main.tf", "provider \"aws\" {\n alias = \"global\"\n region = var.other\n}", "", false},
		"role":              {"main.tf", "provider \"aws\" {\n assume_role {\n role_arn = \"r\"\n }\n}", "", true},
		"role, dynamic":     {"main.tf", "provider \"aws\" {\n dynamic \"assume_role\" {\n for_each = var.roles\n content {\n role_arn = \"r\"\n }\n }\n}", "", true},
		"profile":           {"main.tf", `provider "aws" { profile = "ops" }`, "", true},
		"profile, usual":    {"main.tf", `provider "aws" { profile = "default" }`, "", false},
		"profile, variable": {"main.tf", `provider "aws" { profile = var.profile }`, "", true},
		"JSON, profile":     {"main.tf.json", `{"provider": {"aws": [{"profile": "default"}, {"alias": "b", "profile": "ops"}]}}`, "", true},
		"JSON, usual":       {"main.tf.json", `{"provider": {"aws": {"profile": "default"}}}`, "", false},
		"tags, dynamic":     {"main.tf", "provider \"aws\" {\n dynamic \"default_tags\" {\n for_each = var.tags\n content {}\n }\n}", "", false},
		"JSON":              {"main.tf.json", `{"provider": {"aws": {"region": "${var.region}"}}}`, "var.region", false},
		"JSON, several":     {"main.tf.json", `{"provider": {"aws": [{"region": "${var.region}"}, {"alias": "global", "region": "us-east-1"}]}}`, "var.region", false},
		"JSON, a list":      {"main.tf.json", `{"provider": [{"aws": {"region": "${var.region}", "assume_role": {}}}, {"aws": {"alias": "global"}}]}`, "var.region", true},
		"JSON, role":        {"main.tf.json", `{"provider": {"aws": [{"assume_role": [{"role_arn": "r"}]}]}}`, "", true},
		"JSON, dynamic":     {"main.tf.json", `{"provider": {"aws": {"dynamic": {"assume_role": {"for_each": [1], "content": {}}}}}}`, "", true},
		"of something else": {"main.tf.json", `{"provider": {"google": {"region": "${var.region}", "assume_role": {}}}}`, "", false},
	} {
		m := readRoot(t, "infra", "infra/"+test.file, test.text)
		if m.Region != test.region || m.AssumesRole != test.assumes {
			t.Errorf("%s: region %q, other credentials %t", name, m.Region, m.AssumesRole)
		}
	}
}
