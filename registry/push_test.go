package registry

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/fault"
	"dagger/pipeline/registry/registrytest"
)

func TestCheckPush(t *testing.T) {
	f := registrytest.NewFake(t, "bearer")
	if err := (Client{Login: login(f)}).CheckPush(t.Context(), "group/app"); err != nil {
		t.Fatal(err)
	}
	if last := f.Requests[len(f.Requests)-1]; last != "DELETE /v2/group/app/blobs/uploads/7" {
		t.Errorf("the upload is left open: %v", f.Requests)
	}
	if !slices.ContainsFunc(f.Requests, func(r string) bool { return strings.Contains(r, "scope=repository%3Agroup%2Fapp%3Apull%2Cpush") }) {
		t.Errorf("no push scope asked for: %v", f.Requests)
	}
	f.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			w.WriteHeader(403)
		}
		return r.Method == http.MethodPost
	}
	if err := (Client{Login: login(f)}).CheckPush(t.Context(), "group/app"); !errors.Is(err, fault.ErrDenied) || !strings.Contains(err.Error(), "right to push") {
		t.Errorf("error %v", err)
	}
	f.Fault = nil
	if err := (Client{Login: login(f)}).CheckPush(t.Context(), "group/other"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}
