package state

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"

	"dagger/pipeline/aws"
)

// Keys returns the keys of the bucket's objects that start with prefix, in S3's order.
func (b Bucket) Keys(ctx context.Context, prefix string) ([]string, error) {
	query := url.Values{"list-type": {"2"}, "prefix": {prefix}}
	var keys []string
	for {
		page, err := b.list(ctx, query)
		if err != nil {
			return nil, b.explain(ctx, fmt.Sprintf("listing %q", prefix), err, "allow s3:ListBucket on the bucket")
		}
		for _, o := range page.Contents {
			keys = append(keys, o.Key)
		}
		if !page.IsTruncated || page.NextContinuationToken == "" {
			return keys, nil
		}
		query.Set("continuation-token", page.NextContinuationToken)
	}
}

// Names returns the first parts of all keys of the bucket, up to their first slash.
func (b Bucket) Names(ctx context.Context) ([]string, error) {
	query := url.Values{"list-type": {"2"}, "delimiter": {"/"}}
	var names []string
	for {
		page, err := b.list(ctx, query)
		if err != nil {
			return nil, b.explain(ctx, "listing what is in it", err, "allow s3:ListBucket on the bucket")
		}
		for _, p := range page.CommonPrefixes {
			names = append(names, strings.TrimSuffix(p.Prefix, "/"))
		}
		if !page.IsTruncated || page.NextContinuationToken == "" {
			return names, nil
		}
		query.Set("continuation-token", page.NextContinuationToken)
	}
}

// page is S3's answer to one request of a list.
type page struct {
	Contents              []struct{ Key string }
	CommonPrefixes        []struct{ Prefix string }
	IsTruncated           bool
	NextContinuationToken string
}

func (b Bucket) list(ctx context.Context, query url.Values) (page, error) {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	body, err := b.get(ctx, "", query.Encode())
	if err != nil {
		return page{}, err
	}
	var p page
	return p, xml.Unmarshal(body, &p)
}
