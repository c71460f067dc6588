package steps

import (
	"context"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/images"
	"dagger/pipeline/project"
	"dagger/pipeline/registry"
	"dagger/pipeline/trust"
)

func TestCheckedTags(t *testing.T) {
	for _, test := range []struct {
		given, want []string
		err         string
	}{
		{nil, nil, ""},
		{[]string{"", "mr-7", "", "mr-7", "latest"}, []string{"mr-7", "latest"}, ""},
		{[]string{"feature/x"}, nil, "not a tag"},
		{[]string{"-x"}, nil, "not a tag"},
		{[]string{strings.Repeat("a", 129)}, nil, "not a tag"},
		{[]string{"app-" + strings.Repeat("0", 32)}, nil, "do not move"},
		{[]string{"service-" + strings.Repeat("0", 32)}, nil, "do not move"},
		{[]string{"app-1"}, []string{"app-1"}, ""},
	} {
		got, err := checkedTags(test.given)
		if test.err == "" && (err != nil || !slices.Equal(got, test.want)) {
			t.Errorf("%q: got %q, %v, want %q", test.given, got, err, test.want)
		}
		if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%q: got error %v, want %q", test.given, err, test.err)
		}
	}
}

// An image that has to be the run's own is pushed to its level, although the other
// level has it: what is kept there is not this run's to say.
func TestOwnLevel(t *testing.T) {
	kept := images.Store{Path: "group", Reads: trust.Open.Reads(), Writes: trust.Open}
	kept.Login.Host = "registry"
	kept.Ask = func(_ context.Context, repository, tag string) (registry.Lookup, string, error) {
		if repository == "group/open/service" {
			return registry.Lookup{Reference: "registry/" + repository + ":" + tag, State: registry.Missing}, "", nil
		}
		return registry.Lookup{Reference: "registry/" + repository + ":" + tag, State: registry.Found, Digest: "sha256:1"}, tag, nil
	}
	image := images.Image{Name: "service", Tag: "service-1"}
	var err error
	if image.Found, err = kept.Look(t.Context(), image.Name, image.Tag); err != nil || image.Found.Digest != "sha256:1" {
		t.Fatalf("%+v, %v", image.Found, err)
	}
	for own, want := range map[bool]string{true: "registry/group/open/service@sha256:2", false: "registry/group/service@sha256:1"} {
		publish := Publish{Registry: Opened{Store: kept}, push: func(_ context.Context, _ images.Image, reference string) (string, error) {
			if reference != "registry/group/open/service:service-1" {
				t.Errorf("pushed to %s", reference)
			}
			return "sha256:2", nil
		}}
		pushed, err := publish.Run(t.Context(), Entry{Image: image, Own: own})
		if err != nil || pushed[0].Image != want {
			t.Errorf("own %v: %+v, %v, want %s", own, pushed, err, want)
		}
	}
}

// What a deployment without its source reads of the project has the image's variable.
func TestPublishedProjectKeepsTheImage(t *testing.T) {
	text, err := project.DeploymentProject("[project]\nname = \"shop\"\n[tool.pipeline.package.image]\nvariable = \"picture\"\nport = 80\n")
	if err != nil {
		t.Fatal(err)
	}
	read, err := project.Parse(text)
	if err != nil || read.Settings.Package.Image.VariableName() != "picture" || read.Settings.Package.Image.Port != 0 {
		t.Errorf("%v: %s", err, text)
	}
	if text, err = project.DeploymentProject("[project]\nname = \"shop\"\n"); err != nil || strings.Contains(text, "image") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestPushedText(t *testing.T) {
	all := []Pushed{
		{Image: "r/app@sha256:1", Content: "r/app:app-1", Digest: "sha256:1", Tags: []string{"r/app:mr-7"}, Pushed: true},
		{Image: "r/terraform@sha256:2", Content: "r/terraform:terraform-2", Digest: "sha256:2", Tags: []string{}},
	}
	for format, want := range map[string]string{
		"text": "r/app@sha256:1 pushed r/app:app-1 r/app:mr-7\nr/terraform@sha256:2 was there r/terraform:terraform-2",
		"json": `[{"image":"r/app@sha256:1","content":"r/app:app-1","digest":"sha256:1","tags":["r/app:mr-7"],"pushed":true},` +
			`{"image":"r/terraform@sha256:2","content":"r/terraform:terraform-2","digest":"sha256:2","tags":[],"pushed":false}]`,
	} {
		if got, err := PushedText(all, format); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", format, got, err, want)
		}
	}
	if _, err := PushedText(all, "xml"); err == nil {
		t.Error("an unknown format is no error")
	}
}

func TestRegistryPath(t *testing.T) {
	for _, test := range []struct{ path, project, want string }{
		{"group/app", "ignored", "group/app"},
		{"", "Metadata_Updater", "metadata-updater"},
		{"", "a..b--c", "a-b-c"},
		{"", "", ""},
	} {
		if got := (Place{Project: test.project}).path(test.path); got != test.want {
			t.Errorf("path %q of project %q: got %q, want %q", test.path, test.project, got, test.want)
		}
	}
}
