"""How well what was typed fits a name: pure arithmetic on characters."""

BEGINS_WORD, IN_A_ROW = 12, 6
"""What a character counts there; elsewhere it counts 1, and a name that most characters are strewn over fits not."""


def fit(typed: str, name: str) -> int | None:
    """A number that is larger the better `typed` fits `name`; None: its characters are not in it, in their order.

    Words and their beginnings count more than characters that lie apart; upper and lower case do not matter.
    """
    wanted, text = " ".join(typed.casefold().split()), name.casefold()
    if not wanted:
        return 0
    at = text.find(wanted)
    if at >= 0:
        return 1000 - min(at, 200) + (500 if _begins_word(text, at) else 0)
    score, place = 0, -1
    for character in wanted.replace(" ", ""):
        found = _next(text, character, place + 1)
        if found < 0:
            return None
        score += BEGINS_WORD if _begins_word(text, found) else IN_A_ROW if found == place + 1 else 1
        place = found
    return score if score >= IN_A_ROW * len(wanted.replace(" ", "")) else None


def _next(text: str, character: str, start: int) -> int:
    """Where a character comes next: at the beginning of a word if it does so, else anywhere."""
    at = found = text.find(character, start)
    while at >= 0 and not _begins_word(text, at):
        at = text.find(character, at + 1)
    return at if at >= 0 and _rest_is_near(found, at) else found


def _rest_is_near(first: int, at_word: int) -> bool:
    return at_word - first <= 12


def _begins_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()
