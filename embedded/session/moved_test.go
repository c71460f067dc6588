package session

import (
	"testing"
	"time"

	"github.com/moby/buildkit/client"
)

func TestMovement(t *testing.T) {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(seconds int) *time.Time { out := began.Add(time.Duration(seconds) * time.Second); return &out }
	m := &movement{bytes: map[string]int64{}}
	for _, s := range []client.VertexStatus{
		{ID: "resolve registry.example/app", Started: at(0), Completed: at(90)},
		{ID: "sha256:a", Current: 10, Started: at(1)},
		{ID: "sha256:a", Current: 40, Started: at(1), Completed: at(3)},
		{ID: "sha256:b", Current: 2, Started: at(2), Completed: at(2)},
		{ID: "extracting sha256:a", Current: 999, Started: at(3), Completed: at(7)},
	} {
		m.note(&s)
	}
	step := Step{Seconds: 0.1}
	m.tell(&step)
	if step.Bytes != 42 || step.Seconds != 6 || !step.Started.Equal(*at(1)) {
		t.Errorf("got %+v", step)
	}
	var none *movement
	none.tell(&step)
}
