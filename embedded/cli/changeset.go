package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/embedded/module"
)

// isChangeset tells a chain whose end is shown, and written if the caller asks for that.
func isChangeset(t module.Type, o *options) bool {
	return t.Kind == module.Object && t.Name == "Changeset" && o.output == ""
}

// changes shows what a changeset would write to the working directory, and writes it with -y. chain ends in the changeset.
func (a *App) changes(ctx context.Context, s Session, o *options, chain []selection) (result, error) {
	of := func(more ...selection) (any, error) { return ask(ctx, s, append(slices.Clone(chain), more...)...) }
	var paths []string
	for _, kind := range []string{"addedPaths", "modifiedPaths", "removedPaths"} {
		list, err := of(sel(kind))
		if err != nil {
			return result{}, err
		}
		names, _ := list.([]any)
		for _, name := range names {
			paths = append(paths, fmt.Sprint(name))
		}
	}
	if len(paths) == 0 {
		return result{told: "no changes to apply"}, nil
	}
	patch, err := of(sel("asPatch"), sel("contents"))
	if err != nil {
		return result{}, err
	}
	res := result{typ: module.Type{Kind: module.String}, value: patch, told: "not written, which -y (--auto-apply) does: " + strings.Join(paths, ", ")}
	if o.autoApply {
		if _, err := of(sel("export", argument{"path", a.Dir})); err != nil {
			return result{}, err
		}
		res.told = "written: " + strings.Join(paths, ", ")
	}
	return res, nil
}
