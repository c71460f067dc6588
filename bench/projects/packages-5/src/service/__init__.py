"""A service that does next to nothing."""


def answer() -> int:
    """Return the answer."""
    return 42
