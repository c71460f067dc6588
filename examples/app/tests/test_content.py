"""Content: one pass gives size and digest; the type is found in a fixed order."""

import hashlib

import pytest

from metadata_updater.content import SNIFF_BYTES, content_type, digest

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@pytest.mark.parametrize("size", [0, 1, SNIFF_BYTES - 1, SNIFF_BYTES, 3 * SNIFF_BYTES + 7])
@pytest.mark.parametrize("chunk", [1000, SNIFF_BYTES, 10**6])
def test_the_digest_does_not_depend_on_how_content_is_cut(size, chunk):
    body = bytes(i % 251 for i in range(size))
    found = digest(body[i : i + chunk] for i in range(0, size, chunk))
    assert found.size == size
    assert found.sha256 == hashlib.sha256(body).hexdigest()
    assert found.head == body[:SNIFF_BYTES]


@pytest.mark.parametrize(
    ("declared", "head", "key", "expected"),
    [
        ("Text/Plain; charset=utf-8", PNG, "a.json", "text/plain"),
        ("binary/octet-stream", PNG, "a.json", "image/png"),
        ("", PNG, "a", "image/png"),
        ("not a type", PNG, "a", "image/png"),
        ("text/<b>", b"hello", "a.json", "application/json"),
        ("application/octet-stream", b"hello", "a.json", "application/json"),
        ("application/octet-stream", b"hello", "a.unheard-of", "application/octet-stream"),
        ("", b"hello", "a.txt.gz", "application/octet-stream"),
        ("", b"", "a", "application/octet-stream"),
    ],
)
def test_the_type_is_declared_then_sniffed_then_named(declared, head, key, expected):
    assert content_type(declared, head, key) == expected
