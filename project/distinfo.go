package project

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// InfoDir is the name of the directory that describes an installed package.
func (d Distribution) InfoDir() string {
	return strings.ToLower(separator.ReplaceAllString(d.Name, "_")) + "-" + d.Version + ".dist-info"
}

var separator = regexp.MustCompile(`[-_.]+`)

// Info are the files that make a package known to importlib.metadata, by their
// paths; source is where it can be edited.
func (d Distribution) Info(source string) map[string]string {
	metadata := "Metadata-Version: 2.1\nName: " + d.Name + "\nVersion: " + d.Version + "\n"
	for _, line := range d.Metadata {
		metadata += line + "\n"
	}
	for _, requirement := range d.Requires {
		metadata += "Requires-Dist: " + requirement + "\n"
	}
	files := map[string]string{
		"METADATA":        metadata,
		"INSTALLER":       "pipeline\n",
		"direct_url.json": fmt.Sprintf("{\"url\": \"file://%s\", \"dir_info\": {\"editable\": true}}\n", source),
	}
	if points := d.entryPoints(); points != "" {
		files["entry_points.txt"] = points
	}
	record := ""
	for _, name := range sortedKeys(files) {
		record += path.Join(d.InfoDir(), name) + ",,\n"
	}
	files["RECORD"] = record + path.Join(d.InfoDir(), "RECORD") + ",,\n"
	out := map[string]string{}
	for name, text := range files {
		out[path.Join(d.InfoDir(), name)] = text
	}
	return out
}

func (d Distribution) entryPoints() string {
	var b strings.Builder
	for _, group := range sortedKeys(d.EntryPoints) {
		fmt.Fprintf(&b, "[%s]\n", group)
		for _, name := range sortedKeys(d.EntryPoints[group]) {
			fmt.Fprintf(&b, "%s = %s\n", name, d.EntryPoints[group][name])
		}
		b.WriteString("\n")
	}
	return b.String()
}

var reference = regexp.MustCompile(`^\s*([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_]\w*)([\w.]*)\s*(\[.*\])?\s*$`)

// Scripts are the commands that the package brings, by their names; python runs
// them, and source is where its files are.
func (d Distribution) Scripts(python, source string) map[string]string {
	out := map[string]string{}
	for _, group := range []string{"console_scripts", "gui_scripts"} {
		for name, target := range d.EntryPoints[group] {
			m := reference.FindStringSubmatch(target)
			if m == nil || strings.ContainsAny(name, "/\x00") {
				continue
			}
			out[name] = fmt.Sprintf("#!%s\nimport sys\nfrom %s import %s\nsys.argv[0] = sys.argv[0].removesuffix('.exe')\nsys.exit(%s%s())\n", python, m[1], m[2], m[2], m[3])
		}
	}
	for name, file := range d.Files {
		if !strings.ContainsAny(name, "/\x00") {
			out[name] = "#!/bin/sh\nexec '" + strings.ReplaceAll(path.Join(source, file), "'", `'\''`) + "' \"$@\"\n"
		}
	}
	return out
}
