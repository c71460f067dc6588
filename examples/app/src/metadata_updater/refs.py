"""Names objects in S3."""

from dataclasses import dataclass

SIDECAR_SUFFIX = ".metadata.json"

# S3 takes no longer key, in bytes of UTF-8.
MAX_KEY_BYTES = 1024


@dataclass(frozen=True)
class ObjectRef:
    """One object: its bucket and its key, decoded."""

    bucket: str
    key: str

    @property
    def is_sidecar(self) -> bool:
        """Tell whether this object is itself a metadata sidecar."""
        return self.key.endswith(SIDECAR_SUFFIX)

    @property
    def sidecar(self) -> "ObjectRef":
        """Name the sidecar of this object: its key with `.metadata.json` added."""
        return ObjectRef(self.bucket, self.key + SIDECAR_SUFFIX)

    @property
    def is_too_long(self) -> bool:
        """Tell whether S3 would refuse this key for its length."""
        return len(self.key.encode()) > MAX_KEY_BYTES

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"
