"""What two sequences have in common, in order: the basis of every comparison.

Bounded for any input: what stands once on both sides is matched first (a patience diff), and only short stretches
between those are compared each with each.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from app.immutable import immutable

SMALL = 40_000
"""Pairs of elements that are compared each with each."""
DEEPEST = 60


@immutable
class Stretch:
    """Neighbours: `a[a_from:a_to]` and `b[b_from:b_to]` are equal, or stand in each other's place."""

    is_equal: bool
    a_from: int
    a_to: int
    b_from: int
    b_to: int


def aligned(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[Stretch, ...]:
    """Both sequences as stretches, equal and unequal ones in turn, from the first element to the last."""
    found: list[Stretch] = []
    at_a = at_b = 0
    for a_from, b_from, size in (*_runs(_matches(a, b)), (len(a), len(b), 0)):
        if a_from > at_a or b_from > at_b:
            found.append(Stretch(False, at_a, a_from, at_b, b_from))
        if size:
            found.append(Stretch(True, a_from, a_from + size, b_from, b_from + size))
        at_a, at_b = a_from + size, b_from + size
    return tuple(found)


Kind = Literal["same", "only_a", "only_b"]


def pieces(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[Kind, str]]:
    """Two texts in parts (lines, words) as what is the same and what only one has, joined."""
    for each in aligned(a, b):
        if each.is_equal:
            yield "same", "".join(a[each.a_from : each.a_to])
            continue
        if each.a_to > each.a_from:
            yield "only_a", "".join(a[each.a_from : each.a_to])
        if each.b_to > each.b_from:
            yield "only_b", "".join(b[each.b_from : each.b_to])


def _runs(pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Matched pairs as (from in a, from in b, how many)."""
    start, size = (0, 0), 0
    for pair in pairs:
        if size and pair == (start[0] + size, start[1] + size):
            size += 1
            continue
        if size:
            yield (*start, size)
        start, size = pair, 1
    if size:
        yield (*start, size)


def _matches(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    stretches = [(0, len(a), 0, len(b), 0)]
    while stretches:
        *whole, depth = stretches.pop()
        a_from, a_to, b_from, b_to = _trimmed(a, b, whole, found)
        if a_from == a_to or b_from == b_to:
            continue
        anchors = _anchors(a[a_from:a_to], b[b_from:b_to]) if depth < DEEPEST else []
        if anchors:
            ends = [(a_from, b_from), *((a_from + x, b_from + y) for x, y in anchors), (a_to, b_to)]
            stretches += [(x, to_x, y, to_y, depth + 1) for (x, y), (to_x, to_y) in pairwise(ends)]
        elif (a_to - a_from) * (b_to - b_from) <= SMALL:
            matcher = SequenceMatcher(None, a[a_from:a_to], b[b_from:b_to], autojunk=False)
            for x, y, size in matcher.get_matching_blocks():
                found += [(a_from + x + at, b_from + y + at) for at in range(size)]
    return sorted(found)


def _trimmed(
    a: Sequence[Hashable], b: Sequence[Hashable], stretch: list[int], found: list[tuple[int, int]]
) -> tuple[int, int, int, int]:
    """What is left of a stretch without its equal beginning and end, which are found."""
    a_from, a_to, b_from, b_to = stretch
    while a_from < a_to and b_from < b_to and a[a_from] == b[b_from]:
        found.append((a_from, b_from))
        a_from, b_from = a_from + 1, b_from + 1
    while a_from < a_to and b_from < b_to and a[a_to - 1] == b[b_to - 1]:
        a_to, b_to = a_to - 1, b_to - 1
        found.append((a_to, b_to))
    return a_from, a_to, b_from, b_to


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Elements that stand once in both, as far as they stand in the same order: the longest such chain."""
    once_a = {each for each, count in Counter(a).items() if count == 1}
    once_b = {each for each, count in Counter(b).items() if count == 1}
    place = {each: at for at, each in enumerate(b) if each in once_b}
    pairs = [(at, place[each]) for at, each in enumerate(a) if each in once_a and each in place]
    tops: list[int] = []
    chains: list[int] = []
    before: list[int] = []
    for at, (_, y) in enumerate(pairs):
        pile = bisect_left(tops, y)
        before.append(chains[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [y]
        chains[pile : pile + 1] = [at]
    chain: list[tuple[int, int]] = []
    at = chains[-1] if chains else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]
