package note

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// board is a merge request in memory whose calls take a random time, before and after they take effect.
type board struct {
	sync.Mutex
	random *rand.Rand
	notes  []Written
	last   int64
	head   string
}

func (b *board) pause() {
	b.Lock()
	d := time.Duration(b.random.IntN(100)+1) * time.Millisecond
	b.Unlock()
	time.Sleep(d) // of a bubble's clock
}

func (b *board) do(f func()) {
	b.pause()
	b.Lock()
	f()
	b.Unlock()
	b.pause()
}

func (b *board) Mine(context.Context) (out []Written, err error) {
	b.do(func() { out = append(out, b.notes...) })
	return out, nil
}

func (b *board) Write(_ context.Context, body string) error {
	b.do(func() { b.last++; b.notes = append(b.notes, Written{b.last, body}) })
	return nil
}

func (b *board) Edit(_ context.Context, id int64, body string) error {
	err := ErrGone
	b.do(func() {
		for i := range b.notes {
			if b.notes[i].ID == id {
				b.notes[i].Body, err = body, nil
			}
		}
	})
	return err
}

func (b *board) Remove(_ context.Context, id int64) error {
	err := ErrGone
	b.do(func() {
		for i := range b.notes {
			if b.notes[i].ID == id {
				b.notes, err = append(b.notes[:i:i], b.notes[i+1:]...), nil
				return
			}
		}
	})
	return err
}

func (b *board) Current(_ context.Context, commit string) (ok bool, err error) {
	b.do(func() { ok = commit == b.head })
	return ok, nil
}

func marker(pipeline int) Marker {
	return Marker{Project: "shop", Environment: "mr-7", Pipeline: int64(pipeline), Commit: fmt.Sprintf("%040x", pipeline)}
}
