"""A snapshot is what was signed or it is refused; it is written whole or not at all; and it is found in, whatever its size."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import public_world as w
from renotify.errors import AlreadyDone, BadInput, Inconsistent, NothingToDo, Refused
from renotify.ledger.locks import file_claim
from renotify.ledger.session import Session, open_session
from renotify.publish.lookup_snapshot import LookupSnapshot
from renotify.publish.public_answers import answer
from renotify.publish.public_facts import PublicContent, PublicVehicle
from renotify.publish.publishing import publish
from renotify.publish.signing_keys import fingerprint, new_key, private_key, public_key
from renotify.publish.snapshot_layout import BLOCK, MAGIC, ROWS, TAIL
from renotify.publish.snapshot_writing import PlacedVehicles, write_snapshot
from small_world import Desk, vin

CONTENT = PublicContent(date(2013, 3, 5), date(1998, 1, 1), 7, w.CONTACT, {})
KINDS = [PublicVehicle("Lexus", f"Model {number}", 2006) for number in range(7)]


def written(file: Path, numbers: list[str], key: Path | None = None) -> Path:
    """Write made-up numbers, of which each seventh is of the same kind."""
    vins = np.array([one.encode() for one in numbers], dtype="S17")
    places = np.arange(len(numbers), dtype=np.uint32) % len(KINDS)
    signer = private_key(key or w.key_in(file.parent))
    write_snapshot(file, signer, [PlacedVehicles(vins, places)], CONTENT, list(KINDS))
    return file


@pytest.mark.parametrize("count", [1, 2, ROWS - 1, ROWS, ROWS + 1, 3 * ROWS, 5 * ROWS + 17])
def test_every_number_is_found_and_its_neighbours_are_not(tmp_path: Path, count: int) -> None:
    numbers = sorted(vin(number) for number in range(2 * count))
    snapshot = w.opened(written(tmp_path / "s", numbers[::2]))
    assert [snapshot.place(one) for one in numbers[::2]] == [at % 7 for at in range(count)]
    assert {snapshot.place(one) for one in numbers[1::2]} == {None}
    assert snapshot.check() == count


def test_short_numbers_that_the_maker_excepts_stand_in_their_order(tmp_path: Path) -> None:
    numbers = sorted(["A-12345", "A-123456", "AB12345", vin(1)])
    snapshot = w.opened(written(tmp_path / "s", numbers))
    assert [snapshot.place(one) for one in numbers] == [0, 1, 2, 3]
    assert snapshot.place("A-1234") is None


def test_numbers_out_of_order_are_a_fault_and_leave_nothing_behind(tmp_path: Path) -> None:
    key = w.key_in(tmp_path)
    with pytest.raises(Inconsistent):
        written(tmp_path / "s", [vin(2), vin(1)])
    assert {one.name for one in tmp_path.iterdir()} == {key.name, f"{key.name}.pub"}


def test_the_same_ledger_day_and_key_give_the_same_bytes(maker: Desk, file: Path) -> None:
    again = file.with_name("again")
    w.publish_from(maker.ledger, again)
    assert again.read_bytes() == file.read_bytes()


def spoil_signature(content: bytearray) -> None:
    content[-TAIL] ^= 1


def spoil_manifest(content: bytearray) -> None:
    content[-TAIL - 5] ^= 1


def spoil_campaign_text(content: bytearray) -> None:
    at = content.index(b"The pump can break.")
    content[at : at + 3] = b"No "


def spoil_index(content: bytearray) -> None:
    content[len(MAGIC) + BLOCK + 20] ^= (
        1  # of the first block's SHA-256: these vehicles fill one block
    )


def cut_the_end(content: bytearray) -> None:
    del content[-1]


def cut_the_middle(content: bytearray) -> None:
    del content[50:60]


def empty_it(content: bytearray) -> None:
    content.clear()


def other_file(content: bytearray) -> None:
    content[:] = b"vin,campaign\n" * 1_000


@pytest.mark.parametrize(
    "spoil",
    [spoil_signature, spoil_manifest, spoil_campaign_text, spoil_index, cut_the_end, cut_the_middle, empty_it, other_file],
)  # fmt: skip
def test_a_file_that_was_changed_does_not_open(
    file: Path, spoil: Callable[[bytearray], None]
) -> None:
    content = bytearray(file.read_bytes())
    spoil(content)
    spoiled = file.with_name("spoiled")
    spoiled.write_bytes(content)
    with pytest.raises(BadInput):
        w.opened(spoiled)


def test_a_block_that_was_changed_gives_no_answer_and_fails_the_check(tmp_path: Path) -> None:
    """Number 1 stands in the first of two blocks, the last one in the second: the whole one still answers."""
    numbers = sorted(vin(number) for number in range(2 * ROWS))
    file = written(tmp_path / "s", numbers)
    content = bytearray(file.read_bytes())
    content[len(MAGIC) + ROWS * 17 + 1] ^= 1  # the place of the first vehicle
    file.write_bytes(content)
    snapshot = w.opened(file)
    assert snapshot.place(numbers[-1]) is not None
    with pytest.raises(Inconsistent):
        snapshot.place(numbers[0])
    with pytest.raises(Inconsistent):
        snapshot.check()


def test_a_file_cut_short_while_it_is_open_is_an_error_and_no_crash(tmp_path: Path) -> None:
    numbers = sorted(vin(number) for number in range(2 * ROWS))
    snapshot = w.opened(written(tmp_path / "s", numbers))
    os.truncate(tmp_path / "s", len(MAGIC) + BLOCK)
    assert snapshot.place(numbers[0]) == 0
    with pytest.raises(Inconsistent):
        snapshot.place(numbers[-1])


def test_the_key_of_another_does_not_open_it(file: Path, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.key")
    with pytest.raises(BadInput, match=fingerprint(public_key(other))):
        LookupSnapshot(file, public_key(other))


def test_a_signature_of_the_manifest_s_bytes_alone_does_not_serve(file: Path) -> None:
    """What the key signs elsewhere can never be passed off as a snapshot: the signature is over the kind of the file, too."""
    content = file.read_bytes()
    length = int.from_bytes(content[-TAIL + 64 : -TAIL + 72], "little")
    manifest = content[-TAIL - length : -TAIL]
    signature = private_key(w.key_in(file.parent)).sign(manifest)
    spoiled = file.with_name("passed off")
    spoiled.write_bytes(content[:-TAIL] + signature + content[-TAIL + 64 :])
    with pytest.raises(BadInput):
        w.opened(spoiled)


def test_a_private_key_is_its_owner_s_alone_and_never_written_over(tmp_path: Path) -> None:
    file = w.key_in(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    with pytest.raises(AlreadyDone):
        new_key(file)
    assert file.read_bytes() == before
    file.chmod(0o644)
    with pytest.raises(BadInput, match="read by others"):
        private_key(file)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])  # fmt: skip
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(0o600)
    for read in (private_key, public_key):
        with pytest.raises(BadInput):
            read(file)


def test_a_ledger_without_vehicles_is_not_published(session: Session, tmp_path: Path) -> None:
    old = written(tmp_path / "s", [vin(1)]).read_bytes()
    with pytest.raises(NothingToDo):
        publish(session, tmp_path / "s", private_key(w.key_in(tmp_path)), w.ON, w.CONTACT)
    assert (tmp_path / "s").read_bytes() == old


def test_a_maker_whom_nobody_can_ask_is_not_published(maker: Desk, tmp_path: Path) -> None:
    with open_session(maker.ledger) as session, pytest.raises(Refused, match=r"573\.15"):
        publish(session, tmp_path / "s", private_key(w.key_in(tmp_path)), w.ON)
    assert not (tmp_path / "s").exists()


def test_two_do_not_write_one_file_at_once(tmp_path: Path) -> None:
    with file_claim(tmp_path / "s.lock") as free:
        assert free
        with pytest.raises(AlreadyDone):
            written(tmp_path / "s", [vin(1)])


KILLED = """
import sys, time
from pathlib import Path
sys.path[:0] = {path!r}
from publish.test_snapshots import CONTENT, KINDS, w
from renotify.publish.signing_keys import private_key
from renotify.publish.snapshot_writing import PlacedVehicles, write_snapshot
import numpy as np
def slowly():
    for number in range(1_000):
        vins = np.array([f"JTH{{number:05d}}{{one:09d}}".encode() for one in range(70_000)], "S17")
        yield PlacedVehicles(vins, np.zeros(70_000, np.uint32))
file = Path({file!r})
write_snapshot(file, private_key(w.key_in(file.parent)), slowly(), CONTENT, list(KINDS))
"""


def test_a_run_that_is_killed_leaves_the_old_snapshot_and_the_next_run_writes_a_new_one(
    tmp_path: Path,
) -> None:
    file = written(tmp_path / "s", [vin(1)])
    code = KILLED.format(path=[*sys.path, str(Path(__file__).parents[1])], file=str(file))
    child = subprocess.Popen([sys.executable, "-c", code])
    partial = file.with_name("s.partial")
    end = time.monotonic() + 60
    while not (partial.exists() and partial.stat().st_size > BLOCK) and time.monotonic() < end:
        time.sleep(0.01)
    child.kill()
    child.wait()
    assert partial.exists()
    assert w.opened(file).place(vin(1)) == 0
    snapshot = w.opened(written(file, [vin(2)]))
    assert (snapshot.place(vin(1)), snapshot.place(vin(2))) == (None, 0)
    assert not partial.exists()


def test_who_has_it_open_keeps_it_while_another_takes_its_place(tmp_path: Path) -> None:
    before = w.opened(written(tmp_path / "s", [vin(1)]))
    after = w.opened(written(tmp_path / "s", [vin(2)]))
    assert (before.place(vin(1)), before.place(vin(2))) == (0, None)
    assert (after.place(vin(1)), after.place(vin(2))) == (None, 0)


def test_a_snapshot_that_nobody_holds_any_more_is_closed(tmp_path: Path) -> None:
    file = written(tmp_path / "s", [vin(1)])
    before = len([*Path("/proc/self/fd").iterdir()])
    for _ in range(10):
        answer(w.opened(file), [vin(1)], w.ON)
    assert len([*Path("/proc/self/fd").iterdir()]) <= before
