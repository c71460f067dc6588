package project

import (
	"iter"
	"reflect"
	"slices"

	"github.com/agext/levenshtein"
)

// field is a setting as its struct's tags describe it.
type field struct {
	key, form, doc string
	must           bool
	index          int
}

func fields(t reflect.Type) iter.Seq[field] {
	return func(yield func(field) bool) {
		for i := range t.NumField() {
			tag := t.Field(i).Tag
			if !yield(field{key: tag.Get("toml"), form: tag.Get("form"), doc: tag.Get("doc"), must: tag.Get("must") != "", index: i}) {
				return
			}
		}
	}
}

// nearest is the word that takes the fewest changes to become another.
func nearest(word string, words []string) string {
	return slices.MinFunc(words, func(a, b string) int {
		return levenshtein.Distance(word, a, nil) - levenshtein.Distance(word, b, nil)
	})
}
