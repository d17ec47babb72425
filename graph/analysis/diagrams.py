"""In which states of its parts is something down? A shared decision diagram answers for all 2^n of them at once.

Reduced ordered binary decision diagrams (Bryant 1986, IEEE Trans. Comp. C-35:8). Nodes are numbers: 0 is "never",
1 is "always", and a node comes after those below it, so one pass upwards or downwards needs no recursion.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["ALWAYS", "NEVER", "Diagrams", "TooLargeError"]

NEVER, ALWAYS = 0, 1
_BELOW_ALL = 1 << 60


class TooLargeError(Exception):
    """The diagrams need more nodes than allowed."""


class Diagrams:
    """Functions of the variables 0, 1, 2 …, tested in that order; equal functions are the same number.

    >>> d = Diagrams()
    >>> both = d.at_least(2, [d.variable(0), d.variable(1)])
    >>> d.probability(both, [0.5, 0.1])
    0.05
    """

    def __init__(self, *, most: int = 1_000_000) -> None:
        self._most = most
        self._level = [_BELOW_ALL, _BELOW_ALL]
        self._low, self._high = [NEVER, ALWAYS], [NEVER, ALWAYS]
        self._unique: dict[tuple[int, int, int], int] = {}
        self._memo: tuple[dict[tuple[int, int], int], ...] = ({}, {})

    def __len__(self) -> int:
        return len(self._level)

    def variable(self, level: int) -> int:
        """True when the variable is."""
        return self._node(level, NEVER, ALWAYS)

    def either(self, f: int, g: int) -> int:
        """True when one of the two is. Cost: at most the product of their sizes."""
        return self._apply(f, g, ALWAYS)

    def both(self, f: int, g: int) -> int:
        """True when both are. Cost: at most the product of their sizes."""
        return self._apply(f, g, NEVER)

    def any_of(self, functions: Sequence[int]) -> int:
        """True when at least one is."""
        found = NEVER
        for function in sorted(functions, reverse=True):
            found = self.either(found, function)
        return found

    def at_least(self, count: int, functions: Sequence[int]) -> int:
        """True when at least so many are."""
        reached = [ALWAYS, *[NEVER] * count]  # reached[j]: at least j of those looked at
        for done, function in enumerate(functions):
            for j in range(min(count, done + 1), max(0, count - len(functions) + done), -1):
                reached[j] = self.either(reached[j], self.both(function, reached[j - 1]))
        return reached[count]

    def probability(self, f: int, q: Sequence[float]) -> float:
        """How likely the function is true when variable i is true with probability q[i], independently."""
        return self._probabilities(self._below(f), q)[f]

    def weights(self, f: int, q: Sequence[float]) -> tuple[float, list[float]]:
        """The probability, and its derivative by each q (Birnbaum's importance), in two passes."""
        order = self._below(f)
        up = self._probabilities(order, q)
        down = dict.fromkeys(order, 0.0) | {f: 1.0}
        importance = [0.0] * len(q)
        for node in reversed(order):
            level, low, high = self._level[node], self._low[node], self._high[node]
            importance[level] += down[node] * (up[high] - up[low])
            for child, share in ((low, 1 - q[level]), (high, q[level])):
                if child > ALWAYS:
                    down[child] += down[node] * share
        return up[f], importance

    def _probabilities(self, order: Sequence[int], q: Sequence[float]) -> dict[int, float]:
        """Sums of products of probabilities, never a difference: small ones keep all their digits."""
        found = {NEVER: 0.0, ALWAYS: 1.0}
        for node in order:
            chance = q[self._level[node]]
            found[node] = chance * found[self._high[node]] + (1 - chance) * found[self._low[node]]
        return found

    def _below(self, f: int) -> list[int]:
        """The nodes of a function, each after those below it."""
        seen, waiting = {NEVER, ALWAYS}, [f]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += (self._low[node], self._high[node])
        return sorted(seen)[2:]

    def _node(self, level: int, low: int, high: int) -> int:
        if low == high:
            return low
        found = self._unique.setdefault((level, low, high), len(self._level))
        if found == len(self._level):
            if found >= self._most:
                raise TooLargeError
            self._level.append(level)
            self._low.append(low)
            self._high.append(high)
        return found

    def _apply(self, f: int, g: int, absorbing: int) -> int:
        """The recursion of Bryant's *apply* with a stack of its own: a diagram may be deeper than Python's."""
        memo, level, low, high = self._memo[absorbing], self._level, self._low, self._high
        todo: list[tuple[int, int, int]] = [(f, g, -1)]
        done: list[int] = []
        while todo:
            a, b, at = todo.pop()
            if at >= 0:
                above = done.pop()
                done[-1] = memo[a, b] = self._node(at, done[-1], above)
                continue
            if a > b:
                a, b = b, a
            if a <= ALWAYS or a == b:
                done.append(b if a == b or a != absorbing else a)
                continue
            known = memo.get((a, b))
            if known is not None:
                done.append(known)
                continue
            top = min(level[a], level[b])
            below_a = (low[a], high[a]) if level[a] == top else (a, a)
            below_b = (low[b], high[b]) if level[b] == top else (b, b)
            todo += [(a, b, top), (below_a[1], below_b[1], -1), (below_a[0], below_b[0], -1)]
        return done[0]
