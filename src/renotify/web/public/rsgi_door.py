"""The door between the server (granian, by its RSGI) and the site: reads a request up to its bound, and hands the answer out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from renotify.web.public.public_site import PublicSite
from renotify.web.public.site_request import SiteRequest, longest_body

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol
    from granian.rsgi import Scope

SLOWEST = 10  # seconds for a body to come
READ = ("accept-language", "content-type")
FORWARDED = "x-forwarded-for"


class RsgiDoor:
    """An RSGI application: ``answer`` is called for each request."""

    def __init__(self, site: PublicSite) -> None:
        self._site = site

    async def answer(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        body: bytes | None = b""
        if scope.method not in {"GET", "HEAD"}:
            body = await _body(scope, protocol)
        headers = {name: str(scope.headers.get(name) or "") for name in READ}
        headers[FORWARDED] = ",".join(
            said for name, said in scope.headers.items() if name == FORWARDED
        )  # a proxy may add a line of its own behind the visitor's
        peer = scope.client.rpartition(":")[0].strip("[]")
        answered = self._site.respond(SiteRequest(scope.method, scope.path, headers, body, peer))
        if scope.method == "HEAD" or not answered.body:
            protocol.response_empty(answered.status, list(answered.headers))
        else:
            protocol.response_bytes(answered.status, list(answered.headers), answered.body)


async def _body(scope: Scope, protocol: HTTPProtocol) -> bytes | None:
    """Return what was posted; None where it is longer than the site reads, or does not come to its end.

    The server reads no more than the stated length; what comes without one is counted.
    """
    most = longest_body(scope.path)
    stated = scope.headers.get("content-length")
    if stated is not None and (not stated.isdecimal() or int(stated) > most):
        return None
    try:
        async with asyncio.timeout(SLOWEST):
            return await (_up_to(most, protocol) if stated is None else protocol())
    except TimeoutError:
        return None


async def _up_to(most: int, protocol: HTTPProtocol) -> bytes | None:
    parts: list[bytes] = []
    length = 0
    async for part in protocol:
        parts.append(part)
        length += len(part)
        if length > most:
            return None
    return b"".join(parts)
