"""How is a report written for a browser and for paper? One HTML page without scripts, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from graph.answer import MARKS, Answer, Cell, Report, words_of_cell
from graph.look import FONT, TOKENS
from graph.reports._plain import plain

__all__ = ["TAKES", "write"]

TAKES = ("report",)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S{0,6}")
_LONG, _LONGEST = 36, 150
_PRINTED = ("text-1", "text-2", "text-3", "border", "border-strong", "canvas", "subtle")


def write(report: Report) -> str:
    """A page that says everything, with nothing from elsewhere.

    >>> page = write(Report("Outage of <b>", ("1 element down.",), ()))
    >>> "Outage of &lt;b&gt;" in page, "<script" in page
    (True, False)
    """
    body = [f"<h1>{_text(report.title)}</h1>", _list(report.summary, "summary")]
    body.append(_contents(report))
    for number, section in enumerate(report.sections, start=1):
        body.append(f'<section id="s{number}"><h2>{_text(section.heading)}</h2>')
        body += _answer(plain(section.answer) if report.named else section.answer)
        body.append("</section>")
    facts = " · ".join(f"{_text(key)} {_text(words_of_cell(value))}" for key, value in report.facts.items())
    body.append(f"<footer>servicemap · {facts}</footer>")
    return _PAGE.format(title=_text(report.title), style=_style(), body="\n".join(part for part in body if part))


def _contents(report: Report) -> str:
    links = (f'<a href="#s{n}">{_text(s.heading)}</a>' for n, s in enumerate(report.sections, start=1))
    return f"<nav>{''.join(links)}</nav>" if report.sections else ""


def _answer(answer: Answer) -> Iterator[str]:
    if answer.title:
        yield f'<p class="title">{_text(answer.title)}</p>'
    if answer.rows:
        numbers = [any(map(_is_number, column)) for column in zip(*answer.rows, strict=True)]
        head = "".join(
            f'<th scope="col"{" class=number" if number else ""}>{_text(column)}</th>'
            for column, number in zip(answer.columns, numbers, strict=True)
        )
        rows = "".join(f"<tr>{''.join(map(_td, row))}</tr>" for row in answer.rows)
        yield f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    yield _list(answer.notes, "notes")


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _td(cell: Cell) -> str:
    number, text = _is_number(cell), _text(words_of_cell(cell))
    if _MOMENT.fullmatch(text):
        return f'<td class="time">{text.replace("T", " ")}</td>'
    mark = MARKS.get(cell.rpartition("… ")[2]) if isinstance(cell, str) else None
    inner = f'<span class="state {mark}">{text}</span>' if mark else text
    name = "number" if number else "long most" if len(text) > _LONGEST else "long" if len(text) > _LONG else ""
    return f'<td class="{name}">{inner}</td>' if name else f"<td>{inner}</td>"


def _list(lines: tuple[str, ...], name: str) -> str:
    return f'<ul class="{name}">{"".join(f"<li>{_text(line)}</li>" for line in lines)}</ul>' if lines else ""


def _text(text: str) -> str:
    """The text, unable to be markup; a number and its percent sign stay in one line."""
    return escape("".join(c if c.isprintable() else " " for c in text)).replace(" %", "&nbsp;%")


def _style() -> str:
    light, dark = ("".join(f"--{name}:{pair[at]};" for name, pair in TOKENS.items()) for at in (0, 1))
    printed = "".join(f"--{name}:{TOKENS[name][0]};" for name in _PRINTED if name in TOKENS)
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"body{{font:14px/1.45 {FONT};font-variant-numeric:tabular-nums;margin:0 auto;padding:24px;max-width:1200px;"
        "background:var(--canvas);color:var(--text-1);overflow-wrap:anywhere}"
        "h1{font-size:22px;line-height:28px;margin:0 0 12px}h2{font-size:16px;line-height:24px;margin:28px 0 4px}"
        ".summary{padding-left:18px;margin:0 0 12px}nav{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:12px}"
        "a{color:var(--accent)}.title,.notes,footer{color:var(--text-2)}.title{margin:0 0 8px}"
        ".notes{font-size:12px;padding-left:18px}footer{font-size:12px;margin-top:32px}"
        ".table{overflow-x:auto;overflow-wrap:normal}table{border-collapse:collapse;width:100%;font-size:12px}"
        "th{text-align:left;font-weight:600;color:var(--text-2);border-bottom:1px solid var(--border-strong);"
        "padding:4px 8px;white-space:nowrap}td{border-bottom:1px solid var(--border);padding:4px 8px;"
        "vertical-align:top;min-width:48px}.number{text-align:right;width:1%}td.time{white-space:nowrap}td.long{min-width:220px}"
        ".state{font-weight:600;white-space:nowrap}.state.down{color:var(--down-text,#B3261E)}"
        ".state.degraded{color:var(--degraded-text,#9C5700)}.state.risk{color:var(--risk-text,#756500)}"
        "@media (prefers-color-scheme:dark){.state.down{color:#FF9A8F}.state.degraded{color:#F6B25A}"
        ".state.risk{color:#E8D85A}}"
        f"@media print{{:root{{color-scheme:light;{printed}}}"
        "body{padding:0;max-width:none;background:none}nav{display:none}"
        "h2,.title{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}"
        ".table{overflow:visible;overflow-wrap:break-word}td,td.long{min-width:0}th,td.time{white-space:normal}"
        "table{font-size:10px}th,td{padding:3px 5px}"
        "td:nth-child(-n+2),td:last-child{overflow-wrap:anywhere;min-width:50px}"
        "tr:not(:has(>:nth-child(8)))>td:nth-child(-n+2){min-width:84px}"
        "td.long{overflow-wrap:anywhere;min-width:84px}td.most{min-width:150px}"
        ".state.down{color:#B3261E}.state.degraded{color:#9C5700}.state.risk{color:#756500}}"
    )


_PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<style>{style}</style></head>\n<body>\n{body}\n</body></html>\n"
)
