package record

import (
	"os"
	"path/filepath"
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
		CPU: 2.5, Ran: 1, Reused: 7, Up: 1 << 40, Kept: -1, Load: 0.5, Note: `it said "no", twice`, Line: "100mbit,20ms",
	}
	if err := w.Write(want); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := Read(path)
	if err != nil || len(rows) != 1 || rows[0] != want {
		t.Fatalf("got %+v, %v, want %+v", rows, err, want)
	}
	if got := rows[0].Job("package"); got != 0.25 {
		t.Errorf("the job's time: got %v", got)
	}
	if got := rows[0].Job("build"); got != 0 {
		t.Errorf("a job that did not run has a time: %v", got)
	}
}

func TestOtherColumnsAreRefused(t *testing.T) {
	for _, text := range []string{"", "time,arm\nx,E\n"} {
		path := filepath.Join(t.TempDir(), "results.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if rows, err := Read(path); err == nil {
			t.Errorf("%q was read as %v", text, rows)
		}
	}
}
