package steps

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/gitlab"
	"dagger/pipeline/trust"
)

// A lock is released if its holder is named, and nothing can still be running under it.
func TestUnlock(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := map[string]string{"7": "running", "8": "canceled"}[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]]
		_, _ = fmt.Fprintf(w, `{"status":%q}`, status)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	running, ended := host+"/group/shop/-/jobs/7", host+"/group/shop/-/jobs/8"
	api := &gitlab.API{URL: server.URL, Token: "token"}
	for _, tt := range []struct {
		name      string
		holder    string // empty: not locked
		unlock    Unlock
		said, err string
	}{
		{name: "not locked", unlock: Unlock{Owner: ended}, said: "is not locked"},
		{name: "nobody named", holder: ended, unlock: Unlock{Owner: " "}, err: "--owner"},
		{name: "another holder", holder: running, unlock: Unlock{Owner: ended, GitLab: api, Force: true}, err: "held by " + running},
		{name: "nothing tells", holder: ended, unlock: Unlock{Owner: ended}, err: "nothing tells whether that run has ended"},
		{name: "still running", holder: running, unlock: Unlock{Owner: running, GitLab: api}, err: "its job is running"},
		{name: "no job", holder: "root@laptop", unlock: Unlock{Owner: "root@laptop", GitLab: api}, err: "names no job"},
		{name: "ended", holder: ended, unlock: Unlock{Owner: ended, GitLab: api}, said: "released the lock of " + ended},
		{name: "named by its id", holder: ended, unlock: Unlock{Owner: "id-1", GitLab: api}, said: "released the lock of " + ended},
		{name: "forced", holder: running, unlock: Unlock{Owner: running, Force: true}, said: "released the lock of " + running},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := awstest.NewFake(t)
			if tt.holder != "" {
				f.Objects[keptAt+".tflock"] = fmt.Sprintf(`{"ID":"id-1","Operation":"OperationTypeApply","Who":%q,"Created":"2026-01-02T03:04:05Z"}`, tt.holder)
			}
			tt.unlock.Workspace = stateWorkspace(f)
			said, err := tt.unlock.Run(t.Context())
			if tt.err != "" {
				if err == nil || said != "" || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("got %q, %v, want an error with %q", said, err, tt.err)
				}
				return
			}
			if err != nil || !strings.Contains(said, tt.said) {
				t.Errorf("got %q, %v, want %q", said, err, tt.said)
			}
		})
	}
}

// A lock in the project's own backend cannot be read: the caller has to know.
func TestUnlockInTheProjectsOwnBackend(t *testing.T) {
	w := stateWorkspace(awstest.NewFake(t))
	w.Backend.Own = true
	if said, err := (Unlock{Workspace: w, Owner: "id-1"}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("got %q, %v", said, err)
	}
	if said, err := (Unlock{Workspace: w, Owner: "id-1", Force: true}).Run(t.Context()); err != nil || !strings.Contains(said, "released the lock id-1") {
		t.Errorf("got %q, %v", said, err)
	}
	w.Trust = trust.Protected
	if said, err := (Unlock{Workspace: w, Owner: "id-1", Force: true}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "unlocking mr-7: any branch may have written the state") {
		t.Errorf("protected: %q, %v", said, err)
	}
}
