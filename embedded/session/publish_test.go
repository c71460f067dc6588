package session

import (
	"strings"
	"testing"
)

// TestPublishCompression: an unknown one is no reason to push the layers as they are.
func TestPublishCompression(t *testing.T) {
	_, err := new(Server).publish(t.Context(), &container{}, "127.0.0.1:1/a:1", "Brotli")
	if err == nil || !strings.Contains(err.Error(), `compression "Brotli": want Gzip, Zstd, EStarGZ or Uncompressed`) {
		t.Errorf("got %v", err)
	}
}
