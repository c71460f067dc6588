package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"dagger/pipeline/note"
	"dagger/pipeline/patience"
)

// API is a client of a GitHub server: https://docs.github.com/en/rest.
type API struct {
	// URL is the server's, such as "https://github.com".
	URL string
	// Token is a workflow's GITHUB_TOKEN, an app's or a person's.
	Token string
}

// addresses are where a server has its REST API and its GraphQL API.
func (g API) addresses() (rest, graphql string) {
	url := strings.TrimRight(g.URL, "/")
	scheme, host, _ := strings.Cut(url, "://")
	if host == "github.com" || strings.HasSuffix(host, ".ghe.com") {
		api := scheme + "://api." + host
		return api, api + "/graphql"
	}
	return url + "/api/v3", url + "/api/graphql"
}

// longestPause is the longest pause to accept when GitHub asks for one.
const longestPause = time.Minute

var client = patience.Client(patience.Policy{Tries: again(), Limit: longestPause})

// again is patience.Brief, extended to GitHub's secondary rate limit, which refuses with 403.
func again() (tries patience.Tries) {
	tries = patience.Brief
	known := tries.Retryable
	tries.Retryable = func(resp *http.Response, err error) (bool, error) {
		if err == nil && resp.StatusCode == http.StatusForbidden && resp.Header.Get("Retry-After") != "" {
			return true, nil
		}
		return known(resp, err)
	}
	return tries
}

// right says which token may write notes.
const right = "give the job's token the permission pull-requests: write, or one of an app or person that may write comments"

// send sends a request and reads the answer into v. Not found is note.ErrGone.
func (g API) send(ctx context.Context, method, url string, body, v any) (http.Header, error) {
	op := "asking GitHub at " + g.URL
	sent, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(sent))
	if err != nil || req.URL.Host == "" {
		return nil, fmt.Errorf("%s: it is not a URL: see GITHUB_SERVER_URL in the CI's facts", op)
	}
	if body == nil {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", "Bearer "+g.Token)
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: it cannot be reached: check the network", op)
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode/100 == 2:
	case resp.StatusCode == http.StatusUnauthorized:
		return nil, fmt.Errorf("%s: the token is refused: %s", op, right)
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusForbidden && limited(resp.Header):
		return nil, fmt.Errorf("%s: it has had too many requests: the next pipeline writes the note", op)
	case resp.StatusCode == http.StatusForbidden:
		return nil, fmt.Errorf("%s: the token may not do that: %s", op, right)
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		return nil, note.ErrGone
	default:
		return nil, fmt.Errorf("%s: it answered %s: the next pipeline writes the note", op, resp.Status)
	}
	if v != nil && resp.StatusCode != http.StatusNoContent {
		if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
			return nil, fmt.Errorf("%s: it answered no JSON: is that a GitHub server?", op)
		}
	}
	return resp.Header, nil
}

func limited(header http.Header) bool {
	return header.Get("Retry-After") != "" || header.Get("X-RateLimit-Remaining") == "0"
}

// User is the user that a token belongs to.
type User struct {
	ID    int64
	Login string
}

// is reports whether two users are the same. If a server returns no number, names are compared.
func (u User) is(other User) bool {
	if u.ID == 0 || other.ID == 0 {
		return u.Login == other.Login
	}
	return u.ID == other.ID
}

// User returns the token's user. REST does not work with a workflow's token, GraphQL works with all.
func (g API) User(ctx context.Context) (User, error) {
	var answer struct {
		Data struct {
			Viewer struct {
				DatabaseID int64
				Login      string
			}
		}
	}
	_, graphql := g.addresses()
	_, err := g.send(ctx, http.MethodPost, graphql, map[string]string{"query": "query{viewer{databaseId login}}"}, &answer)
	user := User{ID: answer.Data.Viewer.DatabaseID, Login: answer.Data.Viewer.Login}
	if errors.Is(err, note.ErrGone) || err == nil && user.Login == "" {
		err = fmt.Errorf("asking GitHub at %s: it does not say whose the token is: %s", g.URL, right)
	}
	return user, err
}
