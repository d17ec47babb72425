"""What does a rules file say? Which rules of the gate fail, which warn, which are off, and their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from types import ModuleType

from graph.discover import discover
from graph.documents import Map, Seq, Value, read_documents
from graph.gate.case import Option
from graph.model import Finding, InputError, Severity, Where
from graph.similar import proposal
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Level", "Setting", "read_settings", "shipped"]


class Level(Enum):
    """What it means for the gate that a rule has found something."""

    FAIL = "fail"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Setting:
    """A rule, its level, and its options, which are those of the rule where the file does not say otherwise."""

    name: str
    title: str
    level: Level
    options: Mapping[str, Option] = field(default_factory=dict)


def shipped() -> dict[str, Setting]:
    """All rules with the levels and options that they bring.

    >>> shipped()["new-error"].level.value
    'fail'
    """
    return {
        file.replace("_", "-"): Setting(
            file.replace("_", "-"), _title(rule), Level(rule.LEVEL), dict(getattr(rule, "OPTIONS", {}))
        )
        for file, rule in discover("graph.gate.rules").items()
    }


def _title(rule: ModuleType) -> str:
    return (rule.__doc__ or "").strip().splitlines()[0]


def read_settings(path: Path) -> dict[str, Setting]:
    """The shipped settings with what a rules file says otherwise.

    Raises InputError with every problem of the file: an unknown rule, level or option, or a value that cannot be.
    """
    documents = read_documents(path)
    if len(documents) != 1 or not isinstance(documents[0].value, Map):
        raise InputError.of("a rules file is one mapping", path=path, remedy="begin with 'rules:'")
    top, found = documents[0].value, shipped()
    others = [key for key in top if key != "rules"]
    problems = [_problem(path, top.key_line(k), f"unknown section '{k[:60]}'", "write 'rules:'") for k in others]
    rules = top.get("rules")
    if not isinstance(rules, Map):
        raise InputError.of("there are no rules", path=path, remedy="write 'rules:' and below it 'blast-radius: warn'")
    for name, said in rules.items():
        if name not in found:
            problems.append(_problem(path, rules.key_line(name), f"no rule '{name[:60]}'", proposal(name, found)))
            continue
        setting, wrong = _set(found[name], said, path, rules.lines[name])
        found[name] = setting
        problems += wrong
    if problems:
        raise InputError(*problems)
    return found


def _problem(path: Path, line: int, message: str, remedy: str) -> Finding:
    return Finding(Severity.ERROR, "rules", "", Where(str(path), line), message, remedy)


def _set(setting: Setting, said: Value, path: Path, line: int) -> tuple[Setting, list[Finding]]:
    """A setting with what the file says of it, and what is wrong with that."""
    told = said if isinstance(said, Map) else Map(line)
    if not isinstance(said, Map):
        told.put("level", said, line)
    options, level, problems = dict(setting.options), setting.level, []
    for key, value in told.items():
        at = told.lines[key]
        if key not in ("level", *options):
            remedy = proposal(key, ["level", *options])
            problems.append(_problem(path, told.key_line(key), f"'{setting.name}' has no option '{key[:60]}'", remedy))
            continue
        try:
            if key == "level":
                level = _level(value)
            else:
                options[key] = _option(key, value, options[key])
        except ValueError as error:
            problems.append(_problem(path, at, *map(str, error.args)))
    return replace(setting, level=level, options=options), problems


def _level(value: Value) -> Level:
    if isinstance(value, str) and value in {level.value for level in Level}:
        return Level(value)
    shown = value if isinstance(value, str) else "that"
    raise ValueError(f"'{shown[:60]}' is no level", "write fail, warn or off")  # what is wrong, and what to do


def _option(key: str, value: Value, default: Option) -> Option:
    if isinstance(default, int):
        if isinstance(value, str) and value.isdecimal() and len(value) <= _LONGEST_NUMBER:
            return int(value)
        raise ValueError("this is no whole number", "write one, such as 5")
    words = tuple(_words(value))
    if not words:
        raise ValueError("this is no list of words", "write one, such as [critical, high]")
    known = _criticalities() if key == "criticality" else words
    if wrong := next((word for word in words if word not in known), None):
        raise ValueError(f"'{wrong[:60]}' is no {key}", proposal(wrong, known))
    return words


def _criticalities() -> tuple[str, ...]:
    return tuple(code.key for code in vocabulary().codes.values() if code.iri.startswith(f"{t.CRITICALITY}-"))


_LONGEST_NUMBER = 9


def _words(value: Value) -> Iterator[str]:
    items = value if isinstance(value, Seq) else [value]
    yield from (item.strip() for item in items if isinstance(item, str) and item.strip())
