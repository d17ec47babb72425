"""Which maps can there be? Random ones, made from all classes and properties of the vocabulary, as JSON says them."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from ontology import terms as t
from ontology.vocabulary import vocabulary

ODD = ["no", "012", "a: b", "it's", '"', "#1", "- x", "{a}", "end", "~x", "日本 😀", "a\nb", "a\n\n  b", "x\ty", "\\n", "null", "1.50", "\u2028x", "!tag", "*x"]  # fmt: skip
ids = st.sampled_from(["a", "b", "c-1", "no", "012", "a b", "x:y", "it's", "日本", "{q}", "group", "dependency"])
texts = st.sampled_from(ODD) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)
texts = texts.filter(lambda text: text.strip())
WORDS = vocabulary()
ELEMENTS = sorted(c.key for c in WORDS.classes.values() if c.key and not c.abstract and WORDS.is_a(c.iri, t.ELEMENT))


def one(use, depth):  # noqa: C901 a case for each type
    """A value that the property takes."""
    if use.kind == "reference":
        return ids
    if use.kind == "code":
        return st.sampled_from([code.key for code in WORDS.codes_of(use.range)])
    if use.kind == "part":
        return part(WORDS.classes[use.range], depth)
    if use.pattern:
        return st.from_regex(use.pattern).filter(lambda text: text.strip() and "\0" not in text and len(text) < 60)
    if use.unit == "minutes":
        return st.sampled_from(
            ["30 min", "1.5 h", "20 s", "1 day 2 h", "90 min", "2 weeks", "0 min", "0.5 min", "7 days"]
        )
    whole = use.range in (t.XSD_INTEGER, "http://www.w3.org/2001/XMLSchema#nonNegativeInteger")
    least, most = int(use.minimum or 0), int(use.maximum if use.maximum is not None else 90)
    numbers = st.integers(least, most).map(str)
    if not whole:
        numbers |= st.decimals(least, most, places=2, allow_nan=False).map(lambda d: format(Decimal(d), "f"))
    if use.unit == "percent":
        return numbers.map(lambda text: f"{text} %")
    match use.range.rpartition("#")[2]:
        case "boolean":
            return st.sampled_from(["yes", "no", "true"])
        case "dateTime":
            return st.sampled_from(["2026-01-31", "2026-01-31T08:00:00+01:00", "2026-01-31 08:00:00.5Z"])
        case "date":
            return st.just("2026-01-31")
        case "anyURI":
            return st.sampled_from(["https://x.example/a?b=c&d#e", "mailto:a@b.example", "urn:x:y,z"])
        case "integer" | "nonNegativeInteger" | "decimal" | "double" | "float" | "int" | "long" | "positiveInteger":
            return numbers
        case _:
            return texts


def properties(cls, depth, *, without=()):
    """Some properties of a class, each with one value or several."""
    uses = [use for key, use in cls.properties.items() if key not in without and (depth < 3 or use.kind != "part")]
    if not uses:
        return st.just({})

    def many(use):
        single = one(use, depth)
        return single | st.lists(single, min_size=1, max_size=3, unique_by=str) if use.many else single

    chosen = st.lists(st.sampled_from(uses), max_size=5, unique_by=lambda use: use.key)
    return chosen.flatmap(lambda uses: st.fixed_dictionaries({use.key: many(use) for use in uses}))


def part(cls, depth):
    """A part of a class that a part can have, sometimes with an id."""
    below = [c for c in WORDS.classes.values() if c.key and not c.abstract and WORDS.is_a(c.iri, cls.iri)]
    if not cls.abstract:
        plain = properties(cls, depth + 1)
        if "id" not in cls.properties:
            plain = st.builds(lambda p, i: {**p, **i}, plain, st.just({}) | texts.map(lambda text: {"id": text}))
        return plain
    return st.sampled_from(below).flatmap(lambda c: properties(c, depth + 1).map(lambda p: {**p, "kind": c.key}))


def dependency(depth=0):
    """A short form, a long form, or a group."""
    edge, group = WORDS.classes[t.DEPENDENCY], WORDS.classes[t.DEPENDENCY_GROUP]
    kinds = st.sampled_from([kind.key for kind in WORDS.kinds.values()])
    long = st.builds(
        lambda on, kind, rest: {"on": on, "kind": kind, **rest}, ids, kinds, properties(edge, 2, without=("on", "kind"))
    )
    if depth > 2:
        return ids | long
    groups = st.builds(
        lambda of, k, name, rest: {"of": of, "k": k, **name, **rest},
        st.lists(st.deferred(lambda: dependency(depth + 1)), min_size=1, max_size=3),
        st.sampled_from(["1", "2", "50 %", "33.3 %", "0"]),
        st.just({}) | ids.map(lambda i: {"id": i}),
        properties(group, 2, without=("of", "k", "id", "full")),
    )
    return ids | long | groups


def entry(kind):
    """An element of a kind."""
    cls = WORDS.class_named(kind)
    return st.builds(
        lambda identifier, name, said, needs: {"id": identifier, "kind": kind, **name, **said, **needs},
        ids,
        st.just({}) | texts.map(lambda text: {"name": text}),
        properties(cls, 0, without=("id", "kind", "name", "depends_on")),
        st.just({}) | st.lists(dependency(), min_size=1, max_size=4).map(lambda found: {"depends_on": found}),
    )


def maps():
    """A map file as JSON says it; its dependencies may repeat, then the reader refuses it."""
    entries = st.lists(st.sampled_from(ELEMENTS).flatmap(entry), min_size=1, max_size=4, unique_by=lambda e: e["id"])
    return st.builds(
        lambda found, space, base: {"namespace": space, **base, "elements": found},
        entries,
        st.sampled_from(["shop", "no", "a b"]),
        st.just({}) | st.just({"base": "https://example.org/map/"}),
    )
