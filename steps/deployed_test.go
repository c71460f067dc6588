package steps

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// shelf has a manifest in each repository under the tags that are published; it
// keeps the tags that are put, and the tags that ECR was asked to take off.
type shelf struct {
	sync.Mutex
	published []string // REPOSITORY:TAG
	tagged    []string // REPOSITORY:TAG DIGEST
	untagged  []string
	refuse    bool
}

const shelved = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[]}`

func (s *shelf) digest() string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(shelved))) }

func (s *shelf) manifests(w http.ResponseWriter, r *http.Request) {
	repository, reference, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v2/"), "/manifests/")
	w.Header().Set("Docker-Content-Digest", s.digest())
	w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
	switch {
	case r.Method == http.MethodPut && s.refuse:
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		s.tagged = append(s.tagged, fmt.Sprintf("%s:%s sha256:%x", repository, reference, sha256.Sum256(body)))
		w.WriteHeader(http.StatusCreated)
	case reference == s.digest() || slices.Contains(s.published, repository+":"+reference):
		_, _ = io.WriteString(w, shelved)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// behind is a cloud whose registry is the shelf.
func behind(t *testing.T, s *shelf) Settings {
	t.Helper()
	server, _ := cloud(t)
	inner := server.Config.Handler
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Lock()
		defer s.Unlock()
		action := r.Header.Get("X-Amz-Target")
		switch {
		case strings.Contains(r.URL.Path, "/manifests/"):
			s.manifests(w, r)
		case strings.HasSuffix(action, ".DescribeImages"):
			_, _ = fmt.Fprintf(w, `{"imageDetails":[{"imageDigest":%q,"imageTags":["app-1","deployed"]}]}`, s.digest())
		case strings.HasSuffix(action, ".BatchDeleteImage"):
			body, _ := io.ReadAll(r.Body)
			s.untagged = append(s.untagged, string(body))
			_, _ = io.WriteString(w, `{}`)
		default:
			inner.ServeHTTP(w, r)
		}
	})
	return settings(server.URL)
}

// A deployment moves its tag in both repositories of its own level, onto what was
// published there, and in no other.
func TestDeploymentTagsItsImages(t *testing.T) {
	for level, path := range map[string]string{"protected": "group/shop/", "open": "group/shop/open/"} {
		s := &shelf{published: []string{"group/shop/app:mr-7", "group/shop/terraform:mr-7", "group/shop/open/app:mr-7", "group/shop/open/terraform:mr-7"}}
		with := behind(t, s)
		with.Trust = level
		if _, err := NewRun(with, "mr-7").Deploy(t.Context(), Artifacts{}, nil, nil, Options{}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(s.tagged)
		if want := []string{path + "app:deployed-mr-7 " + s.digest(), path + "terraform:deployed-mr-7 " + s.digest()}; !slices.Equal(s.tagged, want) {
			t.Errorf("%s: tagged %q, want %q", level, s.tagged, want)
		}
	}
}

// A tag that cannot be moved fails no deployment: it is done by then. What is in no
// repository is not tagged.
func TestDeploymentThatCannotTag(t *testing.T) {
	s := &shelf{published: []string{"group/shop/app:mr-7"}, refuse: true}
	if _, err := NewRun(behind(t, s), "mr-7").Deploy(t.Context(), Artifacts{}, nil, nil, Options{}); err != nil {
		t.Error(err)
	}
	s = &shelf{}
	if _, err := NewRun(behind(t, s), "mr-7").Deploy(t.Context(), Artifacts{}, nil, nil, Options{}); err != nil || len(s.tagged) != 0 {
		t.Errorf("%v, tagged %q", err, s.tagged)
	}
}

// The end of an environment takes its tag off, in both repositories.
func TestDestructionTakesTheTagOff(t *testing.T) {
	for name, end := range map[string]func(Settings) error{
		"destroy": func(with Settings) error { _, err := NewRun(with, "mr-7").Destroy(t.Context(), "", nil); return err },
		"sweep": func(with Settings) error {
			_, err := NewRun(with, "").Sweep(t.Context(), false, []string{"1", "2"}, GitLab{})
			return err
		},
		"a dry run": func(with Settings) error {
			_, err := NewRun(with, "").Sweep(t.Context(), true, []string{"1", "2"}, GitLab{})
			return err
		},
	} {
		s := &shelf{}
		with := behind(t, s)
		with.Trust = "open"
		if err := end(with); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"destroy": "deployed-mr-7", "sweep": "deployed-mr-3"}[name]
		if want == "" && len(s.untagged) > 0 || want != "" && (len(s.untagged) != 2 || !strings.Contains(s.untagged[0], want) || !strings.Contains(s.untagged[1], want)) {
			t.Errorf("%s: took off %q, want %s", name, s.untagged, want)
		}
	}
}

// An environment with a state left, of another root module, is still deployed. The
// project's name is that of the run, which may have no source. With an own backend
// no state is seen: it ends where there is no other root module.
func TestTagStaysWithAnotherRoot(t *testing.T) {
	own := func(set project.Terraform, others ...rootmodule.Module) Workspace {
		set.Backend = "own"
		return Workspace{Backend: Backend{Own: true}, Settings: set, Others: func(context.Context) ([]rootmodule.Module, error) { return others, nil }}
	}
	kept := &rootmodule.Backend{Type: "s3"}
	for name, test := range map[string]struct {
		w        Workspace
		bucket   string
		everyone bool // all root modules are destroyed
		off      int
	}{
		"a state left":           {w: Workspace{Environment: "mr-1"}, bucket: "states", off: 0},
		"no state left":          {bucket: "states", off: 2},
		"own, two roots":         {w: own(project.Terraform{Roots: []string{"infra/network", "service"}}), bucket: "states", off: 0},
		"own, without a bucket":  {w: own(project.Terraform{Roots: []string{"infra/network", "service"}}), off: 0},
		"own, dropped":           {w: own(project.Terraform{Roots: []string{"service"}}), off: 0},
		"own, the only one":      {w: own(project.Terraform{Roots: []string{"./infra/network"}}), off: 2},
		"own, none named":        {w: own(project.Terraform{}, rootmodule.Module{Path: "infra/network", Backend: kept}, rootmodule.Module{Path: "modules/queue"}), off: 2},
		"own, another declared":  {w: own(project.Terraform{}, rootmodule.Module{Path: "service", Backend: kept}), off: 0},
		"own, all are destroyed": {w: own(project.Terraform{Roots: []string{"infra/network", "service"}}), everyone: true, off: 2},
	} {
		s := &shelf{}
		with := behind(t, s)
		if with.StateBucket = nil; test.bucket != "" {
			with.StateBucket = &test.bucket
		}
		if with.Infra = "infra/network"; test.everyone {
			with.Infra = ""
		}
		w := test.w
		w.Project, w.Dir, w.Infra, w.Environment = "shop", ".", "infra/network", cmp.Or(w.Environment, "mr-9")
		NewRun(with, w.Environment).ended(t.Context(), w)
		if len(s.untagged) != test.off {
			t.Errorf("%s: took off %q", name, s.untagged)
		}
	}
}

// Where two projects have one path, no tag is moved or taken off that is on the
// other one's image.
func TestTagsOfAnotherProjectStay(t *testing.T) {
	for name, end := range map[string]func(*Run) error{
		"publish": func(r *Run) error { _, err := r.PublishImages(t.Context(), []string{"mr-7"}, nil, "text"); return err },
		"deploy":  func(r *Run) error { _, err := r.Deploy(t.Context(), Artifacts{}, nil, nil, Options{}); return err },
		"destroy": func(r *Run) error { r.ended(t.Context(), Workspace{Project: "shop", Environment: "mr-7"}); return nil },
	} {
		for owner, taken := range map[string]bool{"billing": true, "shop": false} {
			s := &shelf{}
			for _, tag := range []string{"mr-7", "deployed-mr-7"} {
				if tag == "deployed-mr-7" && !taken {
					continue // it is still to come
				}
				for _, repository := range []string{"open/app", "open/terraform"} {
					s.published = append(s.published, "group/of-"+owner+"/"+repository+":"+tag)
				}
			}
			with := behind(t, s)
			with.Registry, with.Trust = new("ecr:group/of-"+owner), "open"
			err := end(NewRun(with, "mr-7"))
			if refused := err != nil && strings.Contains(err.Error(), `is an image of the project "billing", and this is "shop"`); name == "publish" && refused != taken {
				t.Errorf("%s of %s: %v", name, owner, err)
			}
			if moved := len(s.tagged)+len(s.untagged) > 0; moved == taken && (taken || name != "publish") {
				t.Errorf("%s of %s: tagged %q, took off %q", name, owner, s.tagged, s.untagged)
			}
		}
	}
}
