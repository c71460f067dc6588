package note

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// planText is Terraform's of a plan.
const planText = `Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
  + create

Terraform will perform the following actions:

  # aws_lambda_function.api will be updated in-place
  ~ resource "aws_lambda_function" "api" {
      ~ memory_size = 128 -> 256
      ~ environment {
          - variables = {
              - "A" = "1"
            } -> null
          + secret    = (sensitive value)
        }
        # (20 unchanged attributes hidden)
    }

  # aws_iam_policy.a must be replaced
-/+ resource "aws_iam_policy" "a" {
      ~ policy = <<-EOT
            /close
            ` + "```" + `
        EOT
    }

Plan: 1 to add, 1 to change, 1 to destroy.
`

var examples = map[string]Note{
	"passed": {
		Environment: "mr-7", Commit: "0123456789abcdef", Run: "https://gitlab.example.com/shop/app/-/pipelines/9", Page: "https://gitlab.example.com/shop/app/-/jobs/8/artifacts/file/run/run.html", Took: 31200 * time.Millisecond,
		Parts: []Part{
			{"test", "ok", 5100 * time.Millisecond, "41 tests passed"}, {"package", "ok", 300 * time.Millisecond, "artifact.zip, 12 kB"},
			{"images", "ok", time.Second, "3 images, 0 of them pushed"}, {"plan", "ok", 8 * time.Second, "plan: 2 to add"}, {"deploy", "ok", 101 * time.Second, "mr-7: 2 added"},
		},
		Tests:    &Tests{Total: 42, Skipped: 1, Coverage: []float64{87.61}, Before: new(87.2)},
		Packages: []Package{{"artifact.zip", 12_345, new(11_000)}, {"layer.zip", 2_000_000, nil}},
		Images:   []Image{{"app", "registry.example.com/shop/app"}, {"terraform", ""}},
		Plans:    []Plan{{"infra", "**2** to add, **0** to change, **0** to destroy", []List{{"Created", []Markdown{Code("aws_sqs_queue.jobs"), Code(`aws_sqs_queue.jobs["a"]`)}}}, planText}},
		Address:  "https://mr-7.shop.example.com/",
	},
	"failed": {
		Environment: "mr-7",
		Parts: []Part{
			{"test", "failed", time.Second, "running make test: 2 of 3 tests failed"}, {"package", "ok", time.Second, "artifact.zip, 12 kB"},
			{"plan", "failed", time.Second, "running terraform plan: no such role"}, {"deploy", "not run", 0, "done"},
		},
		Tests: &Tests{Total: 3, Failed: 2, Failures: []string{"tests.a", "tests.b"}, Coverage: []float64{50}, Before: new(50.01), Took: time.Second, Reused: true},
	},
	"broken":  {Environment: "mr-7", Parts: []Part{{"test", "failed", time.Second, "installing: no such package"}}},
	"nothing": {Environment: "mr-7"},
	"results": {
		Environment: "mr-7", Server: "https://gitlab.example.com", Address: "https://gitlab.example.com/shop/app/-/issues/1",
		Tests: &Tests{Total: 2, Coverage: []float64{90, 75}}, Plans: []Plan{{"a", "No changes", nil, "No changes. Your infrastructure matches the configuration."}, {"b", "**1** to add", []List{{"Created", []Markdown{Code("x.y")}}}, ""}},
	},
}

// The notes are in testdata; UPDATE=1 writes them anew.
func TestText(t *testing.T) {
	for name, n := range examples {
		path, got := filepath.Join("testdata", name+".md"), n.Text()
		if os.Getenv("UPDATE") == "1" {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestAddressIsALinkOrAName(t *testing.T) {
	for address, linked := range map[string]bool{
		"https://mr-7.example.com": true, "http://10.0.0.1:8080/a?b=c&d": true, "https://x.lambda-url.eu-west-1.on.aws/": true,
		"javascript:alert(1)": false, "https://evil.example/> @all <": false, "https://a b": false, "https://user:secret@example.com": false,
		"https://gitlab.example.com/a/b/-/issues/1": false, "https://GITLAB.example.com/x": false, "https://example.com/`": false, "ftp://x": false, "https://example.com/)[x](y": false,
	} {
		n := Note{Address: address, Server: "https://gitlab.example.com/root"}
		if got := string(n.address()); got == "<"+address+">" != linked || !linked && !strings.HasPrefix(got, "`") {
			t.Errorf("%q: %s", address, got)
		}
	}
}
