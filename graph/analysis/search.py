"""Which elements does somebody mean who types a few letters? Ranked, tolerant of typing errors.

All names stand in one run of bytes, which is looked through a column at a time: nothing is made for a single name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.analysis.elements import kind_of
from graph.kept import Arrays, texts_in, texts_of
from graph.projection import Projection
from ontology.vocabulary import vocabulary

__all__ = ["Hit", "Index", "Said", "search"]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Octets = npt.NDArray[np.uint8]

_EXACT, _BEGINS, _WORD, _INSIDE, _PARTS, _SIMILAR, _NONE = range(7)
_LONGEST, _SHORT = 200, 2
_CALLED = "also called"
_END = ord("\n")


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A found element; ``rank`` 0 is best: exact, then a beginning, a word's beginning, inside, in parts, similar.

    ``users`` is how many use it, below zero so that the most used come first. ``why`` says what fits where it is
    neither the name nor the id: "owner: Team Orders".
    """

    rank: int
    users: int
    label: str
    element: int
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What else elements may be found by: ``texts[n]`` is said of ``elements[n]``.

    ``name`` is the word for it; ``called`` marks other names, which count as much as the name itself.
    """

    name: str
    elements: Ints
    texts: Sequence[str]
    called: bool = False


def search(projection: Projection, text: str, *, limit: int = 20) -> tuple[Hit, ...]:
    """Elements whose name, id or kind fits the text, best first; among equals the most used first.

    Similar spellings are tried only where nothing contains the text. Who asks often keeps an ``Index``.
    """
    return Index(projection).search(text, limit=limit)


class Index:
    """What a map is searched in: names, ids, kinds, and what ``also`` says. Made once for a revision.

    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> from graph.maps import open_map
    >>> p = open_map([Path("data/laundry")]).projection
    >>> index = Index(p, [Said("owner", np.array([p.find("laundry")], np.int32), ["Ada Byron"])])
    >>> [(hit.label, hit.why) for hit in index.search("byron")]
    [('Laundry', 'owner: Ada Byron')]
    """

    def __init__(self, projection: Projection, also: Iterable[Said] = (), *, told: Arrays | None = None) -> None:
        self.projection = projection
        if told is not None:
            self._take(told)
            return
        also = tuple(also)
        called = [said for said in also if said.called]
        count = np.arange(len(projection), dtype=np.int32)
        self._owner = np.concatenate([count, count, *(said.elements for said in called)]).astype(np.int32)
        texts = [_folded(projection.labels), _folded(projection.ids), *(_folded(said.texts) for said in called)]
        written = "".join(f"{part}\n" for part in texts if part).encode("utf-8", "surrogatepass")
        self._blob: Octets = np.frombuffer(b"\n" + written + bytes(_LONGEST + 8), np.uint8)
        self._length = len(written) + 1
        self._topics = [_Topic.of(said) for said in (_kinds(projection), *also) if not said.called]
        elements = [np.zeros(0, np.int32), *(said.elements for said in called)]
        texts = [text for said in called for text in said.texts]
        self._called = _Topic.of(Said(_CALLED, np.concatenate(elements).astype(np.int32), texts))

    def _take(self, arrays: Arrays) -> None:
        """What was told of an index over the same map."""
        self._owner, self._blob = arrays["owner"], arrays["blob"]
        self._length = len(self._blob) - _LONGEST - 8
        names = texts_in(arrays, "names")
        topics = [
            _Topic(name, tuple(texts_in(arrays, name)), arrays[f"{name} elements"], arrays[f"{name} codes"])
            for name in names
        ]
        *self._topics, self._called = topics
        starts = arrays["place"], arrays["of"], arrays["whole"]
        words = _Words(arrays["letters"], arrays["length"], arrays["number"], arrays["of"])
        vars(self).update(_starts=starts, _standing=arrays["standing"], _words=words)

    @property
    def arrays(self) -> Arrays:
        """All that is worked out once; whoever keeps it makes the same index of it (``told``)."""
        (place, owner, whole), words = self._starts, self._words
        found: dict[str, npt.NDArray[Any]] = {
            "owner": self._owner, "blob": self._blob, "place": place, "of": owner, "whole": whole,
            "letters": words.letters, "length": words.length, "number": words.number, "standing": self._standing,
        }  # fmt: skip
        topics = [*self._topics, self._called]
        for topic in topics:
            found |= texts_of(topic.name, topic.texts)
            found |= {f"{topic.name} elements": topic.elements, f"{topic.name} codes": topic.codes}
        return found | texts_of("names", [topic.name for topic in topics])

    # ── what is worked out once ────────────────────────────────────────────────────────────

    @cached_property
    def _ends(self) -> npt.NDArray[np.int64]:
        """Where each text ends; text n stands between two of them."""
        return np.flatnonzero(self._blob[: self._length] == _END)

    @cached_property
    def _starts(self) -> tuple[npt.NDArray[np.int64], Ints, Bools]:
        """Where words begin, whose they are, and whether a whole name begins there; an id does after its namespace."""
        blob = self._blob[: self._length]
        letter = _is_letter(blob)
        place = np.flatnonzero((letter[1:] & ~letter[:-1]) | (blob[:-1] == _END)) + 1
        text = np.searchsorted(self._ends, place) - 1
        slash = np.flatnonzero(blob == ord("/"))
        of_slash = np.searchsorted(self._ends, slash) - 1
        ids = (of_slash >= len(self.projection)) & (of_slash < 2 * len(self.projection))
        first = slash[ids][np.unique(of_slash[ids], return_index=True)[1]] + 1
        whole = (blob[place - 1] == _END) | np.isin(place, first)
        return place, self._owner[text], whole

    @cached_property
    def _standing(self) -> Ints:
        """The place of each element among all: the most used first, then by name."""
        start, _ = self.projection.used_by
        users = np.diff(start)[: len(self.projection)]
        by_label = np.array(sorted(range(len(self.projection)), key=self.projection.labels[:].__getitem__), np.int32)
        order = by_label[np.argsort(-users[by_label], kind="stable")]
        standing = np.empty(len(order), np.int32)
        standing[order] = np.arange(len(order), dtype=np.int32)
        return standing

    @cached_property
    def _words(self) -> _Words:
        place, owner, _ = self._starts
        return _Words.of(self._blob, place, owner)

    @cached_property
    def _told(self) -> list[tuple[_Topic, _Words]]:
        """The words of what else is said, whose owner is the number of a text."""
        return [
            (topic, _Words.of(*_word_starts([text.casefold() for text in topic.texts])))
            for topic in self._topics
            if len(topic.texts)
        ]

    def warm(self) -> Index:
        """Work out all that a search may need."""
        _ = self._starts, self._standing, self._words, self._told
        return self

    # ── searching ──────────────────────────────────────────────────────────────────────────

    def search(self, text: str, *, limit: int = 20) -> tuple[Hit, ...]:
        """As the function ``search``, and in what else is said."""
        wanted = " ".join(text.casefold().split())[:_LONGEST]
        asked = wanted.encode("utf-8", "surrogatepass")[:_LONGEST]
        if not asked or not len(self.projection):
            return ()
        rank = np.full(len(self.projection), _NONE, np.int8)
        self._by_words(asked, rank)
        parts = wanted.split()
        finer, told = np.zeros(len(rank), np.int32), np.zeros(len(rank), np.bool_)
        if int((rank < _NONE).sum()) < limit:
            short = len(asked) <= _SHORT  # "db" is meant as a word, not as the middle of "sandbox"
            _lower(rank, self._inside(asked), _PARTS if short else _INSIDE)
            if short:
                _lower(rank, np.concatenate([topic.saying(wanted) for topic in self._topics]), _INSIDE)
            having = {part: self._somewhere(part) for part in parts}
            _lower(rank, np.flatnonzero(np.logical_and.reduce(list(having.values()))), _PARTS)
            if (rank == _NONE).all():
                finer, told = self._similar(having)
                rank[finer < _FAR] = _SIMILAR
            if (rank == _NONE).all() and len(
                parts
            ) > 1:  # not all words together: those that have one of them, before nothing is found
                some = np.sum([found for part, found in having.items() if len(part) > _SHORT], axis=0, dtype=np.int32)
                rank[np.flatnonzero(some)] = _SIMILAR
                finer = np.int32(len(parts)) - np.broadcast_to(some, rank.shape)
            words = [word for word in _apart(wanted) if len(word) > _SHORT]
            if (rank == _NONE).all() and words and words != parts:  # "member-db": its words, as they are
                rank[np.logical_and.reduce([self._somewhere(word) for word in words])] = _PARTS
        return self._hits(rank, finer, told, parts, limit)

    def _by_words(self, asked: bytes, rank: npt.NDArray[np.int8]) -> None:
        place, owner, whole = self._beginning(asked)
        exact = whole & (self._blob[place + len(asked)] == _END)
        _lower(rank, owner[~whole], _WORD)
        _lower(rank, owner[whole], _BEGINS)
        _lower(rank, owner[exact], _EXACT)

    def _beginning(self, asked: bytes) -> tuple[npt.NDArray[np.int64], Ints, Bools]:
        """The beginnings of words that the text stands at."""
        place, owner, whole = self._starts
        kept = np.flatnonzero(self._blob[place] == asked[0])
        for step in range(1, len(asked)):
            kept = kept[self._blob[place[kept] + step] == asked[step]]
        return place[kept], owner[kept], whole[kept]

    def _inside(self, asked: bytes) -> Ints:
        """The elements that have the text anywhere in a name; one letter is too little for that."""
        if len(asked) < 2:
            return np.empty(0, np.int32)
        blob = self._blob
        place = np.flatnonzero((blob[: self._length] == asked[0]) & (blob[1 : self._length + 1] == asked[1]))
        for step in range(2, len(asked)):
            place = place[blob[place + step] == asked[step]]
        return self._owner[np.searchsorted(self._ends, place) - 1]

    def _somewhere(self, part: str) -> Bools:
        """Which elements have a word in a name, or in what else is said of them."""
        asked = part.encode("utf-8", "surrogatepass")
        found = np.zeros(len(self.projection), np.bool_)
        found[self._beginning(asked)[1]] = True
        found[self._inside(asked)] = True
        for topic in self._topics:
            found[topic.having(part)] = True
        return found

    def _similar(self, having: Mapping[str, Bools]) -> tuple[Ints, Bools]:
        """How far each element is from the words, ``_FAR`` and more where one of them is not near at all.

        A word that is written so somewhere is taken as meant, unless all are. The second marks those that a word is
        near to by what is said of them, and not by a name.
        """
        total, told = np.zeros(len(self.projection), np.int32), np.zeros(len(self.projection), np.bool_)
        meant = [part for part, having_it in having.items() if having_it.any()]
        for part, having_it in having.items():
            if part in meant and len(meant) < len(having):
                far = np.where(having_it, 0, _FAR).astype(np.int32)
            else:
                typed = part.encode("utf-8", "surrogatepass")
                far = self._words.distances(typed, len(self.projection))
                unnamed = (far >= _FAR) & ~having_it
                for topic, words in self._told:
                    said = words.distances(typed, len(topic.texts)) + 1  # a name that is as near comes first
                    near = np.flatnonzero((said < _FAR)[topic.codes])
                    np.minimum.at(far, topic.elements[near], said[topic.codes[near]])
                told |= unnamed & (far < _FAR)
                far[having_it] = 0
            total += far
        return total, told

    def _hits(
        self, rank: npt.NDArray[np.int8], finer: Ints, told: Bools, parts: Sequence[str], limit: int
    ) -> tuple[Hit, ...]:
        found = np.flatnonzero(rank < _NONE)
        key = (rank[found].astype(np.int64) << 56) + (finer[found].astype(np.int64) << 32) + self._standing[found]
        if len(found) > limit:
            nearest = np.argpartition(key, limit)[:limit]
            found, key = found[nearest], key[nearest]
        start, _ = self.projection.used_by
        ordered = found[np.argsort(key)]
        ranks, users = rank[ordered].tolist(), (start[ordered + 1] - start[ordered]).tolist()
        return tuple(
            Hit(
                level,
                -uses,
                self.projection.labels[e],
                e,
                self._why_similar(e, parts) if told[e] else self._why(e, level, parts),
            )
            for e, level, uses in zip(ordered.tolist(), ranks, users, strict=True)
        )

    def _why(self, element: int, rank: int, parts: Sequence[str]) -> str:
        """What fits, where neither the name nor the id does."""
        own = f"{self.projection.labels[element]}\n{self.projection.ids[element]}".casefold()
        missing = [part for part in parts if part not in own]
        if rank == _SIMILAR or not missing:
            return ""
        said = [topic.words(element, missing) for topic in self._topics]
        return self._called.words(element, missing) or next(filter(None, said), "")

    def _why_similar(self, element: int, parts: Sequence[str]) -> str:
        """What is said of an element and spelled like a word."""
        for topic, words in self._told:
            codes = topic.codes[topic.elements == element]
            for part in parts if len(codes) else ():
                far = words.distances(part.encode("utf-8", "surrogatepass"), len(topic.texts))[codes]
                if far.min() < _FAR:
                    return f"{topic.name}: {topic.texts[int(codes[far.argmin()])]}"
        return ""


def _folded(texts: Sequence[str]) -> str:
    return "\n".join(texts).casefold() if not any("\n" in text for text in texts) else _one_line_each(texts)


def _one_line_each(texts: Sequence[str]) -> str:
    return "\n".join(text.replace("\n", " ") for text in texts).casefold()


def _apart(text: str) -> list[str]:
    """The words of a text without what joins them.

    >>> _apart("member-db/2")
    ['member', 'db', '2']
    """
    return "".join(letter if letter.isalnum() else " " for letter in text).split()


def _word_starts(texts: Sequence[str]) -> tuple[Octets, npt.NDArray[np.int64], Ints]:
    """Texts in one run, where words begin in it, and in which text."""
    written = f"\n{_one_line_each(texts)}\n".encode("utf-8", "surrogatepass")
    blob: Octets = np.frombuffer(written + bytes(_WIDE), np.uint8)
    letter = _is_letter(blob)
    place = np.flatnonzero(letter[1:] & ~letter[:-1]) + 1
    ends = np.flatnonzero(blob == _END)
    return blob, place, (np.searchsorted(ends, place) - 1).astype(np.int32)


def _is_letter(blob: Octets) -> Bools:
    """Letters and digits; whatever is not ASCII counts as a letter."""
    small, digit = (blob >= ord("a")) & (blob <= ord("z")), (blob >= ord("0")) & (blob <= ord("9"))
    return np.asarray(small | digit | (blob >= 128))


def _lower(rank: npt.NDArray[np.int8], elements: npt.NDArray[np.integer], to: int) -> None:
    rank[elements] = np.minimum(rank[elements], to)


def _kinds(projection: Projection) -> Said:
    """The kind of every element, worked out once for each class."""
    classes = list(zip(projection.classes, projection.stub.tolist(), strict=True))
    said = {key: _kind(projection, n) for key, n in {key: n for n, key in enumerate(classes)}.items()}
    return Said("kind", np.arange(len(projection), dtype=np.int32), [said[key] for key in classes])


def _kind(projection: Projection, vertex: int) -> str:
    """A kind, with what people also call it: "database (DB)"."""
    called = () if projection.stub[vertex] else vocabulary().classes[projection.classes[vertex]].called
    return kind_of(projection, vertex) + (f" ({', '.join(called)})" if called else "")


@dataclass(frozen=True, slots=True, eq=False)
class _Topic:
    """What is said of elements in few different words: each word once, with the elements that it is said of."""

    name: str
    texts: tuple[str, ...]
    elements: Ints
    codes: Ints

    @classmethod
    def of(cls, said: Said) -> _Topic:
        number: dict[str, int] = {}
        codes = np.fromiter((number.setdefault(text, len(number)) for text in said.texts), np.int32, len(said.texts))
        return cls(said.name, tuple(number), said.elements, codes)

    def having(self, part: str) -> Ints:
        wanted = np.array([part in text.casefold() for text in self.texts], np.bool_)
        return self.elements[wanted[self.codes]] if wanted.any() else self.elements[:0]

    def saying(self, word: str) -> Ints:
        """The elements of which a text has the whole word."""
        wanted = np.array([word in _apart(text.casefold()) for text in self.texts], np.bool_)
        return self.elements[wanted[self.codes]] if wanted.any() else self.elements[:0]

    def words(self, element: int, parts: Sequence[str]) -> str:
        """The first of its texts that has one of the words, as it is told; "" for none."""
        texts = (self.texts[code] for code in self.codes[np.flatnonzero(self.elements == element)].tolist())
        fits = (text for text in texts if any(part in text.casefold() for part in parts))
        return next((f"{self.name} {text}" if self.name == _CALLED else f"{self.name}: {text}" for text in fits), "")


# ── similar spellings ──────────────────────────────────────────────────────────────────────────

_WIDE = 24
_FAR = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """The different words of all names, in columns by letter, and the elements that each stands in.

    A typed word is held against all of them at once: the edit distance with neighbours swapped (optimal string
    alignment), to the beginning of the word, so that a word may be typed in part.
    """

    letters: Octets
    length: Octets
    number: Ints
    owner: Ints

    @classmethod
    def of(cls, blob: Octets, place: npt.NDArray[np.int64], owner: Ints) -> _Words:
        letters = blob[place[:, None] + np.arange(_WIDE)] if len(place) else np.zeros((0, _WIDE), np.uint8)
        inside = np.logical_and.accumulate(_is_letter(letters), axis=1)
        letters = np.ascontiguousarray(np.where(inside, letters, 0).astype(np.uint8))
        rows = letters.view(f"S{_WIDE}").ravel()
        _, first, number = np.unique(rows, return_index=True, return_inverse=True)
        columns = np.ascontiguousarray(letters[first].T)
        return cls(columns, (columns != 0).sum(axis=0).astype(np.uint8), number.astype(np.int32), owner)

    def distances(self, typed: bytes, elements: int) -> Ints:
        """How far the nearest word of each element is from what is typed; ``_FAR`` where none is near."""
        found = np.full(elements, _FAR, np.int32)
        most = 0 if len(typed) < 4 else 1 if len(typed) < 7 else 2
        if not most or len(typed) > _WIDE:
            return found
        far = self._to_beginnings(typed, most)
        close = far <= most
        cost = np.where(close, 2 * far.astype(np.int32) + (self.length != len(typed)), _FAR).astype(np.int32)
        rows = np.flatnonzero(close[self.number])
        np.minimum.at(found, self.owner[rows], cost[self.number[rows]])
        return found

    def _to_beginnings(self, typed: bytes, most: int) -> Octets:
        """The edit distance to the nearest beginning of each word, no more exact than ``most`` + 1."""
        size, words = len(typed), self.letters.shape[1]
        over = np.full(words, most + 1, np.uint8)
        before, last = [over] * (size + 1), [np.full(words, min(n, most + 1), np.uint8) for n in range(size + 1)]
        best = over
        for column in range(min(_WIDE, size + most)):
            letter = self.letters[column]
            now = [np.full(words, min(column + 1, most + 1), np.uint8)]
            for row in range(1, size + 1):
                if abs(row - column - 1) > most:
                    now.append(over)
                    continue
                cost = np.minimum(last[row], now[row - 1]) + np.uint8(1)
                cost = np.minimum(cost, last[row - 1] + (letter != typed[row - 1]))
                if row > 1 and column > 0:
                    swapped = (letter == typed[row - 2]) & (self.letters[column - 1] == typed[row - 1])
                    cost = np.where(swapped, np.minimum(cost, before[row - 2] + np.uint8(1)), cost)
                now.append(np.minimum(cost, over))
            before, last = last, now
            best = np.where(letter != 0, np.minimum(best, now[size]), best)
        return best
