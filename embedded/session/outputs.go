package session

import (
	"context"

	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
)

// keepOutputs makes BuildKit keep the output and the exit code of the last command
// of a solved definition together with the files that it left: BuildKit caches only
// those outputs of a command that somebody asks for, and would run it again for the
// others.
func (s *Server) keepOutputs(ctx context.Context, gw gateway.Client, def *pb.Definition) error {
	meta, exec := metaOutput(def)
	if meta == nil {
		return nil
	}
	if _, done := s.kept.LoadOrStore(exec, true); done {
		return nil
	}
	_, err := s.request(ctx, gw, meta)
	return err
}

// metaOutput is the definition whose result is the meta mount of def's last
// command, and that command's digest; nil when def has no command.
func metaOutput(def *pb.Definition) (meta *pb.Definition, exec digest.Digest) {
	for i := len(def.Def) - 1; i >= 0; i-- {
		var op pb.Op
		if op.UnmarshalVT(def.Def[i]) != nil {
			return nil, ""
		}
		for _, m := range op.GetExec().GetMounts() {
			if m.Dest != metaPath || m.Output < 0 {
				continue
			}
			exec = digest.FromBytes(def.Def[i])
			end := &pb.Op{Inputs: []*pb.Input{{Digest: string(exec), Index: m.Output}}}
			last, err := end.MarshalVT()
			if err != nil {
				return nil, ""
			}
			// The last operation of a definition names its result.
			ops := append(append([][]byte{}, def.Def[:len(def.Def)-1]...), last)
			return &pb.Definition{Def: ops, Metadata: def.Metadata, Source: def.Source}, exec
		}
	}
	return nil, ""
}
