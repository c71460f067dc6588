package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/fault"
	"dagger/pipeline/tell"
)

// place is where a state may be in S3.
type place struct{ bucket, key string }

func (p place) String() string { return "s3://" + p.bucket + "/" + p.key }

// declaredPlaces are those at which the declared backend would have the
// environment's state, with the files that say more of it.
func (w Workspace) declaredPlaces() (out []place) {
	if w.onAnotherServer() {
		return nil // a bucket of that name here is another one
	}
	for _, c := range w.backendConfigs() {
		if key := c["key"]; key != "" && !strings.Contains(c["bucket"]+key, "${") {
			bucket := cmp.Or(c["bucket"], w.State.Bucket)
			out = append(out, place{bucket, key}, place{bucket, path.Join(cmp.Or(c["workspace_key_prefix"], "env:"), w.Environment, key)})
		}
	}
	return slices.DeleteFunc(out, func(p place) bool { return p == w.statePlace() })
}

// backendConfigs are the arguments that the declared backend may have for the
// environment: its own, with those of the files that have its name, or of the
// only one that there is.
func (w Workspace) backendConfigs() []map[string]string {
	b := w.Module.Backend
	if b == nil || b.Type != "s3" {
		return nil
	}
	var named, all []map[string]string
	for _, f := range b.Files {
		if f.Config == nil {
			continue
		}
		c := maps.Clone(b.Config)
		maps.Copy(c, f.Config)
		all = append(all, c)
		if w.names(f.Path) || w.names(f.Config["key"]) || w.names(f.Config["bucket"]) {
			named = append(named, c)
		}
	}
	if len(named) == 0 && len(all) == 1 {
		named = all
	}
	return append([]map[string]string{b.Config}, named...)
}

// unplaced tells whether somebody gives the declared backend arguments which say
// where the state is, or the program is to compute them, and these are not known.
func (w Workspace) unplaced() bool {
	if w.Module.Backend.Computed() || w.onAnotherServer() {
		return true
	}
	return w.Module.Backend.Type == "s3" && len(w.Module.Backend.Files) > 0 &&
		!slices.ContainsFunc(w.backendConfigs(), func(c map[string]string) bool { return c["bucket"] != "" && c["key"] != "" })
}

// expectedPlaces are the declared ones that the environment's state may be at.
// A merge request's is at one that has its name: any other is of an environment
// that lasts, and would be destroyed with the merge request's.
func (w Workspace) expectedPlaces() []place {
	return slices.DeleteFunc(w.declaredPlaces(), func(p place) bool { return !w.lasts() && !w.names(p.String()) })
}

func (w Workspace) statePlace() place { return place{w.State.Bucket, w.State.Key} }

// names tells whether the environment's name is a word of a text: prod is one of
// backend-prod.hcl, and none of backend-nonprod.hcl or backend-non-prod.hcl.
func (w Workspace) names(text string) bool {
	const word = `(?:^|[^a-z0-9])`
	name := regexp.QuoteMeta(w.Environment)
	text = regexp.MustCompile(word+`(?:non|not|pre)[-_.]`+name).ReplaceAllString(strings.ToLower(text), "")
	return regexp.MustCompile(word + name + `(?:[^a-z0-9]|$)`).MatchString(text)
}

// declaredState is one at the place that the root module declares.
func (w Workspace) declaredState(ctx context.Context, in states) error {
	for _, p := range w.expectedPlaces() {
		there, err := in(p.bucket).Read(ctx, p.key)
		if noBucket(err) {
			if err := w.withoutBucket(p.bucket); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if there.Exists && there.Moved == "" && (!there.Known || len(there.Addresses) > 0) {
			return w.elsewhere(p, "which "+w.Module.Backend.Where+" declares")
		}
	}
	return nil
}

// noBucket tells that a bucket of states does not exist. Of its keys, those that do not are no error.
func noBucket(err error) bool { return errors.Is(err, fault.ErrNotFound) }

// withoutBucket is what a declared bucket means that does not exist. A merge request's environment is
// taken for a new one; a lasting one's state may be in a bucket that only a CI system's settings name.
func (w Workspace) withoutBucket(bucket string) error {
	none := fmt.Sprintf("there is no bucket %q, which %s declares", bucket, w.Module.Backend.Where)
	if !w.lasts() {
		tell.Once(w.Environment + ": " + none + ": taken for a new environment")
		return nil
	}
	return fmt.Errorf("reading the state of %s: there is none at %s, and %s: where it is in another bucket, move it (%s), or say that the environment is a new one (%s)",
		w.Environment, w.statePlace(), none, w.moving("s3://BUCKET/KEY"), w.moving(fromNone))
}
