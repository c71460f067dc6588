package registry

import (
	"strings"
	"testing"
)

// What no registry can have is refused before anything is built.
func TestCheckAddress(t *testing.T) {
	for _, address := range []string{
		"registry.example.com/group/app", "http://10.0.0.1:5000/x", "localhost:5000", "ecr:", "ecr:group/app", "docker.io/me/app", "https://r.example.com/a_b/c.d-e/",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/app", "[::1]:5000/app",
	} {
		if err := Check(address); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
	for _, address := range []string{"bad host/x", "http://", "r.example.com/UPPER", "ecr:Bad_Path!", "/app", "r.example.com/a//b", "r.example.com/a:tag"} {
		if err := Check(address); err == nil || !strings.HasPrefix(err.Error(), "reading --registry \"") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
