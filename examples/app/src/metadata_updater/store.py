"""Reads and writes S3 objects, one AWS call per method."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from metadata_updater.refs import ObjectRef

CHUNK_BYTES = 1024 * 1024

_HINTS = {
    "AccessDenied": "check the policy of the function's role",
    "403": "check the policy of the function's role",
    "NoSuchBucket": "check the bucket's name and region",
}


class StoreError(RuntimeError):
    """S3 refused a call or could not be reached."""


class ObjectGone(Exception):  # noqa: N818
    """The object does not exist (any more)."""


class ObjectChanged(Exception):  # noqa: N818
    """The object was written again while it was read."""


@dataclass(frozen=True)
class Head:
    """What S3 says of an object: `size` in bytes, `user` the x-amz-meta-* headers."""

    etag: str
    size: int
    content_type: str
    last_modified: datetime
    user: dict[str, str]


class Store:
    """S3, through a boto3 client."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def head(self, ref: ObjectRef) -> Head:
        """Return what S3 says of the object. Raises ObjectGone, StoreError."""
        with _explained("reading head of", ref):
            answer = self._s3.head_object(Bucket=ref.bucket, Key=ref.key)
        return Head(
            etag=answer["ETag"].strip('"'),
            size=answer["ContentLength"],
            content_type=answer.get("ContentType", ""),
            last_modified=answer["LastModified"],
            user=answer.get("Metadata", {}),
        )

    def chunks(self, ref: ObjectRef, etag: str) -> Iterator[bytes]:
        """Yield the content that has this etag. Raises ObjectGone, ObjectChanged, StoreError."""
        with _explained("reading", ref):
            answer = self._s3.get_object(Bucket=ref.bucket, Key=ref.key, IfMatch=f'"{etag}"')
            yield from answer["Body"].iter_chunks(CHUNK_BYTES)

    def read(self, ref: ObjectRef) -> bytes:
        """Return the whole content of a small object. Raises ObjectGone, StoreError."""
        with _explained("reading", ref):
            return self._s3.get_object(Bucket=ref.bucket, Key=ref.key)["Body"].read()

    def write(self, ref: ObjectRef, body: bytes) -> None:
        """Write a JSON document. Raises StoreError."""
        with _explained("writing", ref):
            self._s3.put_object(
                Bucket=ref.bucket, Key=ref.key, Body=body, ContentType="application/json"
            )

    def tags(self, ref: ObjectRef) -> dict[str, str]:
        """Return the object's tags. Raises ObjectGone, StoreError."""
        with _explained("reading tags of", ref):
            answer = self._s3.get_object_tagging(Bucket=ref.bucket, Key=ref.key)
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def set_tags(self, ref: ObjectRef, tags: dict[str, str]) -> None:
        """Replace the object's tags. Raises ObjectGone, StoreError."""
        tag_set = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
        with _explained("tagging", ref):
            self._s3.put_object_tagging(Bucket=ref.bucket, Key=ref.key, Tagging={"TagSet": tag_set})


@contextmanager
def _explained(doing: str, ref: ObjectRef) -> Iterator[None]:
    """Turn what boto3 raises into this module's errors."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"404", "NoSuchKey"}:
            raise ObjectGone(f'{doing} "{ref}": it does not exist') from error
        if code in {"412", "PreconditionFailed"}:
            raise ObjectChanged(f'{doing} "{ref}": it was written again') from error
        hint = _HINTS.get(code, "S3 may answer later, the event will be retried")
        raise StoreError(f'{doing} "{ref}": {error}: {hint}') from error
    except BotoCoreError as error:
        raise StoreError(f'{doing} "{ref}": {error}: check that the function reaches S3') from error
