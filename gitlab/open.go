package gitlab

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
)

// perPage is the maximum that GitLab puts on a page.
const perPage = 100

// OpenMergeRequests returns the numbers of a project's open merge requests. A merge request missing from the list counts
// as closed, and its environment is to be destroyed, so the list is complete or an error: unless the answer says that a
// page is the last one, the next is requested; and a list of several pages is read until it is the same twice, because
// merge requests that close meanwhile shift others across page boundaries.
func (g API) OpenMergeRequests(ctx context.Context, project string) ([]string, error) {
	const readings = 4
	var before []string
	for range readings {
		open, pages, err := g.listOpen(ctx, project)
		if err != nil || pages == 1 {
			return open, err
		}
		if slices.Equal(slices.Sorted(slices.Values(open)), slices.Sorted(slices.Values(before))) {
			return open, nil
		}
		before = open
	}
	return nil, fmt.Errorf("asking GitLab at %s: the list of open merge requests changed each time it was read: try again", g.URL)
}

// listOpen reads the list once. pages counts the pages that had something new.
func (g API) listOpen(ctx context.Context, project string) (open []string, pages int, err error) {
	for page := 1; ; {
		var list []struct {
			IID int `json:"iid"`
		}
		path := fmt.Sprintf("/projects/%s/merge_requests?state=opened&per_page=%d&page=%d", url.PathEscape(project), perPage, page)
		next, err := g.get(ctx, path, &list)
		if err != nil {
			return nil, 0, err
		}
		known := len(open)
		for _, mr := range list {
			if iid := strconv.Itoa(mr.IID); !slices.Contains(open, iid) {
				open = append(open, iid)
			}
		}
		fresh := len(open) > known
		switch {
		case len(list) >= perPage && !fresh:
			return nil, 0, fmt.Errorf("asking GitLab at %s: page %d has nothing but what page %d had: try again, or give --open", g.URL, page, page-1)
		case next > 0 && next <= page:
			return nil, 0, fmt.Errorf("asking GitLab at %s: page %d names page %d as the next one: try again", g.URL, page, next)
		case fresh || page == 1:
			pages++
		}
		if next == 0 || next == unsaid && !fresh {
			return open, pages, nil
		}
		if page++; next > 0 {
			page = next
		}
	}
}

// MergeRequest is what GitLab reports about one.
type MergeRequest struct {
	// Ended reports that it is closed or merged.
	Ended bool
	// Repository is its project's: HOST/GROUP/PROJECT.
	Repository string
}

// mergeRequestAt matches a merge request's web address and captures its repository. GitLab makes that address from its
// own settings, as it does for jobs, and not from the URL that it was called with.
var mergeRequestAt = regexp.MustCompile(`^(?:https?://)?(.+?)(?:/-)?/merge_requests/[0-9]+$`)

// MergeRequest returns a merge request of a project. One that is not found has not
// ended: the project may be the wrong one.
func (g API) MergeRequest(ctx context.Context, project, iid string) (MergeRequest, error) {
	var mr struct {
		State   string
		Address string `json:"web_url"`
	}
	status, _, err := g.send(ctx, http.MethodGet, "/projects/"+url.PathEscape(project)+"/merge_requests/"+iid, nil, &mr)
	switch {
	case err != nil:
		return MergeRequest{}, err
	case status == http.StatusNotFound:
		return MergeRequest{}, fmt.Errorf("%s: the project %q has no merge request !%s that the token may see: check --gitlab-project; where it was deleted, destroy its environment by hand", g.asking(), project, iid)
	case status != http.StatusOK:
		return MergeRequest{}, fmt.Errorf("%s for the merge request !%s of %q: it answered %d %s: give a token that may read the API, or try again", g.asking(), iid, project, status, http.StatusText(status))
	}
	out := MergeRequest{Ended: mr.State == "closed" || mr.State == "merged"}
	if m := mergeRequestAt.FindStringSubmatch(mr.Address); m != nil {
		out.Repository = m[1]
	}
	return out, nil
}
