"""What does the server do, in numbers? Counters of queries, writes and refusals in the format of Prometheus."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from graph.store.workers import Workers

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_TOGETHER = 200
_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)


class Metrics:
    """The numbers of one server.

    >>> metrics = Metrics()
    >>> metrics.queries.labels("answered").inc()
    >>> 'servicemap_queries_total{outcome="answered"} 1.0' in metrics.text([])
    True
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.queries = Counter("servicemap_queries", "Queries by how they ended", ["outcome"], registry=self._registry)
        self.seconds = Histogram(
            "servicemap_query_seconds", "Seconds until a query was known", buckets=_SECONDS, registry=self._registry
        )
        self.rows = Counter("servicemap_rows", "Rows and statements that were told", registry=self._registry)
        self.truncated = Counter("servicemap_truncated", "Answers that a limit cut", registry=self._registry)
        self.writes = Counter("servicemap_writes", "Writes by how they ended", ["outcome"], registry=self._registry)
        self.refused = Counter(
            "servicemap_refused", "Requests that were not let in, by their status", ["status"], registry=self._registry
        )
        self._workers = Gauge("servicemap_workers", "Workers of queries that there are", registry=self._registry)
        self._busy = Gauge("servicemap_workers_busy", "Workers that are at a query now", registry=self._registry)
        self._waiting = Gauge("servicemap_queries_waiting", "Queries that wait for a worker", registry=self._registry)
        self._replaced = Gauge(
            "servicemap_workers_replaced", "Workers that were stopped or had grown", registry=self._registry
        )

        self._answered = deque[tuple[int, float]]()

    def answered(self, rows: int, seconds: float) -> None:
        """Note an answer to a query; many are counted together, which is cheaper."""
        self._answered.append((rows, seconds))
        if len(self._answered) > _TOGETHER:
            self._count()

    def _count(self) -> None:
        known = list[tuple[int, float]]()
        with suppress(IndexError):  # another thread counts, too
            while True:
                known.append(self._answered.popleft())
        self.queries.labels("answered").inc(len(known))
        self.rows.inc(sum(rows for rows, _ in known))
        for _, seconds in known:
            self.seconds.observe(seconds)

    def text(self, workers: Sequence[Workers]) -> str:
        """All of them now."""
        self._count()
        self._workers.set(sum(each.size for each in workers))
        self._busy.set(sum(each.turns.held for each in workers))
        self._waiting.set(sum(each.turns.waiting for each in workers))
        self._replaced.set(sum(each.replaced for each in workers))
        return generate_latest(self._registry).decode()
