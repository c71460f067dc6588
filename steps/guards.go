package steps

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// A setting that guards something and is given, but empty, is most often a
// variable of the CI that is not set in this job. It must not count as one that
// was not given: the guard would silently be off.

// none is what --role-arn says where the keys or the machine's role are wanted
// as they are, and --registry where the images are kept nowhere.
const none = "none"

// Check refuses empty settings that guard something, and versions that are none. The
// types say which settings guard: a pointer or a list can distinguish empty from not
// given.
func (s Settings) Check() error {
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		flag, err := flagOf(v.Type().Field(i).Name), error(nil)
		switch value := v.Field(i).Interface().(type) {
		case *string:
			err = givenText(flag, value)
		case []string:
			err = givenList(flag, value)
		}
		if err != nil {
			return err
		}
	}
	for _, tool := range []struct{ flag, version string }{
		{"--poetry-version", s.PoetryVersion}, {"--uv-version", s.UvVersion}, {"--terraform-version", s.TerraformVersion},
	} {
		if tool.version != "" && !project.IsToolVersion(tool.version) {
			return fmt.Errorf("reading %s %q: it is not a version: write one such as 1.2.3", tool.flag, tool.version)
		}
	}
	return givenText("--project", &s.Project) // it has a default
}

// givenText refuses a text that was given and says nothing.
func givenText(flag string, value *string) error {
	if value != nil && strings.TrimSpace(*value) == "" {
		return emptyGuard(flag)
	}
	return nil
}

// givenList refuses a list that was given and says nothing, or has an entry that
// says nothing. One that was not given is nil.
func givenList(flag string, list []string) error {
	empty := func(entry string) bool { return strings.TrimSpace(entry) == "" }
	if list != nil && (len(list) == 0 || slices.ContainsFunc(list, empty)) {
		return emptyGuard(flag)
	}
	return nil
}

func emptyGuard(flag string) error {
	return fmt.Errorf("reading %s: it is given and empty: set the variable that it is taken from in this job too, or leave the flag out", flag)
}

// text is a setting that may not be given.
func text(setting *string) string {
	if setting == nil {
		return ""
	}
	return strings.TrimSpace(*setting)
}

// unlessNone is a setting that may not be given, or given as none.
func unlessNone(setting *string) string {
	if value := text(setting); value != none {
		return value
	}
	return ""
}

// plain reads a secret into this process, without the line breaks that files and
// variables bring along. One that was not given is "", one that is empty an
// error.
func plain(ctx context.Context, flag string, secret *dagger.Secret) (string, error) {
	if secret == nil {
		return "", nil
	}
	value, err := secret.Plaintext(ctx)
	if err != nil {
		return "", tell.Errorf("reading %s: %w", flag, err)
	}
	if value = strings.TrimSpace(value); value == "" {
		return "", emptyGuard(flag)
	}
	return value, nil
}
