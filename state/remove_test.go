package state

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/aws/awstest"
)

const (
	stateObject = "/state/app/mr-7/terraform.tfstate"
	lockObject  = stateObject + ".tflock"
	emptyState  = `{"version":4,"serial":3,"outputs":{},"resources":[]}`
	fullState   = `{"version":4,"serial":4,"resources":[{"type":"aws_s3_bucket","name":"it"}]}`
)

func TestRemoveEmptyState(t *testing.T) {
	for _, tt := range []struct {
		name    string
		objects map[string]string
		fault   func(f *awstest.Fake) func(w http.ResponseWriter, r awstest.Request, n int) bool
		removed bool
		err     string
		left    []string
	}{
		{name: "empty", objects: map[string]string{stateObject: emptyState}, removed: true},
		{name: "deployed again meanwhile", objects: map[string]string{stateObject: fullState}, left: []string{stateObject}},
		{name: "being deployed", objects: map[string]string{stateObject: emptyState, lockObject: awstest.HeldLock}, left: []string{stateObject, lockObject}},
		{name: "gone already", objects: map[string]string{}},
		{name: "encrypted", objects: map[string]string{stateObject: `{"serial":3,"meta":{},"encrypted_data":"c2VjcmV0"}`}, left: []string{stateObject}},
		{name: "not a state", objects: map[string]string{stateObject: "?"}, left: []string{stateObject}},
		{name: "lost answer", objects: map[string]string{stateObject: emptyState}, removed: true, fault: func(f *awstest.Fake) func(http.ResponseWriter, awstest.Request, int) bool {
			return func(w http.ResponseWriter, r awstest.Request, n int) bool {
				if r.Method != http.MethodPut || n > 1 {
					return false
				}
				f.Objects[r.Path] = r.Body
				w.WriteHeader(http.StatusInternalServerError)
				return true
			}
		}},
		{name: "not allowed", objects: map[string]string{stateObject: emptyState}, left: []string{stateObject}, err: "s3:DeleteObject", fault: func(*awstest.Fake) func(http.ResponseWriter, awstest.Request, int) bool {
			return func(w http.ResponseWriter, r awstest.Request, _ int) bool {
				if r.Action != "DELETE "+stateObject {
					return false
				}
				awstest.Protocol(403, "AccessDenied", "no")(w, r)
				return true
			}
		}},
		{name: "not allowed to lock", objects: map[string]string{stateObject: emptyState}, left: []string{stateObject}, err: "s3:PutObject", fault: func(*awstest.Fake) func(http.ResponseWriter, awstest.Request, int) bool {
			return func(w http.ResponseWriter, r awstest.Request, _ int) bool {
				if r.Method != http.MethodPut {
					return false
				}
				awstest.Protocol(403, "AccessDenied", "no")(w, r)
				return true
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := awstest.NewFake(t)
			f.Objects = tt.objects
			if tt.fault != nil {
				f.Fault = tt.fault(f)
			}
			s := awstest.Resolve(t, awstest.WithKeys(awstest.Config(f)))
			removed, err := In(s, "state").RemoveEmpty(t.Context(), "app/mr-7/terraform.tfstate", "job")
			if removed != tt.removed || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("removed %v, error %v; want %v, %q", removed, err, tt.removed, tt.err)
			}
			var left []string
			for key := range f.Objects {
				left = append(left, key)
			}
			slices.Sort(left)
			if !slices.Equal(left, tt.left) {
				t.Errorf("left %q, want %q", left, tt.left)
			}
			for _, r := range f.Of("PUT " + lockObject) {
				if l, err := ParseLock([]byte(r.Body)); err != nil || l.Who != "job" || r.Header.Get("If-None-Match") != "*" {
					t.Errorf("lock %q, %v, header %v", r.Body, err, r.Header)
				}
			}
		})
	}
}

// What is removed is what was read under the lock.
func TestRemoveEmptyStateHoldsTheLock(t *testing.T) {
	f := awstest.NewFake(t)
	f.Objects[stateObject] = emptyState
	s := awstest.Resolve(t, awstest.WithKeys(awstest.Config(f)))
	if _, err := In(s, "state").RemoveEmpty(t.Context(), "app/mr-7/terraform.tfstate", "job"); err != nil {
		t.Fatal(err)
	}
	want := []string{"PUT " + lockObject, "GET " + stateObject, "DELETE " + stateObject, "DELETE " + stateObject + ".owner", "DELETE " + lockObject}
	got := slices.DeleteFunc(f.Actions(), func(a string) bool { return !strings.Contains(a, stateObject) })
	if !slices.Equal(got, want) {
		t.Errorf("requests %q, want %q", got, want)
	}
}
