package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestCount(t *testing.T) {
	exec := func(name string, cached bool) vertex { return vertex{Name: name, Exec: true, Cached: cached} }
	for _, c := range []struct {
		name       string
		steps      []vertex
		want       ran
		containers string
	}{
		{
			name: "built, and asked for twice",
			steps: []vertex{
				exec("python3 -m venv /opt/venv", true),
				exec("python3 -m venv /opt/venv", false),
				exec("sh -c ... install-dependencies", false),
				exec("python3 -I /opt/pipeline/run.py test", false),
				{Name: "[internal] load app"},
			},
			want:       ran{app: 2, terraform: -1, work: []string{"the project's test"}},
			containers: "app built (2 commands)",
		},
		{
			name: "reused, and the other built",
			steps: []vertex{
				exec("sh -c ... install-tools make=make=make zip=zip=zip", true),
				exec("sh -c ... install-tools aws=awscli=aws-cli", false),
				exec("sh -c ... fetch-providers", false),
				exec("python3 -I /opt/pipeline/run.py build", true),
				exec("terraform init -no-color -backend-config=bucket=b", false),
			},
			want:       ran{app: 0, terraform: 2, work: []string{"terraform init"}},
			containers: "app reused, terraform built (2 commands)",
		},
		{
			name: "from the registry",
			steps: []vertex{
				{Name: "pull 127.0.0.1:5000/python:3.11"},
				{Name: "pull 127.0.0.1:5000/service/app@sha256:00"},
				{Name: "pull 127.0.0.1:5000/service/app@sha256:00", Cached: true},
				exec("python3 -I /opt/pipeline/run.py test", false),
			},
			want:       ran{app: -1, terraform: -1, pulled: []string{"app"}, work: []string{"the project's test"}},
			containers: "app pulled",
		},
		{
			name:       "nothing had to run",
			steps:      []vertex{exec("sh -c ... install-dependencies", true), exec("python3 -I /opt/pipeline/run.py test", true)},
			want:       ran{app: 0, terraform: -1},
			containers: "app reused",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := count(c.steps)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if got.containers() != c.containers {
				t.Errorf("got %q, want %q", got.containers(), c.containers)
			}
		})
	}
}

// The commands are named in images/: one that is new there has to be known here.
func TestBuildersAreKnown(t *testing.T) {
	files, err := filepath.Glob("../../images/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources of the containers: %v", err)
	}
	script := regexp.MustCompile(`"sh", "-c", \w+, "([a-z-]+)"`)
	found := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range script.FindAllStringSubmatch(string(src), -1) {
			found++
			name := m[1]
			if name == "install-tools" { // it is named with what it installs
				name += " make="
			}
			if builds("sh -c ... "+name) == "" {
				t.Errorf("%s: nothing here tells which container %q builds", f, m[1])
			}
		}
	}
	if found == 0 {
		t.Error("no script is named in the sources of the containers")
	}
}
