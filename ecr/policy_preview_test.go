package ecr

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/fault"
)

// fakeECR answers for a repository of images, and previews as told.
type fakeECR struct {
	images  []lifecycle.Image
	preview func(n int) (status string, expired map[string]int, next string)
	missing bool // the endpoint has no preview
	bare    bool // and says so by a 500 without a code
}

func (e fakeECR) serve(w http.ResponseWriter, r awstest.Request, n int) bool {
	switch r.Action {
	case "DescribeImages":
		var details []any
		for _, i := range e.images {
			details = append(details, map[string]any{"imageDigest": i.Digest, "imageTags": i.Tags, "imagePushedAt": i.PushedAt.Unix(), "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json"})
		}
		half := len(details) / 2
		if strings.Contains(r.Body, "page2") {
			awstest.JSON(w, 200, map[string]any{"imageDetails": details[half:]})
			return true
		}
		awstest.JSON(w, 200, map[string]any{"imageDetails": details[:half], "nextToken": "page2"})
	case "StartLifecyclePolicyPreview":
		if e.bare {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		if e.missing {
			w.WriteHeader(http.StatusNotImplemented)
			return true
		}
		awstest.JSON(w, 200, map[string]any{"status": "IN_PROGRESS"})
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
		awstest.JSON(w, 200, out)
	case "GetLifecyclePolicy":
		awstest.JSON(w, 400, map[string]any{"__type": "LifecyclePolicyNotFoundException"})
	case "PutLifecyclePolicy":
		awstest.JSON(w, 200, map[string]any{})
	default:
		return false
	}
	return true
}

func repositoryFor(t *testing.T, e fakeECR) (*awstest.Fake, *Registry) {
	f := awstest.NewFake(t)
	f.Fault = e.serve
	c := awstest.WithKeys(awstest.Config(f))
	c.Now = func() time.Time { return today }
	return f, New(awstest.Resolve(t, c))
}

func TestApply(t *testing.T) {
	images := []lifecycle.Image{pushed("sha256:a", 40, "latest", "mr-1"), pushed("sha256:b", 40, "mr-2"), pushed("sha256:c", 3), pushed("sha256:d", 1, "mr-3")}
	p, err := kept.Policy()
	if err != nil {
		t.Fatal(err)
	}
	mr, untagged := 0, 0
	for _, r := range p.Rules {
		switch r.Description {
		case "merge requests by age":
			mr = r.Priority
		case "untagged images":
			untagged = r.Priority
		}
	}
	agree := map[string]int{"sha256:b": mr, "sha256:c": untagged}
	complete := func(expired map[string]int) func(int) (string, map[string]int, string) {
		return func(int) (string, map[string]int, string) { return "COMPLETE", expired, "" }
	}
	for name, tt := range map[string]struct {
		ecr   fakeECR
		guard lifecycle.Guard
		set   bool
		err   error
		want  string
	}{
		"agreed": {fakeECR{images: images, preview: complete(agree)}, lifecycle.Guard{Protects: kept.Protects}, true, nil, ""},
		"in progress, then two pages": {fakeECR{images: images, preview: func(n int) (string, map[string]int, string) {
			switch n {
			case 1, 2:
				return "IN_PROGRESS", nil, ""
			case 3:
				return "COMPLETE", map[string]int{"sha256:b": mr}, "more"
			}
			return "COMPLETE", map[string]int{"sha256:c": untagged}, ""
		}}, lifecycle.Guard{}, true, nil, ""},
		"no preview at the endpoint": {fakeECR{images: images, missing: true}, lifecycle.Guard{}, true, nil, ""},
		"a bare 500 for the preview": {fakeECR{images: images, missing: true, bare: true}, lifecycle.Guard{}, true, nil, ""},
		"AWS expires more":           {fakeECR{images: images, preview: complete(map[string]int{"sha256:b": mr, "sha256:c": untagged, "sha256:a": 9})}, lifecycle.Guard{}, false, fault.ErrProtected, "AWS expires it by rule 9, we keep it"},
		"AWS expires less":           {fakeECR{images: images, preview: complete(map[string]int{"sha256:b": mr})}, lifecycle.Guard{}, false, fault.ErrProtected, "AWS keeps it, we expire it"},
		"AWS by another rule":        {fakeECR{images: images, preview: complete(map[string]int{"sha256:b": untagged, "sha256:c": untagged})}, lifecycle.Guard{}, false, fault.ErrProtected, "we by rule"},
		"AWS has seen another image": {fakeECR{images: images, preview: complete(map[string]int{"sha256:b": mr, "sha256:c": untagged, "sha256:new": mr})}, lifecycle.Guard{}, false, fault.ErrProtected, "have not seen"},
		"deployed":                   {fakeECR{images: images, preview: complete(agree)}, lifecycle.Guard{Deployed: []string{"sha256:b"}}, false, fault.ErrProtected, "is deployed and would be expired"},
		"preview failed":             {fakeECR{images: images, preview: func(int) (string, map[string]int, string) { return "FAILED", nil, "" }}, lifecycle.Guard{}, false, fault.ErrServer, `"FAILED"`},
	} {
		t.Run(name, func(t *testing.T) {
			f, r := repositoryFor(t, tt.ecr)
			previews, err := r.Apply(t.Context(), []Target{{"group/app", p}}, tt.guard)
			var preview Preview
			if len(previews) == 1 {
				preview = previews[0]
			}
			if !errors.Is(err, tt.err) || tt.want != "" && !says(err, tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			put := f.Of("PutLifecyclePolicy")
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
	images := []lifecycle.Image{pushed("sha256:a", 40, "latest", "mr-1"), pushed("sha256:z", 2, "latest-arm64"), pushed("sha256:p", 40, "prod")}
	for name, p := range map[string]lifecycle.Policy{
		"prefix":              policyOf(prefixes(1, "latest"), patterns(1, "prod")),
		"two in one list":     policyOf(patterns(1, "latest", "prod"), anyCount(1)),
		"shield last":         policyOf(patterns(1, "mr-*"), patterns(1, "prod"), patterns(1, "latest"), aging(lifecycle.Selection{TagStatus: lifecycle.Untagged}, 1)),
		"any before":          policyOf(anyCount(1), patterns(1, "latest")),
		"merge request first": policyOf(aging(lifecycle.Selection{TagStatus: lifecycle.Tagged, TagPatternList: []string{"mr-*"}}, 14), patterns(1, "latest"), patterns(1, "prod")),
	} {
		f, r := repositoryFor(t, fakeECR{images: images, missing: true})
		_, err := r.Apply(t.Context(), []Target{{"group/app", p}}, lifecycle.Guard{Protects: kept.Protects})
		if err == nil || !errors.Is(err, fault.ErrProtected) && !errors.Is(err, fault.ErrConfig) || len(f.Of("PutLifecyclePolicy")) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
