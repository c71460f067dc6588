package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/printable"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/state"
)

// checkOwn looks for signs that the state was made by something else than this
// root module as it is run now.
func (w Workspace) checkOwn(ctx context.Context, in states, own state.Object, account string) error {
	if err := w.checkForm(own); err != nil {
		return err
	}
	if err := w.checkOneOwner(ctx, in, own); err != nil {
		return err
	}
	if len(own.Addresses) == 0 {
		return w.checkNew(ctx, w.managed(in), own, account)
	}
	for _, check := range []func() error{
		func() error { return w.checkWhose(ctx, own) },
		func() error { return w.checkSplit(ctx, in, own) },
		func() error { return w.checkPlace(own, account) },
		func() error { return w.checkAdopted(own) },
		func() error { return w.checkShared(ctx, w.managed(in), own) },
		func() error { return w.checkFixed(ctx, w.managed(in), own, account) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	if w.Backend.Workspace && w.Settings.Workspace == "" && w.noted.Workspace != w.Environment && !bytes.Contains(own.Body, []byte(w.Environment)) {
		return fmt.Errorf("reading the state of %s: nothing in it has that name, as where it was made in the workspace \"default\", and %s reads the workspace: set workspace = \"default\" in %s where it was, or workspace = \"environment\" where it was made in the workspace %q or is to be replaced",
			w.Environment, w.Module.Workspace, settingsTable, w.Environment)
	}
	return nil
}

// checkForm refuses what is no state: terraform takes an empty object for none,
// and would make everything again.
func (w Workspace) checkForm(own state.Object) error {
	if own.Moved != "" {
		return fmt.Errorf("reading the state of %s: the one at %s was %s: deploy from the sources that name that place, or remove the object where this is to be a new one",
			w.Environment, w.statePlace(), own.Moved)
	}
	var any struct {
		Version   int             `json:"version"`
		Encrypted json.RawMessage `json:"encrypted_data"`
	}
	what := ""
	switch err := json.Unmarshal(own.Body, &any); {
	case len(bytes.TrimSpace(own.Body)) == 0:
		what = "it is empty"
	case err != nil:
		what = "it is not JSON"
	case any.Version == 0 && any.Encrypted == nil:
		what = "it has no version"
	default:
		return nil
	}
	return fmt.Errorf("reading the state of %s: %s is not a state: %s: put an earlier version of the object in its place (aws s3api list-object-versions --bucket %s --prefix %s), or remove it where nothing is deployed",
		w.Environment, w.statePlace(), what, w.State.Bucket, w.State.Key)
}

// checkOneOwner refuses a state that was copied and not moved: whoever deploys
// by the other one would not know of what is done here.
func (w Workspace) checkOneOwner(ctx context.Context, in states, own state.Object) error {
	if own.Lineage == "" {
		return nil
	}
	for _, p := range w.declaredPlaces() {
		there, err := in(p.bucket).Read(ctx, p.key)
		if noBucket(err) {
			continue
		}
		if err != nil {
			return err
		}
		if there.Lineage == own.Lineage {
			return fmt.Errorf("reading the state of %s: it is at %s and at %s, which %s declares: keep one of them: compare their serials, and remove the other",
				w.Environment, w.statePlace(), p, w.Module.Backend.Where)
		}
	}
	return nil
}

// checkWhose refuses a state of which the root module declares nothing.
func (w Workspace) checkWhose(ctx context.Context, own state.Object) error {
	if len(w.declared(own.Addresses)) > 0 {
		return nil
	}
	other, err := w.owner(ctx, own.Addresses)
	if err != nil {
		return err
	}
	if other != "" {
		return fmt.Errorf("reading the state of %s: %s has %s of the root module %q and none of %q: a deployment would destroy them: move the state to that root module's own key (s3://%s/%s), or name it with --infra",
			w.Environment, w.statePlace(), printable.Count(len(own.Addresses), "resource"), other, w.Infra, w.State.Bucket, w.keyOf(other))
	}
	if len(w.Module.Addresses) > 0 {
		return fmt.Errorf("reading the state of %s: %s has %s and none of %q: a deployment would destroy them: where they are of another project called %q, give this one a name of its own, or another --state-bucket; where all of them are to go, destroy the environment with the sources that made it, or keep one of them for one more deployment",
			w.Environment, w.statePlace(), printable.Count(len(own.Addresses), "resource"), w.Infra, w.Project)
	}
	return nil
}

// checkSplit refuses a state with resources that the project now declares in
// another of its root modules, whose state does not know them: they would be
// destroyed here and made there.
func (w Workspace) checkSplit(ctx context.Context, in states, own state.Object) error {
	gone := slices.DeleteFunc(slices.Clone(own.Addresses), func(a string) bool { return w.Module.Addresses[a] })
	for _, root := range w.Settings.Roots {
		if len(gone) == 0 || path.Clean(root) == w.Root {
			continue
		}
		theirs, _, err := w.other(ctx, path.Clean(root))
		if err != nil {
			return err
		}
		there := slices.DeleteFunc(slices.Clone(gone), func(a string) bool { return !theirs.Addresses[a] })
		if len(there) == 0 {
			continue
		}
		p := place{w.State.Bucket, StateFor("", w.Project, w.Environment, root).Key}
		its, err := in(p.bucket).Read(ctx, p.key)
		if err != nil {
			return err
		}
		there = slices.DeleteFunc(there, func(a string) bool { return slices.Contains(its.Addresses, a) })
		if len(there) > 0 {
			return fmt.Errorf("reading the state of %s: %s has %s, which is now in the root module %q: a deployment would destroy it: bring it to %s (terraform state mv), or write a removed block for it in %q",
				w.Environment, w.statePlace(), strings.Join(there, ", "), root, p, w.Infra)
		}
	}
	return nil
}

// checkPlace refuses a state of another account or region: a refresh would find
// nothing there, and all would be made again.
func (w Workspace) checkPlace(own state.Object, account string) error {
	accounts, regions := own.Accounts(), own.Regions(w.Module.Regional)
	if !w.Module.AssumesRole && account != "" && len(accounts) > 0 && !slices.Contains(accounts, account) {
		return fmt.Errorf("reading the state of %s: its resources are in the account %s, and these are credentials of %s: give those of that account (--role-arn), or another --state-bucket",
			w.Environment, strings.Join(accounts, ", "), account)
	}
	if region := w.region(); w.Module.Region == "var.region" && region != "" && len(regions) > 0 && !slices.Contains(regions, region) {
		return fmt.Errorf("reading the state of %s: its resources are in %s, and this run's region is %s: give --region %s to go on with them, or destroy them first",
			w.Environment, strings.Join(regions, ", "), region, regions[0])
	}
	declared := w.Module.Variables["region"].Default
	if slices.Contains(regions, fallbackRegion) && !w.RegionAsked && declared != "" && declared != fallbackRegion && !slices.Contains(regions, declared) {
		return fmt.Errorf("reading the state of %s: its resources are in %s, and the root module's own region is %s: give --region %s to go on with them, or destroy them first",
			w.Environment, fallbackRegion, declared, fallbackRegion)
	}
	return nil
}

// region is the value of the root module's variable of that name, "" where a
// file may set it.
func (w Workspace) region() string {
	v := w.Module.Variables["region"]
	_, fileSets := w.Module.Values["region"]
	_, tableSets := w.Settings.Variables["region"]
	switch {
	case w.RegionAsked:
		return w.AWS.Region
	case fileSets, tableSets, w.Settings.VariableFiles != nil, w.Variables != nil:
		return ""
	case v.Optional:
		return v.Default
	}
	return w.AWS.Region
}

// owner is the root module of the source that declares the most of some
// resources, "" where none does.
func (w Workspace) owner(ctx context.Context, addresses []string) (string, error) {
	if w.Others == nil {
		return "", nil
	}
	others, err := w.Others(ctx)
	if err != nil {
		return "", err
	}
	best, most := "", 0
	for _, m := range others {
		if n := count(m, addresses); n > most && m.Path != path.Clean(w.Infra) && !strings.Contains(m.Path, ".terraform/") {
			best, most = m.Path, n
		}
	}
	return best, nil
}

func count(m rootmodule.Module, addresses []string) (n int) {
	for _, a := range addresses {
		if m.Addresses[a] {
			n++
		}
	}
	return n
}
