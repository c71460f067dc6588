package state

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/encoding/httpbinding"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
)

// mostBytes of an answer are read, where a call does not say.
const mostBytes = 4 << 20

// Bucket is an S3 bucket. It signs its few requests itself: S3's client is the largest of the SDK, and every engine that
// loads the module would build it.
type Bucket struct {
	Name string
	// KMSKey encrypts what is written; if it is "", S3 follows the bucket's settings.
	KMSKey  string
	session *aws.Session // nil for questions that need no signature
	sdk     awssdk.Config
}

// In is a bucket as a session sees it.
func In(s *aws.Session, name string) Bucket { return Bucket{Name: name, session: s, sdk: s.SDK()} }

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
func (b Bucket) get(ctx context.Context, key, setting string) ([]byte, error) {
	return b.do(ctx, call{method: http.MethodGet, key: key, setting: setting})
}

// encrypt asks for the key of what is written, as terraform's backend does.
func (b Bucket) encrypt(h http.Header) {
	if b.KMSKey != "" {
		h.Set("X-Amz-Server-Side-Encryption", "aws:kms")
		h.Set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", b.KMSKey)
	}
}

func (b Bucket) do(ctx context.Context, c call) ([]byte, error) {
	var last error
	var skew time.Duration // of our clock; corrected once, as the SDK does
	for try := 1; try <= aws.Attempts; try++ {
		body, err := b.once(ctx, c, skew)
		if err == nil {
			return body, nil
		}
		last = err
		if aws.HasCode(err, "RequestTimeTooSkewed") && skew == 0 {
			skew = skewOf(err)
			continue
		}
		if code := aws.Status(err); ctx.Err() != nil || code != 0 && code < 500 && aws.Judge(err).Kind != fault.ErrThrottled {
			break
		}
		if try < aws.Attempts {
			if err := b.session.Pause(ctx, time.Duration(try)*200*time.Millisecond); err != nil {
				break
			}
		}
	}
	return nil, last
}

func (b Bucket) once(ctx context.Context, c call, skew time.Duration) ([]byte, error) {
	keys, err := b.sdk.Credentials.Retrieve(ctx)
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
	if c.method == http.MethodPut || c.method == http.MethodPost {
		b.encrypt(req.Header)
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(ctx, keys, req, hash, "s3", b.sdk.Region, time.Now().Add(skew)); err != nil {
		return nil, err
	}
	resp, err := b.sdk.HTTPClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, cmp.Or(c.limit, mostBytes)))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
		return nil, bucketError(resp, body)
	}
	return body, nil
}

// url is path-style, which every bucket takes and every stand-in too.
func (b Bucket) url(key, setting string) (string, error) {
	base := awssdk.ToString(b.sdk.BaseEndpoint)
	if base == "" {
		host, err := aws.ServiceHost("s3", b.sdk.Region)
		if err != nil {
			return "", err
		}
		base = "https://" + host
	}
	path := strings.TrimSuffix(base, "/") + "/" + httpbinding.EscapePath(b.Name, true)
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

func (b Bucket) explain(ctx context.Context, op string, err error, denied string) error {
	return b.session.Explain(fmt.Sprintf("%s in bucket %q", op, b.Name), err, denied)
}
