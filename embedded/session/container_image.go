package session

import (
	"context"
	"errors"

	"github.com/containerd/platforms"
)

// imageFields pull images from registries and push them.
func imageFields() []Field {
	return []Field{
		{Name: "from", Doc: "Start from an image.", Returns: "Container!", Args: []Arg{required("address", "String", "Address of the image.")},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.from(ctx, ctr(o), a.str("address"))
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
			Args: []Arg{required("address", "String", "Address to push to."),
				optional("forcedCompression", "ImageLayerCompression", "Compression of all layers: Gzip, Zstd, EStarGZ or Uncompressed. Default: as they are, new ones by gzip.")},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.publish(ctx, ctr(o), a.str("address"), a.str("forcedCompression"))
			}},
		{Name: "asTarball", Doc: "Return the container as an OCI archive.", Returns: "File!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return &file{path: "container.tar", tarball: ctr(o)}, nil
			}},
		{Name: "export", Doc: "Write the container as an OCI archive to a path on the host.", Returns: "String!", Machine: true, Args: []Arg{required("path", "String", "Path to write to.")},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.exportFile(ctx, &file{path: "container.tar", tarball: ctr(o)}, a.str("path"), true)
			}},
		{Name: "platform", Doc: "Tell the platform.", Returns: "Platform!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return platforms.Format(ctr(o).image.Platform), nil
			}},
		{Name: "imageRef", Doc: "Return the image's address with its digest, right after from.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				if ctr(o).imageRef == "" {
					return nil, errors.New("imageRef: the container was changed since it was pulled")
				}
				return ctr(o).imageRef, nil
			}},
	}
}
