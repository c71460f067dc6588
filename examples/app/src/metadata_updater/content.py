"""Finds out what an object holds: size, digest and content type."""

import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass

import filetype

# Content types that clients send when they do not know better.
GENERIC_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream"})

# A media type, of characters that are valid in the value of an S3 tag too.
MEDIA_TYPE = r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*"

# As many leading bytes as the `filetype` library looks at.
SNIFF_BYTES = 8192


@dataclass(frozen=True)
class Digest:
    """What one pass over the content gives; `head` is its first bytes, for sniffing."""

    size: int
    sha256: str
    head: bytes


def digest(chunks: Iterable[bytes]) -> Digest:
    """Read the content once, keeping no more of it than SNIFF_BYTES."""
    sha256, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        sha256.update(chunk)
        size += len(chunk)
        head += chunk[: SNIFF_BYTES - len(head)]
    return Digest(size, sha256.hexdigest(), head)


def content_type(declared: str, head: bytes, key: str) -> str:
    """Return the content type, lower case and without parameters.

    A specific and well-formed declared type wins, then what the leading bytes show, then
    what the key's extension says, else `application/octet-stream`.
    """
    stated = declared.partition(";")[0].strip().lower()
    if stated not in GENERIC_TYPES and re.fullmatch(MEDIA_TYPE, stated):
        return stated
    kind = filetype.guess(head)
    if kind is not None:
        return kind.mime
    by_name, encoding = mimetypes.guess_type(key, strict=True)
    if by_name is None or encoding is not None:
        return "application/octet-stream"
    return by_name
