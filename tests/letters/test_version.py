"""A version: immutable, named by its digest, the same after a trip through a file or a process."""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from letters.samples import FUEL, SENDER, spec
from renotify.errors import BadInput
from renotify.letters.compose import recipe
from renotify.letters.profile import PrintProfile
from renotify.letters.version import LetterVersion


def test_a_version_comes_back_from_its_file_unchanged(version, tmp_path):
    again = LetterVersion.load(version.save(tmp_path / "a.form"))
    assert again == version
    assert again.digest == version.digest
    first, second = (version.save(tmp_path / name).read_bytes() for name in ("b.form", "c.form"))
    assert first == second


def test_a_version_of_an_earlier_writer_is_read_and_of_a_later_one_not(version, tmp_path):
    """What was mailed under writer 2 is still proven and copied; its digest stays its own."""
    earlier, later = (
        replace(version, recipe=replace(version.recipe, writer=writer)) for writer in (2, 99)
    )
    again = LetterVersion.load(earlier.save(tmp_path / "a.form"))
    assert again.digest == earlier.digest != version.digest
    with pytest.raises(BadInput, match="another release of the writer made it"):
        LetterVersion.load(later.save(tmp_path / "b.form"))


def test_a_version_travels_to_another_process(version):
    assert pickle.loads(pickle.dumps(version)) == version  # noqa: S301 -- our own bytes


@pytest.mark.parametrize(
    "member", ["static.pdf", "recipe.json", "shared_objects.bin", "profile.toml"]
)
def test_a_changed_byte_is_found(version, tmp_path, member):
    path = version.save(tmp_path / "a.form")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = members[member][:-1] + b"~"
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    with pytest.raises(BadInput, match="was changed"):
        LetterVersion.load(path)


def test_what_is_no_version_is_refused(tmp_path):
    path = tmp_path / "x.form"
    path.write_bytes(b"not a form")
    with pytest.raises(BadInput, match=r"x\.form cannot be read"):
        LetterVersion.load(path)


def test_the_same_specification_has_the_same_digest_and_any_change_another(profile, pack):
    base = recipe(spec(), profile, pack).digest
    assert recipe(spec(), profile, pack).digest == base
    facts = {name: dict(group) if isinstance(group, dict) else group
             for name, group in profile.facts.items()}  # fmt: skip
    moved = PrintProfile(profile.text + "\n", facts)
    others = [
        recipe(spec(mail_date=date(2013, 3, 6)), profile, pack),
        recipe(spec(recipient="lessor"), profile, pack),
        recipe(spec(language="en+es"), profile, pack),
        recipe(spec(sender=replace(SENDER, phone="1-800-555-0199")), profile, pack),
        recipe(spec(replace(FUEL, defect="Another")), profile, pack),
        recipe(spec(), moved, pack),
        recipe(spec(), profile, replace(pack, digest="other")),
    ]
    digests = {made.digest for made in others}
    assert len(digests) == len(others)
    assert base not in digests


def test_the_digest_stands_on_every_page(version):
    from renotify.letters import readback
    from renotify.letters.specimen import printed

    for page in readback.read(printed(version), version.slots, version.page_count):
        assert f"Form {version.short_digest}" in page.text
