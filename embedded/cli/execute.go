package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"dagger/pipeline/embedded/module"
	"dagger/pipeline/embedded/plain"
)

// result is the result of a chain.
type result struct {
	typ   module.Type
	value any
	own   bool   // it is what the module itself returned
	saved string // path on the host, when the engine has exported it
	told  string // a line about it for people
}

// execute runs a chain in a new session and prints the result when the
// progress display has ended.
func (a *App) execute(ctx context.Context, m *module.Module, c *chain, o *options, progress string) error {
	s := a.NewSession(SessionOptions{Function: c.function(), Progress: progress, CacheFrom: o.cacheFrom, CacheTo: o.cacheTo})
	signals := a.handleSignals(ctx, s)
	res, err := a.inSession(signals, s, m, c, o)
	sig := signals.stop()
	if closeErr := s.Close(err); err == nil && closeErr != nil {
		err = fmt.Errorf("ending the session: %w", closeErr)
	}
	if err == nil {
		err = a.print(scrubbing{s}, res, o)
	}
	if err == nil {
		return nil
	}
	if progress == "quiet" {
		a.showExec(s, err)
	}
	text := oneLine(scrubbing{s}.shown(err.Error()))
	if sig == 0 {
		return scrubbed{err, text}
	}
	if !strings.Contains(text, "interrupted") {
		text = "interrupted: " + text
	}
	return &exitError{128 + int(sig), scrubbed{err, text}}
}

// inSession resolves the arguments, calls the module and follows the chain.
func (a *App) inSession(ctx *interruptible, s Session, m *module.Module, c *chain, o *options) (result, error) {
	r := resolver{a, m, s}
	constructor, err := r.arguments(ctx, c.steps[0])
	if err != nil {
		return result{}, err
	}
	calls, rest := c.calls()
	req := module.Request{Constructor: constructor}
	for _, st := range calls {
		given, err := r.arguments(ctx, st)
		if err != nil {
			return result{}, err
		}
		req.Calls = append(req.Calls, module.Call{Function: st.of + "." + st.fn.Name, Args: given})
	}
	var fields []selection
	for _, st := range rest {
		given, err := r.arguments(ctx, st)
		if err != nil {
			return result{}, err
		}
		fields = append(fields, st.selection(given))
	}
	path, err := a.Builder.Build(ctx, m)
	if err != nil {
		return result{}, err
	}
	socket, err := s.Serve()
	if err != nil {
		return result{}, err
	}
	output := plain.Hiding(a.Stderr, s.Scrub)
	ctx.graceful.Store(true)
	program := module.Program{Path: path, Session: socket, Dir: os.TempDir(), Output: output}
	resp, err := program.Call(ctx, req)
	if err := errors.Join(err, output.Close()); err != nil {
		return result{}, err
	}
	res := result{typ: module.ParseType(resp.Type), own: len(fields) == 0}
	if len(resp.Value) > 0 {
		d := json.NewDecoder(strings.NewReader(string(resp.Value)))
		d.UseNumber()
		if err := d.Decode(&res.value); err != nil {
			return result{}, fmt.Errorf("reading the module's answer: %w", err)
		}
	}
	last := calls[len(calls)-1].fn.Returns
	if last.Own && res.typ.Kind == module.Object {
		return result{typ: own(m, last), value: req}, nil
	}
	return a.follow(ctx, s, c, res, last.Object(), fields, o)
}

// own is the type of one of the module's objects as Dagger names it: with the
// module's name in front.
func own(m *module.Module, t module.Type) module.Type {
	if t.Name != m.Object() {
		t.Name = m.Object() + t.Name
	}
	return t
}

// selection is a step as a field of the API.
func (s *step) selection(given map[string]any) selection {
	out := selection{field: s.fn.Name}
	for _, v := range s.values {
		if val, ok := given[v.arg.Name]; ok {
			out.args = append(out.args, argument{v.arg.Name, val})
		}
	}
	return out
}

// follow applies the rest of the chain to the module's result, which has the type
// first if it is an object. An object at the end is
// evaluated, or exported if -o says so.
func (a *App) follow(ctx context.Context, s Session, c *chain, res result, first string, fields []selection, o *options) (result, error) {
	if len(fields) > 0 {
		res.typ = c.last().fn.Returns
	}
	leaf, export := a.leaf(res.typ, o)
	if len(fields) == 0 && leaf == nil {
		return res, nil
	}
	ids, ok := res.value.([]any)
	if !ok {
		ids = []any{res.value}
	}
	load := func(id any) []selection {
		return append([]selection{sel("load"+first+"FromID", argument{"id", id})}, fields...)
	}
	if isChangeset(res.typ, o) {
		return a.changes(ctx, s, o, load(res.value))
	}
	var values []any
	for _, id := range ids {
		chain := append(load(id), leaf...)
		v, err := ask(ctx, s, chain...)
		if err != nil {
			return result{}, err
		}
		values = append(values, v)
	}
	switch {
	case ok:
		res.value = values
	case export:
		res.saved = fmt.Sprint(values[0])
	default:
		res.value = values[0]
	}
	return res, nil
}

// leaf is what to select from an object at the end of a chain: its export to the
// path of -o, or its id once it is evaluated; nothing for scalars.
func (a *App) leaf(t module.Type, o *options) (fields []selection, export bool) {
	p, ok := a.API.provider(t)
	if !ok {
		return nil, false
	}
	if f, ok := p.find("export"); ok && o.output != "" && t.Kind == module.Object {
		args := []argument{{"path", a.path(o.output)}}
		for _, arg := range f.Args {
			if arg.Name == "allowParentDirPath" {
				args = append(args, argument{arg.Name, true})
			}
		}
		return []selection{sel("export", args...)}, true
	}
	if f, ok := p.find("sync"); ok {
		if f.Returns.Kind == module.Object {
			return []selection{sel("sync"), sel("id")}, false
		}
		return []selection{sel("sync")}, false
	}
	return []selection{sel("id")}, false
}
