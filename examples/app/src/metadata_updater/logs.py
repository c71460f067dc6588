"""Structured logs: one JSON object per line on standard output, where Lambda collects it."""

import structlog


def configure() -> None:
    """Set structlog up. Values are logged as given, so give no secrets and no content."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )
