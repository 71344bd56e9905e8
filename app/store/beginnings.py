"""The newest messages in which words begin as they were typed, without reading every place of every such word.

FTS5 gathers all places of all words with a beginning before it gives its first hit: of a million messages, a twentieth
of a second for a common one. Beginnings of up to three letters have an index, which is read from the newest message on.
So FTS5 is asked for those, what it gives is looked through, and only words that prove to be rare are asked for whole.
"""

import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

INDEXED = 3
"""Letters of the longest beginning with an index, see `app.store.schema`."""
TRIED = 200
"""Messages that are looked through before it is known how often each word comes with its first letters."""
TRIED_FOR_EACH = 40
"""So many more for each that has all words: as long as hits come so often, looking is the quicker way."""
RARE = 8
"""A word is rare that fewer than one in so many of the messages have that have its first letters."""
VARIANTS = 3
"""Of a word, from one message: enough to find it again, and to mark what it was found by."""
_TOKEN = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_CANDIDATES = """
    SELECT m.seq, m.text FROM message_search
    JOIN messages m ON m.seq = message_search.rowid
    JOIN conversations c ON c.id = m.conversation_id
    WHERE message_search MATCH ? AND c.deleted_ms IS NULL AND m.seq NOT IN (SELECT seq FROM removed)
    ORDER BY message_search.rowid DESC
"""


def are_worth_it(words: Sequence[str]) -> bool:
    """Whether `newest` finds them sooner than FTS5 by itself: plain words, one of them longer than has an index."""
    return all(word.isalnum() for word in words) and any(len(word) > INDEXED for word in words)


def starting_with(words: Iterable[str]) -> str:
    """A query for messages that have all of the words, or words that begin so."""
    # each in quotes, so that nothing a person types is read as FTS5's own syntax
    return " ".join('"' + word.replace('"', '""') + '"*' for word in words)


def newest(db: sqlite3.Connection, words: Sequence[str], limit: int) -> tuple[str, int]:
    """A query for the newest messages that have all the words, or words that begin so, and the lowest `seq` of them.

    Unlike a query for beginnings, this one is answered from the newest message on. The query is empty where there are
    none. Words are compared more loosely here than FTS5 does; it has the last word.

    Args:
        words: plain ones, see `are_worth_it`.
    """
    folded = [_folded(word) for word in words]
    met: Counter[str] = Counter()
    found: list[tuple[int, str]] = []
    for tried, (seq, text, there) in enumerate(_looked_through(db, [word[:INDEXED] for word in words], folded)):
        met.update(there)
        if len(there) == len(folded):
            found.append((seq, text))
        if len(found) == limit:
            break
        if tried > TRIED + TRIED_FOR_EACH * len(found):
            asked = [
                word if met[plain] * RARE < tried else word[:INDEXED] for word, plain in zip(words, folded, strict=True)
            ]
            every = _looked_through(db, asked, folded)
            found = list(islice(((seq, text) for seq, text, there in every if len(there) == len(folded)), limit))
            break
    return (_said([text for _, text in found], folded), found[-1][0]) if found else ("", 0)


def _looked_through(
    db: sqlite3.Connection, asked: Iterable[str], folded: Sequence[str]
) -> Iterator[tuple[int, str, list[str]]]:
    """Messages with words that begin as `asked`, the newest first: `seq`, text, and which words begin some in it."""
    for seq, text in db.execute(_CANDIDATES, (starting_with(asked),)):
        plain = _folded(text)
        yield seq, text, [word for word in folded if _begins(plain, word)]


def _said(texts: Sequence[str], folded: Sequence[str]) -> str:
    """A query for the words as they stand in these texts."""
    variants: dict[str, dict[str, None]] = {word: {} for word in folded}
    for text in texts:
        tokens = [(each, _folded(each)) for each in dict.fromkeys(_TOKEN.findall(text))]
        for word, known in variants.items():
            known.update(dict.fromkeys(islice((each for each, plain in tokens if plain.startswith(word)), VARIANTS)))
    # a word with marks apart from its letters stands in no token: it is asked for as it was typed
    groups = (" OR ".join(f'"{each}"' for each in known) or f'"{word}"*' for word, known in variants.items())
    return " AND ".join(f"({each})" for each in groups)


def _begins(text: str, word: str) -> bool:
    """Whether a word of the text begins so."""
    at = text.find(word)
    while at > 0 and text[at - 1].isalnum():
        at = text.find(word, at + 1)
    return at >= 0


def _folded(text: str) -> str:
    """Without accents and capitals."""
    plain = text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", text))
    return plain.casefold()
