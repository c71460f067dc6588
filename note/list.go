package note

import (
	"fmt"
	"strings"
)

// List is a list in a note. Its title is the pipeline's own text.
type List struct {
	Title string
	Items []Markdown
}

// folded is the number of items above which a list is folded.
const folded = 10

// write writes a list in at most room bytes and counts the items that do not fit.
func (l List) write(b *strings.Builder, room int) {
	if len(l.Items) == 0 {
		return
	}
	begin, end := fmt.Sprintf("\n%s:\n\n", l.Title), ""
	if len(l.Items) >= folded {
		begin, end = fmt.Sprintf("\n<details><summary>%s: %d</summary>\n\n", l.Title, len(l.Items)), "\n</details>\n"
	}
	room -= len(begin) + len(end) + len("- and 1000000 more\n")
	b.WriteString(begin)
	for i, item := range l.Items {
		if room -= len(item) + len("- \n"); room < 0 {
			fmt.Fprintf(b, "- and %d more\n", len(l.Items)-i)
			break
		}
		fmt.Fprintf(b, "- %s\n", item)
	}
	b.WriteString(end)
}

// Lists writes lists in at most room bytes, or a little more if there is no
// room for their titles. A short list leaves its share to those after it.
func Lists(b *strings.Builder, lists []List, room int) {
	start := b.Len()
	for i, l := range lists {
		l.write(b, (room-(b.Len()-start))/(len(lists)-i))
	}
}
