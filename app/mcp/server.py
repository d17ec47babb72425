"""How do the questions become tools of the Model Context Protocol? With the official SDK, each with its schema.

The SDK is an extra (``pip install 'servicemap[mcp]'``) and imported where it is used. It reads annotations as values,
so they are not put off in this file.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, Literal

from app.mcp.tools import ROWS, Asker, Tools
from app.reader import eyes
from graph.model import Finding, InputError

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context, MCPServer

__all__ = ["check_installed", "server_of"]

_INSTRUCTIONS = """A service map: {about}. It says which element (service, application, database, team, ...) depends on
which. Begin with `find` to get ids. `impact` says what breaks if something fails, `describe` what is known with file
and line, `ask` puts ready questions (without a name it lists them), `sparql` takes a query of your own, `compare` says
what a change to the map brings about. Nothing can be changed. Read the notes of an answer: they say what is assumed,
unknown or cut."""


def check_installed() -> None:
    """InputError when the SDK is not here."""
    if find_spec("mcp") is None:
        raise InputError.of("the Model Context Protocol is not installed", remedy="pip install 'servicemap[mcp]'")


def server_of(tools: Tools, asker: "Callable[[Context[Any, Any]], Asker]", about: str) -> "MCPServer[Any]":
    """The server that offers the tools; ``asker`` says who is behind a request, ``about`` what the map is."""
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import ToolAnnotations
    from pydantic import Field

    made = MCPServer[Any](
        "servicemap",
        version=_version(),
        instructions=_INSTRUCTIONS.format(about=about),
        log_level="WARNING",
        subscriptions=False,
    )
    reading = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    element = Field(max_length=500, description="An id, namespace/id, IRI or exact name; see find.")
    rows = Field(ge=1, le=ROWS, description="At most so many rows.")
    tool = made.tool(annotations=reading)

    def told(context: Context[Any, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The answer, as whoever asks may see it."""
        try:
            with eyes(asker(context).caller.reads):
                return answer()
        except InputError as error:
            raise ToolError("\n".join(map(_words, error.problems[:20]))) from error

    @tool
    def find(
        context: Context[Any, Any],
        words: Annotated[str, Field(min_length=1, max_length=200, description="Words of a name or an id.")],
        limit: Annotated[int, Field(ge=1, le=100, description="At most so many.")] = 20,
    ) -> dict[str, Any]:
        """Find elements by name or id, the best first; small typing errors are forgiven."""
        return told(context, lambda: tools.find(words, limit=limit))

    @tool
    def describe(
        context: Context[Any, Any], element: Annotated[str, element], most: Annotated[int, rows] = 100
    ) -> dict[str, Any]:
        """Everything the sources say about one element, with file and line, and its dependencies both ways."""
        return told(context, lambda: tools.describe(element, most=most))

    @tool
    def ask(
        context: Context[Any, Any],
        question: Annotated[str, Field(max_length=100, description="Name of a question; empty lists all.")] = "",
        about: Annotated[dict[str, str], Field(description="Its options with values, as they are listed.")] = {},  # noqa: B006 it is only read
        rows: Annotated[int, rows] = 100,
    ) -> dict[str, Any]:
        """Put a ready question to the map: who owns what, what ends next, what a service rests on, and 70 others."""
        return told(context, lambda: tools.ask(asker(context), question, about, rows=rows))

    @tool
    def sparql(
        context: Context[Any, Any],
        query: Annotated[str, Field(max_length=200_000, description="SELECT, ASK, CONSTRUCT or DESCRIBE.")],
        rows: Annotated[int, rows] = 100,
    ) -> dict[str, Any]:
        """Ask in SPARQL 1.1, reading only; stopped after 10 seconds. Prefixes sm, rdf, rdfs, xsd, skos are known."""
        return told(context, lambda: tools.sparql(asker(context), query, rows=rows))

    @tool
    def impact(
        context: Context[Any, Any],
        elements: Annotated[list[str], Field(min_length=1, max_length=100, description="What fails; see find.")],
        state: Annotated[Literal["down", "degraded"], Field(description="How badly.")] = "down",
        most: Annotated[int, rows] = 100,
    ) -> dict[str, Any]:
        """What breaks if elements fail at the same time: who is down, degraded or at risk, how far away, and why."""
        return told(context, lambda: tools.impact(elements, state=state, most=most))

    @tool
    def compare(
        context: Context[Any, Any],
        what_if: Annotated[str, Field(max_length=100_000, description=_WHAT_IF)] = "",
        base: Annotated[str, Field(max_length=200, description="A revision of git to compare the files with.")] = "",
        most: Annotated[int, rows] = 100,
    ) -> dict[str, Any]:
        """What a change to the map, or the edits since a revision of git, bring about. Give one of what_if and base.

        Told are elements and dependencies, findings, blast radius, single points of failure, availability, promises.
        """
        return told(context, lambda: tools.compare(asker(context), what_if=what_if, base=base, most=most))

    return made


_WHAT_IF = (
    "A patch in YAML, with any of: add (sections as in a map file: elements: [{id, kind, depends_on}]), "
    "change (id -> properties with new values, ~ to take away; depends_on: {add, remove, change}), remove ([ids])."
)


def _words(problem: Finding) -> str:
    """What is wrong, and what an assistant does instead, where that is something else than at a terminal.

    >>> _words(InputError.of("no element 'x'", remedy="see them all with: servicemap list").problems[0])
    "no element 'x'; look for it with find"
    """
    if problem.remedy.endswith("servicemap list"):
        problem = replace(problem, remedy="look for it with find")
    return str(problem)


def _version() -> str:
    try:
        return version("servicemap")
    except PackageNotFoundError:
        return ""
