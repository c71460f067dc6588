"""Metadata: documents survive a round trip, and invalid ones are refused by field."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from metadata_updater.metadata import Metadata, MetadataError, decode, encode, parse_time

METADATA = Metadata(
    key="photos/café.png",
    etag="5d41402abc4b2a76b9719d911017c592",
    content_type="image/png",
    size=5,
    sha256="a" * 64,
    updated_at=datetime(2025, 3, 1, 12, 30, tzinfo=UTC),
)


@pytest.mark.parametrize("captured_at", [None, datetime(2024, 2, 29, tzinfo=UTC)])
def test_a_document_survives_the_round_trip(captured_at):
    metadata = replace(METADATA, captured_at=captured_at)
    assert decode(encode(metadata)) == metadata


def test_documents_have_sorted_keys_and_iso_times():
    document = json.loads(encode(METADATA))
    assert list(document) == sorted(document)
    assert document["updated_at"] == "2025-03-01T12:30:00+00:00"
    assert document["captured_at"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", ""),
        ("etag", ""),
        ("content_type", "image"),
        ("content_type", "image/png\n"),
        ("size", -1),
        ("size", "5"),
        ("sha256", "A" * 64),
        ("sha256", "a" * 63),
        ("updated_at", "2025-03-01T12:30:00"),
        ("unknown", 1),
    ],
)
def test_an_invalid_document_is_refused_by_field(field, value):
    document = json.loads(encode(METADATA)) | {field: value}
    with pytest.raises(MetadataError, match=rf'^checking metadata: field "{field}": '):
        decode(json.dumps(document).encode())


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\x00"])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(MetadataError, match=r"^parsing sidecar: "):
        decode(text)


def test_what_is_json_but_no_object_is_refused():
    with pytest.raises(MetadataError, match=r'^checking metadata: field "": invalid input type'):
        decode(b"[]")


def test_invalid_metadata_is_not_written():
    with pytest.raises(MetadataError, match='field "sha256"'):
        encode(replace(METADATA, sha256="short"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-06T07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("2024-05-06T07:08:09+02:00", datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)),
        ("6 May 2024 07:08", datetime(2024, 5, 6, 7, 8, tzinfo=UTC)),
        ("Mon, 06 May 2024 07:08:09 GMT", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_many_forms_and_given_in_utc(text, expected):
    time = parse_time(text)
    assert time == expected
    assert time.utcoffset().total_seconds() == 0


@pytest.mark.parametrize("text", ["", "soon", "2024-13-45", "9" * 40])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r'^parsing time "'):
        parse_time(text)
