package record

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRowsComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.csv")
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Row{
		Time: "2026-01-02T03:04:05Z", Arm: "E", Scenario: "packages, first run", Size: 30, Rep: 2, OK: true, Sum: 1.25, Jobs: "test=1.000 package=0.250",
		CPU: 2.5, Ran: 1, Reused: 7, Up: 1 << 40, Kept: -1, Load: 0.5, Note: `it said "no", twice`,
	}
	if err := w.Write(want); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := Read(f)
	if err != nil || len(rows) != 1 || rows[0] != want {
		t.Fatalf("got %+v, %v, want %+v", rows, err, want)
	}
	if got, ok := rows[0].Job("package"); got != 0.25 || !ok {
		t.Errorf("the job's time: got %v, %v", got, ok)
	}
	if _, ok := rows[0].Job("build"); ok {
		t.Error("a job that did not run has a time")
	}
}

func TestOtherColumnsAreRefused(t *testing.T) {
	if _, err := Read(strings.NewReader("time,arm\nx,E\n")); err == nil {
		t.Error("a file with other columns was read")
	}
	if _, err := Read(strings.NewReader("")); err == nil {
		t.Error("an empty file was read")
	}
}
