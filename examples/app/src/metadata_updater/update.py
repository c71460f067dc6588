"""Brings the metadata of one object up to date."""

from datetime import datetime
from enum import StrEnum

import structlog
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from metadata_updater.content import content_type, digest
from metadata_updater.metadata import Metadata, MetadataError, decode, encode, parse_time
from metadata_updater.refs import ObjectRef
from metadata_updater.rules import RulesSource
from metadata_updater.store import Head, ObjectChanged, ObjectGone, Store

# The user metadata header (x-amz-meta-captured-at) that says when the content was made.
CAPTURED_AT = "captured-at"

# S3 takes no more tags on one object.
MAX_TAGS = 10

log = structlog.get_logger()


class Outcome(StrEnum):
    """What was done for an object."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


class Updater:
    """Writes sidecars and tags; calling it again for the same object changes nothing."""

    def __init__(self, store: Store, rules: RulesSource, attempts: int = 4) -> None:
        self._store, self._rules = store, rules
        # Only a race with another writer is repeated here; boto3 repeats what S3 throttles.
        self._retrying = Retrying(
            retry=retry_if_exception_type(ObjectChanged),
            stop=stop_after_attempt(attempts),
            wait=wait_random_exponential(multiplier=0.05, max=1),
            reraise=True,
        )

    def update(self, ref: ObjectRef) -> Outcome:
        """Bring the object's sidecar and tags up to date.

        Raises RulesError, StoreError, MetadataError, or ObjectChanged when other writers
        were faster each time.
        """
        if ref.is_sidecar:
            return _skipped(ref, "it is a sidecar")
        if ref.sidecar.is_too_long:
            return _skipped(ref, "its key leaves no room for the sidecar's suffix")
        try:
            return self._retrying(self._update_once, ref)
        except ObjectGone:
            return _skipped(ref, "it does not exist any more")

    def _update_once(self, ref: ObjectRef) -> Outcome:
        head = self._store.head(ref)
        reason = self._rules.current().reason_to_skip(ref, head.size)
        if reason:
            return _skipped(ref, reason)
        known = self._known(ref)
        fresh = known is not None and known.etag == head.etag
        metadata = known if fresh else self._examine(ref, head)
        if not fresh:
            self._store.write(ref.sidecar, encode(metadata))
        tagged = self._tag(ref, metadata)
        if fresh and not tagged:
            return Outcome.UNCHANGED
        # Whoever writes last looks again, so that a slower run for an older
        # version of the object never has the last word.
        if self._store.head(ref).etag != head.etag:
            raise ObjectChanged(f'updating metadata of "{ref}": it was written again')
        return Outcome.UPDATED

    def _known(self, ref: ObjectRef) -> Metadata | None:
        """Return the metadata of the present sidecar, None when there is no valid one."""
        try:
            return decode(self._store.read(ref.sidecar))
        except ObjectGone:
            return None
        except MetadataError as error:
            log.warning("replacing sidecar", object=str(ref), reason=str(error))
            return None

    def _examine(self, ref: ObjectRef, head: Head) -> Metadata:
        """Read the object and say what it is."""
        content = digest(self._store.chunks(ref, head.etag))
        return Metadata(
            key=ref.key,
            etag=head.etag,
            content_type=content_type(head.content_type, content.head, ref.key),
            size=content.size,
            sha256=content.sha256,
            updated_at=head.last_modified,
            captured_at=_captured_at(ref, head),
        )

    def _tag(self, ref: ObjectRef, metadata: Metadata) -> bool:
        """Add the metadata's tags to the object's own; return whether that changed any."""
        before = self._store.tags(ref)
        after = before | {"content-type": metadata.content_type, "sha256": metadata.sha256}
        if after == before:
            return False
        if len(after) > MAX_TAGS:
            log.warning("leaving tags as they are", object=str(ref), reason="no room for more")
            return False
        self._store.set_tags(ref, after)
        return True


def _captured_at(ref: ObjectRef, head: Head) -> datetime | None:
    text = head.user.get(CAPTURED_AT)
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        log.warning("ignoring header", object=str(ref), header=CAPTURED_AT, reason=str(error))
        return None


def _skipped(ref: ObjectRef, reason: str) -> Outcome:
    log.info("skipping object", object=str(ref), reason=reason)
    return Outcome.SKIPPED
