package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"regexp"

	"dagger/pipeline/printable"
)

var (
	//go:embed page.html
	form string
	//go:embed page.css
	style string
)

// policy is the content security policy: it allows the page its own style and nothing else, no script and no request.
var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

var templates = template.Must(template.New("page").Funcs(template.FuncMap{
	"style":   func() template.CSS { return template.CSS(style) },
	"policy":  func() string { return policy },
	"seconds": seconds,
	"size":    size,
	"isLink":  func(n Name) bool { return link.MatchString(string(n)) },
	"raw":     func(n Name) string { return string(n) },
	"percent": func(p *float64) string { return fmt.Sprintf("%.1f %%", *p) },
}).Parse(form))

// link matches the addresses that a page may link to.
var link = regexp.MustCompile(`^https?://[A-Za-z0-9.-]{1,200}(:[0-9]{1,5})?(/[A-Za-z0-9._~/?&=%+-]{0,500})?$`)

// Render writes the page of a run.
func Render(w io.Writer, r Run) error {
	if err := templates.Execute(w, look(r)); err != nil {
		return fmt.Errorf("writing the page of the run: %w", err)
	}
	return nil
}

// JSON is the page's data.
func JSON(r Run) ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the data of the page: %w", err)
	}
	return append(text, '\n'), nil
}

func seconds(s float64) string {
	switch {
	case s >= 100:
		return fmt.Sprintf("%d min %02d s", int(min(s, 1e9)+0.5)/60, int(min(s, 1e9)+0.5)%60)
	case s > 0 && s < 0.095:
		return fmt.Sprintf("%.0f ms", max(1, s*1000))
	}
	return fmt.Sprintf("%.1f s", s)
}

func size(bytes int64) string {
	switch n := float64(bytes); {
	case bytes < 1000:
		return printable.Count(int(bytes), "byte")
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", n/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", n/1e6)
	default:
		return fmt.Sprintf("%.1f GB", n/1e9)
	}
}
