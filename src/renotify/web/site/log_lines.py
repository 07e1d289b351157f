"""Lines of the site's log: what happened and where in the code, and no VIN, no letter number, no name and no word that somebody typed.

An address of a desk may carry a VIN (a link that is opened again, a scanner's field); its line names the route instead.
"""

from __future__ import annotations

import copy
import logging
import re
import traceback
from types import TracebackType

from django.http import HttpRequest

OF_ONE_VEHICLE = re.compile(r"\b(?=\w*\d)[A-Za-z0-9]{16,17}\b")  # a VIN, or the number of a letter
CUT = "(cut)"
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ImpersonalLines(logging.Formatter):
    """One line an event; an error with the frames it came through and its kind, without what it said: that may quote data."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return a line (and the frames of an error), addresses as their routes."""
        own = copy.copy(record)
        own.exc_text = None
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            own.args = tuple(_route(request) if one == request.path else one for one in record.args)
        return OF_ONE_VEHICLE.sub(CUT, super().format(own))

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - the library's name
        """Return the frames of an error and its kind."""
        kind, _, frames = ei
        return "".join(traceback.format_tb(frames)) + (kind.__name__ if kind else "")


def _route(request: HttpRequest) -> str:
    """Return the route of a request, with the names of its parts in place of what they are."""
    match = request.resolver_match
    return f"/{match.route}" if match else "(an address that the site does not have)"
