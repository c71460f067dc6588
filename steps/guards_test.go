package steps

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/internal/dagger"
)

// TestEachSettingIsJudged compares the table with the source.
func TestEachSettingIsJudged(t *testing.T) {
	judged := maps.Clone(emptyMeans)
	for _, name := range arguments(t) {
		if _, ok := judged[name]; !ok {
			t.Errorf("%s: say in emptyMeans what an empty value of it means", name)
		}
		delete(judged, name)
	}
	for name := range judged {
		t.Errorf("%s: there is no such argument", name)
	}
}

// arguments are those of the module's exported functions: FUNCTION.ARGUMENT.
func arguments(t *testing.T) (names []string) {
	t.Helper()
	paths, err := filepath.Glob("../*.go")
	if err != nil || !slices.Contains(paths, "../main.go") {
		t.Fatalf("%q, %v", paths, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || path == "../dagger.gen.go" {
			continue
		}
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

// A secret that is given but empty stops whatever would read it: its variable may not
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

// What is no version is refused, also where the tool is not installed: it would be without effect.
func TestVersionsOfTools(t *testing.T) {
	for version, good := range map[string]bool{
		"": true, "1.8.5": true, "1.11": true, "1.12.0-rc1": true, "2.0.0b1": true,
		"latest": false, "v1.11.4": false, "1.11.4 ": false, "~> 1.11": false, "1.8.5; python_version": false, "x": false, "*": false,
	} {
		for flag, set := range map[string]func(*Settings){
			"--poetry-version":    func(s *Settings) { s.PoetryVersion = version },
			"--uv-version":        func(s *Settings) { s.UvVersion = version },
			"--terraform-version": func(s *Settings) { s.TerraformVersion = version },
		} {
			s := Settings{Project: "."}
			set(&s)
			if err := s.Check(); (err == nil) != good || err != nil && !strings.HasPrefix(err.Error(), "reading "+flag+" ") {
				t.Errorf("%s %q: %v", flag, version, err)
			}
		}
	}
}
