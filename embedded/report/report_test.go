package report

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func call(function string, steps ...Step) Call {
	for i := range steps {
		steps[i].Kind = Command
	}
	return Call{Function: function, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: 0.5, Steps: steps}
}

func TestSavedIsWhatTheWorkTookWhenItLastRan(t *testing.T) {
	s := Store(t.TempDir())
	for _, c := range []Call{
		call("test", Step{Work: "install", Seconds: 30}, Step{Work: "tests", Seconds: 4}),
		call("test", Step{Work: "install", Cached: true}, Step{Work: "tests", Seconds: 5}),
		call("test", Step{Work: "install", Cached: true}, Step{Work: "tests", Cached: true}, Step{Work: "other", Cached: true}),
		call("build-package", Step{Work: "install", Cached: true}, Step{Work: "tests", Seconds: 0.1, Failed: true}),
		call("test", Step{Work: "tests", Cached: true}),
	} {
		if err := s.Keep(c); err != nil {
			t.Fatal(err)
		}
	}
	calls, err := s.Last()
	if err != nil {
		t.Fatal(err)
	}
	r := Of(calls, 4, nil)
	if len(r.Earlier) != 1 || r.Earlier[0].Ran != 2 || r.Earlier[0].Steps != nil {
		t.Errorf("the call before: got %+v", r.Earlier)
	}
	for i, want := range []Sum{
		{Ran: 1, Reused: 1, Saved: 30},
		{Reused: 3, Saved: 35, Unknown: 1},
		{Ran: 1, Reused: 1, Saved: 30},
		{Reused: 1, Saved: 5}, // a failed run does not count as the last
	} {
		got := r.Calls[i]
		if got.Ran != want.Ran || got.Reused != want.Reused || got.Saved != want.Saved || got.Unknown != want.Unknown {
			t.Errorf("call %d: got %+v, want %+v", i, got, want)
		}
	}
	if total := r.total(); total.Saved != 100 || total.Seconds != 2 || total.Reused != 6 {
		t.Errorf("together: got %+v", total)
	}
}

func TestNoCallIsAnError(t *testing.T) {
	if _, err := Store(t.TempDir()).Last(); err == nil || !strings.Contains(err.Error(), "run one first") {
		t.Errorf("got %v", err)
	}
}

// A call that was ended while it wrote spoils no other.
func TestHalfALine(t *testing.T) {
	s := Store(t.TempDir())
	for _, half := range []string{"", `{"call":{"function":"test"`, `{"call":`, "{}"} {
		if err := s.Keep(call("test")); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(s.path(), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.WriteString(half)
		_ = f.Close()
	}
	if calls, err := s.Last(); err != nil || len(calls) != 4 {
		t.Errorf("got %v, %v", calls, err)
	}
}

func TestOnlySoMuchIsKept(t *testing.T) {
	s := Store(t.TempDir())
	for i := range 100 {
		c := call("test")
		c.Started = c.Started.Add(time.Duration(i) * time.Minute)
		for j := range 100 {
			c.Steps = append(c.Steps, Step{Name: strings.Repeat("x", 1000), Kind: Command, Work: fmt.Sprint(i, " ", j), Seconds: 1})
		}
		if err := s.Keep(c); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(s.path()); err != nil || info.Size() > fullBytes {
			t.Fatalf("after %d calls: %v, %v", i, info.Size(), err)
		}
	}
	k, err := s.read(true)
	if err != nil || len(k.calls) < 10 || len(k.calls) > keepCalls || len(k.times) != keepTimes {
		t.Errorf("%d calls and %d times are kept: %v", len(k.calls), len(k.times), err)
	}
	if _, ok := k.times["0 0"]; ok {
		t.Error("the oldest time was kept")
	}
}

// What a command took is known also where the call in which it ran is kept no more.
func TestTimesOutliveTheirCalls(t *testing.T) {
	s := Store(t.TempDir())
	keep := func(c Call) {
		t.Helper()
		if err := s.Keep(c); err != nil {
			t.Fatal(err)
		}
	}
	keep(call("test", Step{Work: "install", Seconds: 30}))
	for range keepCalls {
		keep(call("other"))
	}
	if err := s.shorten(); err != nil {
		t.Fatal(err)
	}
	keep(call("test", Step{Work: "install", Cached: true}))
	calls, err := s.Last()
	if err != nil || len(calls) != keepCalls || calls[len(calls)-1].sum().Saved != 30 {
		t.Errorf("%d calls, the last %+v: %v", len(calls), calls[len(calls)-1], err)
	}
}

func TestCallsAtTheSameTime(t *testing.T) {
	s := Store(t.TempDir())
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if err := s.Keep(call("test")); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if calls, err := s.Last(); err != nil || len(calls) != 8 {
		t.Errorf("%d calls are kept, want 8: %v", len(calls), err)
	}
}

func TestFormats(t *testing.T) {
	r := Of([]Call{
		call("merge-request", Step{Work: "w", Seconds: 1}),
		{Function: "test", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: 9.5, Failed: true, Steps: []Step{
			{Name: "python:3.12", Kind: "image", Start: 0.25, Seconds: 2, Bytes: 48_000_000},
			{Name: "install", Kind: Command, Work: "w", Cached: true, Start: 2.25, Saved: 125, Known: true},
			{Name: "make test", Kind: Command, Work: "v", Start: 2.5, Seconds: 5, Failed: true},
		}},
	}, 1, &Space{Bytes: 1_500_000_000, Records: 75}, Version{"Embedded engine", "BuildKit v0"})
	for _, want := range []string{"2 min 05 s", "1.5 GB in 75 records"} {
		if text, err := r.Format("text"); err != nil || !strings.Contains(text, want) {
			t.Errorf("no %q in %q, %v", want, text, err)
		}
	}
	if text, err := Of([]Call{call("test"), call("plan")}, 2, nil).Format("text"); err != nil || !strings.Contains(text, "together") {
		t.Errorf("no sum of two calls in %q, %v", text, err)
	}
	text, err := r.Format("json")
	if err != nil {
		t.Fatal(err)
	}
	// The module's page reads the same file.
	if want, err := os.ReadFile("testdata/calls.json"); err != nil || text != string(want) {
		t.Errorf("got %s, %v", text, err)
	}
	if _, err := r.Format("pdf"); err == nil {
		t.Error("an unknown format was taken")
	}
}

func BenchmarkKeep(b *testing.B) {
	s := Store(b.TempDir())
	c := call("test")
	for i := range 30 {
		c.Steps = append(c.Steps, Step{Name: strings.Repeat("x", 100), Kind: Command, Work: fmt.Sprint(i), Seconds: 1})
	}
	for b.Loop() {
		if err := s.Keep(c); err != nil {
			b.Fatal(err)
		}
	}
}
