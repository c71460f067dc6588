package rootmodule

import (
	"strings"
	"testing"
)

func TestPrograms(t *testing.T) {
	local := func(command string) string {
		return "resource \"null_resource\" \"it\" {\n  provisioner \"local-exec\" {\n    command = " + command + "\n  }\n}\n"
	}
	for name, test := range map[string]struct {
		files []string
		want  string
	}{
		"none":                 {[]string{"infra/main.tf", `locals { a = "pip install" }`}, ""},
		"of the image already": {[]string{"infra/main.tf", local(`"aws s3 ls && git status && jq ."`)}, ""},
		"pip":                  {[]string{"infra/main.tf", local(`"pip install -r ../requirements.txt -t ../build"`)}, "pip"},
		"in a heredoc":         {[]string{"infra/main.tf", local("<<-EOT\n      cd ../src\n      python3.12 -m pip install -t . boto3\n      zip -r9 ../a.zip .\n    EOT")}, "pip python3 zip"},
		"parts of other words": {[]string{"infra/main.tf", local(`"cp pip.conf x.zip; echo --python-version remake"`)}, ""},
		"by an interpreter":    {[]string{"infra/main.tf", "resource \"terraform_data\" \"it\" {\n provisioner \"local-exec\" {\n  interpreter = [\"/bin/bash\", \"-c\"]\n  command = \"true\"\n }\n}"}, "bash"},
		"elsewhere":            {[]string{"infra/main.tf", "resource \"aws_instance\" \"it\" {\n provisioner \"remote-exec\" {\n  inline = [\"pip install a\"]\n }\n}"}, ""},
		"an external data source": {[]string{"infra/main.tf", `data "external" "it" {
  program = ["python3", "${path.module}/x.py"]
}`}, "python3"},
		"in a script":                 {[]string{"infra/main.tf", local(`"${path.module}/../scripts/build.sh"`), "scripts/build.sh", "#!/usr/bin/env bash\n# make it\npip install a &&\\\n  zip a.zip b\n"}, "bash pip zip"},
		"in a script of a module":     {[]string{"infra/main.tf", `module "m" { source = "../m" }`, "m/main.tf", local(`"sh ${path.module}/run.sh"`), "m/run.sh", "npm ci\n"}, "npm"},
		"in a script that is Python":  {[]string{"infra/main.tf", local(`"./run.py"`), "infra/run.py", "#!/usr/bin/env python3\nzip = 1\n"}, "python3"},
		"in a script that is missing": {[]string{"infra/main.tf", local(`"./run.sh && ../../../x.sh"`)}, ""},
		"in a module of the registry": {[]string{"infra/main.tf", "module \"m\" {\n source = \"terraform-aws-modules/lambda/aws\"\n version = \"7.0.0\"\n}"}, "pip3 python3"},
		"in a module from git":        {[]string{"infra/main.tf", `module "m" { source = "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git?ref=v7" }`}, "pip3 python3"},
		"in JSON": {[]string{"infra/main.tf.json", `{"resource": {"null_resource": {"it": {"provisioner": [{"local-exec": {"command": "cd a\nmake b"}}]}}},
			"data": {"external": {"x": {"program": ["bash", "x.sh"]}}}}`}, "bash make"},
	} {
		if got := strings.Join(readRoot(t, "infra", test.files...).Programs, " "); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestMakers(t *testing.T) {
	const archive = "data \"archive_file\" \"it\" {\n type = \"zip\"\n source_dir = \"../build\"\n depends_on = [null_resource.it]\n}\n"
	local := func(command string) string {
		return "resource \"null_resource\" \"it\" {\n provisioner \"local-exec\" {\n  command = \"" + command + "\"\n }\n}\n"
	}
	for name, test := range map[string]struct {
		files []string
		want  string
	}{
		"before an archive":   {[]string{"infra/main.tf", local("pip install -t ../build a") + archive}, "null_resource.it"},
		"in two files":        {[]string{"infra/a.tf", archive, "infra/b.tf", local("./build.sh")}, "null_resource.it"},
		"in a module":         {[]string{"infra/main.tf", `module "m" { source = "./m" }`, "infra/m/main.tf", local("zip -r a .") + archive}, "null_resource.it"},
		"of another module":   {[]string{"infra/main.tf", `module "m" { source = "./m" }` + "\n" + local("zip -r a ."), "infra/m/main.tf", archive}, ""},
		"that leaves nothing": {[]string{"infra/main.tf", local("flake8 ../src") + archive}, ""},
		"without an archive":  {[]string{"infra/main.tf", local("pip install -t ../build a")}, ""},
		"named by its id": {[]string{"infra/main.tf", local("pip install -t ../build a") + "data \"archive_file\" \"it\" {\n source_dir = null_resource.it.id != \"\" ? \"../build\" : \"\"\n}"},
			"null_resource.it"},
		"in JSON": {[]string{"infra/main.tf.json", `{"resource": {"terraform_data": {"it": {"provisioner": {"local-exec": {"command": "pip install -t x y"}}}}},
			"data": {"archive_file": {"it": {"depends_on": ["terraform_data.it"]}}}}`}, "terraform_data.it"},
	} {
		if got := strings.Join(readRoot(t, "infra", test.files...).Makers, " "); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestPacksItself(t *testing.T) {
	for name, test := range map[string]struct {
		dir  string
		want bool
	}{
		"its own":           {`path.module`, true},
		"by a template":     {`"${path.module}"`, true},
		"by a point":        {`"./"`, true},
		"the source":        {`"${path.root}/.."`, true},
		"another one":       {`"${path.module}/../src"`, false},
		"one in it":         {`"src"`, false},
		"of a name alike":   {`"../infrastructure"`, false},
		"what nobody tells": {`local.dir`, false},
		"a part of it":      {`"${path.module}/${var.dir}"`, false},
	} {
		text := "data \"archive_file\" \"it\" {\n source_dir = " + test.dir + "\n}\n"
		if got := readRoot(t, "infra", "infra/main.tf", text).PacksItself; got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	if !readRoot(t, "infra", "infra/main.tf.json", `{"data": {"archive_file": {"it": {"source_dir": "${path.module}"}}}}`).PacksItself {
		t.Error("in JSON: not seen")
	}
	if readRoot(t, "infra", "infra/main.tf", `module "m" { source = "./m" }`, "infra/m/main.tf", "data \"archive_file\" \"it\" {\n source_dir = \"${path.module}/src\"\n}\n").PacksItself {
		t.Error("a directory of a module is taken for the root module's")
	}
}
