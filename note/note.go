package note

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Largest is the maximum size of a note, in bytes: GitHub allows 65,536
// characters, GitLab a million.
const Largest = 60_000

// Note is the content of a note. What is not known is empty, and left out.
type Note struct {
	Environment string
	// Commit is what was checked out, Run the pipeline's URL, Page the URL of the run's page.
	Commit, Run, Page string
	// Server is the address of the server that shows the note. Addresses on it are not
	// linked: the server would treat a link as a reference and show it on the other side too.
	Server string
	// Parts are the parts of a whole pipeline in one call.
	Parts    []Part
	Tests    *Tests
	Packages []Package
	Images   []Image
	Plans    []Plan
	// Address is the environment's address.
	Address string
	Took    time.Duration
}

// Part is one part of a pipeline.
type Part struct {
	Name string
	// Result is ok, failed or not run.
	Result string
	Took   time.Duration
	// Said is its last line of output, or why it failed.
	Said string
}

// Image is a container image of the pipeline, and where it is from: "" if it was
// built.
type Image struct{ Name, From string }

// Plan is what a deployment changes, of one root module.
type Plan struct {
	Root   string
	Counts Markdown
	Lists  []List
	// Diff is Terraform's text of the plan, which hides sensitive values.
	Diff string
}

// rows are the rows of the table, in this order, each with the part it belongs to.
var rows = []struct {
	part, name string
	told       func(Note) Markdown
}{
	{"test", "Tests", func(n Note) Markdown { return n.Tests.line() }},
	{"package", "Package", func(n Note) Markdown { return packagesLine(n.Packages) }},
	{"images", "Images", func(n Note) Markdown { return imagesLine(n.Images) }},
	{"plan", "Plan", func(n Note) Markdown { return plansLine(n.Plans) }},
	{"deploy", "Environment", Note.address},
}

// Text is the note in Markdown.
func (n Note) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Pipeline of %s%s\n\n", Code(n.Environment), n.verdict())
	b.WriteString("| Step | Result | Took | Details |\n|---|---|---|---|\n")
	for _, row := range rows {
		p, ran := n.part(row.part)
		told := row.told(n)
		if ran && p.Result != "not run" && (told == "" || p.Result == "failed" && row.part != "test") {
			told = Code(p.Said)
		}
		if ran || told != "" {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", row.name, n.mark(p, row.part), seconds(p.Took), told)
		}
	}
	n.foot(&b)
	var lists []List
	if n.Tests != nil {
		lists = append(lists, List{"Failed tests", codes(n.Tests.Failures)})
	}
	Lists(&b, lists, (Largest-b.Len())/2)
	for i, p := range n.Plans {
		if left := (Largest - b.Len()) / (len(n.Plans) - i); left > 2000 { // titles and counts fit
			p.write(&b, left, len(n.Plans) > 1)
		}
	}
	return b.String()
}

func (p Plan) write(b *strings.Builder, room int, named bool) {
	if len(p.Lists) == 0 {
		return
	}
	title := "\n**Plan**\n"
	if named {
		title = fmt.Sprintf("\n**Plan of** %s\n", Code(p.Root))
	}
	b.WriteString(title)
	before := b.Len()
	Lists(b, p.Lists, (room-len(title))/2)
	writeDiff(b, p.Diff, room-len(title)-(b.Len()-before))
}

func (n Note) part(name string) (Part, bool) {
	for _, p := range n.Parts {
		if p.Name == name {
			return p, true
		}
	}
	return Part{}, false
}

// verdict is the pipeline's result, as far as it is known.
func (n Note) verdict() Markdown {
	for _, p := range n.Parts {
		if p.Result == "failed" {
			return ": " + Markdown(p.Name) + " failed"
		}
	}
	switch {
	case n.Tests != nil && n.Tests.Failed > 0:
		return ": tests failed"
	case len(n.Parts) > 0:
		return ": passed"
	}
	return ""
}

// mark is the result of a part. A part that left the data of a row succeeded, except
// for tests, which leave reports even if they fail.
func (n Note) mark(p Part, name string) string {
	switch {
	case p.Result == "not run":
		return p.Result
	case p.Result == "failed", name == "test" && n.Tests != nil && n.Tests.Failed > 0:
		return "❌"
	}
	return "✅"
}

// link matches the addresses that a note may link to; a link's text is its address.
var link = regexp.MustCompile(`^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/?&=%+-]*)?$`)

func (n Note) address() Markdown {
	switch {
	case n.Address == "":
		return ""
	case len(n.Address) > longestName, !link.MatchString(n.Address), n.Server != "" && hostOf(n.Address) == hostOf(n.Server):
		return Code(n.Address)
	}
	return Markdown("<" + n.Address + ">")
}

func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return strings.ToLower(host)
}

// foot writes what the note is about.
func (n Note) foot(b *strings.Builder) {
	var said []string
	if n.Commit != "" {
		said = append(said, "commit "+string(Code(n.Commit[:min(len(n.Commit), 10)])))
	}
	if link.MatchString(n.Run) {
		said = append(said, "[pipeline]("+n.Run+")")
	}
	if link.MatchString(n.Page) {
		said = append(said, "[page of the run]("+n.Page+")")
	}
	if n.Took > 0 {
		said = append(said, seconds(n.Took)+" in all")
	}
	if len(said) > 0 {
		fmt.Fprintf(b, "\n%s\n", strings.Join(said, " · "))
	}
}

func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s <= 0:
		return ""
	case s >= 100:
		return fmt.Sprintf("%d min %02d s", int(s+0.5)/60, int(s+0.5)%60)
	default:
		return fmt.Sprintf("%.1f s", s)
	}
}
