package aws

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	versioned  = `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`
	suspended  = `<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>`
	closed     = `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`
	halfClosed = `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>`
	heldLock   = `{"ID":"f3e1-77","Operation":"OperationTypeApply","Info":"","Who":"root@runner-9","Version":"1.15.8","Created":"2026-05-31T08:15:30.123456789Z","Path":"state/app/prod/terraform.tfstate"}`
)

// report runs the doctor and gives each check's line by its name.
func report(t *testing.T, d Doctor) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, c := range d.Run(t.Context()) {
		line := c.String()
		noCanary(t, line)
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
	f := newFake(t)
	f.objects = map[string]string{"/state?versioning=": versioned, "/state?publicAccessBlock=": closed}
	registry := newFakeRegistry(t, "basic")
	login := registry.login()
	c := withKeys(quick(f))
	c.RoleARN = roleARN
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
	f := newFake(t)
	f.lifetime = 3 * time.Minute
	f.objects = map[string]string{"/state?versioning=": suspended, "/state?publicAccessBlock=": halfClosed, "/state/k.tflock": heldLock, "/state/odd.tflock": "not json"}
	registry := newFakeRegistry(t, "basic")
	login := StaticLogin(registry.Listener.Addr().String(), "robot", NewSecret("wrong password"))
	expect(t, report(t, Doctor{Config: withWeb(quick(f)), Registry: Pushing{Login: &login, To: []string{"group/app"}}, StateBucket: "state", StateKeys: []string{"k", "odd"}}), map[string]string{
		"role":          "ok      role: account",
		"session":       "not ok  session: ends at ",
		"registry push": "not ok  registry push: opening an upload",
		"state bucket":  "versioning is suspended: enable versioning",
		"state privacy": "leaves settings of its public access block off: block it",
		"lock of k":     "not ok  lock of k: held by root@runner-9 since 2026-05-31T08:15:30Z for OperationTypeApply (id f3e1-77): wait",
		"lock of odd":   "no lock of terraform: look at it by hand",
	})
}

func TestDoctorOnFailures(t *testing.T) {
	failing := func(action string, answer func(http.ResponseWriter, request)) *fake {
		f := newFake(t)
		f.objects = map[string]string{"/state?versioning=": versioned, "/state?publicAccessBlock=": closed}
		f.fault = func(w http.ResponseWriter, r request, _ int) bool {
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
		answer       func(http.ResponseWriter, request)
		check, want  string
	}{
		{"no bucket", "GET /state?versioning=", protocol(404, "NoSuchBucket", "none"), "state bucket", "no such bucket: create it"},
		{"bucket denied", "GET /state?versioning=", protocol(403, "AccessDenied", "no"), "state bucket", "access denied: allow s3:GetBucketVersioning"},
		{"bucket elsewhere", "GET /state?versioning=", func(w http.ResponseWriter, r request) {
			w.Header().Set("X-Amz-Bucket-Region", "us-east-2")
			protocol(301, "PermanentRedirect", "go")(w, r)
		}, "state bucket", "the bucket is in region us-east-2"},
		{"never blocked", "GET /state?publicAccessBlock=", protocol(404, "NoSuchPublicAccessBlockConfiguration", "none"), "state privacy", "does not block public access itself: block it"},
		{"lock denied", "GET /state/k.tflock", protocol(403, "AccessDenied", "no"), "lock of k", "access denied: allow s3:GetObject"},
		{"role denied", "AssumeRole", protocol(403, "AccessDenied", "no"), "role", "access denied: check the role's trust policy and the caller's sts:AssumeRole and sts:TagSession"},
		{"keys unknown", "GetCallerIdentity", protocol(403, "InvalidClientTokenId", "no"), "identity", "the access key is not known: check the access key id"},
		{"login denied", "GetAuthorizationToken", protocol(400, "AccessDeniedException", "no"), "registry login", "access denied: allow ecr:GetAuthorizationToken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := withKeys(quick(failing(tt.action, tt.answer)))
			c.RoleARN = roleARN
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

func TestParseLock(t *testing.T) {
	l, err := ParseLock([]byte(heldLock))
	if err != nil || l.ID != "f3e1-77" || l.Who != "root@runner-9" || l.Path != "state/app/prod/terraform.tfstate" || l.Created.Year() != 2026 {
		t.Errorf("%+v, %v", l, err)
	}
	for _, bad := range []string{"", "{}", "[]", `{"ID":7}`} {
		if _, err := ParseLock([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

// S3 signs a path with every reserved character escaped.
func TestKeysAreEscapedAsSigned(t *testing.T) {
	f := newFake(t)
	s := resolve(t, withKeys(quick(f)))
	if _, err := s.ReadLock(t.Context(), "state", "a+b/c d@e=f/terraform.tfstate"); err != nil {
		t.Fatal(err)
	}
	if last := f.actions()[len(f.actions())-1]; last != "GET /state/a%2Bb/c%20d%40e%3Df/terraform.tfstate.tflock" {
		t.Errorf("asked %q", last)
	}
}
