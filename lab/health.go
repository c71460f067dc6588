package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"dagger/pipeline/lab/aws"
	"dagger/pipeline/lab/registry"
	"dagger/pipeline/lab/state"
)

// healthy checks whether the registry (with the login) and the AWS stand-in answer, for five seconds at most.
func healthy(ctx context.Context, dir state.Dir, running state.Running) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	password, err := dir.Secret("registry-password")
	if err != nil {
		return err
	}
	direct, err := transport(running.Certificate)
	if err != nil {
		return err
	}
	direct.DisableKeepAlives = true
	client := &http.Client{Transport: direct}
	for _, check := range []struct {
		name, url string
		status    int
		login     bool
	}{
		{"registry", running.Registry() + "/v2/", http.StatusOK, true},
		{"AWS stand-in", "http://" + running.Address("aws") + aws.HealthPath, http.StatusNoContent, false},
		{"AWS stand-in", "http://" + running.ForContainers() + aws.HealthPath, http.StatusNoContent, false},
	} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, check.url, nil)
		if err != nil {
			return fmt.Errorf("asking the lab's %s: %w", check.name, err)
		}
		if check.login {
			req.SetBasicAuth(registry.User, password)
		}
		resp, err := client.Do(req)
		if err != nil {
			return fmt.Errorf("asking the lab's %s: %w", check.name, err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != check.status {
			return fmt.Errorf("asking the lab's %s: it answered %s", check.name, resp.Status)
		}
	}
	return nil
}
