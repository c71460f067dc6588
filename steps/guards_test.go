package steps

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"strings"
	"testing"

	"dagger/pipeline/internal/dagger"
)

// What an empty value of each setting of main.go and retention.go means: an error,
// or why it is harmless. A new setting has to be put here. An empty one is most
// often a variable of the CI that is not set in this job.
const refused = ""

var emptyMeans = map[string]string{
	"New.Source":               byEngine,
	"New.Project":              refused,
	"New.PythonImage":          refused,
	"New.PoetryVersion":        "the version that wrote the lock file",
	"New.UvVersion":            "the version that the pipeline names",
	"New.ProjectVersion":       "the project's own, as on a branch without a tag",
	"New.InstallSecrets":       refused,
	"New.TerraformImage":       refused,
	"New.TerraformVersion":     "the version that the project names",
	"New.TerraformReleases":    refused,
	"New.ProviderMirror":       byEngine,
	"New.Infra":                "the root modules that the project names",
	"New.TerraformVariables":   refused,
	"New.TestSecrets":          refused,
	"New.TerraformSecrets":     refused,
	"New.StateBucket":          refused,
	"New.Region":               "the root module's own region; what is in another is in that one's plan",
	"New.AwsEndpoint":          refused,
	"New.AwsAccessKeyId":       refused,
	"New.AwsSecretAccessKey":   refused,
	"New.AwsSessionToken":      refused,
	"New.WebIdentityToken":     refused,
	"New.RoleArn":              refused,
	"New.ExternalId":           refused,
	"New.SessionDuration":      "an hour, which is the shortest that is asked for without it",
	"New.ContainerCredentials": refused,
	"New.ContainerToken":       refused,
	"New.InstanceMetadata":     refused,
	"New.AllowedAccounts":      refused,
	"New.Job":                  "a lock that names no job",
	"New.LockTimeout":          "5m",
	"New.Registry":             refused,
	"New.RegistryUsername":     refused,
	"New.RegistryPassword":     refused,
	"New.Trust":                refused,

	"Test.attempt":             "the tests that ran already",
	"TestReports.attempt":      "the tests that ran already",
	"PublishImages.tag":        refused,
	"PublishImages.ciFacts":    byEngine,
	"PublishImages.format":     "text",
	"Plan.environment":         refused,
	"Plan.artifact":            byEngine,
	"Plan.artifacts":           byEngine,
	"Plan.target":              refused,
	"Plan.replace":             refused,
	"Plan.parallelism":         noText,
	"PlanReport.target":        refused,
	"PlanReport.replace":       refused,
	"PlanReport.parallelism":   noText,
	"Deploy.target":            refused,
	"Deploy.replace":           refused,
	"Deploy.parallelism":       noText,
	"PlanReport.environment":   refused,
	"PlanReport.artifact":      byEngine,
	"PlanReport.artifacts":     byEngine,
	"PlanReport.planKey":       refused,
	"Deploy.environment":       refused,
	"Deploy.artifact":          byEngine,
	"Deploy.artifacts":         byEngine,
	"Deploy.plan":              byEngine,
	"Deploy.planKey":           refused,
	"MergeRequest.environment": refused,
	"MergeRequest.planKey":     refused,
	"MergeRequest.attempt":     "the tests that ran already",
	"MergeRequest.sections":    noText,
	"Release.environment":      refused,
	"Release.planKey":          refused,
	"Release.attempt":          "the tests that ran already",
	"Release.sections":         noText,
	"Outputs.environment":      refused,
	"Outputs.format":           refused,
	"Destroy.environment":      refused,
	"Destroy.confirm":          "not confirmed: nothing but a merge request's is destroyed",
	"Destroy.planKey":          refused,
	"ErroredState.environment": refused,
	"ErroredState.drop":        noText,
	"MoveState.environment":    refused,
	"MoveState.from":           refused,
	"Drift.environment":        refused,
	"Drift.artifact":           byEngine,
	"Drift.artifacts":          byEngine,
	"Unlock.environment":       refused,
	"Unlock.owner":             refused,
	"Unlock.force":             noText,
	"Unlock.gitlabUrl":         refused,
	"Unlock.gitlabToken":       refused,
	"Sweep.dryRun":             noText,
	"Sweep.open":               refused,
	"Sweep.gitlabProject":      refused,
	"Sweep.gitlabUrl":          refused,
	"Sweep.gitlabToken":        refused,
	"Scan.image":               byEngine,
	"Scan.command":             refused,

	"Retention.Deployed":         refused,
	"Retention.Keep":             refused,
	"Retention.Releases":         refused,
	"Retention.MergeRequestDays": noText,
	"Retention.ContentCount":     noText,
	"Retention.UntaggedDays":     noText,
}

const (
	byEngine = "no path or address: dagger and ./pipeline refuse it"
	noText   = "no number, and not true or false: dagger and ./pipeline refuse it"
)

// TestEachSettingIsJudged compares the table with the source.
func TestEachSettingIsJudged(t *testing.T) {
	judged := maps.Clone(emptyMeans)
	for _, name := range arguments(t, "../main.go", "../retention.go") {
		if _, ok := judged[name]; !ok {
			t.Errorf("%s: say in emptyMeans what an empty value of it means", name)
		}
		delete(judged, name)
	}
	for name := range judged {
		t.Errorf("%s: there is no such argument", name)
	}
}

// arguments are those of the exported functions: FUNCTION.ARGUMENT.
func arguments(t *testing.T, paths ...string) (names []string) {
	t.Helper()
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() {
				continue
			}
			for _, field := range f.Type.Params.List {
				fields := []*ast.Field{field}
				if inline, ok := field.Type.(*ast.StructType); ok {
					fields = inline.Fields.List
				} else if _, ok := field.Type.(*ast.SelectorExpr); ok { // the context
					continue
				}
				for _, field := range fields {
					for _, name := range field.Names {
						names = append(names, f.Name.Name+"."+name.Name)
					}
				}
			}
		}
	}
	return names
}

// An empty setting of the constructor stops the run before anything else where the
// table says so. One that is not given is no error.
func TestEmptyGuards(t *testing.T) {
	good := Settings{Project: ".", LockTimeout: "5m", Trust: "open"}
	if err := good.Check(); err != nil {
		t.Errorf("nothing given: %v", err)
	}
	typ := reflect.TypeFor[Settings]()
	for i := range typ.NumField() {
		field := typ.Field(i)
		means := emptyMeans["New."+field.Name]
		for _, empty := range emptyOf(field) {
			s := good
			reflect.ValueOf(&s).Elem().Field(i).Set(empty)
			err := s.Check()
			if err == nil && field.Name == "Trust" {
				_, err = NewRun(s, "").level()
			}
			want := "reading " + flagOf(field.Name)
			if means == refused && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s: got %v, want %q", field.Name, err, want)
			}
			if means != refused && err != nil {
				t.Errorf("%s: %v, but it means %q", field.Name, err, means)
			}
		}
	}
}

// emptyOf are the empty values of a setting that is no object. Those of a secret are
// in TestEmptySecrets.
func emptyOf(field reflect.StructField) (values []reflect.Value) {
	switch reflect.Zero(field.Type).Interface().(type) {
	case string:
		return []reflect.Value{reflect.ValueOf("")}
	case *string:
		return []reflect.Value{reflect.ValueOf(new("")), reflect.ValueOf(new(" \n"))}
	case []string:
		for _, list := range [][]string{{}, {""}, {"123456789012", " "}} {
			values = append(values, reflect.ValueOf(list))
		}
	}
	return values
}

// A secret that is given and empty stops what would read it: its variable may not
// be set in this job.
func TestEmptySecrets(t *testing.T) {
	typ := reflect.TypeFor[Settings]()
	for i := range typ.NumField() {
		if typ.Field(i).Type != reflect.TypeFor[*dagger.Secret]() {
			continue
		}
		server, _ := cloud(t)
		s := settings(server.URL)
		if typ.Field(i).Name == "RegistryPassword" {
			s.Registry = new("registry.example.com/shop")
		}
		reflect.ValueOf(&s).Elem().Field(i).Set(reflect.ValueOf(dag.SetSecret("empty", "\n")))
		flag := flagOf(typ.Field(i).Name)
		_, err := NewRun(s, "mr-7").MergeRequest(t.Context(), Chained{})
		if err == nil || !strings.Contains(err.Error(), "reading "+flag+": it is given and empty") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// None is how to say that there is no registry and no role, where a script has the
// flag.
func TestNone(t *testing.T) {
	r := NewRun(Settings{Project: ".", Registry: new("none"), RoleArn: new("none")}, "")
	if err := r.Check(); err != nil || r.address() != "" || r.account("", "").RoleARN != "" {
		t.Errorf("%v, registry %q, role %q", err, r.address(), r.account("", "").RoleARN)
	}
}
