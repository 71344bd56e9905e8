"""What is shown: answers as models write them, made from a seed, so that every run shows the same."""

import itertools
import random
from collections.abc import Iterator
from functools import partial
from typing import Final

from app.domain.blocks import TextBlock
from app.domain.conversation import Message, Role

WORDS: Final = tuple(
    "the a of to in is that for with as on be this by from an at which when not have we it are value function query "  # noqa: SIM905
    "cache thread signal event loop layout memory buffer latency request response token stream delta parser block "
    "inline render paint frame budget measure because however although instead consider example result error retry "
    "selection document database schema migration kernel distribution gradient matrix vector proof lemma".split()
)
FOREIGN: Final = ("café", "naïve", "性能测试", "مرحبا", "שלום", "🚀", "✅", "→", "≤", "größer")
FORMULAE: Final = (r"$E = mc^2$", r"$\alpha_i + \beta^2$", r"\(\sqrt{x^2 + 1}\)", r"$O(n \log n)$")
CODE: Final = '''def {name}(items, *, limit: int = {number}) -> list[str]:
    """{words}."""
    seen: dict[str, int] = {{}}
    for index, item in enumerate(items):
        if index >= limit:  # stop early
            break
        key = f"{{item!r}}-{{index:04d}}"
        seen[key] = seen.get(key, 0) + {number}
    return sorted(seen, key=lambda each: (-seen[each], each))
'''


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


def sentence(chance: random.Random) -> str:
    found = [chance.choice(WORDS) for _ in range(chance.randint(7, 20))]
    for at, word in enumerate(found):
        kind = chance.random()
        if kind < 0.03:
            found[at] = f"**{word}**"
        elif kind < 0.05:
            found[at] = f"*{word}*"
        elif kind < 0.09:
            found[at] = f"`{word}()`"
        elif kind < 0.10:
            found[at] = f"[{word}](https://example.com/{word})"
        elif kind < 0.12:
            found[at] = chance.choice(FOREIGN)
        elif kind < 0.13:
            found[at] = chance.choice(FORMULAE)
    return f"{' '.join(found).capitalize()}."


def paragraph(chance: random.Random) -> str:
    return " ".join(sentence(chance) for _ in range(chance.randint(1, 5))) + "\n"


def heading(chance: random.Random) -> str:
    return f"{'#' * chance.randint(2, 4)} {words(chance, 4).capitalize()}\n"


def code(chance: random.Random) -> str:
    made = (
        CODE.format(name=words(chance, 2).replace(" ", "_"), number=chance.randint(1, 99), words=words(chance, 6))
        for _ in range(chance.randint(1, 3))
    )
    return f"```python\n{chr(10).join(made)}```\n"


def bullets(chance: random.Random) -> str:
    numbered = chance.random() < 0.4
    return "".join(f"{f'{n}.' if numbered else '-'} {sentence(chance)}\n" for n in range(1, chance.randint(3, 7)))


def table(chance: random.Random) -> str:
    columns = chance.randint(2, 5)
    rows = [[words(chance, 1) for _ in range(columns)], ["---"] * columns]
    rows += [[words(chance, chance.randint(1, 3)) for _ in range(columns)] for _ in range(chance.randint(2, 8))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def quote(chance: random.Random) -> str:
    return "".join(f"> {sentence(chance)}\n" for _ in range(chance.randint(1, 3)))


KINDS: Final = (paragraph, paragraph, paragraph, paragraph, heading, code, bullets, bullets, table, quote)


def answer(size: int, seed: int = 7) -> str:
    """A mixed answer of about `size` characters."""
    chance = random.Random(seed)
    parts: list[str] = []
    have = 0
    while have < size:
        parts.append(chance.choice(KINDS)(chance))
        have += len(parts[-1]) + 1
    return "\n".join(parts)


def single(construct: str, size: int, seed: int = 5) -> str:
    """One endless construct."""
    chance = random.Random(seed)
    line: dict[str, partial[str]] = {
        "paragraph": partial(lambda: f"{sentence(chance)} "),
        "list": partial(lambda: f"- {sentence(chance)}\n"),
        "quote": partial(lambda: f"> {sentence(chance)}\n"),
        "table": partial(lambda: f"| {words(chance, 1)} | {words(chance, 2)} | {words(chance, 3)} |\n"),
        "code": partial(lambda: f"    {words(chance, 4).replace(' ', ' = ')}  # {words(chance, 5)}\n"),
    }
    begin = {"table": "| a | b | c |\n|---|---|---|\n", "code": "```python\n"}.get(construct, "")
    parts = [begin]
    have = len(begin)
    while have < size:
        parts.append(line[construct]())
        have += len(parts[-1])
    return "".join(parts)


def deltas(text: str, seed: int = 3) -> Iterator[str]:
    """The text in pieces of 4.5 characters on average."""
    chance = random.Random(seed)
    at = 0
    while at < len(text):
        size = chance.randint(1, 8)
        yield text[at : at + size]
        at += size


def conversation(count: int) -> list[Message]:
    """Turns of a question and an answer; 10,000 messages are about 14 MB."""
    chance = random.Random(1)
    pool = [answer(min(20_000, max(500, int(chance.lognormvariate(7.6, 0.8)))), seed) for seed in range(200)]
    found: list[Message] = []
    for number in range(count):
        parent = found[-1].id if found else None
        if number % 2 == 0:
            role, text = Role.USER, f"{sentence(chance)} ({number})"
        else:
            # its own string, as each stored answer is
            role, text = Role.ASSISTANT, f"{pool[chance.randrange(len(pool))]}\n\nAnswer {number}.\n"
        found.append(Message(f"message {number}", parent, role, (TextBlock(text),)))
    return found


def batches(pieces: Iterator[str], size: int) -> Iterator[list[str]]:
    """Pieces in groups: what one frame takes in."""
    while batch := list(itertools.islice(pieces, size)):
        yield batch
