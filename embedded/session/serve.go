package session

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"dagger/pipeline/embedded/session/socket"
)

// Serve starts to serve the module's program, and returns the socket for it to
// inherit.
func (s *Server) Serve() (*os.File, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /query", s.serveQuery)
	srv, file, err := socket.Serve(mux)
	if err != nil {
		return nil, fmt.Errorf("opening the session: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.http = srv
	return file, nil
}

func (s *Server) serveQuery(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Query string `json:"query"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<20)).Decode(&req); err != nil {
		http.Error(w, "reading request: "+err.Error(), http.StatusBadRequest)
		return
	}
	data, err := s.execute(r.Context(), byModule, req.Query)
	resp := map[string]any{"data": data}
	if err != nil {
		resp = map[string]any{"data": nil, "errors": []*Error{s.asError(err)}}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(resp)
}
