package report

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func call(function string, steps ...Step) Call {
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
	calls, err := s.Last(4)
	if err != nil {
		t.Fatal(err)
	}
	r := Of(calls, nil)
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
	if r.Total.Saved != 100 || r.Total.Seconds != 2 || r.Total.Reused != 6 {
		t.Errorf("together: got %+v", r.Total)
	}
}

func TestNoCallIsAnError(t *testing.T) {
	if _, err := Store(t.TempDir()).Last(1); err == nil || !strings.Contains(err.Error(), "run one first") {
		t.Errorf("got %v", err)
	}
}

func TestDamagedFile(t *testing.T) {
	s := Store(t.TempDir())
	if err := os.WriteFile(s.path(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Last(1); err == nil {
		t.Error("a damaged file was read")
	}
	if err := s.Keep(call("test")); err != nil {
		t.Fatal(err)
	}
	if calls, err := s.Last(9); err != nil || len(calls) != 1 {
		t.Errorf("got %v, %v", calls, err)
	}
}

func TestOnlySoMuchIsKept(t *testing.T) {
	k := kept{Times: map[string]last{}}
	for i := range keepCalls + 5 {
		c := call("test")
		c.Started = c.Started.Add(time.Duration(i) * time.Minute)
		for j := range 100 {
			c.Steps = append(c.Steps, Step{Work: string(rune('a'+i)) + string(rune('a'+j)), Seconds: 1})
		}
		k.add(c)
	}
	if len(k.Calls) != keepCalls || len(k.Times) != keepTimes {
		t.Errorf("%d calls and %d times are kept", len(k.Calls), len(k.Times))
	}
	if _, ok := k.Times["aa"]; ok {
		t.Error("the oldest time was kept")
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
	if calls, err := s.Last(20); err != nil || len(calls) != 8 {
		t.Errorf("%d calls are kept, want 8: %v", len(calls), err)
	}
}

func TestFormats(t *testing.T) {
	r := Of([]Call{
		call("test", Step{Work: "w", Cached: true, Saved: 125, Known: true}),
		call("build & <package>", Step{Work: "w", Seconds: 1}),
	}, &Space{Bytes: 1_500_000_000, Records: 75})
	for _, want := range []string{"2 min 05 s", "together", "1.5 GB in 75 records"} {
		if text, err := r.Format("text"); err != nil || !strings.Contains(text, want) {
			t.Errorf("no %q in %q, %v", want, text, err)
		}
	}
	text, err := r.Format("json")
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal([]byte(text), &back); err != nil || back.Total.Saved != 125 || back.Space.Records != 75 {
		t.Errorf("got %+v, %v", back, err)
	}
	picture, err := r.Format("svg")
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v\n%s", err, picture)
		}
	}
	if _, err := r.Format("pdf"); err == nil {
		t.Error("an unknown format was taken")
	}
}
