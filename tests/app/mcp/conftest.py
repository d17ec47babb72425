"""What do the tests of the tools share? A small shop, and the SDK's own client, asked from a thread of its own."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial

import pytest

from app.live import Live
from app.mcp.comparing import Comparing, Opening
from app.mcp.tools import Tools
from app.sparql.endpoint import Endpoint
from graph.store import Limits
from tests.graph.written import SHOP, write


@pytest.fixture(scope="session")
def opening(tmp_path_factory):
    return Opening((write(tmp_path_factory.mktemp("mcp"), SHOP),))


@pytest.fixture(scope="session")
def live(opening):
    return Live(opening.map())


@pytest.fixture(scope="session")
def endpoint(live):
    made = Endpoint(lambda: live.atlas.map.store, size=2, limits=Limits(seconds=2))
    yield made
    made.close()


@pytest.fixture(scope="session")
def tools(live, opening, endpoint):
    return Tools(live, endpoint, Comparing(opening, history=False))


class Assistant:
    """Calls tools, and waits for what they say."""

    def __init__(self, portal, client):
        self._portal, self._client = portal, client

    def names(self):
        return [tool.name for tool in self._portal.call(self._client.list_tools).tools]

    def call(self, name, **arguments):
        """What a tool says: plain values."""
        said = self._portal.call(partial(self._client.call_tool, name, arguments))
        assert not said.is_error, said.content
        return said.structured_content

    def wrong(self, name, **arguments):
        """What a tool says that cannot answer: words."""
        said = self._portal.call(partial(self._client.call_tool, name, arguments))
        assert said.is_error, said.structured_content
        return said.content[0].text


@contextmanager
def talking(server, mode="auto"):
    """The SDK's client, with a server that it starts or reaches."""
    mcp = pytest.importorskip("mcp", reason="the Model Context Protocol is not installed")
    from anyio.from_thread import start_blocking_portal

    with start_blocking_portal() as portal:
        connected = portal.wrap_async_context_manager(mcp.Client(server, mode=mode, read_timeout_seconds=60))
        with connected as client:
            yield Assistant(portal, client)
