package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// redraw is how often the live lines are drawn on a terminal.
	redraw = 100 * time.Millisecond
	// heartbeat is how often a line shows the current activity if there is no terminal.
	heartbeat = 10 * time.Second
	// plainWidth is how long such a line may be.
	plainWidth = 100
)

// view is the output: lines that stay, and below them, on a terminal, one live line for each
// activity.
type view struct {
	mu     sync.Mutex
	w      io.Writer
	width  int // of the terminal; 0: there is none
	colour bool
	active []*activity
	drawn  int
}

// activity is something in progress.
type activity struct {
	view   *view
	name   string
	start  time.Time
	detail string
	quit   chan struct{}
	ended  chan struct{}
}

func newView(f *os.File) *view {
	v := &view{w: f}
	if size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil && os.Getenv("TERM") != "dumb" {
		if v.width = int(size.Col); v.width == 0 {
			v.width = 80
		}
		v.colour = os.Getenv("NO_COLOR") == ""
	}
	return v
}

// print writes a line that stays.
func (v *view) print(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erase()
	fmt.Fprintf(v.w, format+"\n", args...)
	v.draw()
}

// heading writes a line that stands out.
func (v *view) heading(format string, args ...any) {
	v.print("")
	v.print("%s", v.paint("1", fmt.Sprintf(format, args...)))
}

func (v *view) paint(code, text string) string {
	if !v.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// begin shows an activity until its end.
func (v *view) begin(name string) *activity {
	a := &activity{view: v, name: name, start: time.Now(), quit: make(chan struct{}), ended: make(chan struct{})}
	v.mu.Lock()
	v.active = append(v.active, a)
	v.mu.Unlock()
	interval := heartbeat
	if v.width > 0 {
		interval = redraw
	}
	go func() {
		defer close(a.ended)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-a.quit:
				return
			case <-tick.C:
				v.tick(a)
			}
		}
	}()
	return a
}

// note says what the activity does now.
func (a *activity) note(detail string) {
	a.view.mu.Lock()
	defer a.view.mu.Unlock()
	a.detail = strings.TrimSpace(detail)
}

// unlessDownload notes a line, except go's message that it downloads: it would stay while go compiles.
func (a *activity) unlessDownload(line string) {
	if !strings.HasPrefix(line, "go: downloading ") {
		a.note(line)
	}
}

// end takes the activity off the screen and returns how long it took.
func (a *activity) end() time.Duration {
	took := time.Since(a.start)
	close(a.quit)
	<-a.ended
	v := a.view
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erase()
	for i := range v.active {
		if v.active[i] == a {
			v.active = append(v.active[:i], v.active[i+1:]...)
			break
		}
	}
	v.draw()
	return took
}

func (v *view) tick(a *activity) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.width == 0 {
		fmt.Fprintln(v.w, cut(fmt.Sprintf("    ... %s: %s", a.name, a.text()), plainWidth))
		return
	}
	v.erase()
	v.draw()
}

// text is the time since the start and the detail.
func (a *activity) text() string {
	return strings.TrimSpace(fmt.Sprintf("%3.0fs  %s", time.Since(a.start).Seconds(), a.detail))
}

// erase removes the live lines. The caller holds the lock.
func (v *view) erase() {
	if v.drawn > 0 {
		fmt.Fprintf(v.w, "\x1b[%dA\x1b[J", v.drawn)
		v.drawn = 0
	}
}

// draw writes the live lines, each cut to the width. The caller holds the lock.
func (v *view) draw() {
	if v.width == 0 {
		return
	}
	for _, a := range v.active {
		line := fmt.Sprintf("  %-15s %s", a.name, a.text())
		fmt.Fprintln(v.w, v.paint("2", cut(line, v.width-1)))
		v.drawn++
	}
}

// colours matches the colour codes that commands write for a terminal.
var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// cut shortens a line to n characters and removes what would colour it or move the cursor.
func cut(line string, n int) string {
	line = colours.ReplaceAllString(line, "")
	runes := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, line))
	if len(runes) > n {
		runes = append(runes[:max(0, n-3)], []rune("...")...)
	}
	return string(runes)
}
