package state

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
)

// MayWrite tells whether an object could be written, and writes none: it begins an upload in parts and gives it up,
// which no object is replaced by, on whatever server.
func (b Bucket) MayWrite(ctx context.Context, key string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	body, err := b.do(ctx, call{method: http.MethodPost, key: key, setting: "uploads"})
	if err != nil {
		return false, b.unlessDenied(ctx, fmt.Sprintf("beginning an upload of %q", key), err)
	}
	var begun struct {
		UploadID string `xml:"UploadId"`
	}
	if err := xml.Unmarshal(body, &begun); err != nil || begun.UploadID == "" {
		return false, fmt.Errorf("beginning an upload of %q in bucket %q: the answer names none: look at its rights by hand", key, b.Name)
	}
	// Where it may not be given up it stays, without a part: nothing is stored for it.
	_, _ = b.do(ctx, call{method: http.MethodDelete, key: key, setting: "uploadId=" + url.QueryEscape(begun.UploadID)})
	return true, nil
}

// MayRead tells whether there is an object that can be read.
func (b Bucket) MayRead(ctx context.Context, key string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	_, err := b.do(ctx, call{method: http.MethodHead, key: key})
	if err == nil || aws.Status(err) == http.StatusNotFound {
		return err == nil, nil
	}
	return false, b.unlessDenied(ctx, fmt.Sprintf("looking at %q", key), err)
}

func (b Bucket) unlessDenied(ctx context.Context, op string, err error) error {
	if aws.Judge(err).Kind == fault.ErrDenied {
		return nil
	}
	return b.explain(ctx, op, err, "")
}
