package gitlab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// API is a client of a GitLab server. The paths are those of its REST API:
// https://docs.gitlab.com/api/jobs/ and https://docs.gitlab.com/api/merge_requests/.
type API struct {
	// URL is the server's, such as "https://gitlab.com".
	URL string
	// Token is an access token that may read the API.
	Token string
}

// JobStatus is the status of a job.
type JobStatus string

// Ended reports whether the job has ended.
func (s JobStatus) Ended() bool {
	switch s {
	case "success", "failed", "canceled", "skipped":
		return true
	}
	return false
}

var jobPath = regexp.MustCompile(`^/([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)/-/jobs/([0-9]+)(?:@|$)`)

// JobStatus looks up the job whose URL is a lock's owner: without the scheme, with a hyphen for the colon before a port
// (a user's name can have none), and perhaps with "@" and a machine's name.
func (g API) JobStatus(ctx context.Context, owner string) (JobStatus, error) {
	server := g.address()
	rest, ok := strings.CutPrefix(strings.ReplaceAll(owner, ":", "-"), strings.ReplaceAll(server, ":", "-"))
	m := jobPath.FindStringSubmatch(rest)
	if !ok || m == nil {
		return "", fmt.Errorf("asking GitLab for the job: %q names no job of %s: look yourself, and use --force", owner, server)
	}
	var job struct{ Status JobStatus }
	_, err := g.get(ctx, "/projects/"+url.PathEscape(m[1])+"/jobs/"+m[2], &job)
	return job.Status, err
}

// address is the server's URL without scheme: a host, with the path of a server that has one.
func (g API) address() string {
	_, address, ok := strings.Cut(g.URL, "://")
	if !ok {
		address = g.URL
	}
	return strings.TrimRight(address, "/")
}

// unsaid is the next page if the answer does not say: a proxy may have removed the header.
const unsaid = -1

// get reads one page into v and returns the number of the next one, 0 after the last.
func (g API) get(ctx context.Context, path string, v any) (next int, err error) {
	status, header, err := g.send(ctx, http.MethodGet, path, nil, v)
	if err != nil {
		return 0, err
	}
	op := g.asking()
	switch status {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return 0, fmt.Errorf("%s: the token is refused: give one that may read the API", op)
	case http.StatusNotFound:
		return 0, fmt.Errorf("%s: no such project or job, or the token may not see it", op)
	default:
		return 0, fmt.Errorf("%s: it answered %d %s: try again", op, status, http.StatusText(status))
	}
	return nextPage(op, header)
}

func (g API) asking() string { return "asking GitLab at " + g.URL }

// send sends a request with a body, nil for none, and reads a successful answer into v.
func (g API) send(ctx context.Context, method, path string, body, v any) (status int, header http.Header, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	op := g.asking()
	var sent []byte
	if body != nil {
		if sent, err = json.Marshal(body); err != nil {
			return 0, nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(g.URL, "/")+"/api/v4"+path, bytes.NewReader(sent))
	if err != nil || req.URL.Host == "" {
		return 0, nil, fmt.Errorf("%s: it is not a URL: write --gitlab-url like https://gitlab.com", op)
	}
	req.Header.Set("PRIVATE-TOKEN", g.Token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: it cannot be reached: check --gitlab-url and the network", op)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 == 2 && resp.StatusCode != http.StatusNoContent && v != nil {
		if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
			return 0, nil, fmt.Errorf("%s: it answered no JSON: check --gitlab-url", op)
		}
	}
	return resp.StatusCode, resp.Header, nil
}

func nextPage(op string, headers http.Header) (next int, err error) {
	header, said := headers["X-Next-Page"]
	switch {
	case !said:
		return unsaid, nil
	case header[0] == "":
		return 0, nil
	}
	if next, err = strconv.Atoi(header[0]); err != nil {
		return 0, fmt.Errorf("%s: it names no number as the next page: %q", op, header[0])
	}
	return next, nil
}
