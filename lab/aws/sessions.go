package aws

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// sessions know when the keys issued by the stand-in expire. moto's own never do.
type sessions struct {
	length time.Duration // 0: what STS was asked for
	now    func() time.Time

	mutex sync.Mutex
	ends  map[string]time.Time // by access key id
}

func newSessions(length time.Duration) *sessions {
	return &sessions{length: length, now: time.Now, ends: map[string]time.Time{}}
}

var (
	keyID      = regexp.MustCompile(`<AccessKeyId>([^<]+)</AccessKeyId>`)
	expiration = regexp.MustCompile(`<Expiration>[^<]*</Expiration>`)
)

// record records when the keys in an answer of STS expire, and writes a shorter time into it if sessions are short.
func (s *sessions) record(body []byte) []byte {
	key := keyID.FindSubmatch(body)
	if key == nil || s.length == 0 {
		return body
	}
	end := s.now().Add(s.length)
	s.note(string(key[1]), end)
	return expiration.ReplaceAll(body, []byte("<Expiration>"+end.UTC().Format("2006-01-02T15:04:05.000Z")+"</Expiration>"))
}

func (s *sessions) note(key string, end time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ends[key] = end
}

// expired reports whether a request is signed with expired keys.
func (s *sessions) expired(r *http.Request) bool {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if _, rest, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		credential = rest
	}
	key, _, _ := strings.Cut(credential, "/")
	s.mutex.Lock()
	defer s.mutex.Unlock()
	end, known := s.ends[key]
	return known && s.now().After(end)
}

// mint makes keys of a session as the metadata services issue them.
func (s *sessions) mint() (key, secret, token string, end time.Time) {
	length := s.length
	if length == 0 {
		length = 6 * time.Hour
	}
	key, end = "ASIA"+rand.Text()[:16], s.now().Add(length)
	s.note(key, end)
	return key, rand.Text(), rand.Text(), end
}

// refuse answers as AWS does to expired keys, in the form of the service.
func refuse(w http.ResponseWriter, service string, json bool) int {
	const message = "The security token included in the request is expired"
	status := http.StatusForbidden
	switch {
	case service == "s3":
		status = http.StatusBadRequest
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>ExpiredToken</Code><Message>%s</Message></Error>", message)
	case json:
		status = http.StatusBadRequest
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"__type":"ExpiredTokenException","message":%q}`, message)
	default:
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>%s</Message></Error></ErrorResponse>", message)
	}
	return status
}

// rewrite replaces the body of an answer.
func rewrite(resp *http.Response, change func([]byte) []byte) error {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	body = change(body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}
