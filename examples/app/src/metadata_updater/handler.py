"""The Lambda function's entry point: `metadata_updater.handler.handler`."""

import os
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
import structlog

from metadata_updater import logs
from metadata_updater.events import created_objects
from metadata_updater.rules import RulesSource
from metadata_updater.store import Store
from metadata_updater.update import Updater

logs.configure()
log = structlog.get_logger()


class UpdateFailed(RuntimeError):  # noqa: N818
    """Some objects of an event were not updated: Lambda delivers the event again."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Update the metadata of each created object; return how many had which outcome.

    One object's failure does not keep the others from being updated. Raises EventError for
    an event that is not S3's, UpdateFailed when an object was not updated.
    """
    with structlog.contextvars.bound_contextvars(
        request_id=getattr(context, "aws_request_id", None)
    ):
        refs = created_objects(event)
        update = updater().update
        outcomes: Counter[str] = Counter()
        failures: list[Exception] = []
        for ref in refs:
            try:
                outcome = update(ref)
            except Exception as error:
                log.exception("updating object failed", object=str(ref))
                failures.append(error)
            else:
                log.info("object done", object=str(ref), outcome=outcome)
                outcomes[outcome.value] += 1
        if failures:
            raise UpdateFailed(
                f"updating {len(failures)} of {len(refs)} objects failed, first: {failures[0]}"
            ) from failures[0]
        return dict(outcomes)


@cache
def updater() -> Updater:
    """Return the updater, built once and kept while the function stays warm.

    Raises RuntimeError when RULES_PARAMETER, the name of an SSM parameter, is not set.
    """
    parameter = os.environ.get("RULES_PARAMETER")
    if not parameter:
        raise RuntimeError(
            'reading environment variable "RULES_PARAMETER": it is not set: '
            "set it to the name of the SSM parameter that holds the rules"
        )
    return Updater(Store(boto3.client("s3")), RulesSource(boto3.client("ssm"), parameter))
