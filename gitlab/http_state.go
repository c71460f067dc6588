package gitlab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// State is a state kept by GitLab, or by another server of Terraform's http
// backend whose lock is at /lock below the address.
type State struct {
	Address, Username, Password string
}

// largestState is the maximum size of a state to read, in bytes.
const largestState = 256 << 20

// Hold locks the state in the name of who, until release. The name is also the lock's
// id: that is all that Terraform shows to whoever finds the state locked.
func (s State) Hold(ctx context.Context, operation, who string) (release func() error, err error) {
	info, err := json.Marshal(map[string]string{
		"ID": who, "Operation": operation, "Who": who, "Created": time.Now().UTC().Format(time.RFC3339Nano), "Path": "", "Version": "", "Info": "",
	})
	if err != nil {
		return nil, err
	}
	status, answer, err := s.do(ctx, http.MethodPost, "/lock", info)
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusLocked || status == http.StatusConflict:
		var held struct{ Who string }
		_ = json.Unmarshal(answer, &held)
		return nil, fmt.Errorf("locking the state at %s: %q holds it: wait until that run has ended, or release its lock", s.Address, held.Who)
	case status/100 != 2:
		return nil, s.refused("locking", status)
	}
	return func() error {
		status, _, err := s.do(context.WithoutCancel(ctx), http.MethodDelete, "/lock", info)
		if err == nil && status/100 != 2 {
			err = s.refused("releasing the lock of", status)
		}
		return err
	}, nil
}

// Read returns the state, nil if there is none.
func (s State) Read(ctx context.Context) ([]byte, error) {
	status, body, err := s.do(ctx, http.MethodGet, "", nil)
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusNotFound || status == http.StatusNoContent:
		return nil, nil
	case status != http.StatusOK:
		return nil, s.refused("reading", status)
	}
	return body, nil
}

func (s State) refused(doing string, status int) error {
	fix := "check the address"
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		fix = "give TF_HTTP_USERNAME and TF_HTTP_PASSWORD in --terraform-secrets, of somebody who may write it"
	}
	return fmt.Errorf("%s the state at %s: the server answers %d %s: %s", doing, s.Address, status, http.StatusText(status), fix)
}

func (s State) do(ctx context.Context, method, below string, body []byte) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(s.Address, "/")+below, bytes.NewReader(body))
	if err != nil || req.URL.Host == "" || req.URL.User != nil {
		return 0, nil, errors.New("asking for the state on a server: its address is not a URL without a login: write it like https://gitlab.example.com/api/v4/projects/1/terraform/state/prod, and give the login as TF_HTTP_USERNAME and TF_HTTP_PASSWORD in --terraform-secrets")
	}
	if s.Username != "" || s.Password != "" {
		req.SetBasicAuth(s.Username, s.Password)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("asking for the state at %s: it cannot be reached: check the address and the network", s.Address)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, largestState))
	return resp.StatusCode, answer, err
}
