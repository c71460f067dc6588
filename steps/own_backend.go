package steps

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/gitlab"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// ownBackend looks into a backend of the project's own, which is another one for
// each environment by its arguments or by the workspace.
type ownBackend struct {
	Workspace
	// read reads a file of the source, "" where there is none; entries lists a directory.
	read    func(ctx context.Context, name string) (string, error)
	entries func(ctx context.Context, dir string) ([]string, error)
	in      states
	login   []string
	// texts are the files that were read: each is asked for several times.
	texts map[string]string
	// elsewhere tells that the project's arguments name another server than the run's.
	elsewhere bool
}

// checkOwnBackend is checkState for a backend of the project's own, as far as its
// states can be read.
func (w Workspace) checkOwnBackend(ctx context.Context) error {
	login, err := w.Secrets.Values(ctx, "TF_HTTP_USERNAME", "TF_HTTP_PASSWORD")
	if err != nil {
		return err
	}
	b := w.ownBackend()
	b.login = login
	if err := b.checkApart(ctx); err != nil {
		return err
	}
	if b.elsewhere, err = b.namesServer(ctx); err != nil {
		return err
	}
	if !w.AWS.Given() {
		return b.inTheDark(ctx, nil)
	}
	session, err := w.AWS.Session(ctx)
	if err != nil {
		return err
	}
	if w.Module.Backend.Type == "s3" && !b.unseen() {
		config, err := b.config(ctx, w.Environment)
		if err != nil {
			return err
		}
		from := aws.Config{Region: cmp.Or(config["region"], w.AWS.Region), Endpoint: w.AWS.Endpoint}
		if session, err = w.AWS.in(cmp.Or(state.Region(ctx, from, config["bucket"]), from.Region)).Session(ctx); err != nil {
			return err
		}
	}
	b.in = func(bucket string) objects { return state.In(session, bucket) }
	return b.check(ctx, session.Identity.Account)
}

// ownBackend is the backend with the files of the source.
func (w Workspace) ownBackend() ownBackend {
	b := ownBackend{Workspace: w, login: []string{"", ""}, texts: map[string]string{}}
	b.read = func(ctx context.Context, name string) (string, error) {
		there, err := w.Source.Exists(ctx, name)
		if err != nil || !there {
			return "", err
		}
		return w.Source.File(name).Contents(ctx)
	}
	b.entries = func(ctx context.Context, dir string) ([]string, error) {
		there, err := w.Source.Exists(ctx, dir)
		if err != nil || !there {
			return nil, err
		}
		return w.Source.Directory(dir).Entries(ctx)
	}
	return b
}

// check compares the environment's state with those of the others.
func (b ownBackend) check(ctx context.Context, account string) error {
	var own state.Object
	self, err := b.mine(ctx)
	if err == nil {
		own, err = self.read(ctx)
	}
	if err != nil || b.unseen() {
		return b.inTheDark(ctx, err)
	}
	if err := b.checkRoots(ctx, self, own); err != nil {
		return err
	}
	if own.Known && len(own.Addresses) == 0 || !own.Exists {
		if b.lasts() && !own.Exists {
			tell.Once(fmt.Sprintf("%s: there is no state of %q at %s yet: all that it declares is made anew", b.Environment, b.Infra, self.at))
		}
		return b.checkNew(ctx, b.others, own, account)
	}
	if err := b.checkAdopted(own); err != nil {
		return err
	}
	if err := b.checkShared(ctx, b.others, own); err != nil {
		return err
	}
	return b.checkFixed(ctx, b.others, own, account)
}

// inTheDark is for states that cannot be read from here. A merge request's
// environment that has nothing of its own in its names is refused: it would have
// those of one that lasts.
func (b ownBackend) inTheDark(ctx context.Context, why error) error {
	apart, err := b.namesApart(ctx)
	if err != nil {
		return err
	}
	kind := b.Module.Backend.Type
	if !b.Ends && !apart && !b.lasts() {
		return fmt.Errorf("reading the state of %s: %s, and the states of the backend %q are not seen from here: it may have the resources of one that lasts, which go when the merge request is closed: %s", b.Environment, b.cannotTell(), kind, tellThemApart)
	}
	if b.Ends {
		text := fmt.Sprintf("%s: whether another environment has the same resources is not known: the states of the backend %q are not seen from here", b.Environment, kind)
		if why != nil {
			text += ": " + why.Error()
		}
		tell.Once(text)
	}
	return nil
}

// unseen tells whether the states are where this process does not look: in another kind of
// backend, in S3's interface of another server, or at a place that the program computes.
func (b ownBackend) unseen() bool {
	kind := b.Module.Backend.Type
	return kind != "s3" && kind != "http" || b.Module.Backend.Computed() || kind == "s3" && (b.elsewhere || b.onAnotherServer())
}

// text is a file of the source, "" where there is none.
func (b ownBackend) text(ctx context.Context, name string) (string, error) {
	if text, read := b.texts[name]; read {
		return text, nil
	}
	text, err := b.read(ctx, name)
	if err == nil {
		b.texts[name] = text
	}
	return text, err
}

// config are the arguments that the backend has for an environment.
func (b ownBackend) config(ctx context.Context, environment string) (map[string]string, error) {
	config := maps.Clone(b.Module.Backend.Config)
	for _, file := range b.Settings.BackendFiles.For(environment) {
		text, err := b.text(ctx, path.Join(b.Infra, file))
		if err != nil {
			return nil, err
		}
		maps.Copy(config, rootmodule.Values(file, []byte(text)))
	}
	for name, value := range b.Settings.BackendConfig {
		config[name] = strings.ReplaceAll(value, environmentMark, environment)
	}
	return config, nil
}

// mine is the environment's own state.
func (b ownBackend) mine(ctx context.Context) (sibling, error) {
	config, err := b.config(ctx, b.Environment)
	return b.at(config, b.Environment), err
}

// at is a state by the arguments of its backend.
func (b ownBackend) at(config map[string]string, environment string) sibling {
	if b.Module.Backend.Type == "http" {
		server := gitlab.State{Address: config["address"], Username: cmp.Or(b.login[0], config["username"]), Password: cmp.Or(b.login[1], config["password"])}
		return sibling{environment: environment, root: b.Root, at: withoutLogin(server.Address), read: func(ctx context.Context) (state.Object, error) {
			body, err := server.Read(ctx)
			if err != nil || body == nil {
				return state.Object{}, err
			}
			return state.Parse(body), nil
		}}
	}
	key := config["key"]
	if b.Backend.Workspace {
		key = path.Join(prefixOf(config), environment, key)
	}
	return b.inS3(b.in, place{config["bucket"], key}, environment, b.Root)
}

func prefixOf(config map[string]string) string {
	return cmp.Or(config["workspace_key_prefix"], "env:")
}
