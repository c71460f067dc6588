package terraform

import (
	"net/http"
	"time"
)

// Downloads reports whether terraform could download providers here. It tries for three seconds at most.
func Downloads() bool {
	client := &http.Client{Timeout: 3 * time.Second}
	resp, err := client.Get("https://registry.terraform.io/.well-known/terraform.json")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
