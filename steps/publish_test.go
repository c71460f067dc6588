package steps

import (
	"slices"
	"strings"
	"testing"
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
