package session

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/cmd/buildctl/build"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
)

// request solves one definition, with the caches that the session was given. A
// definition solved before is not sent to the engine again: the last operation names
// its input by digest, and so everything that the result is made from.
func (s *Server) request(ctx context.Context, gw gateway.Client, def *pb.Definition) (*gateway.Result, error) {
	var last string
	if n := len(def.Def); n > 0 {
		last = string(def.Def[n-1])
	}
	if res, ok := s.solved.Load(last); ok {
		return res.(*gateway.Result), nil
	}
	res, err := gw.Solve(ctx, gateway.SolveRequest{Definition: def, Evaluate: true, CacheImports: s.engine.imports})
	if err != nil {
		return nil, err
	}
	if before, raced := s.solved.LoadOrStore(last, res); raced {
		return before.(*gateway.Result), nil
	}
	if res.Ref != nil && len(s.opts.CacheTo) > 0 {
		s.engine.mu.Lock()
		s.engine.kept = append(s.engine.kept, res.Ref)
		s.engine.mu.Unlock()
	}
	return res, nil
}

// result is the result of the session's build: everything that was solved, if a
// cache is to be exported. BuildKit treats several results in one build as those
// of several platforms; here each result is its own "platform".
func (e *engine) result() (*gateway.Result, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	res := gateway.NewResult()
	if len(e.kept) == 0 {
		return res, nil
	}
	var names exptypes.Platforms
	for i, ref := range e.kept {
		id := strconv.Itoa(i)
		res.AddRef(id, ref)
		names.Platforms = append(names.Platforms, exptypes.Platform{ID: id, Platform: platforms.DefaultSpec()})
	}
	b, err := json.Marshal(names)
	res.AddMeta(exptypes.ExporterPlatformsKey, b)
	return res, err
}

// cacheSpec turns the address of an image into buildctl's form.
func cacheSpec(spec, more string) string {
	if strings.Contains(spec, "=") {
		return spec
	}
	return "type=registry,ref=" + spec + more
}

func cacheExports(specs []string) ([]client.CacheOptionsEntry, error) {
	long := make([]string, len(specs))
	for i, s := range specs {
		long[i] = cacheSpec(s, ",mode=max")
	}
	entries, err := build.ParseExportCache(long)
	if err != nil {
		return nil, fmt.Errorf("reading --cache-to %q: %w", specs, err)
	}
	return entries, nil
}

func cacheImports(specs []string) ([]gateway.CacheOptionsEntry, error) {
	long := make([]string, len(specs))
	for i, s := range specs {
		long[i] = cacheSpec(s, "")
	}
	entries, err := build.ParseImportCache(long)
	if err != nil {
		return nil, fmt.Errorf("reading --cache-from %q: %w", specs, err)
	}
	out := make([]gateway.CacheOptionsEntry, len(entries))
	for i, e := range entries {
		out[i] = gateway.CacheOptionsEntry{Type: e.Type, Attrs: e.Attrs}
	}
	return out, nil
}
