package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"dagger/pipeline/note"
)

// reporter is the lowest role that may write notes in any project.
const reporter = 20

// Check checks whether the token may write notes, as far as GitLab says.
func (n *Notes) Check(ctx context.Context) (string, error) {
	var token struct {
		Name      string
		Scopes    []string
		ExpiresAt string `json:"expires_at"`
	}
	if _, err := n.send(ctx, http.MethodGet, "/personal_access_tokens/self", nil, &token); err != nil {
		return "", err
	}
	if !slices.Contains(token.Scopes, "api") {
		return "", fmt.Errorf("%s: the token %q has the scopes %v: %s", n.API.asking(), token.Name, token.Scopes, right)
	}
	var project struct {
		Permissions struct {
			Project *access `json:"project_access"`
			Group   *access `json:"group_access"`
		}
	}
	_, err := n.send(ctx, http.MethodGet, "/projects/"+url.PathEscape(n.Project), nil, &project)
	if errors.Is(err, note.ErrGone) {
		return "", fmt.Errorf("%s: the token %q does not see the project %q: %s", n.API.asking(), token.Name, n.Project, right)
	}
	if err != nil {
		return "", err
	}
	if p := project.Permissions; max(p.Project.level(), p.Group.level()) < reporter {
		return "", fmt.Errorf("%s: the token %q has no role in %q that may write notes: %s", n.API.asking(), token.Name, n.Project, right)
	}
	said := fmt.Sprintf("%q may write notes in %s", token.Name, n.Project)
	if token.ExpiresAt != "" {
		said += ", until " + token.ExpiresAt
	}
	return said, nil
}

type access struct {
	Level int `json:"access_level"`
}

func (a *access) level() int {
	if a == nil {
		return 0
	}
	return a.Level
}
