"""What would the map be if it were changed? A patch in the words of map files, laid over an opened map.

No file and no store is touched: the answer is another map, in memory. A patch has three parts, and each is optional:

``add``      sections with new elements, as in a map file
``change``   id of an element -> properties with their new values, ``~`` to take one away; under ``depends_on`` what to
             ``add``, what to ``remove`` and what to ``change``, each a list
``remove``   ids of elements; what still depends on them then depends on something that nobody defines
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.analysis.again import answered
from graph.analysis.changes import times_of
from graph.analysis.elements import kind_of
from graph.analysis.judgement import Judgement, judge
from graph.analysis.shift import shifts, timed_shifts, told
from graph.analysis.states import State
from graph.analysis.unknowns import Doubts
from graph.documents import Document, Seq, Value, read_documents
from graph.documents import Map as Mapped
from graph.importers.map import statements
from graph.maps import Map
from graph.model import Finding, InputError, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import element_iri, readable_id
from graph.projection import Projection
from graph.projection.edits import Edit, edited
from graph.similar import did_you_mean, proposal
from graph.sources import BASE
from graph.store import DERIVED, source_graph
from graph.store.embedded import DiskStore, MemoryStore
from graph.store.laid import laid_on
from graph.texts import Texts
from graph.whatif_graph import Said, edits_of
from ontology import terms as t
from ontology.vocabulary import ElementClass, vocabulary

__all__ = ["Laid", "doubts_before", "fares", "judged_before", "laid_over", "overlaid", "overlaid_graph"]

_PARTS = ("add", "change", "remove")
_HEADER = ("title", "description", "namespace")
_OF_DEPENDENCIES = ("add", "remove", "change")
_SOURCE, _ALWAYS_SAID = "what-if", (t.RDF_TYPE, t.DCTERMS_IDENTIFIER)


def overlaid(opened: Map, path: Path, *, called: str = "") -> Map:
    """The map with a patch laid over it.

    Cost: the statements of all sources, once; of a large store, what lies around those that differ.

    Args:
        opened: the map.
        path: the file of the patch.
        called: what the patch is called as a source; "" for its path.

    Raises:
        InputError: with every problem of the patch: what it names is not there, or is there already, a word or a
            value cannot be, or a group would need more members than it has.
    """
    patch = _read(opened, path)
    made = patch.applied(called or str(path))
    patch.check_groups(made)
    _keep_names(opened.projection, made, patch.trees)
    return made


def _keep_names(before: Projection, made: Map, gone: Collection[str]) -> None:
    """What is taken away and still named by others is called as before; no source says its name any more."""
    p = made.projection
    named = {p.index[iri]: before.labels[before.index[iri]] for iri in gone if iri in p.index and iri in before.index}
    named = {vertex: label for vertex, label in named.items() if p.stub[vertex]}
    if named:
        labels = Texts.of([named.get(vertex, label) for vertex, label in enumerate(p.labels)])
        vars(made)["projection"] = replace(p, labels=labels, known_ids=None)


@dataclass(frozen=True, slots=True)
class Laid:
    """The service graph of a map with a patch laid over it.

    ``edit``  what the patch comes to where it is an edit of dependencies; None where it is more, such as new elements
    """

    before: Projection
    after: Projection
    edit: Edit | None

    def told(self, changes: Mapping[int, State]) -> tuple[str, ...]:
        """Whom the patch helps and harms when elements are changed; these are numbers of the map after it.

        Cost: where the patch is an edit, what rests on it; else the answers to both maps. Nothing is told where an
        element that is changed is there only with the patch.
        """
        p, q = self.before, self.after
        old = {p.index.get(q.iris[vertex], -1): state for vertex, state in changes.items()}
        if -1 in old:
            return ()
        was = answered(p, old)
        is_ = was.after(self.edit) if self.edit is not None else answered(q, changes)
        return tuple(told(q, shifts(p, was.most.state, q, is_.most.state)))


def laid_over(opened: Map, path: Path) -> Laid:
    """The service graph before and after a patch.

    Cost: where the patch is an edit of the graph (see ``graph.whatif_graph``), a few milliseconds for 100,000 elements;
    else as ``overlaid``.

    Raises InputError as ``overlaid``.
    """
    patch = _read(opened, path)
    said = patch.spoken
    edits = edits_of(opened, said)
    if edits is None:
        return Laid(opened.projection, overlaid(opened, path).projection, None)
    words = "\n".join([opened.projection.revision, *sorted(said.gone), *map(str, sorted(said.unsaid)), *said.lines])
    after = replace(edited(edits.projection, edits.edit).projection, revision=_digest(words)[:12])
    return Laid(opened.projection, after, None if edits.added else edits.edit)


def overlaid_graph(opened: Map, path: Path) -> Projection:
    """The service graph of the map with a patch laid over it, as ``laid_over``."""
    return laid_over(opened, path).after


def judged_before(p: Projection, q: Projection, result: Judgement) -> Judgement | None:
    """What the same changes do without a patch; None where the map had not yet what is changed.

    Cost: one more judgement; what was judged may have windows, reserves and open ends.

    Args:
        p: the service graph before the patch.
        q: the one after it.
        result: what the changes do there.
    """
    changes = [replace(change, element=p.index.get(q.iris[change.element], -1)) for change in result.changes]
    if any(change.element < 0 for change in changes):
        return None
    doubts = doubts_before(p, q, result.doubts)
    return judge(p, changes, times=times_of(p), profile=result.profile, doubts=doubts, depth=result.depth)


def fares(p: Projection, q: Projection, result: Judgement) -> tuple[str, ...]:
    """Whom a patch helps and harms, as ``Laid.told``, where the changes were judged on the map after it.

    Cost and arguments are those of ``judged_before``.
    """
    old = judged_before(p, q, result)
    if old is None:
        return ()
    return tuple(told(q, timed_shifts(p, old.most, q, result.most)))


def doubts_before(p: Projection, q: Projection, doubts: Doubts) -> Doubts:
    """What is open in the map after a patch, as far as it was there before."""
    edges, groups = ({iri: n for n, iri in enumerate(iris)} for iris in (p.edges.iris, p.groups.iris))

    def number(known: Mapping[str, int], iris: Sequence[str], at: int) -> int:
        return known.get(iris[at], -1)

    longest = {number(edges, q.edges.iris, at): most for at, most in doubts.longest.items()}
    return replace(
        doubts,
        needed=frozenset(number(groups, q.groups.iris, at) for at in doubts.needed) - {-1},
        stale=frozenset(number(edges, q.edges.iris, at) for at in doubts.stale) - {-1},
        longest={edge: most for edge, most in longest.items() if edge >= 0},
    )


def _read(opened: Map, path: Path) -> _Patch:
    """What a patch says. Raises InputError with every problem of it."""
    documents = read_documents(path)
    if len(documents) != 1 or not isinstance(documents[0].value, Mapped):
        raise InputError.of("a what-if is one mapping", path=path, remedy=f"begin with one of {', '.join(_PARTS)}")
    patch = _Patch(opened, path)
    patch.read(documents[0].value)
    if patch.problems:
        raise InputError(*patch.problems)
    return patch


@dataclass
class _Patch:
    """What a patch takes away, and what it says, collected."""

    opened: Map
    path: Path
    problems: list[Finding] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    unsaid: set[tuple[str, str]] = field(default_factory=set)
    trees: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    mentions: dict[str, int] = field(default_factory=dict)

    def problem(self, line: int, message: str, remedy: str = "") -> None:
        found = Finding(Severity.ERROR, "what-if", "", Where(str(self.path), line), message, remedy)
        if found not in self.problems:  # of a group and of its members alike
            self.problems.append(found)

    def read(self, top: Mapped) -> None:
        for key in top:
            if key not in (*_PARTS, *_HEADER):
                remedy = proposal(key, [*_PARTS, *_HEADER])
                self.problem(top.key_line(key), f"unknown part '{key[:60]}' of a what-if", remedy)
        if not any(top.get(key) for key in _PARTS):
            self.problem(top.line or 1, "the what-if changes nothing", f"write one of {', '.join(_PARTS)}")
        self._add(top)
        for name, value, line in self._pairs(top, "change"):
            self._change(name, value, line)
        for name, line in self._names(top.get("remove"), top.lines.get("remove", 0)):
            self._remove(name, line)
        self._check_mentions()

    # What is added

    def _add(self, top: Mapped) -> None:
        sections = Mapped(top.line)
        for name, value, line in self._pairs(top, "add"):
            sections.put(name, value, line)
        if not sections:
            return
        given = top.get("namespace")
        spaces = sorted({source.namespace for source in self.opened.store.sources if source.importer})
        space = given.strip() if isinstance(given, str) else spaces[0] if len(spaces) == 1 else ""
        if not space:
            self.problem(top.lines["add"], "the map has several namespaces", "say which in 'namespace:'")
            return
        iris = self.opened.projection.iris
        base = next((_base(iri) for iri in iris if readable_id(iri).startswith(f"{space}/")), BASE)
        made = self._importer(sections, space, base)
        for iri in sorted(made.defines) if made else ():
            number = self.opened.projection.index.get(iri)
            if number is not None and not self.opened.projection.stub[number]:
                assert made is not None
                self.problem(made.lines[iri], f"'{readable_id(iri)}' is on the map already", "put it under 'change'")
        if made:
            self._keep(made, lambda _subject, _predicate: True)

    # What is changed

    def _change(self, name: str, value: Value, line: int) -> None:
        number = self._number(name, line)
        if number is None:
            return
        if not isinstance(value, Mapped):
            self.problem(line, f"under '{name[:60]}' there are no properties", "write 'owner: web-team' or the like")
            return
        p, cls = self.opened.projection, vocabulary().classes[self.opened.projection.classes[number]]
        if p.stub[number]:
            self.problem(line, f"'{name[:60]}' is defined nowhere", "put it under 'add'")
            return
        iri = p.iris[number]
        entry = _entry(iri, kind_of(p, number), line)
        for key, new in value.items():
            if key == "depends_on":
                self._dependencies(iri, cls, new, value.lines[key], entry)
            elif key == "name":
                self._unsay(iri, t.RDFS_LABEL)
                entry.put("name", new, value.lines[key])
            else:
                self._property(iri, cls, key, new, value, entry)
        made = self._importer_of(entry, iri)
        if made:
            for name, at in made.lines.items():
                is_whole = " " not in name and ("/dependency/" in name or "/group/" in name)
                if is_whole and name not in self.gone and self._about(name):
                    self.problem(at, f"'{readable_id(iri)}' has this dependency already", "put it under 'change'")
            named = "name" in entry
            self._keep(made, lambda s, q: s != iri or (q not in _ALWAYS_SAID and (named or q != t.RDFS_LABEL)))

    def _property(self, iri: str, cls: ElementClass, key: str, new: Value, value: Mapped, entry: Mapped) -> None:
        use = cls.properties.get(key)
        if use is None:
            remedy = proposal(key, [*cls.properties, "name", "depends_on"])
            self.problem(value.key_line(key), f"'{cls.key}' has no property '{key[:60]}'", remedy)
            return
        had = self._unsay(iri, use.iri)
        if new is not None:
            entry.put(key, new, value.lines[key], key_line=value.key_line(key))
        elif not had:
            self.problem(value.key_line(key), f"'{readable_id(iri)}' has no '{key}' to take away", "leave it out")

    def _unsay(self, subject: str, predicate: str) -> bool:
        """Take away what is said with a property, parts of the thing included; whether anything is."""
        values = [value for said, value, graph in self.opened.store.about(subject) if said == predicate]
        self.unsaid.add((subject, predicate))
        self.trees.update(value.text for value in values if value.text.startswith(f"{subject}/"))
        return bool(values)

    # Dependencies

    def _dependencies(self, iri: str, cls: ElementClass, value: Value, line: int, entry: Mapped) -> None:
        if not isinstance(value, Mapped) or not set(value) <= set(_OF_DEPENDENCIES):
            self.problem(line, "'depends_on' of a change has lists under 'add', 'remove' and 'change'", "write one")
            return
        for item, at in _each(value.get("remove"), value.lines.get("remove", line)):
            self.gone.update(self._found(iri, item, at))
        for item, at in _each(value.get("change"), value.lines.get("change", line)):
            self._changed_dependency(iri, cls, item, at)
        if value.get("add") is not None:
            entry.put("depends_on", value["add"], value.lines["add"])

    def _found(self, iri: str, item: Value, line: int) -> set[str]:
        """The dependencies that are meant: those on an element, of a kind where one is given, or a group with all."""
        on = item if isinstance(item, str) else item.get("on", item.get("id")) if isinstance(item, Mapped) else None
        if not isinstance(on, str):
            self.problem(
                line, "a dependency names nothing", "write an id, 'on: id' with its kind, or the id of a group"
            )
            return set()
        group = element_iri(f"{iri}/", "group", on.strip())
        own = {subject: self._about(subject) for subject in self._own(iri)}
        if group in own:
            return self._whole_group(group, own)
        kinds = {kind.iri: kind.key for kind in vocabulary().kinds.values()}
        wanted = item.get("kind") if isinstance(item, Mapped) else None
        number = self._provider(on, own)
        found = {
            subject
            for subject, said in own.items()
            if number is not None
            and said.get(t.PROVIDER) == number
            and wanted in (None, kinds.get(said.get(t.KIND, "")))
        }
        if not found:
            near = did_you_mean(
                on, [readable_id(said[t.PROVIDER]).partition("/")[2] for said in own.values() if t.PROVIDER in said]
            )
            remedy = near or "name an element that it depends on, or the id of a group"
            self.problem(line, f"'{readable_id(iri)}' does not depend on '{on[:60]}'", remedy)
        for subject in sorted(found):
            self._check_stated(iri, subject, on, line)
        return found

    def _check_stated(self, iri: str, subject: str, on: str, line: int) -> None:
        """A dependency that only follows from something else cannot be edited by itself."""
        said = list(self.opened.store.about(subject))
        if any(predicate == t.RDF_TYPE and graph != DERIVED for predicate, _, graph in said):
            return
        why = next((value.text for predicate, value, _ in said if predicate == t.EVIDENCE), "follows from a rule")
        message = f"that '{readable_id(iri)}' depends on '{on[:60]}' {why}"
        self.problem(line, message, "change that instead: a property stands under the element itself")

    def _provider(self, on: str, own: dict[str, dict[str, str]]) -> str | None:
        """IRI of the provider that a name means; those of the element's own dependencies come first."""
        providers = sorted({said[t.PROVIDER] for said in own.values() if t.PROVIDER in said})
        named = [iri for iri in providers if on.strip() in (readable_id(iri), readable_id(iri).partition("/")[2])]
        if len(named) == 1:
            return named[0]
        try:
            return self.opened.projection.iris[self.opened.projection.find(on.strip())]
        except InputError:
            return None

    def _own(self, iri: str) -> set[str]:
        return {s for s, predicate, _ in self.opened.store.pointing_at(iri) if predicate == t.DEPENDENT}

    def _about(self, subject: str) -> dict[str, str]:
        return {predicate: value.text for predicate, value, _ in self.opened.store.about(subject)}

    def _whole_group(self, group: str, own: dict[str, dict[str, str]]) -> set[str]:
        found, more = set[str](), {group}
        while more:
            found |= more
            more = {s for s, said in own.items() if said.get(t.MEMBER_OF_GROUP) in found} - found
        return found

    def _changed_dependency(self, iri: str, cls: ElementClass, item: Value, line: int) -> None:
        """Put new values in the place of those that one dependency, or one group, has."""
        if not isinstance(item, Mapped):
            self.problem(line, "a changed dependency says what is new", "write 'on: id' and the new values")
            return
        found = self._found(iri, item, line)
        if not found:
            return
        groups = {subject for subject in found if "/group/" in subject and "/dependency/" not in subject}
        if len(found) > 1 and not groups:
            self.problem(line, f"{len(found)} dependencies are meant", "say which by 'kind'")
            return
        subject = min(groups or found, key=len)
        shape = vocabulary().classes[t.DEPENDENCY_GROUP if groups else t.DEPENDENCY]
        fixed = ("id",) if groups else ("on", "kind")
        wanted = set[str]()
        written = Mapped(line)
        for key, new in item.items():
            if key in fixed:
                continue
            predicates = _predicates(shape, key)
            if not predicates:
                remedy = proposal(key, [*shape.properties, *(["k"] if groups else [])])
                self.problem(item.key_line(key), f"a {'group' if groups else 'dependency'} has no '{key[:60]}'", remedy)
            for predicate in predicates:
                self._unsay(subject, predicate)
                wanted.add(predicate)
            if predicates and new is not None:
                written.put(key, new, item.lines[key])
        self._say_of(iri, cls, subject, written, wanted, line)

    def _say_of(self, iri: str, cls: ElementClass, subject: str, written: Mapped, wanted: set[str], line: int) -> None:
        """Have the importer read new values as those of a dependency or a group, and say them of the subject."""
        item = Mapped(line)
        group = "/dependency/" not in subject
        if group:
            own = {s: self._about(s) for s in self._own(iri)}
            members = [said.get(t.PROVIDER, iri) for said in own.values() if said.get(t.MEMBER_OF_GROUP) == subject]
            of = Seq(line)
            for member in sorted(members):
                of.add(readable_id(member), line)
            item.put("id", "read", line)
            item.put("of", of, line)
        else:
            item.put("on", readable_id(iri), line)
        for key, new in written.items():
            item.put(key, new, written.lines[key])
        entry, listed = _entry(iri, cls.key, line), Seq(line)
        listed.add(item, line)
        entry.put("depends_on", listed, line)
        made = self._importer_of(entry, iri)
        if made is None:
            return
        start = f"<{element_iri(f'{iri}/', 'group', 'read')}> " if group else f"<{iri}/dependency/"
        for text in made.triples.decode("utf-8", "surrogatepass").split("\n"):
            predicate = text.partition(" ")[2].partition(" ")[0][1:-1]
            if text.startswith(start) and predicate in wanted:
                self.said.append(f"<{subject}> {text.partition(' ')[2]}")
        self.lines[subject] = line

    # What is removed

    def _remove(self, name: str, line: int) -> None:
        number = self._number(name, line)
        if number is not None:
            iri = self.opened.projection.iris[number]
            self.gone.add(iri)
            self.trees.add(iri)

    # Reading and writing

    def _importer_of(self, entry: Mapped, iri: str) -> Statements | None:
        space = readable_id(iri).partition("/")[0]
        top, listed = Mapped(entry.line), Seq(entry.line)
        listed.add(entry, entry.line)
        top.put("elements", listed, entry.line)
        return self._importer(top, space, _base(iri))

    def _importer(self, top: Mapped, space: str, base: str) -> Statements | None:
        try:
            return statements([Document(top, top.line)], self.path, ReadOptions(space, base, _SOURCE))
        except InputError as error:
            self.problems += error.problems
            return None

    def _keep(self, made: Statements, wanted: Callable[[str, str], bool]) -> None:
        """Say what the importer has read, statement by statement, where subject and predicate are wanted."""
        for text in made.triples.decode("utf-8", "surrogatepass").split("\n"):
            subject, _, rest = text.partition(" ")
            if text and wanted(subject[1:-1], rest.partition(" ")[0][1:-1]):
                self.said.append(text)
        self.lines |= {name: line for name, line in made.lines.items() if name not in self.opened.projection.index}
        self.defined |= made.defines
        for iri, line in made.mentions.items():
            self.mentions.setdefault(iri, line)

    def applied(self, called: str) -> Map:
        """The map with all of it, said by a source of this name.

        Of a large store a copy is edited, where that can tell all that follows.
        """
        own = self._saying(called)
        return self._laid(own) or self._put_together(own)

    def _laid(self, own: Statements) -> Map | None:
        """The map with all of it in a copy of its store; None where it is small, or there is no short way."""
        store = self.opened.store
        if not isinstance(store, DiskStore) or sum(held.statements for held in store.held) < _LARGE:
            return None
        gone = {source.id: self._gone_of(store, source.id) for source in store.sources if source.importer}
        if any(lines is None for lines in gone.values()):
            return None
        taken = {source_id: lines for source_id, lines in gone.items() if lines}
        changed = {s.id: self._changed(s, taken[s.id]) for s in store.sources if s.id in taken}
        laid = laid_on(store, taken, changed, own)
        if laid is None:
            return None
        made, graph = Map(laid, self._reading()), self._graph()
        if graph is not None:
            vars(made)["projection"] = replace(graph, revision=laid.revision)
        return made

    def _graph(self) -> Projection | None:
        """The service graph with all of it, edited; None where the statements decide."""
        edits = edits_of(self.opened, self.spoken)
        spoken = {*self.gone, *self.said_of}
        if edits is None or any(finding.subject in spoken for finding in self.opened.projection.findings):
            return None
        return edited(edits.projection, edits.edit).projection

    @property
    def spoken(self) -> Said:
        """All that it takes away and says."""
        return Said(frozenset(self.gone), frozenset(self.unsaid), tuple(self.said))

    @property
    def said_of(self) -> set[str]:
        """What it says something else of."""
        return {*(subject for subject, _ in self.unsaid), *self.lines}

    def _gone_of(self, store: DiskStore, source_id: str) -> list[bytes] | None:
        """What a source says no more; None where its parts cannot be found."""
        subjects = {*self.gone, *(subject for subject, _ in self.unsaid)}
        groups = [name for name in self.gone if "/group/" in name]
        subjects |= {subject for group in groups for subject, _, _ in store.pointing_at(group)}
        if self.trees:
            marks = store.marks(source_id)
            if marks is None:
                return None
            subjects |= set(marks.beneath(self.trees))
        graph = source_graph(source_id)
        said = (store.triples_of(subject, graph).split(b"\n") for subject in sorted(subjects) if ":" in subject)
        return [line for lines in said for line in lines if line and self._is_gone(_text(line))]

    @staticmethod
    def _changed(source: Source, gone: Sequence[bytes]) -> Source:
        """A source that says less: its digest tells what it says no more."""
        return replace(source, digest=_digest("\n".join([source.digest, *sorted(map(_text, gone))])))

    def _saying(self, called: str) -> Statements:
        """What the patch says, as a source of its own."""
        text = "".join(f"{text}\n" for text in self.said)
        own = Source(_SOURCE, called, _SOURCE, _digest(text), "")
        return Statements(own, text.encode("utf-8", "surrogatepass"), self.lines)

    def _reading(self) -> tuple[Finding, ...]:
        """What the reading of the sources found, as the map knows it."""
        return (*self.opened.reading, *self.opened.remembered)

    def _put_together(self, own: Statements) -> Map:
        """The map with all of it, from all its statements."""
        read: list[Statements] = []
        titles = self.opened.store.titles
        for source in (source for source in self.opened.store.sources if source.importer):
            old = self.opened.store.triples(source_graph(source.id)).decode("utf-8", "surrogatepass")
            texts = [text for text in old.split("\n") if text]
            gone = [_bytes(text) for text in texts if self._is_gone(text)]
            new = "".join(f"{text}\n" for text in texts if not self._is_gone(text)) if gone else old
            said = self._changed(source, gone) if gone else source
            read.append(
                Statements(said, _bytes(new), self.opened.store.lines(source.id), titles=titles if not read else {})
            )
        memory = MemoryStore()
        memory.replace([*read, own])
        return Map(memory, self._reading())

    def _is_gone(self, text: str) -> bool:
        subject, _, rest = text.partition(" ")
        subject, (predicate, _, value) = subject[1:-1], rest.partition(" ")
        return (
            subject in self.gone
            or (subject, predicate[1:-1]) in self.unsaid
            or any(subject == tree or subject.startswith(f"{tree}/") for tree in self.trees)
            or (value.startswith("<") and "/group/" in value and value[1:-3] in self.gone)
        )

    # Checking

    def _check_mentions(self) -> None:
        p = self.opened.projection
        known = {iri for iri in self.mentions if iri in p.index and not p.stub[p.index[iri]]} | self.defined
        for iri, line in self.mentions.items():
            if iri not in known or iri in self.gone:
                name = readable_id(iri).partition("/")[2]
                near = did_you_mean(name, [identifier.partition("/")[2] for identifier in p.ids])
                self.problem(line, f"'{name}' is not defined", near or "add it or correct the name")

    def check_groups(self, made: Map) -> None:
        """A what-if whose group needs more members than there are is wrong input. Raises InputError."""
        before = {iri for iri, k, size in _groups(self.opened) if k > size}
        for iri, k, size in _groups(made):
            if k > size and iri not in before:
                owner = readable_id(iri.partition("/group/")[0])
                line = self.lines.get(iri, self.lines.get(iri.partition("/group/")[0], 0))
                self.problem(line, f"a group of '{owner}' would need {k} of {size} members", "lower 'k' or add members")
        if self.problems:
            raise InputError(*self.problems)

    def _number(self, name: str, line: int) -> int | None:
        try:
            return self.opened.projection.find(name.strip())
        except InputError as error:
            self.problem(line, error.problems[0].message, error.problems[0].remedy)
            return None

    def _pairs(self, top: Mapped, key: str) -> Iterator[tuple[str, Value, int]]:
        value = top.get(key)
        if isinstance(value, Mapped):
            yield from ((name, said, value.lines[name]) for name, said in value.items())
        elif value is not None:
            what = "sections" if key == "add" else "the ids of elements"
            self.problem(top.lines[key], f"'{key}' is a mapping", f"write {what} below it")

    def _names(self, value: Value, line: int) -> Iterable[tuple[str, int]]:
        for item, at in _each(value, line):
            if isinstance(item, str):
                yield item, at
            else:
                self.problem(at, "'remove' is a list of ids", "write one id in each item")


def _base(iri: str) -> str:
    """What stands before the namespace in the IRI of an element."""
    return iri.rpartition("/")[0].rpartition("/")[0] + "/"


def _entry(iri: str, kind: str, line: int) -> Mapped:
    """An entry that says again what an element is, for the importer."""
    entry = Mapped(line)
    entry.put("id", readable_id(iri).partition("/")[2], line)
    entry.put("kind", kind, line)
    return entry


def _predicates(shape: ElementClass, key: str) -> tuple[str, ...]:
    if key == "k" and shape.iri == t.DEPENDENCY_GROUP:
        return (t.MINIMUM_MEMBERS, t.MINIMUM_PERCENT)
    use = shape.properties.get(key)
    return (use.iri,) if use else ()


def _groups(opened: Map) -> Iterator[tuple[str, int, int]]:
    groups = opened.projection.groups
    yield from zip(groups.iris, groups.k.tolist(), groups.size.tolist(), strict=True)


def _each(value: Value, line: int) -> Iterator[tuple[Value, int]]:
    if isinstance(value, Seq):
        yield from zip(value, value.lines, strict=True)
    elif value is not None:
        yield value, line


_LARGE = 100_000
"""From so many statements on, a copy of the store is edited, in place of going through all of them."""


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogatepass")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
