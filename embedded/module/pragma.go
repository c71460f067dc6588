package module

import (
	"encoding/json"
	"regexp"
	"strings"
)

// pragmaStart finds "+name" and, after it, "=" or the end of the line.
var pragmaStart = regexp.MustCompile(`(?m)^[ \t]*\+[ \t]*([^\s=]+)[ \t]*(=[ \t]*|$)`)

// pragmas are the "+name" and "+name=value" lines of a comment. A value is JSON,
// over several lines when it needs them, or else the rest of its line; a pragma
// without one is true.
type pragmas map[string]json.RawMessage

// splitPragmas removes the pragmas from a comment and returns the rest.
func splitPragmas(comment string) (pragmas, string) {
	found := pragmas{}
	var rest strings.Builder
	for comment != "" {
		at := pragmaStart.FindStringSubmatchIndex(comment)
		if at == nil {
			break
		}
		rest.WriteString(comment[:at[0]])
		name, after := comment[at[2]:at[3]], comment[at[1]:]
		value := json.RawMessage("true")
		if at[4] != at[5] {
			value, after = pragmaValue(after)
		}
		found[name] = value
		_, comment, _ = strings.Cut(after, "\n")
	}
	rest.WriteString(comment)
	return found, strings.TrimSpace(rest.String())
}

func pragmaValue(text string) (value json.RawMessage, rest string) {
	d := json.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&value); err == nil {
		return value, text[d.InputOffset():]
	}
	line, _, _ := strings.Cut(text, "\n")
	value, _ = json.Marshal(strings.TrimSpace(line))
	return value, text[len(line):]
}

// merge adds the pragmas of a comment on the same line, which take precedence.
func (p pragmas) merge(line pragmas) pragmas {
	for k, v := range line {
		p[k] = v
	}
	return p
}

// set reports whether the pragma is present and not false.
func (p pragmas) set(name string) bool {
	v, ok := p[name]
	return ok && string(v) != "false"
}

// text is the value of a pragma as a string, or "".
func (p pragmas) text(name string) string {
	var s string
	if json.Unmarshal(p[name], &s) != nil {
		return ""
	}
	return s
}

// list is the value of a pragma as a list of strings; ok is false if the
// pragma is present but not such a list.
func (p pragmas) list(name string) (list []string, ok bool) {
	v, there := p[name]
	if !there {
		return nil, true
	}
	return list, json.Unmarshal(v, &list) == nil
}
