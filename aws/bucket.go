package aws

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/encoding/httpbinding"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// bucket is one of S3. It signs its few requests itself: S3's client is the largest of the SDK, and every engine that
// loads the module would build it.
type bucket struct {
	session *Session
	name    string
	client  *http.Client
}

func (s *Session) bucket(name string) bucket { return bucket{s, name, s.cfg.httpClient()} }

// call is one request: of an object or, when key is empty, of what setting names in the bucket ("versioning",
// "publicAccessBlock", "list-type=2&...").
type call struct {
	method, key, setting string
	body                 []byte
	// absent lets a PUT succeed only where the object is not there.
	absent bool
	// limit is the most bytes of the answer that are read, where that is not the usual.
	limit int64
}

// get reads an object or a setting.
func (b bucket) get(ctx context.Context, key, setting string) ([]byte, error) {
	return b.do(ctx, call{method: http.MethodGet, key: key, setting: setting})
}

func (b bucket) do(ctx context.Context, c call) ([]byte, error) {
	var last error
	var skew time.Duration // of our clock; corrected once, as the SDK does
	for try := 1; try <= attempts; try++ {
		body, err := b.once(ctx, c, skew)
		if err == nil {
			return body, nil
		}
		last = err
		if hasCode(err, "RequestTimeTooSkewed") && skew == 0 {
			skew = skewOf(err)
			continue
		}
		if code := status(err); ctx.Err() != nil || code != 0 && code < 500 && judge(err).kind != ErrThrottled {
			break
		}
		if try < attempts {
			if err := b.session.cfg.wait(ctx, time.Duration(try)*200*time.Millisecond); err != nil {
				break
			}
		}
	}
	return nil, last
}

func (b bucket) once(ctx context.Context, c call, skew time.Duration) ([]byte, error) {
	keys, err := b.session.creds.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	url, err := b.url(c.key, c.setting)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, c.method, url, bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(c.body)
	hash := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", hash)
	if c.absent {
		req.Header.Set("If-None-Match", "*")
	}
	if c.method == http.MethodPut { // as terraform's backend does with encrypt=true
		req.Header.Set("X-Amz-Server-Side-Encryption", "AES256")
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(ctx, keys, req, hash, "s3", b.session.cfg.Region, time.Now().Add(skew)); err != nil {
		return nil, err
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, cmp.Or(c.limit, largest)))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
		return nil, bucketError(resp, body)
	}
	return body, nil
}

// url is path-style, which every bucket takes and every stand-in too.
func (b bucket) url(key, setting string) (string, error) {
	base := b.session.cfg.Endpoint
	if base == "" {
		host, err := serviceHost("s3", b.session.cfg.Region)
		if err != nil {
			return "", err
		}
		base = "https://" + host
	}
	path := strings.TrimSuffix(base, "/") + "/" + httpbinding.EscapePath(b.name, true)
	if key != "" {
		path += "/" + httpbinding.EscapePath(key, false) // as S3 signs it, which is stricter than net/url
	}
	if setting != "" {
		path += "?" + setting
		if !strings.Contains(setting, "=") {
			path += "="
		}
	}
	return path, nil
}

// skewOf is how far the service's clock is ahead of ours, by the answer's date; 0 when it does not say.
func skewOf(err error) time.Duration {
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &answer) {
		return 0
	}
	theirs, parseErr := http.ParseTime(answer.Response.Header.Get("Date"))
	if parseErr != nil {
		return 0
	}
	return time.Until(theirs)
}

// bucketError is the SDK's form of what S3 answered, so that explain can judge it.
func bucketError(resp *http.Response, body []byte) error {
	var answer struct{ Code, Message string }
	_ = xml.Unmarshal(body, &answer) // some failures have no body
	api := &smithy.GenericAPIError{Code: answer.Code, Message: answer.Message}
	if region := resp.Header.Get("X-Amz-Bucket-Region"); resp.StatusCode == http.StatusMovedPermanently && region != "" {
		api = &smithy.GenericAPIError{Code: "PermanentRedirect", Message: "the bucket is in region " + region}
	}
	return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: resp}, Err: api}
}
