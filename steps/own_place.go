package steps

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/rootmodule"
)

// placing are the arguments of each kind of backend that say where a state is: two
// that differ in a lock, a role or a login alone are one.
var placing = map[string][]string{
	"s3": {"bucket", "key", "endpoint", "endpoints"}, "http": {"address"}, "gcs": {"bucket", "prefix"}, "azurerm": {"storage_account_name", "container_name", "key"},
	"consul": {"path", "address", "datacenter"}, "pg": {"schema_name", "conn_str"}, "kubernetes": {"secret_suffix", "namespace", "host", "config_context", "config_path"},
	"cos": {"bucket", "prefix", "key"}, "oss": {"bucket", "prefix", "key", "endpoint"}, "oci": {"bucket", "namespace", "key"},
}

// places tells whether an argument of a backend says where the state is.
func places(kind, argument string) bool { return slices.Contains(placing[kind], argument) }

// spoken are the variables that say where a state is, in the place of arguments.
var spoken = map[string]map[string]string{
	"http": {"address": "TF_HTTP_ADDRESS"}, "pg": {"schema_name": "PG_SCHEMA_NAME", "conn_str": "PG_CONN_STR"}, "consul": {"address": "CONSUL_HTTP_ADDR"},
	"kubernetes": {"namespace": "KUBE_NAMESPACE", "host": "KUBE_HOST", "config_context": "KUBE_CTX", "config_path": "KUBE_CONFIG_PATH"},
}

// placeOf is where an environment's state is, by all that the backend's arguments say
// of that; "" where they say nothing.
func (b ownBackend) placeOf(ctx context.Context, environment string) (string, error) {
	config, err := b.config(ctx, environment)
	if err != nil {
		return "", err
	}
	kind := b.Module.Backend.Type
	if kind == "s3" { // an object, which the arguments do not have as a text
		for _, file := range b.Settings.BackendFiles.For(environment) {
			text, err := b.text(ctx, path.Join(b.Infra, file))
			if err != nil {
				return "", err
			}
			config["endpoints"] += strings.Join(rootmodule.TextsBy(text)["endpoints"], " ")
		}
	}
	var said []string
	for _, argument := range placing[kind] {
		value := config[argument]
		if name := spoken[kind][argument]; value == "" && b.Secrets[name] != nil {
			values, err := b.Secrets.Values(ctx, name)
			if err != nil {
				return "", err
			}
			value = values[0]
		}
		if value = withoutLogin(value); value != "" {
			said = append(said, argument+" = "+fmt.Sprintf("%q", strings.TrimRight(value, "/")))
		}
	}
	if len(said) > 0 && b.Backend.Workspace && kind != "http" {
		said = append(said, "workspace "+environment)
	}
	return strings.Join(said, ", "), nil
}

// checkApart refuses two environments whose names differ, and their files or directories
// too, and whose state is one all the same: the one's deployment would replace what the
// other has. It needs no credentials and reads no state.
func (b ownBackend) checkApart(ctx context.Context) error {
	self, err := b.placeOf(ctx, b.Environment)
	if err != nil || self == "" || b.spokenOtherwise() {
		return err
	}
	known, err := b.environments(ctx)
	if err != nil {
		return err
	}
	for _, environment := range known {
		there, err := b.hasFiles(ctx, environment)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		if err := b.notAt(ctx, self, environment); err != nil {
			return err
		}
	}
	if b.Others == nil {
		return nil
	}
	others, err := b.Others(ctx)
	if err != nil {
		return err
	}
	for _, m := range others {
		environment, beside := inThePlaceOf(b.Environment, b.Infra, m.Path)
		if !beside || m.Backend == nil || m.Backend.Type != b.Module.Backend.Type {
			continue
		}
		other := b
		other.Module, other.Infra = m, m.Path
		if err := other.notAt(ctx, self, environment); err != nil {
			return err
		}
	}
	return nil
}

// notAt refuses an environment whose state is at a place that is another one's.
func (b ownBackend) notAt(ctx context.Context, self, environment string) error {
	backend, err := ChooseBackend(b.Module, b.Settings, "", environment)
	if err != nil {
		return nil // it is refused itself
	}
	other := b
	other.Backend = backend
	at, err := other.placeOf(ctx, environment)
	if err != nil || at != self {
		return err
	}
	where := b.Module.Backend.Where
	if files := b.Settings.BackendFiles.For(environment); len(files) > 0 {
		where = strings.Join(files, ", ")
	}
	return fmt.Errorf("keeping the state of %s: the environment %q (%s) has the same one, %s, and one's deployment would replace what the other has made: give each a place of its own (%s), or set workspace = \"environment\" in %s where each has a workspace of its name",
		b.Environment, environment, where, self, strings.Join(placing[b.Module.Backend.Type], ", "), settingsTable)
}

// hasFiles tells whether an environment's backend has all its files: without them it is
// none that the project deploys.
func (b ownBackend) hasFiles(ctx context.Context, environment string) (bool, error) {
	for _, file := range b.Settings.BackendFiles.For(environment) {
		name := path.Join(b.Infra, file)
		entries, err := b.entries(ctx, path.Dir(name))
		if err != nil || !slices.Contains(entries, path.Base(name)) {
			return false, err
		}
	}
	return true, nil
}

// spokenOtherwise tells whether the run's variables say where the state is: those of
// another environment's run may say another place.
func (b ownBackend) spokenOtherwise() bool {
	for _, name := range spoken[b.Module.Backend.Type] {
		if b.Secrets[name] != nil {
			return true
		}
	}
	return false
}

// inThePlaceOf is the name that one path has in the place of another's environment:
// staging of environments/staging beside environments/prod.
func inThePlaceOf(environment, own, other string) (name string, beside bool) {
	ours, theirs := strings.Split(path.Clean(own), "/"), strings.Split(other, "/")
	if len(ours) != len(theirs) {
		return "", false
	}
	for i, part := range ours {
		switch {
		case part == environment && theirs[i] != environment && (name == "" || name == theirs[i]):
			name = theirs[i]
		case part != theirs[i]:
			return "", false
		}
	}
	return name, name != ""
}
