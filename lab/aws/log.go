package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"
)

// Entry is one line of the request log. It holds no header, no query and of a body only what
// SessionRequest lists, so no credential, token or signature can get into it.
type Entry struct {
	Time    time.Time `json:"time"` // when the request came in
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Host    string    `json:"host"`
	Service string    `json:"service"` // such as s3, sts, lambda; empty when it cannot be told
	Action  string    `json:"action"`  // such as PutObject; verb and path where the service is REST
	Status  int       `json:"status"`  // 502 when moto gave no answer

	Session *SessionRequest `json:"session,omitempty"` // of the actions that assume a role
}

// SessionRequest has the parameters of a request to STS to assume a role. It holds no token.
type SessionRequest struct {
	Role       string            `json:"role"`
	Name       string            `json:"name"`
	Seconds    string            `json:"seconds,omitempty"`
	ExternalID string            `json:"external_id,omitempty"`
	Policy     string            `json:"policy,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
}

// sessionRequest reads it from the parameters of a call; nil for other actions.
func sessionRequest(action string, form url.Values) *SessionRequest {
	if action != "AssumeRole" && action != "AssumeRoleWithWebIdentity" {
		return nil
	}
	s := &SessionRequest{
		Role: form.Get("RoleArn"), Name: form.Get("RoleSessionName"), Seconds: form.Get("DurationSeconds"),
		ExternalID: form.Get("ExternalId"), Policy: form.Get("Policy"), Tags: map[string]string{},
	}
	for i := 1; form.Has(fmt.Sprintf("Tags.member.%d.Key", i)); i++ {
		s.Tags[form.Get(fmt.Sprintf("Tags.member.%d.Key", i))] = form.Get(fmt.Sprintf("Tags.member.%d.Value", i))
	}
	return s
}

// Log is a file of JSON lines.
type Log struct{ file *os.File }

// OpenLog starts a new log (mode 0600); the previous one is kept beside it as PATH.1.
func OpenLog(path string) (*Log, error) {
	if err := os.Rename(path, path+".1"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keeping the last request log: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the request log: %w", err)
	}
	return &Log{f}, nil
}

// Write appends one line atomically.
func (l *Log) Write(e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encoding a request log entry: %w", err)
	}
	_, err = l.file.Write(append(line, '\n'))
	return err
}

// Close ends the log.
func (l *Log) Close() error { return l.file.Close() }
