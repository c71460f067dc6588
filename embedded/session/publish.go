package session

import (
	"context"
	"fmt"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
)

// compressions are BuildKit's names of Dagger's.
var compressions = map[string]string{"Gzip": "gzip", "Zstd": "zstd", "EStarGZ": "estargz", "Uncompressed": "uncompressed"}

// publish pushes the container to address and returns it with its digest. Its layers
// are pushed as they are, new ones by gzip, or all in the compression that is forced.
func (s *Server) publish(ctx context.Context, c *container, address, forced string) (string, error) {
	ref, err := parseReference(address)
	if err != nil {
		return "", fmt.Errorf("publishing image %q: %w", address, err)
	}
	attrs := map[string]string{"name": ref.String(), "push": "true", "oci-mediatypes": "true"}
	if forced != "" {
		name := compressions[forced]
		if name == "" {
			return "", fmt.Errorf("publishing image %q: compression %q: want Gzip, Zstd, EStarGZ or Uncompressed", address, forced)
		}
		attrs["compression"], attrs["force-compression"] = name, "true"
	}
	resp, err := s.export(ctx, c.fs, c, client.ExportEntry{Type: client.ExporterImage, Attrs: attrs})
	if err != nil {
		return "", fmt.Errorf("publishing image %s: %w", address, err)
	}
	return ref.String() + "@" + resp[exptypes.ExporterImageDigestKey], nil
}
