"""What the simulator says: honest about what it is, and made of everything that a transcript must show."""

import hashlib

_MARKDOWN = """\
This is the simulator on your own machine, not Claude: nothing left it, and nothing was charged. You wrote about \
**{topic}**, so here is an answer made of everything an answer is made of.

## What a turn is

1. You send a *message*: a role and its content blocks.
2. The model answers, delta by delta.
3. A turn ends when the answer does, tool results included.

> A stream passes deltas, not growing messages. What arrives costs what it weighs.

```python
async with client.stream(request) as batches:
    async for batch in batches:
        for event in batch:
            accumulator.add(event)
```

| block | in requests | in answers |
| --- | :-: | :-: |
| `text` | yes | yes |
| `tool_use` | yes | yes |
| `tool_result` | yes | no |

A prefix of *n* tokens that is read from the cache costs a tenth: $c = 0.1 \\cdot n \\cdot p$.
"""

_CODE = """\
Here is a small function for {topic}, from the simulator on your own machine (not Claude).

```python
from collections.abc import Iterable


def running_mean(values: Iterable[float]) -> list[float]:
    \"\"\"The mean of all values so far, for each value.\"\"\"
    means: list[float] = []
    total = 0.0
    for count, value in enumerate(values, start=1):
        total += value
        means.append(total / count)
    return means
```

It needs one pass and keeps two numbers. To try it:

```sh
python -c "from mean import running_mean; print(running_mean([1, 2, 6]))"
# [1.0, 1.5, 3.0]
```
"""

_TABLE = """\
The simulator on your own machine (not Claude) compares three models on {topic}:

| model | context | input | output |
| :-- | --: | --: | --: |
| Haiku | 1M | $0.10 | $0.50 |
| Sonnet | 1M | $2.00 | $10.00 |
| Opus | 1M | $4.00 | $20.00 |

Prices are per million tokens. The smallest is enough for most classification; take the largest where a mistake costs \
more than the answer.
"""

_MATH = """\
A short derivation about {topic}, from the simulator on your own machine (not Claude).

The sum of the first $n$ integers is

$$
\\sum_{{k=1}}^{{n}} k = \\frac{{n(n+1)}}{{2}},
$$

because pairing $k$ with $n + 1 - k$ gives $n$ pairs of the same sum. For $n = 100$ that is $5050$.
"""

_PARAGRAPH = """\
## Part {number}

The {number}. part of a long answer about {topic}. It is here so that you can watch an answer stream, scroll up while \
it does, stop it half-way and find what had arrived. Nothing in it is true or false; it only has the shape of prose, \
with **bold** words, *slanted* ones and `code`.

- a point that takes one line
- a point that takes rather more than one line, so that it must be broken somewhere near the end of the measure
- [a link](https://example.org) that is only followed when you say so
"""


def answer_to(prompt: str, *, long: bool = False) -> str:
    """An answer in Markdown; the same prompt always gets the same one."""
    topic = topic_of(prompt)
    lower = prompt.lower()
    if long or any(word in lower for word in ("story", "essay", "long")):
        parts = (_PARAGRAPH.format(number=number, topic=topic) for number in range(1, 41))
        return _MARKDOWN.format(topic=topic) + "\n" + "\n".join(parts)
    for words, text in (
        (("code", "function", "python", "script"), _CODE),
        (("table", "compare", "versus", " vs"), _TABLE),
        (("math", "sum", "proof", "formula", "equation"), _MATH),
    ):
        if any(word in lower for word in words):
            return text.format(topic=topic)
    return _MARKDOWN.format(topic=topic)


def topic_of(prompt: str) -> str:
    """The prompt's first words, for the answer to speak of."""
    words = prompt.replace("`", "").replace("*", "").split()
    return " ".join(words[:8]).rstrip("?!.,:;") or "nothing in particular"


def pieces_of(text: str, seed: str) -> list[str]:
    """The text in deltas of 1 to 9 characters, the same cut for the same seed."""
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()
    pieces, at, turn = [], 0, 0
    while at < len(text):
        size = 1 + digest[turn % len(digest)] % 9
        pieces.append(text[at : at + size])
        at += size
        turn += 1
    return pieces
