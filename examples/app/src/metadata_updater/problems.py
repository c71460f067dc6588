"""Puts what a schema found wrong into one line."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError


def describe(error: ValidationError) -> str:
    """Return the first problem as `field "a.0.b": what is wrong`, and how many more there are."""
    problems = list(_walk(error.messages))
    path, message = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f'field "{path}": {message.rstrip(".").lower()}{more}'


def _walk(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, below in messages.items():
            # "_schema" is where marshmallow puts what concerns the whole document.
            inner = path if key == "_schema" else f"{path}.{key}" if path else str(key)
            yield from _walk(below, inner)
    elif isinstance(messages, list):
        for below in messages:
            yield from _walk(below, path)
    else:
        yield path, str(messages)
