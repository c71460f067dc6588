package results

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/fstest"
)

func sample() Inputs {
	return Inputs{
		Step: "test", Image: "app-0", Files: []string{"sha256:a", "sha256:b"}, Project: "services/a", Roots: []string{"infra"}, Python: "3.12",
		Versions: []string{"", "2.2.1", ""}, Settings: map[string]any{"command": "make test", "variables": map[string]string{"A": "1", "B": "2"}},
		Services: []string{"db {}"}, Program: "p",
	}
}

// Each part of the inputs counts: a field that is added without being part of the
// key would be a wrong hit.
func TestEachInputCounts(t *testing.T) {
	key := sample().Key()
	typ := reflect.TypeFor[Inputs]()
	for i := range typ.NumField() {
		in := sample()
		switch field := reflect.ValueOf(&in).Elem().Field(i); field.Kind() {
		case reflect.String:
			field.SetString(field.String() + "x")
		case reflect.Slice:
			field.Set(reflect.Append(field, reflect.ValueOf("")))
		default:
			field.Set(reflect.ValueOf(any("another")))
		}
		if in.Key() == key {
			t.Errorf("%s is no part of the key", typ.Field(i).Name)
		}
	}
	if again := sample().Key(); again != key {
		t.Errorf("the same inputs gave %s and %s", key, again)
	}
}

// What stands in one text must not pass for two, nor in one list for another.
func TestNoInputRunsIntoTheNext(t *testing.T) {
	seen := map[string]Inputs{}
	for _, in := range []Inputs{
		{Files: []string{"a", "b"}}, {Files: []string{"a,b"}}, {Files: []string{`a","b`}}, {Files: []string{"a"}, Roots: []string{"b"}},
		{Roots: []string{"a", "b"}}, {Versions: []string{"a", ""}}, {Versions: []string{"", "a"}}, {Image: "a"}, {Project: "a"}, {Program: "a"},
		{Services: []string{"a"}}, {Services: []string{"a", ""}}, {},
	} {
		if other, twice := seen[in.Key()]; twice {
			t.Errorf("%+v and %+v have one key", in, other)
		}
		seen[in.Key()] = in
	}
}

// Of 10,000 random changes of one input none gives a key that other inputs had, and
// the same inputs have the same key, in whatever order a table is made.
func TestNoWrongHit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	in, seen := sample(), map[string]string{}
	variables := map[string]string{"A": "1", "B": "2"}
	for range 10_000 {
		text := fmt.Sprint(random.IntN(4))
		switch random.IntN(9) {
		case 0:
			in.Image = "app-" + text
		case 1:
			in.Files[random.IntN(len(in.Files))] = "sha256:" + text
		case 2:
			in.Project = text
		case 3:
			in.Roots = append([]string{}, in.Roots[:random.IntN(len(in.Roots)+1)]...)
			in.Roots = append(in.Roots, text)
		case 4:
			in.Versions[random.IntN(len(in.Versions))] = text
		case 5:
			variables[string(rune('A'+random.IntN(3)))] = text
		case 6:
			delete(variables, string(rune('A'+random.IntN(3))))
		case 7:
			in.Services = []string{"db " + text}
		case 8:
			in.Step = []string{"test", "package"}[random.IntN(2)]
		}
		made := map[string]string{} // anew, in Go's random order
		for name, value := range variables {
			made[name] = value
		}
		in.Settings = map[string]any{"variables": made}
		is, key := fmt.Sprintf("%+v", in), in.Key()
		if was, known := seen[key]; known && was != is {
			t.Fatalf("a wrong hit: %s and %s", was, is)
		}
		seen[key] = is
	}
	inputs := map[string]bool{}
	for _, is := range seen {
		inputs[is] = true
	}
	if len(inputs) != len(seen) || len(seen) < 5_000 {
		t.Errorf("%d keys for %d inputs", len(seen), len(inputs))
	}
}

func TestProgram(t *testing.T) {
	file := func(name, text string) fstest.MapFS { return fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}} }
	seen := map[string]bool{}
	for _, files := range []fstest.MapFS{file("a", "b"), file("a", "c"), file("b", "b"), file("a/b", "b"), {}} {
		seen[Program(files)] = true
	}
	if !seen[Program(file("a", "b"))] || len(seen) != 5 {
		t.Errorf("%d hashes of five programs", len(seen))
	}
	with := file("a", "b")
	with["a_test.go"] = &fstest.MapFile{Data: []byte("c")}
	if !seen[Program(with)] {
		t.Error("a test counts, which a Dagger engine does not get")
	}
}
