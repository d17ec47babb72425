"""What does the name of a container image say? Where it comes from, what runs in it, and in which version."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Image", "masked", "parse_image"]


@dataclass(frozen=True, slots=True)
class Image:
    """The parts of an image's name, as written: variables stay variables."""

    repository: str
    tag: str
    digest: str

    @property
    def product(self) -> str:
        """What runs: the end of the repository's name; "" when a variable is in it."""
        end = self.repository.rpartition("/")[2]
        return "" if "$" in end else end


def parse_image(text: str) -> Image:
    """Cut an image's name into its parts.

    >>> parse_image("registry:5000/base/postgres:16-alpine")
    Image(repository='registry:5000/base/postgres', tag='16-alpine', digest='')
    >>> parse_image("${NAME}:${VERSION:-1.0}-cart")
    Image(repository='${NAME}', tag='${VERSION:-1.0}-cart', digest='')
    """
    plain = masked(text)
    at = plain.find("@")
    digest = text[at + 1 :] if at >= 0 else ""
    end = at if at >= 0 else len(text)
    colon = plain.rfind(":", plain.rfind("/", 0, end) + 1, end)
    return Image(text[:colon], text[colon + 1 : end], digest) if colon >= 0 else Image(text[:end], "", digest)


def masked(text: str) -> str:
    """The same length, with what stands in ``${...}`` made harmless.

    >>> masked("${A:-b}:c")
    '$xxxxxx:c'
    """
    signs, depth = [], 0
    for position, sign in enumerate(text):
        depth += text.startswith("${", position)
        signs.append("x" if depth and sign != "$" else sign)
        depth -= sign == "}" and depth > 0
    return "".join(signs)
