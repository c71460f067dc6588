package steps

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Values and lines with fewer characters are not masked: that would take letters
// out of every word.
const (
	shortestValue = 4
	shortestLine  = 8
)

// maskForms are the texts to mask so that no command shows one of the values: the
// value itself, each of its lines, which commands indent, and the forms that it
// has within quotes in terraform's output and in JSON. An engine masks exact texts
// only. short is the number of values that are left out.
func maskForms(values []string) (forms []string, short int) {
	for _, value := range values {
		value = strings.TrimSpace(value)
		if value == "" {
			continue
		}
		if utf8.RuneCountInString(value) < shortestValue {
			short++
			continue
		}
		forms = append(forms, value)
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); utf8.RuneCountInString(line) >= shortestLine {
				forms = append(forms, line)
			}
		}
		quoted := unquoted(strconv.Quote(value))
		forms = append(forms, quoted, strings.NewReplacer("${", "$${", "%{", "%%{").Replace(quoted), jsonText(value, false), jsonText(value, true))
	}
	slices.Sort(forms)
	forms = slices.Compact(forms)
	// The longest first: one may be part of another.
	slices.SortStableFunc(forms, func(a, b string) int { return len(b) - len(a) })
	return forms, short
}

// jsonText is a text as it stands within JSON's quotes, with or without the
// escapes that make it safe in HTML.
func jsonText(text string, html bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if e.Encode(text) != nil { // a text always has a form
		return text
	}
	return unquoted(strings.TrimSpace(b.String()))
}

func unquoted(text string) string { return strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`) }
