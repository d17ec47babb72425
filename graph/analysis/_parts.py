"""In which order can vertices be gone through so that each comes after all that it rests on?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["parts"]


def parts(vertices: set[int], ask: Callable[[int], set[int]]) -> Iterator[list[int]]:
    """Strongly connected parts of these vertices, each after all that it rests on (Tarjan 1972)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    open_: set[int] = set()
    for root in sorted(vertices):
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        open_.add(root)
        work = [(root, iter(sorted(ask(root) & vertices)))]
        while work:
            vertex, following = work[-1]
            step = next(following, None)
            if step is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[vertex])
                if low[vertex] == index[vertex]:
                    part = []
                    while True:
                        part.append(stack.pop())
                        open_.discard(part[-1])
                        if part[-1] == vertex:
                            break
                    yield sorted(part)
            elif step not in index:
                index[step] = low[step] = len(index)
                stack.append(step)
                open_.add(step)
                work.append((step, iter(sorted(ask(step) & vertices))))
            elif step in open_:
                low[vertex] = min(low[vertex], index[step])
