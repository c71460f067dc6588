"""Reads S3 event notifications."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from metadata_updater.problems import describe
from metadata_updater.refs import ObjectRef


class EventError(ValueError):
    """The event is not an S3 notification: retrying does not help."""


class _Lenient(Schema):
    """AWS adds fields to its events over time: unknown ones are left out."""

    class Meta:
        unknown = EXCLUDE


class _Bucket(_Lenient):
    name = fields.String(required=True, validate=validate.Length(min=3, max=63))


class _Object(_Lenient):
    key = fields.String(required=True, validate=validate.Length(min=1))


class _S3(_Lenient):
    bucket = fields.Nested(_Bucket, required=True)
    object = fields.Nested(_Object, required=True)


class _Record(_Lenient):
    eventSource = fields.String(required=True, validate=validate.Equal("aws:s3"))  # noqa: N815
    eventName = fields.String(required=True)  # noqa: N815
    s3 = fields.Nested(_S3, required=True)


class _Event(_Lenient):
    Records = fields.List(fields.Nested(_Record), required=True)


def created_objects(event: Mapping[str, Any]) -> list[ObjectRef]:
    """Return the objects that the event says were created, each once, in order.

    Other kinds of S3 events give none, nor does the test event that S3 sends when a
    notification is set up. Raises EventError when the event is not S3's.
    """
    if isinstance(event, Mapping) and event.get("Event") == "s3:TestEvent":
        return []
    try:
        records = _Event().load(event)["Records"]
    except ValidationError as error:
        raise EventError(
            f"parsing event: {describe(error)}: send the function S3 notifications only"
        ) from error
    refs = (
        ObjectRef(record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"]))
        for record in records
        if record["eventName"].startswith("ObjectCreated:")
    )
    return list(dict.fromkeys(refs))
