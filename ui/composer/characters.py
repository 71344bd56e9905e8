"""Qt counts a text in UTF-16 units, Python in characters; an emoji is two of the first and one of the second."""


def characters_before(text: str, units: int) -> int:
    """The character that `units` UTF-16 units lie before."""
    if _all_single(text):
        return min(units, len(text))
    return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "ignore"))


def units_before(text: str, characters: int) -> int:
    """The UTF-16 units that lie before character number `characters`; any number is brought into range."""
    head = text[: max(0, characters)]
    return len(head) if _all_single(head) else len(head.encode("utf-16-le", "surrogatepass")) // 2


def _all_single(text: str) -> bool:
    return text.isascii() or max(text) <= "\uffff"
