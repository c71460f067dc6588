package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// A setting that guards something and is given, but empty, is most often a
// variable of the CI that is not set in this job. It must not count as one that
// was not given: the guard would be off without a word.

// noRole is what --role-arn says where the keys or the machine's role are wanted
// as they are.
const noRole = "none"

// Check refuses settings that guard something and are empty.
func (s Settings) Check() error {
	for _, guard := range []struct {
		flag string
		text *string
	}{
		{"--role-arn", s.RoleArn},
		{"--external-id", s.ExternalId},
		{"--aws-endpoint", s.AwsEndpoint},
	} {
		if guard.text != nil && strings.TrimSpace(*guard.text) == "" {
			return emptyGuard(guard.flag)
		}
	}
	return givenList("--allowed-accounts", s.AllowedAccounts)
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

// plain reads a secret into this process, without the line breaks that files and
// variables bring along. One that was not given is "", one that is empty an
// error.
func plain(ctx context.Context, flag string, secret *dagger.Secret) (string, error) {
	if secret == nil {
		return "", nil
	}
	value, err := secret.Plaintext(ctx)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", flag, err)
	}
	if value = strings.TrimSpace(value); value == "" {
		return "", emptyGuard(flag)
	}
	return value, nil
}
