"""Text that SQLite takes."""


def sound(text: str) -> str:
    """SQLite takes no lone surrogates; a pasted one becomes a question mark rather than a lost draft."""
    return text.encode("utf-8", "replace").decode("utf-8")
