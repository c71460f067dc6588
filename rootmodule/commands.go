package rootmodule

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// programs are those that commands of root modules use and few images have.
var programs = regexp.MustCompile("(?:^|[\\s;&|(\"'`/=])(bash|zip|make|python(?:3(?:\\.\\d+)?)?|pip(?:3(?:\\.\\d+)?)?|npm|node|openssl|rsync|wget|psql|mysql|envsubst)(?:[\\s;&|)\"'`,]|$)")

// makes are words of commands that leave files for an archive.
var makes = regexp.MustCompile(`\b(?:install|ci|build|zip|cp|mkdir|make|download|export|package|wheel|sync)\b|\.(?:sh|bash|py)\b`)

// script is a file of commands, by its name in one.
var script = regexp.MustCompile(`[\w./-]+\.(?:sh|bash|py)\b`)

// runs are the commands of one module, and the archives that are made after them.
type runs struct {
	makers   []string            // resources whose commands leave files
	archives map[string][]string // what an archive depends on
}

// command looks at a block that may run a command, or make an archive.
func (f *reading) command(block *hclsyntax.Block) {
	if len(block.Labels) < 2 {
		return
	}
	address := strings.Join(block.Labels, ".")
	if block.Labels[0] == "archive_file" {
		for name, a := range block.Body.Attributes {
			f.runs.archives[address] = append(f.runs.archives[address], byName(a.Expr.Variables())...)
			if name == "source_dir" {
				f.packs(a.Expr)
			}
		}
	}
	if a := block.Body.Attributes["program"]; a != nil && block.Type == "data" && block.Labels[0] == "external" {
		f.uses(string(a.Expr.Range().SliceBytes(f.data)))
	}
	for _, inner := range block.Body.Blocks {
		if inner.Type == "provisioner" && slices.Contains(inner.Labels, "local-exec") {
			f.local(address, string(inner.Range().SliceBytes(f.data)))
		}
	}
}

// jsonCommands looks at the resources or data sources of a document.
func (f *reading) jsonCommands(blocks any) {
	for kind, all := range labelled(blocks) {
		for name, body := range labelled(all) {
			address := kind + "." + name
			switch kind {
			case "archive_file":
				f.runs.archives[address] = append(inTexts(body), addresses(body["depends_on"])...)
				text, _ := body["source_dir"].(string)
				if e, diagnostics := hclsyntax.ParseTemplate([]byte(text), f.name, hcl.InitialPos); !diagnostics.HasErrors() && text != "" {
					f.packs(e)
				}
			case "external":
				f.uses(jsonText(body["program"]))
			}
			for _, p := range objects(body["provisioner"]) {
				if p["local-exec"] != nil {
					f.local(address, jsonText(p["local-exec"]))
				}
			}
		}
	}
}

// packs is the directory that an archive is of.
func (f *reading) packs(of hclsyntax.Expression) {
	start, all := f.plainPath(of)
	dir := path.Join(f.root, start)
	f.out.PacksItself = f.out.PacksItself || all && (dir == "." || dir == f.root || strings.HasPrefix(f.root, dir+"/"))
}

// jsonText are the texts of a value, a line each.
func jsonText(value any) string {
	switch v := value.(type) {
	case string:
		return v + "\n"
	case []any:
		var b strings.Builder
		for _, item := range v {
			b.WriteString(jsonText(item))
		}
		return b.String()
	case map[string]any:
		return jsonText(slices.Collect(maps.Values(v)))
	}
	return ""
}

// addresses are those in a list of JSON, where they are plain texts.
func addresses(list any) (out []string) {
	texts, _ := list.([]any)
	for _, t := range texts {
		if text, ok := t.(string); ok {
			out = append(out, reference(text))
		}
	}
	return out
}

// local is a command of a resource, which runs where Terraform does.
func (f *reading) local(address, text string) {
	f.uses(text)
	if makes.MatchString(text) {
		f.runs.makers = append(f.runs.makers, address)
	}
}

// uses notes the programs that a command names, and those in the scripts of the source
// that it names.
func (f *reading) uses(text string) {
	text = strings.NewReplacer("${path.module}", "./"+relative(f.root, f.dir), "${path.root}", ".", "${path.cwd}", ".").Replace(text)
	f.names(text)
	for _, name := range script.FindAllString(text, -1) {
		for _, dir := range []string{f.root, f.dir} {
			data, err := fs.ReadFile(f.source, path.Join(dir, name))
			if err != nil {
				continue
			}
			first, rest, _ := strings.Cut(string(data), "\n")
			if f.names(first); path.Ext(name) != ".py" { // whose words are no commands
				f.names(commentLine.ReplaceAllString(rest, ""))
			}
			break
		}
	}
}

func (f *reading) names(text string) {
	for at := 0; ; {
		found := programs.FindStringSubmatchIndex(text[at:])
		if found == nil {
			return
		}
		name, _, _ := strings.Cut(text[at+found[2]:at+found[3]], ".")
		if !slices.Contains(f.out.Programs, name) {
			f.out.Programs = append(f.out.Programs, name)
		}
		at += found[3] // the next one may begin with what ends this one
	}
}

// run puts a module's commands to those of the root module.
func (m *Module) run(r *runs) {
	for _, needs := range r.archives {
		for _, address := range needs {
			if slices.Contains(r.makers, address) && !slices.Contains(m.Makers, address) {
				m.Makers = append(m.Makers, address)
			}
		}
	}
	slices.Sort(m.Makers)
}
