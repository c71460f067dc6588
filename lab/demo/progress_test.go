package main

import (
	"slices"
	"testing"
)

func TestProgress(t *testing.T) {
	var p progress
	var shown []string
	for _, line := range []string{
		"building the module pipeline, once for this source",
		"#1 [internal] load /tmp/app",
		"#1 DONE 0.0s",
		"#2 pull 127.0.0.1:5000/python:3.11",
		"#2 resolve 127.0.0.1:5000/python@sha256:00 done",
		"#2 DONE 0.2s",
		"#3 exec sh -c ... install-manager poetry==2.2.1",
		"#4 exec sh -c ... install-dependencies",
		"#4 CACHED",
		"#4 1.25 output of one that has ended",
		"#3 1.250   Downloading poetry",
		"#3 DONE 7.1s",
		"",
		"#5 exec terraform init -no-color -backend-config=key=a/b",
	} {
		if text, ok := p.line(line); ok {
			shown = append(shown, text)
		}
	}
	want := []string{
		"building the module pipeline, once for this source",
		"pull 127.0.0.1:5000/python:3.11",
		"install-manager poetry==2.2.1",
		"install-dependencies",
		"install-manager poetry==2.2.1:   Downloading poetry",
		"terraform init",
	}
	if !slices.Equal(shown, want) {
		t.Errorf("got\n%q, want\n%q", shown, want)
	}
}
