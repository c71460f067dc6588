package main

import (
	"strings"
	"testing"
	"time"
)

// On a terminal a live line is taken away before a line that stays is written.
func TestViewOnTerminal(t *testing.T) {
	var b strings.Builder
	v := &view{w: &b, width: 30}
	a := v.begin("test")
	a.note("installing a package with a long name")
	v.print("stays")
	a.end()
	v.print("too")
	live := "  test            0s  inst..."
	got := b.String()
	for range 10 { // the clock may have drawn the same line more often
		got = strings.Replace(got, live+"\n\x1b[1A\x1b[J", "", 1)
	}
	if got != "stays\ntoo\n" {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(b.String(), live) {
		t.Errorf("no live line in %q", b.String())
	}
}

// Elsewhere nothing moves the cursor.
func TestViewElsewhere(t *testing.T) {
	var b strings.Builder
	v := &view{w: &b}
	a := v.begin("test")
	a.note("installing\x1b[31m red\x1b[2K")
	v.tick(a)
	v.heading("Heading")
	a.end()
	if got, want := b.String(), "    ... test: 0s  installing red [2K\n\nHeading\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTable(t *testing.T) {
	got := table([]result{
		{"first run", map[string]time.Duration{"test": 40 * time.Second, "deploy": time.Second}},
		{"unchanged", map[string]time.Duration{"test": 100 * time.Millisecond}},
	})
	want := "" +
		"  step                 first run      unchanged\n" +
		"  test                    40.0 s          0.1 s\n" +
		"  deploy                   1.0 s              -"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
