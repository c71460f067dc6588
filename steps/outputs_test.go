package steps

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// More outputs than GitLab accepts fail no job: GitLab's report then has only the URL, and
// systems without such a limit get all of them.
func TestMoreOutputsThanGitLabTakes(t *testing.T) {
	const url = "ENVIRONMENT_URL=https://mr-7.example.com\n"
	for name, test := range map[string]struct {
		outputs, length int
		left            int // lines of a report for GitLab
	}{
		"few":   {5, 10, 7},
		"limit": {18, 10, 20},
		"many":  {19, 10, 1},
		"long":  {3, 2000, 1},
	} {
		outputs := map[string]any{"url": "https://mr-7.example.com"}
		for i := range test.outputs {
			outputs[fmt.Sprintf("name-%d", i)] = strings.Repeat("x", test.length)
		}
		text, err := json.Marshal(outputs)
		if err != nil {
			t.Fatal(err)
		}
		for format, lines := range map[string]int{"dotenv": test.left, "env": test.outputs + 2} {
			got, err := outputLines(string(text), format)
			if err != nil || strings.Count(got, "\n") != lines || !strings.Contains(got, url) {
				t.Errorf("%s, %s: %v, %d lines, want %d with the URL", name, format, err, strings.Count(got, "\n"), lines)
			}
		}
	}
	if got, err := outputLines(`{"url": "https://`+strings.Repeat("x", 6000)+`"}`, "dotenv"); got != "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// What a line of variables cannot hold is named, and of two outputs with one name as a
// variable neither passes for the other.
func TestOutputsLeftOut(t *testing.T) {
	stderr := os.Stderr
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = w
	got, err := outputLines(`{"subnets": ["a"], "greeting": "hello world", "n": 3, "a-b": "1", "a_b": "2", "name": "x"}`, "env")
	os.Stderr = stderr
	_ = w.Close()
	said, _ := io.ReadAll(r)
	if err != nil || got != "OUTPUT_N=3\nOUTPUT_NAME=x\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, want := range []string{"outputs: greeting, subnets left out: ", "outputs: a-b, a_b left out: they would all be OUTPUT_A_B: "} {
		if !strings.Contains(string(said), want) {
			t.Errorf("%q is not said: %s", want, said)
		}
	}
}

// An output's name that two root modules have does not fail the job after a deployment.
func TestOutputsOfSeveralRoots(t *testing.T) {
	texts := []string{`{"arn":"a","url":"https://x"}`, `{"arn":"b","name":"n"}`}
	if text, err := outputsTogether(texts, "net, svc", "dotenv"); err != nil || strings.Contains(text, "ARN") || !strings.Contains(text, "OUTPUT_NAME=n") || !strings.Contains(text, "ENVIRONMENT_URL=https://x") {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := outputsTogether(texts, "net, svc", "json"); err == nil || !strings.Contains(err.Error(), "two root modules (net, svc) have the same one (arn): name one") {
		t.Error(err)
	}
	if text, err := outputsTogether(texts[:1], "net", "json"); err != nil || text != texts[0] {
		t.Errorf("%q, %v", text, err)
	}
}
