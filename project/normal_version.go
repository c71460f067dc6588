package project

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	writtenVersion = regexp.MustCompile(`^v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]*))?(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?(?:[-_.]?(dev)[-_.]?([0-9]*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$`)
	preRelease     = map[string]string{"alpha": "a", "a": "a", "beta": "b", "b": "b", "preview": "rc", "pre": "rc", "c": "rc", "rc": "rc"}
)

// NormalVersion is a version as build backends write it: 1.0.0-beta.1 is 1.0.0b1. What is no
// version of Python's stays as it is.
func NormalVersion(text string) string {
	m := writtenVersion.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil {
		return text
	}
	number := func(digits string) string {
		n, _ := strconv.Atoi(digits) // none is 0
		return strconv.Itoa(n)
	}
	out := ""
	if m[1] != "" && number(m[1]) != "0" {
		out = number(m[1]) + "!"
	}
	out += dotted(numbers(m[2]))
	if m[3] != "" {
		out += preRelease[m[3]] + number(m[4])
	}
	if m[5] != "" || m[6] != "" {
		out += ".post" + number(m[5]+m[7])
	}
	if m[8] != "" {
		out += ".dev" + number(m[9])
	}
	if m[10] != "" {
		out += "+" + strings.NewReplacer("-", ".", "_", ".").Replace(m[10])
	}
	return out
}

// dotted writes the parts of a version.
func dotted(parts []int) string {
	var out []string
	for _, part := range parts {
		out = append(out, strconv.Itoa(part))
	}
	return strings.Join(out, ".")
}
