"""Sums of heights: a Fenwick tree, so that changing one of 10,000 costs some fourteen additions."""

from collections.abc import Iterable
from itertools import accumulate


class Heights:
    """Heights in pixels, one for each message, and fast sums over them."""

    def __init__(self, values: Iterable[int] = ()) -> None:
        self._values = list(values)
        sums = list(accumulate(self._values, initial=0))
        self._tree = [each - sums[at & (at - 1)] for at, each in enumerate(sums)]

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int) -> int:
        return self._values[index]

    def set(self, index: int, height: int) -> None:
        change = height - self._values[index]
        self._values[index] = height
        at = index + 1
        while change and at < len(self._tree):
            self._tree[at] += change
            at += at & -at

    def above(self, index: int) -> int:
        """The sum of all heights before `index`; of all, if `index` is their count."""
        found = 0
        while index:
            found += self._tree[index]
            index -= index & -index
        return found

    @property
    def total(self) -> int:
        return self.above(len(self._values))

    def at(self, offset: int) -> tuple[int, int]:
        """Index of what stands at `offset` pixels from the top, and how far into it that is. Ends are clamped."""
        index, left = 0, max(0, offset)
        step = 1 << len(self._values).bit_length()
        while step:
            following = index + step
            if following < len(self._tree) and self._tree[following] <= left:
                index = following
                left -= self._tree[following]
            step >>= 1
        if index >= len(self._values):
            return max(0, len(self._values) - 1), self._values[-1] if self._values else 0
        return index, left
