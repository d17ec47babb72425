"""In which order can vertices be gone through so that each comes after all that it rests on?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["parts"]


def parts(vertices: set[int], ask: Callable[[int], set[int]]) -> Iterator[list[int]]:
    """Strongly connected parts of these vertices, each after all that it rests on (Tarjan 1972).

    Args:
        vertices: those to go through.
        ask: what a vertex rests on; what is not among the vertices is passed over.
    """
    index: dict[int, int] = {}
    for root in sorted(vertices):
        if root not in index:
            yield from _below(root, vertices, ask, index)


def _below(root: int, vertices: set[int], ask: Callable[[int], set[int]], index: dict[int, int]) -> Iterator[list[int]]:
    low: dict[int, int] = {}
    stack: list[int] = []
    place: dict[int, int] = {}  # where an open vertex lies on the stack

    def enter(vertex: int) -> tuple[int, Iterator[int]]:
        index[vertex] = low[vertex] = len(index)
        place[vertex] = len(stack)
        stack.append(vertex)
        return vertex, iter(sorted(ask(vertex) & vertices))

    work = [enter(root)]
    while work:
        vertex, following = work[-1]
        step = next(following, None)
        if step is None:
            work.pop()
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[vertex])
            if low[vertex] == index[vertex]:
                part = stack[place[vertex] :]
                del stack[place[vertex] :]
                for each in part:
                    del place[each]
                yield sorted(part)
        elif step not in index:
            work.append(enter(step))
        elif step in place:
            low[vertex] = min(low[vertex], index[step])
