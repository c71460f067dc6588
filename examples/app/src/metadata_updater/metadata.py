"""The metadata document: what a sidecar holds."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from dateutil import parser
from marshmallow import Schema, ValidationError, fields, post_load, validate

from metadata_updater.content import MEDIA_TYPE
from metadata_updater.problems import describe


class MetadataError(ValueError):
    """A document that is not a valid sidecar."""


@dataclass(frozen=True)
class Metadata:
    """What is known of one object. Times are in UTC.

    It follows from the object alone, so the same object always gives the same document.
    """

    key: str
    etag: str
    content_type: str
    size: int
    sha256: str
    updated_at: datetime
    captured_at: datetime | None = None


class _MetadataSchema(Schema):
    key = fields.String(required=True, validate=validate.Length(min=1, max=1024))
    etag = fields.String(required=True, validate=validate.Length(min=1))
    content_type = fields.String(required=True, validate=validate.Regexp(rf"^{MEDIA_TYPE}\Z"))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    updated_at = fields.AwareDateTime(required=True, format="iso")
    captured_at = fields.AwareDateTime(allow_none=True, load_default=None, format="iso")

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Metadata:
        return Metadata(**data)


def encode(metadata: Metadata) -> bytes:
    """Return the document as JSON with sorted keys, checked against the schema.

    Raises MetadataError when a value is not valid.
    """
    document = _MetadataSchema().dump(asdict(metadata))
    _check(document)
    return json.dumps(document, indent=2, sort_keys=True).encode() + b"\n"


def decode(document: bytes) -> Metadata:
    """Return the metadata that the document holds. Raises MetadataError when it is not valid."""
    try:
        parsed = json.loads(document)
    except ValueError as error:
        raise MetadataError(f"parsing sidecar: {error}") from error
    return _check(parsed)


def parse_time(text: str) -> datetime:
    """Return the time written in any common form, in UTC; without a zone it is taken as UTC.

    Raises ValueError when the text is no time.
    """
    try:
        time = parser.parse(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f'parsing time "{text}": {error}: write it as in RFC 3339') from error


def _check(document: Any) -> Metadata:
    try:
        return _MetadataSchema().load(document)
    except ValidationError as error:
        raise MetadataError(f"checking metadata: {describe(error)}") from error
