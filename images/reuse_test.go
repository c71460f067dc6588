package images

import (
	"regexp"
	"testing"
)

func TestContentTag(t *testing.T) {
	tags := map[string]string{}
	for name, tag := range map[string]string{
		"one":           contentTag("app", "a", "bc"),
		"moved border":  contentTag("app", "ab", "c"),
		"other order":   contentTag("app", "bc", "a"),
		"one less":      contentTag("app", "abc"),
		"an empty one":  contentTag("app", "a", "bc", ""),
		"another kind":  contentTag("module", "a", "bc"),
		"looks alike":   contentTag("app", "1:a,2:bc,"),
		"none":          contentTag("app"),
		"one empty":     contentTag("app", ""),
		"other content": contentTag("app", "a", "bd"),
	} {
		if !regexp.MustCompile(`^(app|module)-[0-9a-f]{32}$`).MatchString(tag) {
			t.Errorf("%s: %q is not of the form", name, tag)
		}
		if before := tags[tag]; before != "" {
			t.Errorf("%q and %q have the same tag", before, name)
		}
		tags[tag] = name
	}
	// It must stay what it is: another tag for the same content builds every image anew.
	if got, want := contentTag("app", "a", "bc"), "app-ba0b69ba3d30447b186eac0f89edea34"; got != want {
		t.Errorf("the tag is %q, was %q", got, want)
	}
}
