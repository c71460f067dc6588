package debian

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Codename returns VERSION_CODENAME of an os-release file ("" for the machine's own), such as bookworm.
func Codename(path string) (string, error) {
	if path == "" {
		path = "/etc/os-release"
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("finding the Debian release: %w: the lab needs Debian", err)
	}
	values := map[string]string{}
	for line := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[key] = strings.Trim(value, `"'`)
	}
	if values["ID"] != "debian" || values["VERSION_CODENAME"] == "" {
		return "", fmt.Errorf("finding the Debian release: this is %q: the lab builds its base images from Debian's packages and needs Debian", values["PRETTY_NAME"])
	}
	return values["VERSION_CODENAME"], nil
}

// Sources returns the machine's own Debian package sources for a release, as lines "deb URI SUITE main",
// read from apt's directory ("" for /etc/apt). Only Debian's own archives count: those signed by the
// archive's key or by no named key. URIs with a password are left out. Finding none is not an error.
func Sources(dir, codename string) ([]string, error) {
	if dir == "" {
		dir = "/etc/apt"
	}
	files := []string{filepath.Join(dir, "sources.list")}
	for _, pattern := range []string{"*.list", "*.sources"} {
		found, err := filepath.Glob(filepath.Join(dir, "sources.list.d", pattern))
		if err != nil {
			return nil, fmt.Errorf("reading package sources: %w", err)
		}
		files = append(files, found...)
	}
	var lines []string
	seen := map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading package sources: %w", err)
		}
		parse := oneLine
		if strings.HasSuffix(file, ".sources") {
			parse = deb822
		}
		for _, s := range parse(string(data)) {
			if line := s.line(); s.debian(codename) && !seen[line] {
				seen[line] = true
				lines = append(lines, line)
			}
		}
	}
	// The release itself first, then -security and -updates.
	sort.SliceStable(lines, func(i, j int) bool {
		return strings.Contains(lines[i], " "+codename+" ") && !strings.Contains(lines[j], " "+codename+" ")
	})
	if len(lines) > 0 && !strings.Contains(lines[0], " "+codename+" ") {
		return nil, nil
	}
	return lines, nil
}

type source struct {
	uri, suite, components, signedBy string
}

func (s source) line() string { return "deb " + s.uri + " " + s.suite + " main" }

func (s source) debian(codename string) bool {
	suite := s.suite == codename || s.suite == codename+"-updates" || s.suite == codename+"-security"
	main := strings.Contains(" "+s.components+" ", " main ")
	key := s.signedBy == "" || strings.Contains(s.signedBy, "debian-archive")
	http := strings.HasPrefix(s.uri, "http://") || strings.HasPrefix(s.uri, "https://")
	return suite && main && key && http && !strings.Contains(s.uri, "@")
}

// oneLine reads the form "deb [signed-by=KEY ...] URI SUITE COMPONENT...".
func oneLine(text string) (sources []source) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "deb ")
		if !ok {
			continue
		}
		var s source
		rest = strings.TrimSpace(rest)
		if options, after, ok := strings.Cut(rest, "]"); ok && strings.HasPrefix(rest, "[") {
			for _, option := range strings.Fields(options[1:]) {
				if key, ok := strings.CutPrefix(option, "signed-by="); ok {
					s.signedBy = key
				}
			}
			rest = after
		}
		if fields := strings.Fields(rest); len(fields) >= 3 {
			s.uri, s.suite, s.components = strings.TrimSuffix(fields[0], "/"), fields[1], strings.Join(fields[2:], " ")
			sources = append(sources, s)
		}
	}
	return sources
}

// deb822 reads stanzas of "Key: value" lines, apart by empty lines; a value goes on in lines that
// start with a blank.
func deb822(text string) (sources []source) {
	stanza := map[string]string{}
	key := ""
	flush := func() {
		if strings.Contains(" "+stanza["types"]+" ", " deb ") && !strings.EqualFold(stanza["enabled"], "no") {
			for _, uri := range strings.Fields(stanza["uris"]) {
				for _, suite := range strings.Fields(stanza["suites"]) {
					sources = append(sources, source{strings.TrimSuffix(uri, "/"), suite, stanza["components"], stanza["signed-by"]})
				}
			}
		}
		stanza, key = map[string]string{}, ""
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.TrimSpace(line) == "":
			flush()
		case strings.HasPrefix(line, "#"):
		case line[0] == ' ' || line[0] == '\t':
			stanza[key] += " " + strings.TrimSpace(line)
		default:
			k, v, _ := strings.Cut(line, ":")
			key = strings.ToLower(strings.TrimSpace(k))
			stanza[key] = strings.TrimSpace(v)
		}
	}
	flush()
	return sources
}
