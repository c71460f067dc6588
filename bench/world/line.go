package world

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// Line is what lies between a runner and everything that is hosted: registry, packages and archives share it. nil
// is none: they are on the same machine.
type Line struct {
	// bytes are those of both directions together.
	bytes *rate.Limiter
	// delay is that of each direction. A new connection takes a round trip more.
	delay time.Duration
}

const (
	// piece is how many bytes are held back together.
	piece = 32 << 10
	// underWay is how many pieces may be: far more than a line's rate and delay fill.
	underWay = 256
)

// ParseLine reads a rate and the delay of each direction: 100mbit,20ms. An empty text is no line.
func ParseLine(text string) (*Line, error) {
	if text == "" {
		return nil, nil
	}
	speed, wait, _ := strings.Cut(text, ",")
	number, ok := strings.CutSuffix(speed, "mbit")
	mbit, err := strconv.ParseFloat(number, 64)
	delay, delayErr := time.ParseDuration(wait)
	if !ok || err != nil || delayErr != nil || !(mbit > 0) || delay < 0 {
		return nil, fmt.Errorf("reading --line %q: not a rate and a delay: give them as in 100mbit,20ms", text)
	}
	return &Line{bytes: rate.NewLimiter(rate.Limit(mbit*1e6/8), 2*piece), delay: delay}, nil
}

// connect waits for what a new connection takes.
func (l *Line) connect() {
	if l != nil {
		time.Sleep(2 * l.delay)
	}
}

// carry copies until either side ends. Each piece arrives after the delay, while others follow it.
func (l *Line) carry(ctx context.Context, to io.Writer, from io.Reader) {
	if l == nil {
		_, _ = io.Copy(to, from)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	type sent struct {
		bytes []byte
		due   time.Time
	}
	line, arrived := make(chan sent, underWay), make(chan struct{})
	go func() {
		defer close(arrived)
		defer cancel()
		for s := range line {
			time.Sleep(time.Until(s.due))
			if _, err := to.Write(s.bytes); err != nil {
				return
			}
		}
	}()
	for ctx.Err() == nil {
		b := make([]byte, piece)
		n, err := from.Read(b)
		if l.bytes.WaitN(ctx, n) != nil {
			break
		}
		select {
		case line <- sent{b[:n], time.Now().Add(l.delay)}:
		case <-ctx.Done():
		}
		if err != nil {
			break
		}
	}
	close(line)
	<-arrived
}
