"""A repair order as XML in the shape of a STAR business object: a file of paths says where each value stands; no schema is copied here.

A message is read without a document type, entities or anything from elsewhere, and none of more than ``LARGEST`` bytes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from pydantic import ValidationError

from renotify.desks.booking import NotFree
from renotify.errors import BadInput
from renotify.web.api.api_types import RepairOrder
from renotify.web.api.problems import Stopped, problem

LARGEST = 1 << 20  # bytes of one message
_PATHS = Path(__file__).with_name("repair_order_paths.toml")


@cache
def _paths() -> dict[str, Any]:
    return tomllib.loads(_PATHS.read_text(encoding="utf-8"))


def read_repair_order(message: bytes) -> RepairOrder:
    """Return the one order of a message. Raises BadInput for what is no such message, NotFree for a value that is missing or none."""
    orders = list(_all(_parsed(message), _paths()["order"]))
    if len(orders) != 1:
        raise BadInput(
            f"The message has {len(orders) or 'no'} repair order{'s' if len(orders) > 1 else ''}.",
            "Send one order a message, at DataArea/RepairOrder.",
        )
    (order,) = orders
    said: dict[str, Any] = {name: _text(order, ways, name) for name, ways in _paths()["of_order"].items()}  # fmt: skip
    jobs = list(_all(order, _paths()["jobs"]["each"]))
    said["day"] = said["day"][:10]
    said["outcomes"] = [_job(job) for job in jobs]
    hours = [spent for job in jobs if (spent := _found(job, _paths()["jobs"]["hours"]))]
    try:
        said["hours"] = sum(map(float, hours)) if hours else None
        return RepairOrder.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise NotFree(name, f"{name}: {first['msg']}.", "Mend the message, or its paths.") from None
    except ValueError:
        raise NotFree("hours", "The hours of a job are no number.", "Write 1.5.") from None


def _parsed(message: bytes) -> etree._Element:
    if len(message) > LARGEST:
        raise Stopped(problem(413))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(message, parser)
    except etree.XMLSyntaxError:
        raise BadInput("The message is no XML that can be read.", "Send one whole document.") from None  # fmt: skip
    if root.getroottree().docinfo.doctype:
        raise BadInput("The message has a document type.", "Leave it out, and entities with it.")
    return root


def _job(job: etree._Element) -> Mapping[str, str]:
    ways = _paths()["jobs"]
    word = _text(job, ways["outcome"], "outcome")
    known = _paths()["outcomes"]
    if word not in known:
        raise NotFree("outcomes", f"The outcome {word[:40]!r} is not known.", f"Known are {', '.join(known)}.")  # fmt: skip
    return {"campaign": _text(job, ways["campaign"], "campaign"), "outcome": known[word]}


def _text(within: etree._Element, ways: Sequence[str], name: str) -> str:
    found = _found(within, ways)
    if not found:
        raise NotFree(name, f"The message does not say the {name}.", f"It is looked for at {' or '.join(ways)}.")  # fmt: skip
    return found


def _found(within: etree._Element, ways: Sequence[str]) -> str:
    """Return the first text at some paths; blank where none is there."""
    return next((text for one in _all(within, ways) if (text := (one.text or "").strip())), "")


def _all(within: etree._Element, ways: Sequence[str]) -> Iterator[etree._Element]:
    """Return the elements at the first of some paths that is there, by local names."""
    for way in ways:
        found = [within]
        for name in way.split("/"):
            found = [child for one in found for child in one if etree.QName(child).localname == name]  # fmt: skip
        if found:
            yield from found
            return
