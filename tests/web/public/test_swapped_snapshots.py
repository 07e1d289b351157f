"""The snapshot that is answered from: another takes its place under way where it is whole, signed and not older; else it stays."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest

import public_world as w
from public_visitor import Visitor, newer_of, replace, text


def test_a_newer_snapshot_takes_its_place_and_a_bad_one_does_not(
    own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Visitor(own)
    first = visitor.live.current
    good = own.read_bytes()
    replace(own, good[:-1])
    assert not visitor.live.look()
    assert visitor.live.current is first
    assert "Not taken, the snapshot before stays" in caplog.text
    assert visitor.post(w.ALL).status == 200
    assert json.loads(visitor.ask("GET", "/health").body)["newer_refused"] is True
    replace(own, good)
    assert visitor.live.look()
    assert visitor.live.current is not first
    assert json.loads(visitor.ask("GET", "/health").body)["newer_refused"] is False
    own.unlink()
    assert not visitor.live.look()
    assert visitor.post(w.ALL).status == 200


def test_every_question_is_answered_while_snapshots_are_swapped(own: Path) -> None:
    visitor = Visitor(own)
    good, told, over = own.read_bytes(), [], threading.Event()

    def ask() -> None:
        while not over.is_set():
            told.append(len(json.loads(visitor.call({"vins": [w.ALL]}).body)["answers"][0]["campaigns"]))  # fmt: skip

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for one in asking:
        one.start()
    for swap in range(20):
        replace(own, good if swap % 2 else good[:-1])
        assert visitor.live.look() is bool(swap % 2)
    over.set()
    for one in asking:
        one.join()
    assert set(told) == {3}


def test_an_older_snapshot_is_not_taken_in_the_place_of_a_newer(
    own: Path, published: Path, tmp_path: Path
) -> None:
    older = own.read_bytes()
    later = tmp_path / "later"
    newer_of(own, later)
    replace(own, later.read_bytes())
    visitor = Visitor(own)
    assert visitor.live.current.content.updated == w.ON + timedelta(days=1)
    replace(own, older)
    assert not visitor.live.look()
    assert visitor.live.current.content.updated == w.ON + timedelta(days=1)


def test_a_block_that_was_changed_is_no_answer_and_shows_in_health(own: Path) -> None:
    content = bytearray(own.read_bytes())
    content[40] ^= 1
    own.write_bytes(content)
    visitor = Visitor(own)
    page = visitor.post(w.ALL)
    assert page.status == 503
    assert "Call us, or try again later." in text(page)
    assert visitor.call({"vins": [w.ALL]}).status == 503
    health = visitor.ask("GET", "/health")
    assert (health.status, json.loads(health.body)["status"]) == (503, "damaged")
