package doctor

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
)

func TestMain(m *testing.M) { awstest.Main(m) }

func TestStandInDoctor(t *testing.T) {
	s := awstest.OnStandIn(t, awstest.WithKeys)
	bucket := fmt.Sprintf("state-%d", time.Now().UnixNano())
	put := func(path, body string) {
		req, err := http.NewRequest(http.MethodPut, *s.SDK().BaseEndpoint+"/"+bucket+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("PUT %s: %v, %v", path, resp, err)
		}
		_ = resp.Body.Close()
	}
	d := Doctor{Config: awstest.WithKeys(aws.Config{Region: "eu-west-1", Endpoint: *s.SDK().BaseEndpoint}), StateBucket: bucket, StateKeys: []string{"app/prod/terraform.tfstate"}}
	lock := "lock of app/prod/terraform.tfstate"
	expect(t, report(t, d), map[string]string{"identity": "ok      ", "session": "ok      ", "state bucket": "no such bucket", "state privacy": "not ok  ", lock: "not ok  "})
	put("", `<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>`)
	expect(t, report(t, d), map[string]string{"identity": "ok      ", "session": "ok      ", "state bucket": "versioning is off", "state privacy": "does not block", lock: "free"})
	put("?versioning", versioned)
	put("?publicAccessBlock", closed)
	put("/app/prod/terraform.tfstate.tflock", awstest.HeldLock)
	expect(t, report(t, d), map[string]string{"identity": "ok      ", "session": "ok      ", "state bucket": "versioning is enabled", "state privacy": "ok      ", lock: "held by root@runner-9"})
}
