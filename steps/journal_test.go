package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a deployment leaves on the engine's disk while it runs: addresses and ids, and no secret.
func TestJournal(t *testing.T) {
	const said = `
Terraform will perform the following actions:
  + input = "hunter22"
aws_s3_bucket.it: Creating...
aws_s3_bucket.it: Still creating... [10s elapsed]
terraform_data.a (local-exec): hunter22
terraform_data.a (local-exec): aws_x.y: Creating...
hunter22 and more: Creating...
aws_s3_bucket.it: Creation complete after 1m2s [id=orders-mr-7]
module.m["a b"].aws_x.y[0]: Creating...
module.m["a b"].aws_x.y[0]: Creation complete after 0s [id=a [id=b]]
aws_x.named: Creation complete after 0s [id=name-hunter22]
aws_x.keyed["hunter22"]: Creating...
aws_x.keyed["hunter22"]: Creation complete after 0s [id=i]
aws_x.from_keys: Creation complete after 0s [id=of-secret-key]
aws_x.last: Creating...`
	const want = `aws_s3_bucket.it: Creating...
aws_s3_bucket.it: Creation complete after 1m2s [id=orders-mr-7]
module.m["a b"].aws_x.y[0]: Creating...
module.m["a b"].aws_x.y[0]: Creation complete after 0s [id=a [id=b]]
aws_x.named: Creation complete after 0s
aws_x.from_keys: Creation complete after 0s
aws_x.last: Creating...
`
	dir := t.TempDir()
	values := t.TempDir()
	for name, value := range map[string]string{"1": "hunter22", "2": "abc"} {
		if err := os.WriteFile(filepath.Join(values, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	journal := filepath.Join(dir, "journal")
	c := exec.Command("sh", "scripts/journal.sh", journal)
	c.Stdin = strings.NewReader(said)
	c.Env = append(os.Environ(), "MEMORY="+dir, "VALUES="+values, "AWS_SECRET_ACCESS_KEY=secret-key")
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != said+"\n" {
		t.Errorf("passed on\n%s\nwant\n%s", out, said)
	}
	got, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("noted\n%s\nwant\n%s", got, want)
	}
	if info, err := os.Stat(journal); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the journal's mode is %v, %v", info.Mode(), err)
	}
}
