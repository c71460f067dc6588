package note

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever the order in which the calls of several pipelines take effect, one note is left, of the newest.
func TestOneNoteIsLeft(t *testing.T) {
	for seed := range uint64(3000) {
		synctest.Test(t, func(t *testing.T) {
			b := &board{random: rand.New(rand.NewPCG(seed, 1))}
			if seed%3 > 0 { // there is one already, or there are two
				for i := range seed % 3 {
					b.last++
					b.notes = append(b.notes, Written{b.last, marker(int(i)+1).String() + "old"})
				}
			}
			racing := 2 + int(seed%2)
			b.head = marker(9 + racing).Commit // that of the newest one
			var all sync.WaitGroup
			for i := range racing {
				start := time.Duration(b.random.IntN(400)) * time.Millisecond
				all.Go(func() {
					time.Sleep(start)
					if _, err := Post(t.Context(), b, marker(10+i), fmt.Sprint("text of ", 10+i)); err != nil {
						t.Errorf("seed %d: %v", seed, err)
					}
				})
			}
			all.Wait()
			newest := 9 + racing
			if len(b.notes) != 1 || b.notes[0].Body != marker(newest).String()+fmt.Sprint("text of ", newest) {
				t.Fatalf("seed %d: left are %+v", seed, b.notes)
			}
		})
	}
}

// Two pipelines of one commit end with one note, of either.
func TestTwoPipelinesOfOneCommit(t *testing.T) {
	for seed := range uint64(500) {
		synctest.Test(t, func(t *testing.T) {
			b := &board{random: rand.New(rand.NewPCG(seed, 2)), head: "abc"}
			var all sync.WaitGroup
			for i := range 2 {
				all.Go(func() {
					m := marker(10 + i)
					m.Commit = "abc"
					if _, err := Post(t.Context(), b, m, "text"); err != nil {
						t.Errorf("seed %d: %v", seed, err)
					}
				})
			}
			all.Wait()
			if len(b.notes) != 1 {
				t.Fatalf("seed %d: left are %+v", seed, b.notes)
			}
		})
	}
}

func TestPost(t *testing.T) {
	old, other := marker(5).String()+"old", Marker{Project: "shop", Environment: "mr-70", Pipeline: 5}
	for name, tt := range map[string]struct {
		there []string
		head  string // "" for the pipeline's own
		want  Outcome
		left  []string
	}{
		"the first":                      {nil, "", Made, []string{"new"}},
		"one that is there":              {[]string{old}, "", Renewed, []string{"new"}},
		"of the same pipeline":           {[]string{marker(10).String() + "old"}, "", Renewed, []string{"new"}},
		"of a newer pipeline":            {[]string{marker(11).String() + "newer"}, "", Left, []string{"newer"}},
		"of a commit that is not head":   {[]string{old}, "elsewhere", Left, []string{"old"}},
		"of no head, the first":          {nil, "elsewhere", Made, []string{"new"}},
		"twice":                          {[]string{old, old}, "", Renewed, []string{"new"}},
		"another environment's":          {[]string{other.String() + "other"}, "", Made, []string{"other", "new"}},
		"a marker that is quoted":        {[]string{"> " + old}, "", Made, []string{"> " + old, "new"}},
		"a marker that is cut off":       {[]string{marker(5).String()[:40]}, "", Made, []string{marker(5).String()[:40], "new"}},
		"a number beyond all numbers":    {[]string{strings.Replace(old, "pipeline=5", "pipeline=99999999999999999999", 1)}, "", Made, []string{"", "new"}},
		"a line end of another system's": {[]string{strings.Replace(old, "\n", "\r\n", 1)}, "", Renewed, []string{"new"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &board{random: rand.New(rand.NewPCG(1, 3)), head: marker(10).Commit}
				if tt.head != "" {
					b.head = tt.head
				}
				for _, body := range tt.there {
					b.last++
					b.notes = append(b.notes, Written{b.last, body})
				}
				got, err := Post(t.Context(), b, marker(10), "new")
				if err != nil || got != tt.want {
					t.Errorf("%q, %v, want %q", got, err, tt.want)
				}
				var left []string
				for _, n := range b.notes {
					left = append(left, n.Body)
				}
				if len(left) != len(tt.left) {
					t.Fatalf("left are %q, want %q", left, tt.left)
				}
				for i, want := range tt.left {
					if !strings.HasSuffix(left[i], want) {
						t.Errorf("left is %q, want %q", left[i], want)
					}
				}
			})
		})
	}
}

// vanishing is a board whose note is removed by somebody between the look and the edit.
type vanishing struct {
	*board
	times int
}

func (v *vanishing) Edit(ctx context.Context, id int64, body string) error {
	if v.times > 0 {
		v.times--
		_ = v.Remove(ctx, id)
	}
	return v.board.Edit(ctx, id, body)
}

func TestNoteDeletedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &board{random: rand.New(rand.NewPCG(1, 4)), head: marker(10).Commit, notes: []Written{{1, marker(5).String() + "old"}}, last: 1}
		if _, err := Post(t.Context(), &vanishing{b, 1}, marker(10), "new"); err != nil {
			t.Fatal(err)
		}
		if len(b.notes) != 1 || b.notes[0].ID != 2 {
			t.Errorf("left are %+v", b.notes)
		}
	})
}

// silent is a board that does not say what the head is, and fails to list.
type silent struct {
	*board
	err error
}

func (s silent) Current(context.Context, string) (bool, error) { return false, errors.New("403") }
func (s silent) Mine(ctx context.Context) ([]Written, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.board.Mine(ctx)
}

func TestHeadThatIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &board{random: rand.New(rand.NewPCG(1, 5)), notes: []Written{{1, marker(5).String() + "old"}}, last: 1}
		if got, err := Post(t.Context(), silent{b, nil}, marker(10), "new"); err != nil || got != Renewed {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := Post(t.Context(), silent{b, errors.New("refused")}, marker(11), "new"); err == nil {
			t.Error("no error")
		}
	})
}

// What names a project or an environment ends no marker.
func TestMarkerHoldsItsNames(t *testing.T) {
	for _, name := range []string{"shop", "--> <script>", "a\nb", "a b", "@all", "größer", ""} {
		m := Marker{Project: "p" + name, Environment: name + "e", Pipeline: 7, Commit: "abc\n-->"}
		line := m.String()
		if strings.Count(line, "-->") != 1 || strings.Count(line, "\n") != 1 || strings.Contains(line, "<script") || strings.Contains(line, "@") {
			t.Errorf("%q: %q", name, line)
		}
		if got, ok := m.same(line + "text"); !ok || got.Pipeline != 7 || got.Commit != "abc" {
			t.Errorf("%q: read %+v, %v", name, got, ok)
		}
	}
}
