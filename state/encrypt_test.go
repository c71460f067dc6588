package state

import (
	"net/http"
	"testing"

	"dagger/pipeline/aws/awstest"
)

// What the pipeline writes is encrypted as terraform's own writes are: by the key that
// is given, else by the bucket's own, which a header would take the place of.
func TestWritesAreEncryptedAsAsked(t *testing.T) {
	for key, want := range map[string]string{"": "", "arn:aws:kms:eu-west-1:1:key/k": "aws:kms"} {
		f := awstest.NewFake(t)
		f.Objects = map[string]string{}
		puts := 0
		f.Fault = func(_ http.ResponseWriter, r awstest.Request, _ int) bool {
			if r.Method == http.MethodPut {
				puts++
				if got, id := r.Header.Get("X-Amz-Server-Side-Encryption"), r.Header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"); got != want || id != key {
					t.Errorf("key %q: %s is written with %q, %q", key, r.Path, got, id)
				}
			}
			return false
		}
		b := In(awstest.Resolve(t, awstest.WithKeys(awstest.Config(f))), "state")
		b.KMSKey = key
		release, err := b.Hold(t.Context(), "app/prod/terraform.tfstate", "test", "job")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Write(t.Context(), "app/prod/terraform.tfstate", []byte("{}"), true); err != nil {
			t.Error(err)
		}
		if err := release(); err != nil || puts != 2 {
			t.Errorf("%d writes, %v", puts, err)
		}
	}
}
