package doctor

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/registry"
	"dagger/pipeline/registry/registrytest"
	"dagger/pipeline/secret"
)

const (
	versioned  = `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`
	suspended  = `<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>`
	closed     = `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`
	halfClosed = `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>`
)

// report runs the doctor and gives each check's line by its name.
func report(t *testing.T, d Doctor) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, c := range d.Run(t.Context()) {
		line := c.String()
		awstest.NoCanary(t, line)
		if strings.ContainsAny(line, "\r\n") || strings.HasPrefix(line, "ok ") != c.OK {
			t.Errorf("line %q", line)
		}
		if !c.OK && c.Fix == "" && !strings.Contains(c.Detail, "canceled") {
			t.Errorf("no fix: %q", line)
		}
		out[c.Name] = line
	}
	return out
}

func expect(t *testing.T, got map[string]string, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if !strings.Contains(got[name], text) {
			t.Errorf("%s: %q, want %q", name, got[name], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d lines, want %d: %v", len(got), len(want), got)
	}
}

func TestDoctorWell(t *testing.T) {
	f := awstest.NewFake(t)
	f.Objects = map[string]string{"/state?versioning=": versioned, "/state?publicAccessBlock=": closed}
	registry := registrytest.NewFake(t, "basic")
	login := loginTo(registry)
	c := awstest.WithKeys(awstest.Config(f))
	c.RoleARN = awstest.RoleARN
	expect(t, report(t, Doctor{Config: c, Registry: Pushing{Login: &login, To: []string{"group/app"}}, StateBucket: "state", StateKeys: []string{"app/prod/terraform.tfstate"}}), map[string]string{
		"identity":                           "ok      identity: account 123456789012, arn:aws:iam::123456789012:user/static, from static keys",
		"role":                               "ok      role: account 123456789012, arn:aws:sts::123456789012:assumed-role/ci-deploy/x",
		"session":                            "ok      session: ends at ",
		"registry push":                      "ok      registry push: an upload can be opened to " + registry.Listener.Addr().String() + "/group/app",
		"state bucket":                       `ok      state bucket: "state" is there, versioning is enabled`,
		"state privacy":                      `ok      state privacy: "state" blocks public access`,
		"lock of app/prod/terraform.tfstate": "ok      lock of app/prod/terraform.tfstate: free",
	})
}

func TestDoctorNotWell(t *testing.T) {
	f := awstest.NewFake(t)
	f.Lifetime = 3 * time.Minute
	f.Objects = map[string]string{"/state?versioning=": suspended, "/state?publicAccessBlock=": halfClosed, "/state/k.tflock": awstest.HeldLock, "/state/odd.tflock": "not json"}
	place := registrytest.NewFake(t, "basic")
	login := registry.StaticLogin(place.Listener.Addr().String(), "robot", secret.New("wrong password"))
	expect(t, report(t, Doctor{Config: awstest.WithWeb(awstest.Config(f)), Registry: Pushing{Login: &login, To: []string{"group/app"}}, StateBucket: "state", StateKeys: []string{"k", "odd"}}), map[string]string{
		"role":          "ok      role: account",
		"session":       "not ok  session: ends at ",
		"registry push": "not ok  registry push: opening an upload",
		"state bucket":  "versioning is suspended: enable versioning",
		"state privacy": "leaves settings of its public access block off: block it",
		"lock of k":     "not ok  lock of k: held by root@runner-9 since 2026-05-31T08:15:30Z for OperationTypeApply (id f3e1-77): wait",
		"lock of odd":   "no lock of terraform: look at it by hand",
	})
}

// An open run must reach no state of an environment that lasts. What is no refusal is not well, and no state is written
// to find it out.
func TestLevelsOfStates(t *testing.T) {
	const key, begun = "app/prod/terraform.tfstate", "<InitiateMultipartUploadResult><UploadId>a/b</UploadId></InitiateMultipartUploadResult>"
	denied := awstest.Protocol(403, "AccessDenied", "no")
	for name, test := range map[string]struct {
		write, read func(http.ResponseWriter, awstest.Request)
		want        string
	}{
		"may write":  {want: "not ok  state levels: this open run may write s3://state/" + key + ", which protected runs deploy by: give the runs of branches a role"},
		"may read":   {write: denied, want: "not ok  state levels: this open run may read s3://state/" + key},
		"refused":    {write: denied, read: denied, want: "ok      state levels: none of these can be read or written: " + key},
		"none yet":   {write: denied, read: awstest.Protocol(404, "", ""), want: "ok      state levels: "},
		"no answer":  {write: awstest.Protocol(400, "Surprise", "what"), want: "not ok  state levels: beginning an upload"},
		"no reading": {write: denied, read: awstest.Protocol(400, "Surprise", "what"), want: "not ok  state levels: looking at"},
	} {
		f := awstest.NewFake(t)
		f.Objects = map[string]string{"/state?versioning=": versioned, "/state?publicAccessBlock=": closed, "/state/" + key: "{}"}
		f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
			switch answer := map[string]func(http.ResponseWriter, awstest.Request){http.MethodPost: test.write, http.MethodHead: test.read}[r.Method]; {
			case answer != nil && strings.HasPrefix(r.Path, "/state/"):
				answer(w, r)
			case r.Action == "POST /state/"+key+"?uploads=":
				_, _ = io.WriteString(w, begun)
			default:
				return false
			}
			return true
		}
		d := Doctor{Config: awstest.WithWeb(awstest.Config(f)), StateBucket: "state", NotStates: []string{key}}
		if got := report(t, d)["state levels"]; !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if f.Objects["/state/"+key] != "{}" || test.write == nil && len(f.Of("DELETE /state/"+key+"?uploadId=a%2Fb")) != 1 {
			t.Errorf("%s: the state was touched, or an upload is left: %q", name, f.Actions())
		}
	}
}

func TestDoctorOnFailures(t *testing.T) {
	failing := func(action string, answer func(http.ResponseWriter, awstest.Request)) *awstest.Fake {
		f := awstest.NewFake(t)
		f.Objects = map[string]string{"/state?versioning=": versioned, "/state?publicAccessBlock=": closed}
		f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
			if r.Action != action {
				return false
			}
			answer(w, r)
			return true
		}
		return f
	}
	for _, tt := range []struct {
		name, action string
		answer       func(http.ResponseWriter, awstest.Request)
		check, want  string
	}{
		{"no bucket", "GET /state?versioning=", awstest.Protocol(404, "NoSuchBucket", "none"), "state bucket", "no such bucket: create it"},
		{"bucket denied", "GET /state?versioning=", awstest.Protocol(403, "AccessDenied", "no"), "state bucket", "access denied: allow s3:GetBucketVersioning"},
		{"bucket elsewhere", "GET /state?versioning=", func(w http.ResponseWriter, r awstest.Request) {
			w.Header().Set("X-Amz-Bucket-Region", "us-east-2")
			awstest.Protocol(301, "PermanentRedirect", "go")(w, r)
		}, "state bucket", "the bucket is in region us-east-2"},
		{"never blocked", "GET /state?publicAccessBlock=", awstest.Protocol(404, "NoSuchPublicAccessBlockConfiguration", "none"), "state privacy", "does not block public access itself: block it"},
		{"lock denied", "GET /state/k.tflock", awstest.Protocol(403, "AccessDenied", "no"), "lock of k", "access denied: allow s3:GetObject"},
		{"role denied", "AssumeRole", awstest.Protocol(403, "AccessDenied", "no"), "role", "access denied: check the role's trust policy and the caller's sts:AssumeRole and sts:TagSession"},
		{"keys unknown", "GetCallerIdentity", awstest.Protocol(403, "InvalidClientTokenId", "no"), "identity", "the access key is not known: check the access key id"},
		{"login denied", "GetAuthorizationToken", awstest.Protocol(400, "AccessDeniedException", "no"), "registry login", "access denied: allow ecr:GetAuthorizationToken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := awstest.WithKeys(awstest.Config(failing(tt.action, tt.answer)))
			c.RoleARN = awstest.RoleARN
			d := Doctor{Config: c, StateBucket: "state", StateKeys: []string{"k"}}
			if tt.check == "registry login" {
				d.Registry.To = []string{"group/app"}
			}
			got := report(t, d)[tt.check]
			if !strings.HasPrefix(got, "not ok  "+tt.check+": ") || !strings.Contains(got, tt.want) {
				t.Errorf("line %q, want %q", got, tt.want)
			}
		})
	}
}

// login is that of a fake registry.
func loginTo(f *registrytest.Fake) registry.Login {
	return registry.StaticLogin(f.Listener.Addr().String(), "robot", secret.New(awstest.CanaryLogin))
}
