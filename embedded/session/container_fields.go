package session

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
)

// envVariable and label are name and value pairs of a container.
type envVariable struct{ name, value string }
type label struct{ name, value string }

func ctr(o *object) *container { return o.value.(*container) }

// evaluate runs everything that the container stands for.
func (s *Server) evaluate(ctx context.Context, c *container) error {
	_, err := s.solve(ctx, c.fs, &c.image.Platform)
	return err
}

// withFiles is the shape of the fields that copy something into a container.
func withFiles[T any](copy func(st llb.State, src T, dest string, a args) llb.State) resolver {
	return func(_ context.Context, s *Server, o *object, a args) (any, error) {
		c := ctr(o)
		src, err := obj[T](s, a, "source")
		if err != nil {
			return nil, err
		}
		return c.change(c.expand(a.boolean("expand"), a.str("path")), func(st llb.State, inner string) llb.State {
			return copy(st, src, inner, a)
		}), nil
	}
}

// withConfig is the shape of the fields that change the image configuration.
func withConfig(change func(c *container, a args)) resolver {
	return func(_ context.Context, _ *Server, o *object, a args) (any, error) {
		n := ctr(o).clone()
		change(n, a)
		return n, nil
	}
}

func output(name string) resolver {
	return func(ctx context.Context, s *Server, o *object, _ args) (any, error) { return s.meta(ctx, ctr(o), name) }
}

func init() {
	expand := optional("expand", "Boolean", "Replace ${VAR} and $VAR by the container's environment variables.")
	path := required("path", "String", "Path in the container.")
	permissions := optional("permissions", "Int", "Permission bits, as a decimal number.")

	register(Type{Name: "Container", Doc: "A container: files, what is mounted, and an image configuration.", Fields: []Field{
		{Name: "from", Doc: "Start from an image.", Returns: "Container!", Args: []Arg{required("address", "String", "Address of the image.")},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.from(ctx, ctr(o), a.str("address"))
			}},
		{Name: "sync", Doc: "Evaluate this container in the engine.", Returns: "ContainerID!",
			resolve: func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
				return o.id, s.evaluate(ctx, ctr(o))
			}},
		{Name: "withExec", Doc: "Run a command.", Returns: "Container!",
			Args: []Arg{required("args", "[String!]", "Command and arguments."),
				optional("useEntrypoint", "Boolean", "Put the image's entrypoint in front."), optional("stdin", "String", "Text for standard input."),
				optional("redirectStdin", "String", "Path of a file for standard input."),
				optional("redirectStdout", "String", "Path of a file for standard output."), optional("redirectStderr", "String", "Path of a file for standard error."),
				{Name: "expect", Type: "ReturnType", Doc: "Exit codes that are no error: SUCCESS, FAILURE or ANY.", Default: "SUCCESS"},
				optional("insecureRootCapabilities", "Boolean", "Run with all capabilities."),
				optional("noInit", "Boolean", "Has no effect: the shim is always the first process."), expand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				c := ctr(o)
				argv := a.strs("args")
				if len(argv) == 0 {
					argv = c.image.Config.Cmd
				}
				for i := range argv {
					argv[i] = c.expand(a.boolean("expand"), argv[i])
				}
				if a.boolean("useEntrypoint") {
					argv = append(append([]string{}, c.image.Config.Entrypoint...), argv...)
				}
				expect := a.str("expect")
				if expect == "" {
					expect = "SUCCESS"
				}
				return s.exec(c, execOptions{args: argv, stdin: a.str("stdin"), stdinFile: a.str("redirectStdin"), stdoutFile: a.str("redirectStdout"),
					stderrFile: a.str("redirectStderr"), expect: expect, privileged: a.boolean("insecureRootCapabilities")})
			}},
		{Name: "stdout", Doc: "Give the last command's standard output.", Returns: "String!", resolve: output("stdout")},
		{Name: "stderr", Doc: "Give the last command's standard error.", Returns: "String!", resolve: output("stderr")},
		{Name: "combinedOutput", Doc: "Give the last command's standard output and error in one.", Returns: "String!", resolve: output("combined")},
		{Name: "exitCode", Doc: "Give the last command's exit code.", Returns: "Int!",
			resolve: func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
				text, err := s.meta(ctx, ctr(o), "exitCode")
				if err != nil {
					return nil, err
				}
				var code int
				_, err = fmt.Sscan(text, &code)
				return code, err
			}},
		{Name: "directory", Doc: "Retrieve a directory at the given path.", Returns: "Directory!", Args: []Arg{path, expand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				_, st, inner := ctr(o).locate(ctr(o).abs(ctr(o).expand(a.boolean("expand"), a.str("path"))))
				return &directory{st: st, path: inner}, nil
			}},
		{Name: "file", Doc: "Retrieve a file at the given path.", Returns: "File!", Args: []Arg{path, expand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				_, st, inner := ctr(o).locate(ctr(o).abs(ctr(o).expand(a.boolean("expand"), a.str("path"))))
				return &file{st: st, path: inner}, nil
			}},
		{Name: "rootfs", Doc: "Give the root filesystem.", Returns: "Directory!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return &directory{st: ctr(o).fs, path: "/"}, nil
			}},
		{Name: "withRootfs", Doc: "Replace the root filesystem.", Returns: "Container!", Args: []Arg{required("directory", "DirectoryID", "The new one.")},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				d, err := obj[*directory](s, a, "directory")
				if err != nil {
					return nil, err
				}
				n := ctr(o).clone()
				n.fs = d.rooted()
				return n, nil
			}},
		{Name: "withDirectory", Doc: "Copy a directory in.", Returns: "Container!",
			Args: []Arg{path, required("source", "DirectoryID", "Directory to copy."), optional("include", "[String!]", "Patterns of paths to keep."),
				optional("exclude", "[String!]", "Patterns of paths to leave out."), expand},
			resolve: withFiles(copyDir)},
		{Name: "withFile", Doc: "Copy a file in.", Returns: "Container!",
			Args: []Arg{path, required("source", "FileID", "File to copy."), permissions, expand},
			resolve: withFiles(func(st llb.State, src *file, dest string, a args) llb.State {
				return copyFile(st, src, dest, a.integer("permissions", 0))
			})},
		{Name: "withNewFile", Doc: "Write a text file.", Returns: "Container!", Args: []Arg{path, required("contents", "String", "Text of the file."), permissions, expand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).change(ctr(o).expand(a.boolean("expand"), a.str("path")), func(st llb.State, inner string) llb.State {
					return newFile(st, inner, a.str("contents"), a.integer("permissions", 0))
				}), nil
			}},
		{Name: "withoutFile", Doc: "Remove a file.", Returns: "Container!", Args: []Arg{path, expand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).change(a.str("path"), func(st llb.State, inner string) llb.State { return remove(st, inner) }), nil
			}},
		{Name: "withoutDirectory", Doc: "Remove a folder.", Returns: "Container!", Args: []Arg{path, expand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).change(a.str("path"), func(st llb.State, inner string) llb.State { return remove(st, inner) }), nil
			}},
		{Name: "withMountedDirectory", Doc: "Mount a directory.", Returns: "Container!", Args: []Arg{path, required("source", "DirectoryID", "Directory to mount."), expand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				d, err := obj[*directory](s, a, "source")
				if err != nil {
					return nil, err
				}
				st := d.st
				return ctr(o).setMount(mount{target: a.str("path"), dir: &st, selector: d.path}), nil
			}},
		{Name: "withMountedFile", Doc: "Mount a file.", Returns: "Container!", Args: []Arg{path, required("source", "FileID", "File to mount."), expand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				f, err := obj[*file](s, a, "source")
				if err != nil {
					return nil, err
				}
				st := f.st
				return ctr(o).setMount(mount{target: a.str("path"), dir: &st, selector: f.path}), nil
			}},
		{Name: "withMountedCache", Doc: "Mount a cache volume.", Returns: "Container!",
			Args: []Arg{path, required("cache", "CacheVolumeID", "The volume."),
				{Name: "sharing", Type: "CacheSharingMode", Doc: "SHARED, PRIVATE or LOCKED.", Default: "SHARED"}, expand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				v, err := obj[*cacheVolume](s, a, "cache")
				if err != nil {
					return nil, err
				}
				modes := map[string]llb.CacheMountSharingMode{"": llb.CacheMountShared, "SHARED": llb.CacheMountShared, "PRIVATE": llb.CacheMountPrivate, "LOCKED": llb.CacheMountLocked}
				return ctr(o).setMount(mount{target: a.str("path"), cache: v, sharing: modes[a.str("sharing")]}), nil
			}},
		{Name: "withMountedTemp", Doc: "Mount memory that is gone after each command.", Returns: "Container!",
			Args: []Arg{path, optional("size", "Int", "Size in bytes."), expand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).setMount(mount{target: a.str("path"), temp: true, tempSize: a.integer("size", 0)}), nil
			}},
		{Name: "withMountedSecret", Doc: "Mount a secret as a file.", Returns: "Container!",
			Args: []Arg{path, required("source", "SecretID", "The secret."), optional("mode", "Int", "Permission bits. Default: 0400."), expand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				sec, err := obj[*secret](s, a, "source")
				if err != nil {
					return nil, err
				}
				return ctr(o).setMount(mount{target: a.str("path"), secret: sec, mode: a.integer("mode", 0o400)}), nil
			}},
		{Name: "withoutMount", Doc: "Take a mount away.", Returns: "Container!", Args: []Arg{path, expand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				n := ctr(o).clone()
				target := n.abs(a.str("path"))
				kept := n.mounts[:0]
				for _, m := range n.mounts {
					if m.target != target {
						kept = append(kept, m)
					}
				}
				n.mounts = kept
				return n, nil
			}},
		{Name: "withSecretVariable", Doc: "Give a secret as an environment variable.", Returns: "Container!",
			Args: []Arg{required("name", "String", "Name of the variable."), required("secret", "SecretID", "The secret.")},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				sec, err := obj[*secret](s, a, "secret")
				if err != nil {
					return nil, err
				}
				n := ctr(o).withoutSecret(a.str("name"))
				n.secrets = append(n.secrets, secretEnv{name: a.str("name"), secret: sec})
				return n, nil
			}},
		{Name: "withoutSecretVariable", Doc: "Take a secret variable away.", Returns: "Container!", Args: []Arg{required("name", "String", "Name of the variable.")},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).withoutSecret(a.str("name")), nil
			}},
		{Name: "withRegistryAuth", Doc: "Log in to a registry.", Returns: "Container!",
			Args: []Arg{required("address", "String", "The registry's host, or an image in it."), required("username", "String", "User name."), required("secret", "SecretID", "Password.")},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				sec, err := obj[*secret](s, a, "secret")
				if err != nil {
					return nil, err
				}
				password, _ := s.secrets.plaintext(sec.key)
				s.auth.set(a.str("address"), a.str("username"), password)
				return ctr(o).clone(), nil
			}},
		{Name: "withoutRegistryAuth", Doc: "Forget a login.", Returns: "Container!", Args: []Arg{required("address", "String", "The registry's host, or an image in it.")},
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return ctr(o).clone(), nil // a login lasts for the session; other containers may need it
			}},
		{Name: "publish", Doc: "Push the container as an image; gives its address with the digest.", Returns: "String!",
			Args: []Arg{required("address", "String", "Address to push to.")},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.publish(ctx, ctr(o), a.str("address"))
			}},
		{Name: "asTarball", Doc: "Give the container as an OCI archive.", Returns: "File!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return &file{path: "container.tar", tarball: ctr(o)}, nil
			}},
		{Name: "export", Doc: "Write the container as an OCI archive to a path on the host.", Returns: "String!", Args: []Arg{required("path", "String", "Path to write to.")},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.exportFile(ctx, &file{path: "container.tar", tarball: ctr(o)}, a.str("path"), true)
			}},
		{Name: "platform", Doc: "Tell the platform.", Returns: "Platform!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return platforms.Format(ctr(o).image.Platform), nil
			}},
		{Name: "imageRef", Doc: "Give the image's address with its digest, right after from.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				if ctr(o).imageRef == "" {
					return nil, errors.New("imageRef: the container was changed since it was pulled")
				}
				return ctr(o).imageRef, nil
			}},
		{Name: "withEnvVariable", Doc: "Set an environment variable.", Returns: "Container!",
			Args:    []Arg{required("name", "String", "Name of the variable."), required("value", "String", "Its value."), expand},
			resolve: withConfig(func(c *container, a args) { c.setEnv(a.str("name"), c.expand(a.boolean("expand"), a.str("value"))) })},
		{Name: "withoutEnvVariable", Doc: "Unset an environment variable.", Returns: "Container!", Args: []Arg{required("name", "String", "Name of the variable.")},
			resolve: withConfig(func(c *container, a args) { c.unsetEnv(a.str("name")) })},
		{Name: "envVariable", Doc: "Give the value of an environment variable.", Returns: "String",
			Args: []Arg{required("name", "String", "Name of the variable.")},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				if v, ok := ctr(o).env(a.str("name")); ok {
					return v, nil
				}
				return nil, nil
			}},
		{Name: "envVariables", Doc: "List the environment variables.", Returns: "[EnvVariable!]!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) { return ctr(o).envList(), nil }},
		{Name: "withLabel", Doc: "Set a label of the image.", Returns: "Container!", Args: []Arg{required("name", "String", "Name of the label."), required("value", "String", "Its value.")},
			resolve: withConfig(func(c *container, a args) { c.image.Config.Labels[a.str("name")] = a.str("value") })},
		{Name: "label", Doc: "Give the value of a label.", Returns: "String", Args: []Arg{required("name", "String", "Name of the label.")},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				if v, ok := ctr(o).image.Config.Labels[a.str("name")]; ok {
					return v, nil
				}
				return nil, nil
			}},
		{Name: "labels", Doc: "List the labels.", Returns: "[Label!]!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				out := []any{}
				for k, v := range ctr(o).image.Config.Labels {
					out = append(out, &label{k, v})
				}
				sort.Slice(out, func(i, j int) bool { return out[i].(*label).name < out[j].(*label).name })
				return out, nil
			}},
		{Name: "withWorkdir", Doc: "Set the working directory.", Returns: "Container!", Args: []Arg{path, expand},
			resolve: withConfig(func(c *container, a args) {
				c.image.Config.WorkingDir = c.abs(c.expand(a.boolean("expand"), a.str("path")))
			})},
		{Name: "workdir", Doc: "Give the working directory.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return ctr(o).image.Config.WorkingDir, nil
			}},
		{Name: "withUser", Doc: "Set the user.", Returns: "Container!", Args: []Arg{required("name", "String", "User, as name or number, with :group if wanted.")},
			resolve: withConfig(func(c *container, a args) { c.image.Config.User = a.str("name") })},
		{Name: "user", Doc: "Give the user.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return ctr(o).image.Config.User, nil
			}},
		{Name: "withEntrypoint", Doc: "Set the entrypoint.", Returns: "Container!",
			Args: []Arg{required("args", "[String!]", "Command and arguments."), optional("keepDefaultArgs", "Boolean", "Keep the default arguments.")},
			resolve: withConfig(func(c *container, a args) {
				c.image.Config.Entrypoint = a.strs("args")
				if !a.boolean("keepDefaultArgs") {
					c.image.Config.Cmd = nil
				}
			})},
		{Name: "entrypoint", Doc: "Give the entrypoint.", Returns: "[String!]!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return append([]string{}, ctr(o).image.Config.Entrypoint...), nil
			}},
		{Name: "withoutEntrypoint", Doc: "Remove the entrypoint.", Returns: "Container!", Args: []Arg{optional("keepDefaultArgs", "Boolean", "Keep the default arguments.")},
			resolve: withConfig(func(c *container, a args) {
				c.image.Config.Entrypoint = nil
				if !a.boolean("keepDefaultArgs") {
					c.image.Config.Cmd = nil
				}
			})},
		{Name: "withDefaultArgs", Doc: "Set the default arguments.", Returns: "Container!", Args: []Arg{required("args", "[String!]", "Arguments.")},
			resolve: withConfig(func(c *container, a args) { c.image.Config.Cmd = a.strs("args") })},
		{Name: "defaultArgs", Doc: "Give the default arguments.", Returns: "[String!]!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return append([]string{}, ctr(o).image.Config.Cmd...), nil
			}},
	}})

	register(Type{Name: "EnvVariable", Doc: "An environment variable.", Fields: pair(
		func(o *object) (string, string) { v := o.value.(*envVariable); return v.name, v.value })})
	register(Type{Name: "Label", Doc: "A label of an image.", Fields: pair(
		func(o *object) (string, string) { v := o.value.(*label); return v.name, v.value })})
}

func pair(get func(*object) (name, value string)) []Field {
	return []Field{
		{Name: "name", Doc: "Its name.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) { n, _ := get(o); return n, nil }},
		{Name: "value", Doc: "Its value.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) { _, v := get(o); return v, nil }},
	}
}
