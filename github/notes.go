package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"dagger/pipeline/note"
)

// Notes are the comments of a pull request: https://docs.github.com/en/rest/issues/comments.
type Notes struct {
	API API
	// Repository is "owner/name", PullRequest a number.
	Repository, PullRequest string

	mutex sync.Mutex
	user  User
}

// perPage is the maximum that GitHub puts on a page.
const perPage = 100

func (n *Notes) url(path string) string {
	rest, _ := n.API.addresses()
	owner, name, _ := strings.Cut(n.Repository, "/")
	return rest + "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(name) + path
}

func (n *Notes) me(ctx context.Context) (User, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	var err error
	if n.user.Login == "" {
		n.user, err = n.API.User(ctx)
	}
	return n.user, err
}

// Mine returns all comments of the token's user.
func (n *Notes) Mine(ctx context.Context) ([]note.Written, error) {
	me, err := n.me(ctx)
	if err != nil {
		return nil, err
	}
	var out []note.Written
	for page := 1; ; page++ {
		var list []struct {
			ID   int64
			Body string
			User User
		}
		header, err := n.API.send(ctx, http.MethodGet, n.url(fmt.Sprintf("/issues/%s/comments?per_page=%d&page=%d", n.PullRequest, perPage, page)), nil, &list)
		if err != nil {
			return nil, n.orNone(err)
		}
		for _, one := range list {
			known := slices.ContainsFunc(out, func(w note.Written) bool { return w.ID == one.ID })
			if one.User.is(me) && !known {
				out = append(out, note.Written{ID: one.ID, Body: one.Body})
			}
		}
		// Where to go on is taken from no header: the token would go along.
		if len(list) == 0 || len(list) < perPage && !strings.Contains(header.Get("Link"), `rel="next"`) {
			return out, nil
		}
	}
}

// orNone explains why the pull request may not be found.
func (n *Notes) orNone(err error) error {
	if errors.Is(err, note.ErrGone) {
		return fmt.Errorf("asking GitHub at %s: no pull request %s in %q, or the token may not see it: %s", n.API.URL, n.PullRequest, n.Repository, right)
	}
	return err
}

// Write makes a comment.
func (n *Notes) Write(ctx context.Context, body string) error {
	_, err := n.API.send(ctx, http.MethodPost, n.url("/issues/"+n.PullRequest+"/comments"), map[string]string{"body": body}, nil)
	return n.orNone(err)
}

// Edit gives a comment another text.
func (n *Notes) Edit(ctx context.Context, id int64, body string) error {
	_, err := n.API.send(ctx, http.MethodPatch, n.url("/issues/comments/"+strconv.FormatInt(id, 10)), map[string]string{"body": body}, nil)
	return err
}

// Remove removes a comment.
func (n *Notes) Remove(ctx context.Context, id int64) error {
	_, err := n.API.send(ctx, http.MethodDelete, n.url("/issues/comments/"+strconv.FormatInt(id, 10)), nil, nil)
	return err
}

// Current reports whether a commit is the head of the pull request, or the merge of it that GitHub makes for a workflow.
func (n *Notes) Current(ctx context.Context, commit string) (bool, error) {
	var request struct{ Head struct{ SHA string } }
	if _, err := n.API.send(ctx, http.MethodGet, n.url("/pulls/"+n.PullRequest), nil, &request); err != nil {
		return false, err
	}
	if request.Head.SHA == commit {
		return true, nil
	}
	var merge struct{ Parents []struct{ SHA string } }
	_, err := n.API.send(ctx, http.MethodGet, n.url("/git/commits/"+url.PathEscape(commit)), nil, &merge)
	for _, parent := range merge.Parents {
		if parent.SHA == request.Head.SHA {
			return true, nil
		}
	}
	return false, err
}

// Check says whose the token is and checks that it sees the pull request. GitHub says whether it may write only when it does.
func (n *Notes) Check(ctx context.Context) (string, error) {
	me, err := n.me(ctx)
	if err == nil {
		_, err = n.Mine(ctx)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s sees pull request %s of %s; whether it may write shows with the first note", me.Login, n.PullRequest, n.Repository), nil
}
