package steps

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// TestMain runs the tests in a session, which answers as an engine would whose
// commands all succeed, beside a registry and an AWS that count their requests.
func TestMain(m *testing.M) {
	const session = "DAGGER_SESSION_PORT"
	if os.Getenv(session) != "" {
		os.Exit(m.Run())
	}
	server := httptest.NewServer(fakeEngine{})
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Env = append(os.Environ(), session+"="+server.URL[strings.LastIndex(server.URL, ":")+1:], "DAGGER_SESSION_TOKEN=token")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	_ = cmd.Run()
	server.Close()
	os.Exit(cmd.ProcessState.ExitCode())
}

// fakeEngine answers Dagger's API: the last field of each query decides, with
// the argument that matters and how the object was made.
type fakeEngine struct{}

func (fakeEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request struct{ Query string }
	_ = json.NewDecoder(r.Body).Decode(&request)
	doc, err := parser.ParseQuery(&ast.Source{Input: request.Query})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": answer("", doc.Operations[0].SelectionSet)})
}

// answer gives the fields of a selection. made is the text of what was selected
// before: an object's id is that, so that a query that starts from an id knows
// how the object was made.
func answer(made string, set ast.SelectionSet) map[string]any {
	out := map[string]any{}
	for _, s := range set {
		if inline, ok := s.(*ast.InlineFragment); ok {
			return answer(made, inline.SelectionSet)
		}
		f := s.(*ast.Field)
		given := ""
		for _, name := range []string{"path", "plaintext", "address", "id"} { // the one that tells
			if a := f.Arguments.ForName(name); a != nil {
				given = a.Value.Raw
			}
		}
		here := made + "/" + f.Name + " " + given
		if len(f.SelectionSet) > 0 {
			out[f.Alias] = answer(here, f.SelectionSet)
		} else {
			out[f.Alias] = leaf(made, f.Name, given)
		}
	}
	return out
}

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

func leaf(made, field, given string) any {
	switch field {
	case "exists":
		if strings.HasPrefix(given, "opt/terraform/locks/") && strings.Contains(made, "/withDirectory keeps-locks") {
			return true
		}
		return given == "pyproject.toml" || given == "poetry.lock" || given == "infra" || given == ArtifactName || given == "junit.xml"
	case "contents":
		if name, ok := strings.CutSuffix(made, factsFile); ok {
			text, _ := base64.RawURLEncoding.DecodeString(name[strings.LastIndex(name, " ")+1:])
			return string(text)
		}
		if text := rootOf(made); text != "" && strings.HasSuffix(made, "main.tf") {
			return text
		}
		for name, text := range map[string]string{
			"pyproject.toml": "[project]\nname = \"shop\"\n" + tableOf(made), "summary.json": "{}",
			artifactsList: ArtifactName, ".tool-versions": "python " + asked(made), endedFile: fmt.Sprint(time.Now().Unix()),
			"junit.xml": `<testsuites><testsuite tests="1"/></testsuites>`, "plan.txt": "the plan\n\nno changes",
			"main.tf": `variable "artifact" {}`,
		} {
			if strings.HasSuffix(made, name) {
				return text
			}
		}
		return ""
	case "plaintext":
		return made[strings.LastIndex(made, " ")+1:]
	case "imageRef":
		if _, address, ok := strings.Cut(made, "/from "); ok {
			return address + "@" + digest
		}
		return "image@" + digest
	case "defaultPlatform":
		return "linux/amd64"
	case "digest":
		return digest
	case "publish":
		return given + "@" + digest
	case "label": // of an image in a repository below of-NAME
		_, name, _ := strings.Cut(made, "/of-")
		name, _, _ = strings.Cut(name, "/")
		return name
	case "entries":
		names := []string{"main.tf", "pyproject.toml", "poetry.lock"}
		if !strings.Contains(made, "infra") {
			names = append(names, "infra/")
		}
		if asked(made) != "" {
			names = append(names, ".tool-versions")
		}
		return names
	case "exitCode":
		return 0
	case "size":
		return 1000
	case "id", "sync":
		return made
	}
	return ""
}

// asked is the version of Python that a source asks for, by a directory in it that is
// called asks-VERSION.
func asked(made string) string {
	_, version, _ := strings.Cut(made, "/withDirectory asks-")
	version, _, _ = strings.Cut(version, "/")
	return version
}

// requests counts what a service was asked.
type requests struct {
	sync.Mutex
	seen []string
	// policy is the last one that a session was narrowed by.
	policy string
	deny   bool // AWS lets nobody in
	none   bool // nothing is deployed
	// states are those of the bucket that have something in them, by path.
	states map[string]string
}

func (r *requests) add(what string) {
	r.Lock()
	defer r.Unlock()
	r.seen = append(r.seen, what)
}

func (r *requests) count(what string) int {
	r.Lock()
	defer r.Unlock()
	n := 0
	for _, s := range r.seen {
		if strings.HasPrefix(s, what) {
			n++
		}
	}
	return n
}

// cloud is STS, ECR and a registry under one address.
func cloud(t *testing.T) (*httptest.Server, *requests) {
	t.Helper()
	asked := &requests{}
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v2/") {
			asked.add(r.Method + " " + r.URL.Path)
			switch {
			case strings.HasSuffix(r.URL.Path, "/blobs/uploads/"): // it may push
				w.WriteHeader(http.StatusAccepted)
			case !strings.Contains(r.URL.Path, "/manifests/mr-"):
				http.NotFound(w, r)
			}
			w.Header().Set("Docker-Content-Digest", digest)
			return
		}
		if target := r.Header.Get("X-Amz-Target"); target != "" {
			_, action, _ := strings.Cut(target, ".")
			asked.add(action)
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			fmt.Fprintf(w, `{"authorizationData":[{"authorizationToken":%q,"proxyEndpoint":%q}],"repositories":[{"repositoryName":"r"}]}`,
				base64.StdEncoding.EncodeToString([]byte("AWS:password")), server.URL)
			return
		}
		if text, ok := asked.states[r.URL.Path]; ok && r.Method == http.MethodGet {
			fmt.Fprint(w, text)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".tfstate") || strings.HasSuffix(r.URL.Path, ".owner") {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `<Error><Code>NoSuchKey</Code></Error>`)
			return
		}
		if r.URL.Query().Has("list-type") {
			asked.add("ListObjects")
			fmt.Fprint(w, `<ListBucketResult>`)
			for _, environment := range []string{"mr-1", "mr-2", "mr-3", "prod"} {
				if asked.none {
					break
				}
				fmt.Fprintf(w, `<Contents><Key>shop/%s/terraform.tfstate</Key></Contents>`, environment)
			}
			for path := range asked.states {
				fmt.Fprintf(w, `<Contents><Key>%s</Key></Contents>`, strings.TrimPrefix(path, "/states/"))
			}
			fmt.Fprint(w, `</ListBucketResult>`)
			return
		}
		_ = r.ParseForm()
		action := r.Form.Get("Action")
		if policy := r.Form.Get("Policy"); policy != "" {
			action += " narrowed"
			asked.Lock()
			asked.policy = policy
			asked.Unlock()
		}
		asked.add(action)
		action, _, _ = strings.Cut(action, " ")
		if asked.deny {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>`)
			return
		}
		fmt.Fprintf(w, `<R><%sResult>
<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
<Account>123456789012</Account><Arn>arn:aws:sts::123456789012:assumed-role/deploy/x</Arn><UserId>U</UserId></%sResult></R>`, action, action)
	}))
	t.Cleanup(server.Close)
	return server, asked
}
