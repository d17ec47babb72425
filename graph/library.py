"""Which questions are ready to be asked? The queries of ``graph/queries``, and those of a folder of one's own.

Each is a file with its title, who asks it, other words for it, and its parameters in the head; the value of a parameter
stands in the query as ``VALUES ?name { … }``. A parameter called ``limit`` is the number after ``LIMIT``, or that in
the list of a fast property: how many rows are wanted. A file of the same name in the folder ``fast`` beside it asks the
same with fast properties (docs/reference/fast.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from graph.model import InputError
from graph.renamed import in_todays_words, old_words
from graph.similar import proposal
from graph.sparql import Token, quoted, replaced, tokens
from ontology import terms as t

__all__ = ["DATATYPES", "LIMIT", "OWN", "Parameter", "Question", "fill", "keep", "question", "questions"]

HOME = Path(__file__).parent / "queries"
OWN = "SERVICEMAP_QUERIES"  # the variable of the environment that names a folder of one's own
LIMIT = "limit"  # the parameter that says how many rows are wanted
DATATYPES = {
    "xsd:string": "text",
    "xsd:integer": "whole number",
    "xsd:decimal": "number",
    "xsd:boolean": "yes or no",
    "xsd:date": "date",
    "xsd:dateTime": "date or time",
}

_PREFIXES = {"sm": t.SM, "owl": t.OWL, "dcterms": t.DCTERMS}
_PARAMETER = re.compile(r"(?P<name>[a-z][a-z0-9_]{0,40}) : (?P<type>(?:sm|xsd):\w+)")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_HEADS = ("title", "persona", "words", "rows", "parameter", "why", "file")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\ud800-\udfff]*")
_TAKEN = {"files", "form", "format", "help", "limits", "mapping", "mappings", "memory", "namespace", "rows", "seconds"}
_TAKEN |= {"size", "store"}  # options that every question has
_MOST, _LARGEST = 2_000, 200_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question can be asked about: a variable, and the class or datatype of its value (``sm:Service``).

    ``default`` is the value in the file, as SPARQL writes it: something of the shipped sample.
    """

    name: str
    type: str
    default: str

    @property
    def option(self) -> str:
        """As it is called on the command line and in addresses."""
        return self.name.replace("_", "-")

    @property
    def default_text(self) -> str:
        """The default without what marks it as a term."""
        return self.default.partition("^^")[0].strip("<>\"'")


@dataclass(frozen=True, slots=True)
class Question:
    """A named query: its title is the question in words, ``persona`` who asks it.

    ``rows`` are the rows of the reference model that it asks for. ``fast`` asks the same with fast properties, for maps
    that are kept here; "" where the engine is quick enough. Its rows are the same. ``old`` says which words of its file
    were renamed: the question is asked in those of today. ``words`` are others that people look for it by: "SPOF".
    """

    name: str
    title: str
    text: str
    persona: str = ""
    parameters: tuple[Parameter, ...] = ()
    rows: tuple[str, ...] = ()
    fast: str = ""
    old: tuple[str, ...] = ()
    words: str = ""


def questions(own: Path | None = None) -> Mapping[str, Question]:
    """All questions by name: those that are shipped, and those of a folder of one's own.

    Raises InputError, with file and line, for a file that is no question and for a name that is taken.

    >>> questions()["not-defined"].title
    'What is pointed at and not defined anywhere, and by whom?'
    """
    found = {file.stem: _read(file) for file in sorted(HOME.glob("*.rq"))}
    for file in _files(own) if own is not None else ():
        if file.stem in found:
            raise _wrong(file, 1, f"'{file.stem}' is a question already", "give the file another name")
        found[file.stem] = _read(file, own=True)
    return found


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError.of(f"'{folder}' is no folder of questions", remedy="name a folder with .rq files")
    found = sorted(folder.glob("*.rq"))
    if len(found) > _MOST:
        raise InputError.of(f"'{folder}' holds more than {_MOST:,} questions", remedy="name a smaller folder")
    return found


def question(name: str, own: Path | None = None) -> Question:
    """The question of that name; InputError with a proposal when there is none."""
    known = questions(own)
    if name not in known:
        remedy = proposal(name, known)
        raise InputError.of(f"no question '{name[:60]}'", remedy=remedy, check="unknown-question")
    return known[name]


def keep(folder: Path, name: str, text: str) -> Question:
    """Add a question to a folder of one's own, and give it back as it will be read.

    Raises InputError, and writes nothing, for what is no question, for a name that is taken, and where nothing can be
    written.
    """
    with TemporaryDirectory() as place:
        if not _NAME.fullmatch(name):
            remedy = "write it so: who-is-on-call"
            raise InputError.of(
                "the name of a question has small letters, digits and dashes", remedy=remedy, check="question"
            )
        try:
            Path(place, f"{name}.rq").write_text(text, encoding="utf-8")
        except UnicodeError as error:
            raise InputError.of(
                "the question holds half a character (a lone surrogate)", remedy="type it again"
            ) from error
        found = questions(Path(place))[name]
    try:
        with Path(folder, f"{name}.rq").open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError.of(f"'{name}' is a question already", remedy="take another name", check="question") from error
    except OSError as error:
        raise InputError.of(
            f"the folder of questions takes no file ({error.strerror})", remedy="ask whoever runs the server"
        ) from error
    return found


def fill(asked: Question, values: Mapping[str, str], *, fast: bool = False) -> str:
    """The query with other values for its parameters: IRIs for elements and codes, plain text for the rest.

    The query is read into its tokens, and one term takes the place of another: whatever a value holds, it stays a
    value. With ``fast`` it is the query with fast properties, where the question has one. Raises InputError for an
    unknown parameter and for an address that is none.

    >>> text = fill(questions()["services-behind"], {"service": "https://example.org/id/shop"})
    >>> "VALUES ?service { <https://example.org/id/shop> }" in text, "fernhaven" in text
    (True, False)
    """
    known = {parameter.name: parameter for parameter in asked.parameters}
    terms = {}
    for name, value in values.items():
        if name not in known:
            remedy = proposal(name, known) if known else "it has none: leave it out"
            raise InputError.of(f"'{asked.name}' has no parameter '{name[:60]}'", remedy=remedy, check="parameter")
        terms[name] = _term(value, known[name])
    text = asked.fast if fast and asked.fast else asked.text
    places = [(start, end, terms[name]) for name, start, end in _values(tokens(text)) if name in terms]
    return replaced(text, places)


def _term(value: str, parameter: Parameter) -> str:
    if parameter.name == LIMIT:
        if not re.fullmatch(r"[1-9][0-9]{0,5}", value):
            raise InputError.of(f"'{value[:60]}' is no number of rows", remedy="write one from 1 to 999999")
        return value
    if parameter.type.startswith("sm:"):
        if not _IRI.fullmatch(value):
            raise InputError.of(f"'{value[:60]}' is no address", remedy=f"give the address of a {parameter.type[3:]}")
        return f"<{value}>"
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        raise InputError.of("the value holds half a character (a lone surrogate)", remedy="type it again")
    return quoted(value) + ("" if parameter.type == "xsd:string" else f"^^{parameter.type}")


def _values(said: tuple[Token, ...]) -> Iterator[tuple[str, int, int]]:
    """Where a query says the value of a variable, as ``VALUES ?name { term }``: the name, start and end of the term."""
    for at, token in enumerate(said[:-4]):
        variable, brace = said[at + 1], said[at + 2]
        if token.word == "VALUES" and variable.variable and brace.text == "{":
            end = next((n for n in range(at + 3, min(at + 8, len(said))) if said[n].text == "}"), 0)
            if end > at + 3:
                yield variable.variable, said[at + 3].start, said[end - 1].end
    for before, number, after in zip(said, said[1:], said[2:] + said[-1:], strict=False):
        in_list = before.variable and (after.text == ")" or after.kind in ("iri", "name"))  # ?a fast:users (?n 20)
        if number.kind == "number" and (before.word == "LIMIT" or in_list):
            yield LIMIT, number.start, number.end


def _read(file: Path, *, own: bool = False) -> Question:
    text, old = _today(file, _text(file)) if own else (_text(file), ())
    said: dict[str, str] = {}
    wanted: dict[str, tuple[str, int]] = {}
    for number, key, words in _heads(text.splitlines()):
        if key not in _HEADS:
            raise _wrong(file, number, f"'{key[:40]}' is no word of a question's head", proposal(key, _HEADS))
        if key == "parameter":
            match = _PARAMETER.fullmatch(words)
            if match is None:
                remedy = "write it so: # parameter: service : sm:Service"
                raise _wrong(file, number, f"'{words[:60]}' is no parameter", remedy)
            if match["name"] in _TAKEN:
                raise _wrong(file, number, f"'{match['name']}' is an option of every question", "take another name")
            _check_type(file, number, match["type"])
            wanted[match["name"]] = (match["type"], number)
        else:
            said[key] = words
    if not said.get("title"):
        raise _wrong(file, 1, "the question has no title", "begin the file with: # title: What do I ask?")
    parameters = tuple(_parameters(file, text, wanted)) if wanted else ()
    rows = tuple(said.get("rows", "").replace(",", " ").split())
    fast = _fast(file, wanted)
    if own and fast:
        fast, more = _today(file, fast)
        old = tuple(dict.fromkeys((*old, *more)))
    return Question(
        file.stem, said["title"], text, said.get("persona", ""), parameters, rows, fast, old, said.get("words", "")
    )


def _today(file: Path, text: str) -> tuple[str, tuple[str, ...]]:
    """A question of one's own in today's words, and what in it is old."""
    try:
        old = old_words(text, _PREFIXES)
        return in_todays_words(text, _PREFIXES) if old else text, tuple(dict.fromkeys(map(str, old)))
    except InputError as error:
        raise _wrong(file, 1, error.problems[0].message, "mend the query") from error


def _fast(file: Path, wanted: Mapping[str, tuple[str, int]]) -> str:
    """The same question with fast properties, where the folder beside it has one; with the same parameters."""
    beside = file.parent / "fast" / file.name
    if not beside.is_file():
        return ""
    text = _text(beside)
    for _ in _parameters(beside, text, wanted) if wanted else ():
        pass
    return text


def _text(file: Path) -> str:
    if not _NAME.fullmatch(file.stem):
        raise _wrong(file, 1, "the name of a question has small letters, digits and dashes", "rename the file")
    try:
        if file.stat().st_size > _LARGEST:
            raise _wrong(file, 1, f"the question is longer than {_LARGEST:,} bytes", "ask for less")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise _wrong(file, 1, f"the question cannot be read ({reason})", "mend the file") from error


def _heads(lines: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """The lines "# key: words" above the query; other comments are left alone where nothing says a key."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            return
        key, colon, words = line[1:].partition(":")
        if colon and re.fullmatch(r"\w+", key.strip()):
            yield number, key.strip(), words.strip()


def _check_type(file: Path, number: int, kind: str) -> None:
    if kind.startswith("xsd:") and kind not in DATATYPES:
        raise _wrong(file, number, f"'{kind}' is no type of a parameter", proposal(kind, DATATYPES))
    if kind.startswith("sm:"):
        from ontology.vocabulary import vocabulary

        known = [*vocabulary().classes, *(code.scheme for code in vocabulary().codes.values())]
        if t.SM + kind[3:] not in known:
            remedy = proposal(kind, ["sm:" + iri.removeprefix(t.SM) for iri in known])
            raise _wrong(file, number, f"'{kind}' is no class and no code list of the vocabulary", remedy)


def _parameters(file: Path, text: str, wanted: Mapping[str, tuple[str, int]]) -> Iterator[Parameter]:
    try:
        places = {name: text[start:end] for name, start, end in _values(tokens(text))}
    except InputError as error:
        raise _wrong(file, 1, error.problems[0].message, "mend the query") from error
    for name, (kind, number) in wanted.items():
        if name not in places:
            remedy = f"say its value in the query: VALUES ?{name} {{ … }}"
            raise _wrong(file, number, f"the query gives the parameter '{name}' no value", remedy)
        yield Parameter(name, kind, places[name])


def _wrong(file: Path, line: int, message: str, remedy: str) -> InputError:
    return InputError.of(message, path=file, line=line, remedy=remedy, check="question")
