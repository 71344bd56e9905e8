"""Numbers as a person reads them."""

LEAST_SHOWN_USD = 0.0001


def counted(number: int, noun: str) -> str:
    """`1 message`, `2,000 messages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def usd(amount: float) -> str:
    """Four decimals below a dollar; what is not nothing never reads as nothing."""
    if 0 < amount < LEAST_SHOWN_USD:
        return f"< ${LEAST_SHOWN_USD}"
    return f"${amount:.4f}" if 0 < amount < 1 else f"${amount:,.2f}"


def size(count: int) -> str:
    """Bytes: `812 bytes`, `12 KB`, `3.4 MB`."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:,.0f} KB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
