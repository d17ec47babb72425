"""Who holds a key to a store? Tokens, kept as digests beside what they open, with what each may do.

Those to a map in an engine elsewhere open our server alone, so they are kept where that runs: in the settings of the
user. In the engine, whoever may write there could make some.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.model import InputError
from graph.similar import proposal
from graph.store.engine import addresses, is_address
from graph.store.folder import is_store, sync

__all__ = ["Token", "Tokens", "add_token", "revoke_token", "tokens_of"]

_FILE = "tokens.json"


@dataclass(frozen=True, slots=True)
class Token:
    """A key and what it opens. The secret itself is nowhere.

    ``write``       whether it may write
    ``namespaces``  in which namespaces it may write; () for everywhere
    ``reads``       which namespaces it reads by name; () for all
    ``seconds``, ``at_once``  how long a query may take, and how many may run at a time
    """

    name: str
    digest: str
    write: bool = False
    namespaces: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    seconds: float = 10.0
    at_once: int = 2
    made_at: str = ""


def add_token(
    place: Path | str,
    name: str,
    *,
    write: bool = False,
    namespaces: tuple[str, ...] = (),
    reads: tuple[str, ...] = (),
    seconds: float = 10.0,
    at_once: int = 2,
) -> str:
    """Make a token of that name; returns the secret, which is never told again.

    Raises InputError when the name is taken or cannot be one, the place is no store, it would write what it may not
    read, or write into an engine elsewhere.
    """
    if not name or not name.isprintable() or len(name) > 100:
        raise InputError.of(f"'{name[:100]}' cannot be the name of a token", remedy="take a short word")
    if write and reads:
        raise InputError.of("who writes reads everything", remedy="make one token to write, and one to read")
    if write and is_address(place):
        raise InputError.of(
            "a map in an engine elsewhere takes no writes through our server",
            remedy="leave --write out; load files, or write in the engine",
        )
    known = tokens_of(place)
    if any(token.name == name for token in known):
        raise InputError.of(f"there is a token '{name}' already", remedy="revoke it first, or take another name")
    secret = "smt_" + secrets.token_urlsafe(32)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    token = Token(name, _digest(secret), write, namespaces, reads, seconds, at_once, made)
    _write(_home(place), (*known, token))
    return secret


def revoke_token(place: Path | str, name: str) -> None:
    """Take a token away; servers that run notice it at the next request. InputError when there is none."""
    known = tokens_of(place)
    kept = tuple(token for token in known if token.name != name)
    if len(kept) == len(known):
        raise InputError.of(f"no token '{name}'", remedy=proposal(name, [token.name for token in known]))
    _write(_home(place), kept)


def _home(place: Path | str) -> Path:
    """The folder of the tokens. InputError where there can be none."""
    if isinstance(place, Path):
        if not is_store(place):
            raise InputError.of(f"'{place}' is no servicemap store", remedy="tokens are kept in a store: --store DIR")
        return place
    query = addresses(place).query.rstrip("/")
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return settings / "servicemap" / hashlib.sha256(query.encode()).hexdigest()[:24]


def tokens_of(place: Path | str) -> tuple[Token, ...]:
    """The tokens of a store, by name. InputError when it is no store, or the file is spoilt."""
    folder = _home(place)
    try:
        said = json.loads((folder / _FILE).read_bytes())
        found = [
            Token(**{**each, "namespaces": tuple(each["namespaces"]), "reads": tuple(each.get("reads", ()))})
            for each in said
        ]
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError.of(f"the tokens of '{place}' cannot be read ({str(error)[:100]})") from error
    return tuple(sorted(found, key=lambda token: token.name))


def _write(folder: Path, kept: tuple[Token, ...]) -> None:
    draft = folder / (_FILE + ".new")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:  # noqa: PTH123 for its rights
            out.write(json.dumps([asdict(token) for token in kept], indent=1).encode())
            out.flush()
            os.fsync(out.fileno())
        draft.replace(folder / _FILE)
        sync(folder)
    except OSError as error:
        raise InputError.of(f"the tokens of '{folder}' cannot be written ({error.strerror})") from error


def _digest(secret: str) -> str:
    """No salt: a secret of 256 random bits is in no list."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Tokens:
    """The tokens of a store for a server: read again when their file changes."""

    def __init__(self, place: Path | str) -> None:
        self._place, self._folder = place, place if isinstance(place, Path) else _home(place)
        self._file = str(self._folder / _FILE)
        self._lock = threading.Lock()
        self._state: object = None
        self._known: dict[str, Token] = {}

    def of(self, secret: str) -> Token | None:
        """The token with that secret."""
        self._renew()
        return self._known.get(_digest(secret))

    @property
    def state(self) -> object:
        """Something that is another when the tokens are others."""
        self._renew()
        return self._state

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        self._renew()
        return bool(self._known)

    def _renew(self) -> None:
        try:
            status = os.stat(self._file)  # noqa: PTH116 asked before every request
            state: object = (status.st_ino, status.st_mtime_ns, status.st_size)
        except OSError:
            state = None
        if state == self._state:
            return
        with self._lock:
            if state != self._state:
                self._known = {token.digest: token for token in tokens_of(self._place)}
                self._state = state
