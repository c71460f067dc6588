package state

import (
	"context"
	"net/http"

	"dagger/pipeline/aws"
)

// Region asks S3 for the region of a bucket, which S3 reports to anyone who
// names the bucket; "" if it does not say.
func Region(ctx context.Context, c aws.Config, name string) string {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	b := Bucket{Name: name, sdk: c.SDK()}
	url, err := b.url("", "")
	if err != nil {
		return ""
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return ""
	}
	resp, err := b.sdk.HTTPClient.Do(req)
	if err != nil {
		return ""
	}
	_ = resp.Body.Close()
	return resp.Header.Get("X-Amz-Bucket-Region")
}
