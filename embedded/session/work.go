package session

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
)

// learn records the work of each command of a definition, by the digest under which
// BuildKit reports it.
func (s *Server) learn(def *llb.Definition) {
	for exec, key := range works(def.Def) {
		s.works.Store(exec, key)
	}
}

// works returns the work of each command in a definition: a hash of the command
// and of everything it is built on, the same in every session. What differs from
// session to session is left out: the contents, paths and ids of local
// directories, and the ids of secrets.
func works(def [][]byte) map[digest.Digest]string {
	keys, out := map[string]string{}, map[digest.Digest]string{}
	for _, raw := range def { // inputs come before what uses them
		var op pb.Op
		if op.UnmarshalVT(raw) != nil {
			return out
		}
		own := digest.FromBytes(raw)
		anonymous(&op)
		for _, in := range op.Inputs {
			in.Digest = keys[in.Digest]
		}
		text, err := op.MarshalVT()
		if err != nil {
			return out
		}
		sum := sha256.Sum256(text)
		keys[string(own)] = hex.EncodeToString(sum[:])
		if op.GetExec() != nil {
			out[own] = keys[string(own)][:32]
		}
	}
	return out
}

// anonymous removes from an operation what is different in each session.
func anonymous(op *pb.Op) {
	switch {
	case op.GetSource() != nil:
		source := op.GetSource()
		if !strings.HasPrefix(source.Identifier, "local://") {
			return
		}
		source.Identifier = "local://"
		// Maps are not marshalled in order.
		var filters []string
		for _, name := range []string{pb.AttrIncludePatterns, pb.AttrExcludePatterns, pb.AttrFollowPaths} {
			filters = append(filters, source.Attrs[name])
		}
		source.Attrs = map[string]string{"filters": strings.Join(filters, "\n")}
	case op.GetExec() != nil:
		exec := op.GetExec()
		for _, e := range exec.Secretenv {
			e.ID = ""
		}
		slices.SortFunc(exec.Secretenv, func(a, b *pb.SecretEnv) int { return strings.Compare(a.Name, b.Name) })
		for _, m := range exec.Mounts {
			if m.SecretOpt != nil {
				m.SecretOpt.ID = ""
			}
		}
	}
}
