// Package rootmodule reads the declarations of a Terraform root module: its
// backend, its use of workspaces, its variables, and the files that it refers to.
// It runs nothing and needs no provider.
package rootmodule

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Module is the content of a root module. Values that only Terraform can evaluate
// are left out, or assumed to be more than they are (see Reach).
type Module struct {
	// Path of the root module in the source.
	Path string
	// Backend is the backend that it declares; nil if it has none.
	Backend *Backend
	// Workspace is the first place where terraform.workspace is used, in the root
	// module or a module that it calls; "" where it is not.
	Workspace string
	// Variables are those that the root module declares.
	Variables map[string]Variable
	// Required are the constraints of required_version, of all modules in the source.
	Required []string
	// Addresses are the resources and modules that the root module declares, such
	// as aws_s3_bucket.it and module.network, with those that were moved to them.
	Addresses map[string]bool
	// Imports are the addresses that import blocks adopt, and Adopted the ids of those
	// whose blocks have a plain one and no condition, by their full addresses.
	Imports map[string]bool
	Adopted map[string]string
	// Values are the variables that a file sets which Terraform reads by itself.
	Values map[string]Value
	// Region is what the default aws provider takes its region from, such as
	// var.region. AssumesRole tells whether an aws provider works in an account
	// that its own arguments choose.
	Region      string
	AssumesRole bool
	// NamedBy are the variables that names of what it makes are made of, and terraform.workspace; ChosenBy those
	// that only choose between names. RandomNames tells that some are made of a random value, Names that there are any.
	NamedBy, ChosenBy  map[string]bool
	RandomNames, Names bool
	Fixed              []Fixed
	// Regional are the resources, of called modules too, and the modules that say their
	// own region.
	Regional map[string]bool
	// Providers are those that the modules of the source need, by their sources.
	Providers []Requirement
	// Fetches reports whether it calls a module whose files are not in the source:
	// terraform init may download different ones each time.
	Fetches bool
	// OverSSH is the first source of a module that git reaches over SSH, "" for none.
	OverSSH string
	// Calls are those modules with their versions, none where not all are plain texts.
	Calls []string
	// Programs are those that its commands name, in provisioners, external data sources and
	// the scripts of the source that these run: bash, pip.
	Programs []string
	// Makers are the resources whose commands leave files for an archive that depends on
	// them, by their addresses in their modules.
	Makers []string
	// Unfound are directories that fileset reads and the source does not have.
	Unfound []Unfound
	// PacksItself tells that an archive may be of the root module's own directory.
	PacksItself bool
	// Servers are, for each configuration of a provider, the resources and variables that
	// its server's address is made of.
	Servers map[string][][]string
	// Generator is a file of a tool that may write the backend: terragrunt.hcl in or
	// above the root module, "" where there is none.
	Generator string
	// Linked reports that a module is reached through a symbolic link.
	Linked bool
	Reach  Reach
	// Tofu is a file that OpenTofu reads and Terraform does not, "" where there is
	// none. Missed are those that no *.tf file stands for: Terraform would not know
	// what they declare.
	Tofu   string
	Missed []string

	text, texts string
}

// Says reports whether a text occurs in the files of the root module, or of a module
// that it calls in the source.
func (m Module) Says(text string) bool { return strings.Contains(m.texts, text) }

// Mentions reports whether a word occurs in the root module's own files.
func (m Module) Mentions(word string) bool {
	found, err := regexp.MatchString(`(^|[^A-Za-z0-9])`+regexp.QuoteMeta(word)+`([^A-Za-z0-9]|$)`, m.text)
	return found && err == nil
}

// Fixed is a resource with one name for all environments, which AWS gives again to whoever
// makes it. Name is "" where only Terraform can tell it.
type Fixed struct{ Address, Name string }

// Value is what a .tfvars file says of a variable.
type Value struct{ Text, File string }

// Reach is what a root module reads from the source outside its own directory.
type Reach struct {
	// Paths are files and directories, from the source's root, sorted.
	Paths []string
	// All is true if they cannot be determined: it may read any file.
	All bool
}

// Read reads a root module of a source as OpenTofu does, which is as Terraform
// does where no file is for OpenTofu alone. It reaches what either would.
func Read(source fs.FS, root string) (Module, error) {
	m, err := read(source, root, true)
	if err != nil || m.Tofu == "" {
		return m, err
	}
	other, err := read(source, root, false)
	m.Reach.All = m.Reach.All || other.Reach.All
	m.Reach.Paths = append(m.Reach.Paths, other.Reach.Paths...)
	slices.Sort(m.Reach.Paths)
	m.Reach.Paths = slices.Compact(m.Reach.Paths)
	return m, err
}

// ReadTerraform reads a root module of a source as Terraform does.
func ReadTerraform(source fs.FS, root string) (Module, error) { return read(source, root, false) }

func read(source fs.FS, root string, tofu bool) (Module, error) {
	r := &reader{source: source, root: path.Clean(root), tofu: tofu, seen: map[string]bool{}, servers: servers{map[string][]string{}, map[string][][]string{}}}
	r.out = Module{Path: r.root, Variables: map[string]Variable{}, Addresses: map[string]bool{}, NamedBy: map[string]bool{}, ChosenBy: map[string]bool{}, Regional: map[string]bool{}, Imports: map[string]bool{}, Adopted: map[string]string{}, Values: map[string]Value{}}
	if err := r.module(r.root); err != nil {
		return Module{}, fmt.Errorf("reading the root module %q: %w", root, err)
	}
	if err := r.values(); err != nil {
		return Module{}, fmt.Errorf("reading the root module %q: %w", root, err)
	}
	r.out.Generator = r.generator()
	r.out.Servers = r.servers.reached()
	if r.out.Backend != nil {
		if err := r.backendFiles(); err != nil {
			return Module{}, fmt.Errorf("reading the root module %q: %w", root, err)
		}
	}
	slices.Sort(r.out.Programs)
	slices.Sort(r.out.Calls)
	if r.broken || slices.Contains(r.out.Calls, "") {
		r.out.Calls = nil
	}
	if r.broken {
		r.out.Providers = nil // half of a word is no provider's name
		r.out.Fetches = true
	}
	slices.Sort(r.out.Reach.Paths)
	r.out.Reach.Paths = slices.Compact(r.out.Reach.Paths)
	return r.out, nil
}

type reader struct {
	source fs.FS
	root   string
	tofu   bool            // the program is OpenTofu
	seen   map[string]bool // modules
	broken bool            // a file of theirs is no configuration
	out    Module
	servers
}

// module reads the files of one module, those that override the others last.
func (r *reader) module(dir string) error {
	if r.seen[dir] {
		return nil
	}
	r.seen[dir] = true
	entries, err := fs.ReadDir(r.source, dir)
	if err != nil {
		return err
	}
	names := r.files(dir, entries)
	own := &needs{required: map[string]Requirement{}, used: map[string]bool{}}
	named := &parts{locals: map[string][]string{}}
	commands := &runs{archives: map[string][]string{}}
	filesets := &sets{locals: map[string]hclsyntax.Expression{}}
	for _, name := range names {
		file := path.Join(dir, name)
		data, err := fs.ReadFile(r.source, file)
		if err != nil {
			return err
		}
		f := &reading{reader: r, dir: dir, name: file, isRoot: dir == r.root, needs: own, parts: named, runs: commands, sets: filesets}
		if r.out.texts += string(data); f.isRoot {
			r.out.text += string(data)
		}
		if strings.HasSuffix(name, ".json") {
			err = f.json(data)
		} else {
			err = f.native(data)
		}
		if err != nil {
			return err
		}
	}
	r.out.add(own)
	r.out.name(named, dir == r.root)
	r.out.run(commands)
	r.out.Unfound = append(r.out.Unfound, filesets.unfound()...)
	return nil
}

// reading is one file.
type reading struct {
	*reader
	dir, name string
	data      []byte
	isRoot    bool
	needs     *needs
	parts     *parts
	runs      *runs
	sets      *sets
}

func (f *reading) at(line int) string { return fmt.Sprintf("%s line %d", f.name, line) }

// reach adds a path of the source, and tells whether it is there.
func (f *reading) reach(name string) bool {
	if name == ".." || strings.HasPrefix(name, "../") {
		return false // not in the source
	}
	if name == "." {
		f.out.Reach.All = true
		return true
	}
	if _, err := fs.Stat(f.source, name); err != nil {
		return false
	}
	if f.throughLink(name) {
		f.out.Linked = true
		f.out.Reach.Paths = append(f.out.Reach.Paths, name)
		return true
	}
	if name != f.root && !strings.HasPrefix(name, f.root+"/") && f.root != "." {
		f.out.Reach.Paths = append(f.out.Reach.Paths, name)
	}
	return true
}
