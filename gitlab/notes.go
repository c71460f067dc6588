package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"dagger/pipeline/note"
)

// Notes are the notes of a merge request: https://docs.gitlab.com/api/notes/.
type Notes struct {
	API API
	// Project is its path, such as "group/project", MergeRequest the number of the merge request in it.
	Project, MergeRequest string

	mutex sync.Mutex
	user  int64
}

// right says which token may write notes.
const right = "give a project access token with the scope api and the role Reporter (a job's own token may not write notes)"

func (n *Notes) path(parts ...string) string {
	path := "/projects/" + url.PathEscape(n.Project) + "/merge_requests/" + url.PathEscape(n.MergeRequest)
	for _, part := range parts {
		path += "/" + part
	}
	return path
}

// send is API.send for notes: a refusal is an error.
func (n *Notes) send(ctx context.Context, method, path string, body, v any) (http.Header, error) {
	status, header, err := n.API.send(ctx, method, path, body, v)
	if err != nil {
		return nil, err
	}
	op := n.API.asking()
	switch {
	case status/100 == 2:
		return header, nil
	case status == http.StatusUnauthorized:
		return nil, fmt.Errorf("%s: the token is refused: %s", op, right)
	case status == http.StatusForbidden:
		return nil, fmt.Errorf("%s: the token may not write a note on merge request %s: %s", op, n.MergeRequest, right)
	case status == http.StatusNotFound:
		return nil, note.ErrGone
	case status == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%s: it has had too many requests: the next pipeline writes the note", op)
	}
	return nil, fmt.Errorf("%s: it answered %d %s: the next pipeline writes the note", op, status, http.StatusText(status))
}

// me is the number of the token's user.
func (n *Notes) me(ctx context.Context) (int64, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.user == 0 {
		var user struct{ ID int64 }
		if _, err := n.send(ctx, http.MethodGet, "/user", nil, &user); err != nil {
			return 0, err
		}
		n.user = user.ID
	}
	return n.user, nil
}

// Mine returns all notes of the token's user.
func (n *Notes) Mine(ctx context.Context) ([]note.Written, error) {
	me, err := n.me(ctx)
	if err != nil {
		return nil, err
	}
	var out []note.Written
	for page := 1; ; {
		var list []struct {
			ID     int64
			Body   string
			System bool
			Author struct{ ID int64 }
		}
		query := fmt.Sprintf("?per_page=%d&page=%d&sort=asc&order_by=created_at", perPage, page)
		header, err := n.send(ctx, http.MethodGet, n.path("notes")+query, nil, &list)
		if err != nil {
			return nil, n.orNone(err)
		}
		for _, one := range list {
			known := slices.ContainsFunc(out, func(w note.Written) bool { return w.ID == one.ID })
			if one.Author.ID == me && !one.System && !known {
				out = append(out, note.Written{ID: one.ID, Body: one.Body})
			}
		}
		next, err := nextPage(n.API.asking(), header)
		if err != nil || next == 0 || next == unsaid && len(list) == 0 {
			return out, err
		}
		if page++; next > 0 {
			if next < page {
				return nil, fmt.Errorf("%s: page %d names page %d as the next one: try again", n.API.asking(), page-1, next)
			}
			page = next
		}
	}
}

// Write makes a note.
func (n *Notes) Write(ctx context.Context, body string) error {
	_, err := n.send(ctx, http.MethodPost, n.path("notes"), map[string]string{"body": body}, nil)
	return n.orNone(err)
}

// orNone explains why the merge request may not be found.
func (n *Notes) orNone(err error) error {
	if errors.Is(err, note.ErrGone) {
		return fmt.Errorf("%s: no merge request %s in %q, or the token may not see it: %s", n.API.asking(), n.MergeRequest, n.Project, right)
	}
	return err
}

// Edit gives a note another text.
func (n *Notes) Edit(ctx context.Context, id int64, body string) error {
	_, err := n.send(ctx, http.MethodPut, n.path("notes", strconv.FormatInt(id, 10)), map[string]string{"body": body}, nil)
	return err
}

// Remove removes a note.
func (n *Notes) Remove(ctx context.Context, id int64) error {
	_, err := n.send(ctx, http.MethodDelete, n.path("notes", strconv.FormatInt(id, 10)), nil, nil)
	return err
}

// Current reports whether a commit is the head of the merge request.
func (n *Notes) Current(ctx context.Context, commit string) (bool, error) {
	var request struct{ SHA string }
	_, err := n.send(ctx, http.MethodGet, n.path(), nil, &request)
	return request.SHA == commit, err
}
