package module

import (
	"strings"
	"testing"
)

func TestLoadFixture(t *testing.T) {
	m, err := Load(fixture)
	if err != nil {
		t.Fatal(err)
	}
	if m.Package != "dagger/pipeline" || m.Object() != "Pipeline" || m.Doc != "Tests, packages and deploys a project." {
		t.Errorf("got package %q, object %q, doc %q", m.Package, m.Object(), m.Doc)
	}
	var commands []string
	for _, f := range m.Main().Functions {
		commands = append(commands, f.Command()+":"+f.Returns.String())
	}
	want := "region:String test:String test-reports:Directory build-package:File app-container:Container deploy:String " +
		"environments:[String] count:Int clean:Boolean doctor:Void fail:Void"
	if got := strings.Join(commands, " "); got != want {
		t.Errorf("functions\n got %s\nwant %s", got, want)
	}
	test, _ := m.Main().Function("test")
	if !test.Check || test.Short() != "Runs the tests of the project." || !strings.HasSuffix(test.Doc, "while they run.") {
		t.Errorf("got %+v", test)
	}
	if deploy, _ := m.Main().Function("deploy"); deploy.Cache != "never" {
		t.Errorf("deploy's cache is %q", deploy.Cache)
	}
}

func TestLoadArguments(t *testing.T) {
	m, err := Load(fixture)
	if err != nil {
		t.Fatal(err)
	}
	deploy, _ := m.Main().Function("deploy")
	environments, _ := m.Main().Function("environments")
	for _, tc := range []struct {
		fn                             Function
		flag, typ, def, doc            string
		required                       bool
		defaultPath, firstIgnore, last string
	}{
		{m.Constructor, "source", "Directory", "", "The project's directory", false, "/", "*", "!pyproject.toml"},
		{m.Constructor, "python-image", "String", `"python:3.13-slim"`, "Python base image", false, "", "", ""},
		{m.Constructor, "aws-access-key-id", "Secret", "", "Access key of a user, for runners that have no role", false, "", "", ""},
		{deploy, "environment", "String", "", "Environment: mr-NUMBER, staging or prod", true, "", "", ""},
		{deploy, "targets", "[String]", "", "Resources to limit the run to", false, "", "", ""},
		{deploy, "attempts", "Int", "3", "How many times to try", false, "", "", ""},
		{deploy, "dry-run", "Boolean", "", "Only say what would be done", false, "", "", ""},
		{deploy, "detail", "Detail", `"SHORT"`, "Detail of the report", false, "", "", ""},
		{deploy, "terraform", "Container", "", "Container to run terraform in", false, "", "", ""},
		{environments, "limit", "Int", "", "How many at most", false, "", "", ""},
	} {
		t.Run(tc.flag, func(t *testing.T) {
			var a *Arg
			for i := range tc.fn.Args {
				if tc.fn.Args[i].Flag() == tc.flag {
					a = &tc.fn.Args[i]
				}
			}
			if a == nil {
				t.Fatal("no such argument")
			}
			if a.Type.String() != tc.typ || string(a.Default) != tc.def || a.Doc != tc.doc || a.Required() != tc.required || a.DefaultPath != tc.defaultPath {
				t.Errorf("got %+v", *a)
			}
			if n := len(a.Ignore); tc.firstIgnore != "" && (n != 3 || a.Ignore[0] != tc.firstIgnore || a.Ignore[n-1] != tc.last) {
				t.Errorf("ignore is %q", a.Ignore)
			}
		})
	}
}
