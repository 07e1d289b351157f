"""The public site: which address is answered how. A function of the request and the snapshot; no server, no clock, no ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import date
from http import HTTPStatus
from math import ceil
from urllib.parse import parse_qs

import orjson

from renotify.errors import Inconsistent
from renotify.publish.lookup_snapshot import LookupSnapshot
from renotify.publish.public_answers import answer
from renotify.publish.public_facts import LANGUAGES
from renotify.web.public.address_limit import AddressLimit
from renotify.web.public.live_snapshot import LiveSnapshot
from renotify.web.public.lookup_interface import Unanswerable, answered, asked_vins
from renotify.web.public.public_pages import PublicPages
from renotify.web.public.site_request import (
    HTML,
    JSON,
    PROBLEM,
    SiteRequest,
    SiteResponse,
    asking_address,
)

LOG = logging.getLogger("renotify.look-up")
FORM = "application/x-www-form-urlencoded"
FIELDS = 8  # of a posted form, at most
VINS_A_QUESTION = 100  # that many VINs of a call count as one question more
CALL = "/api/v1/lookup"
FOREVER = ("cache-control", "public, max-age=31536000, immutable")
AFTER_TROUBLE = 60  # seconds


class PublicSite:
    """Answers requests from the snapshot that is live. ``today`` tells the day, ``trusted`` the proxies whose word on addresses counts."""

    def __init__(
        self,
        live: LiveSnapshot,
        today: Callable[[], date],
        limit: AddressLimit,
        trusted: Collection[str] = (),
    ) -> None:
        self._live, self._today, self._limit = live, today, limit
        self._trusted = frozenset(trusted)
        self._pages = PublicPages()

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Answer a request; no request is answered with an error of ours."""
        snapshot, on = self._live.current, self._today()
        try:
            return self._respond(request, snapshot, on)
        except Inconsistent as error:
            self._live.report_damage(error.message)
            return self._refuse(request, snapshot, 503, ("retry-after", str(AFTER_TROUBLE)))
        except Exception:  # the traceback is the log's; no value of the request stands in it
            LOG.exception("A request could not be answered.")
            return self._refuse(request, snapshot, 503, ("retry-after", str(AFTER_TROUBLE)))

    def _respond(self, request: SiteRequest, snapshot: LookupSnapshot, on: date) -> SiteResponse:
        path = request.path.rstrip("/") or "/"
        if path == CALL:
            return self._called(request, snapshot, on)
        if path == "/" or path[1:] in LANGUAGES:
            return self._page(request, path[1:], snapshot, on)
        return self._other(request, path, snapshot, on)

    def _other(
        self, request: SiteRequest, path: str, snapshot: LookupSnapshot, on: date
    ) -> SiteResponse:
        if request.method not in {"GET", "HEAD"}:
            known = path in {"/health", "/look-up.css", "/favicon.ico"}
            more = (("allow", "GET, HEAD"),) if known else ()
            return self._refuse(request, snapshot, 405 if known else 404, *more)
        if path == "/look-up.css":
            return SiteResponse.of(200, "text/css; charset=utf-8", self._pages.css, FOREVER)
        if path == "/favicon.ico":
            return SiteResponse.of(204, "image/x-icon", b"", FOREVER)
        if path == "/health":
            return self._health(snapshot, on)
        return self._refuse(request, snapshot, 404)

    def _page(
        self, request: SiteRequest, language: str, snapshot: LookupSnapshot, on: date
    ) -> SiteResponse:
        """Show the form; or answer what it sent: a VIN stands in the body alone, so that no log and no history has it."""
        asked = language or language_of(request.headers.get("accept-language", ""))
        if request.method in {"GET", "HEAD"}:
            return self._html(200, asked, self._pages.entry(snapshot, asked, on), whose=language)
        if request.method != "POST" or not language:
            allowed = "GET, HEAD, POST" if language else "GET, HEAD"
            return self._refuse(request, snapshot, 405, ("allow", allowed))
        refused = self._refused_body(request, snapshot, FORM) or self._too_often(request, snapshot, 1)  # fmt: skip
        if refused:
            return refused
        vin, chosen = _entered(request.body or b"")
        if vin is None:
            return self._refuse(request, snapshot, 400)
        if not vin.strip():
            body = self._pages.of_model(snapshot, chosen, asked, on)
            return self._html(200 if chosen else 422, asked, body, whose=language)
        (found,) = answer(snapshot, [vin], on)
        body = self._pages.answered(snapshot, found, asked, on, chosen)
        return self._html(200 if found.valid else 422, asked, body, whose=language)

    def _called(self, request: SiteRequest, snapshot: LookupSnapshot, on: date) -> SiteResponse:
        if request.method != "POST":
            return self._refuse(request, snapshot, 405, ("allow", "POST"))
        refused = self._refused_body(request, snapshot, JSON)
        if refused:
            return refused
        try:
            vins = asked_vins(request.body or b"")
        except Unanswerable as error:
            return self._too_often(request, snapshot, 1) or _problem(error.status, error.title, error.detail)  # fmt: skip
        refused = self._too_often(request, snapshot, 1 + len(vins) // VINS_A_QUESTION)
        return refused or SiteResponse.of(200, JSON, answered(snapshot, vins, on))

    def _health(self, snapshot: LookupSnapshot, on: date) -> SiteResponse:
        """Say whether answers can be given and are of the last seven days (573.15(b)(7)); else the status is 503."""
        stale, damaged = snapshot.content.is_stale(on), self._live.damaged
        state = "damaged" if damaged else "stale" if stale else "ok"
        told = {
            "status": state, "updated": snapshot.content.updated, "vehicles": snapshot.manifest.vehicles,
            "key": snapshot.manifest.key, "newer_refused": bool(self._live.refused),
        }  # fmt: skip
        return SiteResponse.of(200 if state == "ok" else 503, JSON, orjson.dumps(told))

    def _refused_body(
        self, request: SiteRequest, snapshot: LookupSnapshot, kind: str
    ) -> SiteResponse | None:
        """Refuse a body that is too long or of another kind than ``kind``."""
        if request.body is None:
            return self._refuse(request, snapshot, 413)
        sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return None if sent == kind else self._refuse(request, snapshot, 415)

    def _too_often(
        self, request: SiteRequest, snapshot: LookupSnapshot, questions: float
    ) -> SiteResponse | None:
        forwarded = request.headers.get("x-forwarded-for", "")
        address = asking_address(request.address, forwarded, self._trusted)
        seconds = ceil(self._limit.wait(address, questions))
        if not seconds:
            return None
        return self._refuse(request, snapshot, 429, ("retry-after", str(seconds)), seconds=seconds)

    def _refuse(
        self, request: SiteRequest, snapshot: LookupSnapshot, status: int, *headers: tuple[str, str], **slots: object
    ) -> SiteResponse:  # fmt: skip
        """Refuse in the words of the page, or as problem+json where a program asks (RFC 9457)."""
        words = request.path.strip("/").split("/")[0]
        accepted = language_of(request.headers.get("accept-language", ""))
        language = words if words in LANGUAGES else accepted
        if request.path.startswith("/api/"):
            title = HTTPStatus(status).phrase
            says = {413: "A call has at most a megabyte.", 415: f"Send {JSON}."}
            return _problem(status, title, says.get(status, title), *headers)
        body = self._pages.problem(snapshot, status, language, self._today(), **slots)
        return self._html(status, language, body, *headers, whose=language)

    def _html(
        self, status: int, language: str, body: bytes, *more: tuple[str, str], whose: str
    ) -> SiteResponse:
        varies = () if whose else (("vary", "accept-language"),)
        return SiteResponse.of(status, HTML, body, ("content-language", language), *varies, *more)


def _entered(body: bytes) -> tuple[str | None, str]:
    """Return the VIN and the model of a posted form; None for what is no form."""
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        return None, ""
    return fields.get("vin", [""])[0], fields.get("model", [""])[0]


def _problem(status: int, title: str, detail: str, *headers: tuple[str, str]) -> SiteResponse:
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return SiteResponse.of(status, PROBLEM, orjson.dumps(told), *headers)


def language_of(accepted: str) -> str:
    """Return the language of ours that an Accept-Language header likes best, English where it likes none (RFC 9110, 12.5.4)."""
    best, chosen = 0.0, LANGUAGES[0]
    for part in accepted.split(",")[:20]:
        name, _, more = part.partition(";")
        liked = _quality(more)
        own = name.strip().lower().partition("-")[0]
        if own in LANGUAGES and liked > best:
            best, chosen = liked, own
    return chosen


def _quality(more: str) -> float:
    name, _, value = more.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
