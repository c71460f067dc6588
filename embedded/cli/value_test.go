package cli

import (
	"encoding/json"
	"reflect"
	"testing"

	"dagger/pipeline/embedded/module"
)

// TestPlainValues: what the module's code gets, from flags, from a .env file and
// from the source's default.
func TestPlainValues(t *testing.T) {
	enum := module.Type{Kind: module.Enum, Name: "Mode", Values: []module.Member{{Name: "FAST", Value: "f"}, {Name: "SLOW", Value: "s"}}}
	list := func(t module.Type) module.Type { return module.Type{Kind: module.List, Elem: &t} }
	text, integer := module.Type{Kind: module.String}, module.Type{Kind: module.Int}
	for _, tc := range []struct {
		name   string
		typ    module.Type
		def    string
		preset string
		flags  []string
		want   any // nil: none
	}{
		{"nothing", text, "", "", nil, nil},
		{"default", text, `"d"`, "", nil, "d"},
		{"preset", text, `"d"`, "p", nil, "p"},
		{"flag", text, `"d"`, "", []string{"f"}, "f"},
		{"last flag", text, "", "", []string{"f", "g"}, "g"},
		{"empty flag", text, `"d"`, "", []string{""}, ""},
		{"number", integer, "", "", []string{"0x10"}, int64(16)},
		{"negative", integer, "", "", []string{"-3"}, int64(-3)},
		{"float", module.Type{Kind: module.Float}, "", "", []string{"1.5"}, 1.5},
		{"bool", module.Type{Kind: module.Bool}, "", "", []string{"T"}, true},
		{"enum", enum, "", "", []string{"slow"}, "s"},
		{"default of an enum", enum, `"FAST"`, "", nil, "f"},
		{"list", list(text), "", "", []string{"a,b", `"c,d"`}, []any{"a", "b", "c,d"}},
		{"list replaces the default", list(text), `["d"]`, "", []string{"a"}, []any{"a"}},
		{"list replaces the preset", list(text), "", "p,q", []string{"a"}, []any{"a"}},
		{"preset list", list(integer), "", "1,2", nil, []any{int64(1), int64(2)}},
		{"empty list", list(text), `["d"]`, "", []string{""}, []any{}},
		{"list of enums", list(enum), "", "", []string{"fast,slow"}, []any{"f", "s"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := module.Arg{Name: "x", Type: tc.typ}
			if tc.def != "" {
				a.Default = json.RawMessage(tc.def)
			}
			v := newValue(a)
			if tc.preset != "" {
				if err := v.presetFrom(tc.preset); err != nil {
					t.Fatal(err)
				}
			}
			for _, f := range tc.flags {
				if err := v.Set(f); err != nil {
					t.Fatal(err)
				}
			}
			got, ok := v.plain()
			if ok != (tc.want != nil) || ok && !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %#v, %v, want %#v", got, ok, tc.want)
			}
		})
	}
}

func TestListErrorsDoNotShowSecrets(t *testing.T) {
	v := newValue(module.Arg{Name: "x", Type: module.ParseType("[Secret]")})
	if err := v.Set(`env://A,b"ad`); err != nil {
		t.Errorf("got %v", err)
	}
	if got := v.parsed.([]any); len(got) != 2 {
		t.Errorf("got %v", got)
	}
}
