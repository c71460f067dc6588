"""The rules that say which objects get metadata, kept in an SSM parameter."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from marshmallow import Schema, ValidationError, fields, post_load, validate

from metadata_updater.problems import describe
from metadata_updater.refs import ObjectRef


class RulesError(RuntimeError):
    """The rules cannot be read or are not valid."""


@dataclass(frozen=True)
class Rules:
    """Which objects are left alone: larger than `max_bytes`, or under one of `skip_prefixes`."""

    max_bytes: int
    skip_prefixes: tuple[str, ...] = ()

    def reason_to_skip(self, ref: ObjectRef, size: int) -> str | None:
        """Return why the object gets no metadata, or None when it gets some."""
        if ref.key.startswith(self.skip_prefixes):
            return "its prefix is left out"
        if size > self.max_bytes:
            return f"it has {size} bytes, more than {self.max_bytes}"
        return None


class _RulesSchema(Schema):
    max_bytes = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    skip_prefixes = fields.List(fields.String(validate=validate.Length(min=1)), load_default=list)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Rules:
        return Rules(data["max_bytes"], tuple(data["skip_prefixes"]))


def parse(text: str) -> Rules:
    """Return the rules that a JSON text holds. Raises ValueError when they are not valid."""
    try:
        return _RulesSchema().load(json.loads(text))
    except ValidationError as error:
        raise ValueError(describe(error)) from error


class RulesSource:
    """Reads the rules from an SSM parameter, at most once in `ttl` seconds."""

    def __init__(
        self, ssm: Any, parameter: str, ttl: float = 60, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ssm, self._parameter, self._ttl, self._clock = ssm, parameter, ttl, clock
        self._rules: Rules | None = None
        self._read_at = 0.0

    def current(self) -> Rules:
        """Return the rules. Raises RulesError when they cannot be read or are not valid."""
        now = self._clock()
        if self._rules is None or now - self._read_at >= self._ttl:
            self._rules, self._read_at = self._read(), now
        return self._rules

    def _read(self) -> Rules:
        try:
            answer = self._ssm.get_parameter(Name=self._parameter)
        except (ClientError, BotoCoreError) as error:
            raise RulesError(
                f'reading rules from parameter "{self._parameter}": {error}: '
                "check that it exists and that the role may read it"
            ) from error
        try:
            return parse(answer["Parameter"]["Value"])
        except ValueError as error:
            raise RulesError(
                f'parsing rules of parameter "{self._parameter}": {error}: correct its JSON'
            ) from error
