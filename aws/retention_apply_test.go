package aws

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeECR answers for a repository of images, and previews as told.
type fakeECR struct {
	images  []Image
	preview func(n int) (status string, expired map[string]int, next string)
	missing bool // the endpoint has no preview
	bare    bool // and says so by a 500 without a code
}

func (e fakeECR) serve(w http.ResponseWriter, r request, n int) bool {
	switch r.Action {
	case "DescribeImages":
		var details []any
		for _, i := range e.images {
			details = append(details, map[string]any{"imageDigest": i.Digest, "imageTags": i.Tags, "imagePushedAt": i.PushedAt.Unix(), "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json"})
		}
		half := len(details) / 2
		if strings.Contains(r.Body, "page2") {
			jsonAnswer(w, 200, map[string]any{"imageDetails": details[half:]})
			return true
		}
		jsonAnswer(w, 200, map[string]any{"imageDetails": details[:half], "nextToken": "page2"})
	case "StartLifecyclePolicyPreview":
		if e.bare {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		if e.missing {
			w.WriteHeader(http.StatusNotImplemented)
			return true
		}
		jsonAnswer(w, 200, map[string]any{"status": "IN_PROGRESS"})
	case "GetLifecyclePolicyPreview":
		status, expired, next := e.preview(n)
		results := []any{}
		for digest, rule := range expired {
			results = append(results, map[string]any{"imageDigest": digest, "appliedRulePriority": rule, "action": map[string]string{"type": "EXPIRE"}})
		}
		out := map[string]any{"status": status, "previewResults": results}
		if next != "" {
			out["nextToken"] = next
		}
		jsonAnswer(w, 200, out)
	case "GetLifecyclePolicy":
		jsonAnswer(w, 400, map[string]any{"__type": "LifecyclePolicyNotFoundException"})
	case "PutLifecyclePolicy":
		jsonAnswer(w, 200, map[string]any{})
	default:
		return false
	}
	return true
}

func repositoryFor(t *testing.T, e fakeECR) (*fake, *ECR) {
	f := newFake(t)
	f.fault = e.serve
	c := withKeys(quick(f))
	c.Now = func() time.Time { return exampleNow }
	return f, NewECR(resolve(t, c))
}

func TestApply(t *testing.T) {
	images := []Image{img("sha256:a", 40, "latest", "mr-1"), img("sha256:b", 40, "mr-2"), img("sha256:c", 3), img("sha256:d", 1, "mr-3")}
	p, err := sample.Policy()
	if err != nil {
		t.Fatal(err)
	}
	mr, untagged := 0, 0
	for _, r := range p.Rules {
		switch r.Selection.key() {
		case "pattern mr-*":
			mr = r.Priority
		case Untagged:
			untagged = r.Priority
		}
	}
	agree := map[string]int{"sha256:b": mr, "sha256:c": untagged}
	complete := func(expired map[string]int) func(int) (string, map[string]int, string) {
		return func(int) (string, map[string]int, string) { return "COMPLETE", expired, "" }
	}
	for name, tt := range map[string]struct {
		ecr   fakeECR
		guard Guard
		set   bool
		err   error
		want  string
	}{
		"agreed": {fakeECR{images: images, preview: complete(agree)}, Guard{Protects: sample.Protects}, true, nil, ""},
		"in progress, then two pages": {fakeECR{images: images, preview: func(n int) (string, map[string]int, string) {
			switch n {
			case 1, 2:
				return "IN_PROGRESS", nil, ""
			case 3:
				return "COMPLETE", map[string]int{"sha256:b": mr}, "more"
			}
			return "COMPLETE", map[string]int{"sha256:c": untagged}, ""
		}}, Guard{}, true, nil, ""},
		"no preview at the endpoint": {fakeECR{images: images, missing: true}, Guard{}, true, nil, ""},
		"a bare 500 for the preview": {fakeECR{images: images, missing: true, bare: true}, Guard{}, true, nil, ""},
		"AWS expires more":           {fakeECR{images: images, preview: complete(map[string]int{"sha256:b": mr, "sha256:c": untagged, "sha256:a": 9})}, Guard{}, false, ErrProtected, "AWS expires it by rule 9, we keep it"},
		"AWS expires less":           {fakeECR{images: images, preview: complete(map[string]int{"sha256:b": mr})}, Guard{}, false, ErrProtected, "AWS keeps it, we expire it"},
		"AWS by another rule":        {fakeECR{images: images, preview: complete(map[string]int{"sha256:b": untagged, "sha256:c": untagged})}, Guard{}, false, ErrProtected, "we by rule"},
		"AWS has seen another image": {fakeECR{images: images, preview: complete(map[string]int{"sha256:b": mr, "sha256:c": untagged, "sha256:new": mr})}, Guard{}, false, ErrProtected, "have not seen"},
		"deployed":                   {fakeECR{images: images, preview: complete(agree)}, Guard{Deployed: []string{"sha256:b"}}, false, ErrProtected, "is deployed and would be expired"},
		"preview failed":             {fakeECR{images: images, preview: func(int) (string, map[string]int, string) { return "FAILED", nil, "" }}, Guard{}, false, ErrServer, `"FAILED"`},
	} {
		t.Run(name, func(t *testing.T) {
			f, r := repositoryFor(t, tt.ecr)
			previews, err := r.Apply(t.Context(), []Target{{"group/app", p}}, tt.guard)
			var preview Preview
			if len(previews) == 1 {
				preview = previews[0]
			}
			if !errors.Is(err, tt.err) || tt.want != "" && !contains(err, tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			put := f.of("PutLifecyclePolicy")
			if tt.set != (len(put) == 1) {
				t.Fatalf("%d policies set", len(put))
			}
			if preview.Asked == tt.ecr.missing && tt.err == nil || tt.ecr.missing != (preview.Note != "") {
				t.Errorf("asked %t, note %q", preview.Asked, preview.Note)
			}
			if tt.err != nil {
				return
			}
			if got := preview.Expired(); !slices.Equal(got, []string{"sha256:b", "sha256:c"}) {
				t.Errorf("expired %v", got)
			}
			var sent struct{ LifecyclePolicyText string }
			if json.Unmarshal([]byte(put[0].Body), &sent) != nil || sent.LifecyclePolicyText != p.JSON() {
				t.Errorf("sent %s", put[0].Body)
			}
			if !strings.Contains(preview.Report(), "expire sha256:b (mr-2): rule") || !strings.Contains(preview.Report(), "keep   sha256:a (latest, mr-1): rule 2 (pattern latest) shields it") {
				t.Errorf("report\n%s", preview.Report())
			}
		})
	}
}

// A policy that would expire a protected image is not set, and AWS is not even asked to set it.
func TestApplyRefusesMutants(t *testing.T) {
	images := []Image{img("sha256:a", 40, "latest", "mr-1"), img("sha256:z", 2, "latest-arm64"), img("sha256:p", 40, "prod")}
	for name, p := range map[string]Policy{
		"prefix":              policy(byPrefix(1, "latest"), byPattern(1, "prod")),
		"two in one list":     policy(byPattern(1, "latest", "prod"), byCount(Any, 1)),
		"shield last":         policy(byPattern(1, "mr-*"), byPattern(1, "prod"), byPattern(1, "latest"), aged(Selection{TagStatus: Untagged}, 1)),
		"any before":          policy(byCount(Any, 1), byPattern(1, "latest")),
		"merge request first": policy(aged(Selection{TagStatus: Tagged, TagPatternList: []string{"mr-*"}}, 14), byPattern(1, "latest"), byPattern(1, "prod")),
	} {
		f, r := repositoryFor(t, fakeECR{images: images, missing: true})
		_, err := r.Apply(t.Context(), []Target{{"group/app", p}}, Guard{Protects: sample.Protects})
		if err == nil || !errors.Is(err, ErrProtected) && !errors.Is(err, ErrConfig) || len(f.of("PutLifecyclePolicy")) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
