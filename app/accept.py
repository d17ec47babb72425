"""Which of several media types does the other side like best? The Accept header as RFC 9110 means it."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["best"]

_MOST_RANGES = 100


def best(accept: str, offers: Sequence[str]) -> str | None:
    """The offer with the highest weight, of equals the first; None when all are refused. No header takes any.

    The most specific range that fits an offer gives its weight. Parameters other than ``q`` are passed over, and so is
    a range that is not well formed.

    >>> best("text/turtle;q=0.4, application/*", ["text/turtle", "application/n-triples"])
    'application/n-triples'
    >>> best("text/*, text/turtle;q=0", ["text/turtle"]) is None
    True
    >>> best("", ["text/turtle"])
    'text/turtle'
    """
    ranges = [_range(part) for part in accept.split(",")[:_MOST_RANGES] if part.strip()]
    if not ranges:
        return offers[0] if offers else None
    weighed = [(_weight(offer, ranges), -number, offer) for number, offer in enumerate(offers)]
    weight, _, offer = max(weighed, default=(0.0, 0, ""))
    return offer if weight > 0 else None


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (word.strip().lower() for word in part.split(";"))
    weight = next((word.partition("=")[2].strip() for word in parameters if word.startswith("q")), "1")
    try:
        return name, min(max(float(weight), 0.0), 1.0)
    except ValueError:
        return name, 0.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    group = offer.partition("/")[0] + "/*"
    for wanted in (offer, group, "*/*"):
        found = [weight for name, weight in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0
