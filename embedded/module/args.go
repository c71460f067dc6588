package module

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// args reads the parameters of a function, without its context. An inline struct
// stands for its fields. An argument of a type that the command
// line cannot handle has the kind Void.
func (s *source) args(f *ast.File, d *ast.FuncDecl) (args []Arg, inline bool, err error) {
	params := unpack(d.Type.Params)
	first := 0
	if len(params) > 0 && s.isContext(f, params[0].typ) {
		first = 1
	}
	if len(params) == first+1 && params[first].name != nil {
		if fields, ok := params[first].typ.(*ast.StructType); ok {
			args, err := s.inlineArgs(f, d, fields)
			return args, true, err
		}
	}
	for i := first; i < len(params); i++ {
		doc, line := s.comments(f, d, params, i)
		a, err := s.arg(f, d, params[i], doc, line)
		if err != nil {
			return nil, false, err
		}
		args = append(args, a)
	}
	return args, false, nil
}

// inlineArgs reads the fields of a struct as parameters.
func (s *source) inlineArgs(f *ast.File, d *ast.FuncDecl, fields *ast.StructType) ([]Arg, error) {
	var args []Arg
	for _, field := range fields.Fields.List {
		for _, p := range unpack(&ast.FieldList{List: []*ast.Field{field}}) {
			a, err := s.arg(f, d, p, field.Doc, field.Comment)
			if err != nil {
				return nil, err
			}
			args = append(args, a)
		}
	}
	return args, nil
}

type param struct {
	name *ast.Ident
	typ  ast.Expr
}

func (p param) Pos() token.Pos {
	if p.name != nil {
		return p.name.Pos()
	}
	return p.typ.Pos()
}

// unpack gives each name of "a, b string" an entry of its own.
func unpack(fields *ast.FieldList) []param {
	var out []param
	for _, f := range fields.List {
		if len(f.Names) == 0 {
			out = append(out, param{typ: f.Type})
		}
		for _, n := range f.Names {
			out = append(out, param{n, f.Type})
		}
	}
	return out
}

// arg reads one parameter with the comments above it and beside it.
func (s *source) arg(f *ast.File, d *ast.FuncDecl, param param, doc, line *ast.CommentGroup) (Arg, error) {
	if param.name == nil || param.name.Name == "_" {
		return Arg{}, fmt.Errorf("reading the module: %s: an argument of %s has no name", s.at(param.typ), d.Name.Name)
	}
	a, err := s.described(f, param, doc, line)
	if err != nil {
		return a, fmt.Errorf("reading the module: %s: argument %s: %w", s.at(param.name), param.name.Name, err)
	}
	return a, nil
}

func (s *source) described(f *ast.File, param param, doc, line *ast.CommentGroup) (Arg, error) {
	p, text := splitPragmas(doc.Text())
	lp, lineText := splitPragmas(line.Text())
	p.merge(lp)
	if text == "" {
		text = lineText
	}
	a := Arg{Name: param.name.Name, Doc: text, Optional: p.set("optional"), Default: p["default"],
		DefaultPath: p.text("defaultPath"), DefaultAddress: p.text("defaultAddress")}
	if a.DefaultPath != "" || a.DefaultAddress != "" {
		a.Optional = true
	}
	var ok bool
	if a.Ignore, ok = p.list("ignore"); !ok {
		return a, fmt.Errorf(`+ignore wants a JSON list of patterns, such as +ignore=["*", "!src"]`)
	}
	t, err := s.typeOf(f, param.typ)
	if err != nil {
		return a, nil // kind Void
	}
	a.Type = t.Type
	a.Optional = a.Optional || t.optional
	return a, a.checkDefault()
}

// checkDefault refuses a default that is not of the argument's type, and
// writes the default of an enum as the name of a member.
func (a *Arg) checkDefault() error {
	if a.Default == nil {
		return nil
	}
	if string(a.Default) == "null" {
		a.Default, a.Optional = nil, true
		return nil
	}
	var target any
	switch a.Type.Kind {
	case String, Enum:
		target = new(string)
	case Int:
		target = new(int)
	case Float:
		target = new(float64)
	case Bool:
		target = new(bool)
	case List:
		target = new([]any)
	default:
		return fmt.Errorf("+default is not for objects")
	}
	if err := json.Unmarshal(a.Default, target); err != nil {
		return fmt.Errorf("+default=%s is no %s", a.Default, a.Type)
	}
	if a.Type.Kind == Enum {
		m, ok := a.Type.Member(*target.(*string))
		if !ok {
			return fmt.Errorf("+default=%s is not a value of %s", a.Default, a.Type)
		}
		a.Default, _ = json.Marshal(m.Name)
	}
	return nil
}

// Member finds a member of an enum by its name, in any case, or by its value in
// the module's code.
func (t Type) Member(name string) (Member, bool) {
	for _, m := range t.Values {
		if strings.EqualFold(m.Name, name) {
			return m, true
		}
	}
	for _, m := range t.Values {
		if m.Value == name {
			return m, true
		}
	}
	return Member{}, false
}

// comments finds the comments about parameter i: a comment that ends on the
// line above it, and one that starts after it on its line. A comment beside the
// previous parameter is about that one.
func (s *source) comments(f *ast.File, d *ast.FuncDecl, params []param, i int) (doc, line *ast.CommentGroup) {
	at := s.line(params[i].Pos())
	before := s.line(d.Type.Params.Opening)
	if i > 0 {
		before = s.line(params[i-1].Pos())
	}
	after := s.line(d.Type.Params.Closing)
	if i+1 < len(params) {
		after = s.line(params[i+1].Pos())
	}
	for _, g := range f.Comments {
		if g.Pos() < d.Type.Params.Opening || g.End() > d.Body.Pos() {
			continue
		}
		switch {
		case s.line(g.End()) == at-1 && s.line(g.Pos()) > before:
			doc = g
		case s.line(g.Pos()) == at && after > at:
			line = g
		}
	}
	return doc, line
}

func (s *source) line(p token.Pos) int { return s.fset.Position(p).Line }

func (s *source) at(n interface{ Pos() token.Pos }) string {
	p := s.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename[strings.LastIndexByte(p.Filename, '/')+1:], p.Line)
}
