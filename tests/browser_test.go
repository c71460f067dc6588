package tests

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dagger/pipeline/tests/ci/tools"
)

// newBrowser starts a browser without a screen.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(tools.Chromium(t)), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// look is a way to look at a page.
type look struct {
	width  int64
	scheme string
}

func (l look) String() string { return fmt.Sprintf("%s, %d pixels wide", l.scheme, l.width) }

var looks = []look{{360, "light"}, {360, "dark"}, {1200, "light"}, {1200, "dark"}}

// faults opens a page and gives what is wrong with it, and a picture of it.
func faults(t *testing.T, browser context.Context, file string, l look) (found []string, picture []byte) {
	t.Helper()
	tab, cancel := chromedp.NewContext(browser)
	defer cancel()
	var mutex sync.Mutex
	fault := func(format string, args ...any) {
		mutex.Lock()
		defer mutex.Unlock()
		found = append(found, fmt.Sprintf(format, args...))
	}
	chromedp.ListenTarget(tab, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if e.Request.URL != "file://"+file {
				fault("request: %s", e.Request.URL)
			}
		case *runtime.EventConsoleAPICalled:
			fault("console: %s", e.Type)
		case *runtime.EventExceptionThrown:
			fault("exception: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			fault("log: %s", e.Entry.Text)
		case *page.EventJavascriptDialogOpening:
			fault("dialog: %s", e.Message)
			go chromedp.Run(tab, page.HandleJavaScriptDialog(true))
		}
	})
	axe, err := os.ReadFile(tools.Axe(t))
	if err != nil {
		t.Fatal(err)
	}
	var structure, violations []string
	var controls int
	run := func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(tab, actions...); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
	}
	run(network.Enable(), log.Enable(), page.Enable(),
		emulation.SetDeviceMetricsOverride(l.width, 900, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}}),
		chromedp.Navigate("file://"+file),
		chromedp.Evaluate(structureFaults, &structure),
		chromedp.Evaluate(`[...document.querySelectorAll("a[href], summary")].filter(e => e.checkVisibility()).length`, &controls))
	for range controls {
		var reached string
		run(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(focusFault, &reached))
		if reached != "" {
			fault("focus: %s", reached)
		}
	}
	var reached int
	run(chromedp.Evaluate(`window.reached ? window.reached.size : 0`, &reached),
		chromedp.Evaluate(`document.activeElement.blur(); scrollTo(0, 0)`, nil),
		chromedp.CaptureScreenshot(&picture),
		chromedp.Evaluate(string(axe)+"; 0", nil),
		chromedp.Evaluate(`axe.run(document).then(r => r.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 150)).join(" | ")))`,
			&violations, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	if reached != controls {
		fault("focus: %d of %d controls are reached by the keyboard", reached, controls)
	}
	for _, v := range violations {
		fault("axe: %s", v)
	}
	mutex.Lock()
	defer mutex.Unlock()
	return append(found, structure...), picture
}

// looksRight fails a test for all that is wrong with a page in any look. UPDATE=1 writes its pictures, NAME-SCHEME.png
// in docs/, anew.
func looksRight(t *testing.T, browser context.Context, file, name string) {
	t.Helper()
	for _, l := range looks {
		found, picture := faults(t, browser, file, l)
		for _, f := range found {
			t.Errorf("%s: %s", l, f)
		}
		if os.Getenv("UPDATE") == "1" && l.width > 1000 {
			if err := os.WriteFile(filepath.Join(world.Root, "docs", name+"-"+l.scheme+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// structureFaults is what a page has that it should not.
const structureFaults = `(() => {
	const out = [];
	if (document.documentElement.scrollWidth > innerWidth) out.push("structure: it is wider than the window: " + document.documentElement.scrollWidth);
	if (getComputedStyle(document.body).maxWidth === "none") out.push("structure: its style does not apply");
	for (const tag of ["script", "img", "iframe", "object", "link", "base", "form", "input"]) {
		if (document.querySelector(tag)) out.push("structure: it has the element " + tag);
	}
	return out;
})()`

// focusFault tells what is wrong with where the focus is, and notes that it was there.
const focusFault = `(() => {
	const e = document.activeElement, style = getComputedStyle(e), at = e.getBoundingClientRect();
	if (e === document.body) return "on nothing";
	(window.reached ||= new Set()).add(e);
	if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1) return "not to be seen on " + e.textContent;
	if (at.bottom <= 0 || at.top >= innerHeight) return "out of sight on " + e.textContent;
	return "";
})()`

// has tells whether there is a fault of a kind.
func has(faults []string, kind string) bool {
	return slices.ContainsFunc(faults, func(f string) bool { return strings.HasPrefix(f, kind+": ") })
}
