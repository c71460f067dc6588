"""Amounts of money in cents, so that sums are exact."""

from decimal import ROUND_HALF_EVEN, Decimal


def cents(text: str) -> int:
    """Read an amount such as "12.30"."""
    return int((Decimal(text) * 100).to_integral_value(ROUND_HALF_EVEN))


def text(amount: int) -> str:
    """Write an amount of cents."""
    return f"{Decimal(amount) / 100:.2f}"
