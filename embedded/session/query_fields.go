package session

import (
	"context"
	"fmt"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
)

// Version is the version of the Dagger API of which this engine implements a part.
const Version = "v0.21.8"

// cacheVolume is a directory that stays in the engine between runs.
type cacheVolume struct{ key string }

// load is the shape of node and of the load...FromID fields.
func load(typ string) resolver {
	return func(_ context.Context, s *Server, _ *object, a args) (any, error) {
		o, ok := s.objects.get(a.str("id"))
		if !ok {
			return nil, fmt.Errorf("no object has the id %q in this session", shorten(a.str("id")))
		}
		if typ != "" && o.typ != typ {
			return nil, fmt.Errorf("id %q is of a %s, not of a %s", shorten(o.id), o.typ, typ)
		}
		return o, nil
	}
}

func init() {
	fields := []Field{
		{Name: "container", Doc: "Start with an empty container.", Returns: "Container!", Args: []Arg{optional("platform", "Platform", "Platform. Default: the engine's.")},
			resolve: func(ctx context.Context, s *Server, _ *object, a args) (any, error) {
				p, err := s.platform(ctx)
				if err != nil {
					return nil, err
				}
				c := &container{fs: llb.Scratch()}
				c.image.Platform = *p
				if given := a.str("platform"); given != "" {
					if c.image.Platform, err = platforms.Parse(given); err != nil {
						return nil, fmt.Errorf("platform %q: %w", given, err)
					}
				}
				return c, nil
			}},
		{Name: "directory", Doc: "Start with an empty directory.", Returns: "Directory!",
			resolve: func(context.Context, *Server, *object, args) (any, error) {
				return &directory{st: llb.Scratch(), path: "/"}, nil
			}},
		{Name: "file", Doc: "Make a file with the given text.", Returns: "File!",
			Args: []Arg{required("name", "String", "Name of the file."), required("contents", "String", "Its text."), optional("permissions", "Int", "Permission bits.")},
			resolve: func(_ context.Context, _ *Server, _ *object, a args) (any, error) {
				p := "/" + a.str("name")
				return &file{st: newFile(llb.Scratch(), p, a.str("contents"), a.integer("permissions", 0)), path: p}, nil
			}},
		{Name: "host", Doc: "Reach the machine that the command line runs on.", Returns: "Host!", Machine: true,
			resolve: func(context.Context, *Server, *object, args) (any, error) { return &host{}, nil }},
		{Name: "cacheVolume", Doc: "Name a directory that stays in the engine.", Returns: "CacheVolume!", Args: []Arg{required("key", "String", "Name of the volume.")},
			resolve: func(_ context.Context, _ *Server, _ *object, a args) (any, error) {
				return &cacheVolume{key: "pipeline-" + a.str("key")}, nil
			}},
		{Name: "setSecret", Doc: "Make a secret of a value.", Returns: "Secret!", Args: []Arg{required("name", "String", "Name of the secret."), required("plaintext", "String", "Its value.")},
			resolve: func(_ context.Context, s *Server, _ *object, a args) (any, error) {
				return s.secrets.add(a.str("name"), "", "set://"+a.str("name"), a.str("plaintext"))
			}},
		{Name: "secret", Doc: "Read a secret from env://NAME, file://PATH or cmd://COMMAND.", Returns: "Secret!", Machine: true,
			Args: []Arg{required("uri", "String", "Where to read it."), optional("cacheKey", "String", "Name that stands for the value in cache keys.")},
			resolve: func(ctx context.Context, s *Server, _ *object, a args) (any, error) {
				return s.secretFromURI(ctx, a.str("uri"), a.str("cacheKey"))
			}},
		{Name: "version", Doc: "Return the version of the API.", Returns: "String!",
			resolve: func(context.Context, *Server, *object, args) (any, error) { return Version, nil }},
		{Name: "defaultPlatform", Doc: "Return the engine's platform.", Returns: "Platform!",
			resolve: func(ctx context.Context, s *Server, _ *object, _ args) (any, error) {
				p, err := s.platform(ctx)
				if err != nil {
					return nil, err
				}
				return platforms.Format(*p), nil
			}},
		{Name: "node", Doc: "Return the object with an id.", Returns: "Node!", Args: []Arg{required("id", "ID", "The id.")}, resolve: load("")},
	}
	for _, typ := range []string{"Container", "Directory", "File", "Secret", "CacheVolume", "Service", "Socket", "Changeset"} {
		fields = append(fields, Field{Name: "load" + typ + "FromID", Doc: "Return the object with an id.", Returns: typ + "!",
			Args: []Arg{required("id", "ID", "The id.")}, resolve: load(typ)})
	}
	register(Type{Name: "Query", Doc: "The start of every chain.", Fields: fields})
	register(Type{Name: "CacheVolume", Doc: "A directory that stays in the engine between runs."})
}
