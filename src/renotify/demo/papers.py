"""The words of the folder: campaigns.toml with the demo's own counts, followup.toml at its scale, and README.txt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from renotify.demo.scenario import Scenario, memo_size, text

INVOLVED = re.compile(r"^(involved = )(\d+)( #.*)?$", re.MULTILINE)
CODE = re.compile(r'^campaign_code = "(.+)"', re.MULTILINE)

README = """\
SYNTHETIC INPUT FOR RENOTIFY

Everything in this folder is made up: vehicles, owners, dealers, repairs, parts, hours. It was written by a program
(renotify.demo.oem, {vehicles:,} vehicles, seed {seed}) and describes a follow-up like that of the memo of 26 February 2013.

Real are the campaign codes, their kinds, descriptions, scopes and dates where a public record was found, and their
populations, scaled by {scale:.4f} (the whole has {memo:,} vehicles). campaigns.toml says what was not found.

How to tell that a record is synthetic:
  vehicles   position 12 of the VIN is 9 or a letter; real serial numbers of these lines are lower
  owners     source is "synthetic"; e-mail at example.com, telephones 555-01xx; the ZIP Code and city are real, the street is not
  dealers    the name ends in "(demo)"
  parts      the number contains DEMO
  labor      source is "estimate"

Rows: {rows}
"""


def write_papers(
    folder: Path, scenario: Scenario, involved: Mapping[str, int], rows: Mapping[str, int]
) -> None:
    """Write the two TOML files and README.txt into the folder."""
    _write(folder / "campaigns.toml", campaigns_toml(involved))
    _write(folder / "followup.toml", followup_toml(scenario))
    listed = ", ".join(f"{table} {count:,}" for table, count in rows.items())
    _write(
        folder / "README.txt",
        README.format(
            vehicles=scenario.vehicles,
            seed=scenario.seed,
            scale=scenario.scale,
            memo=memo_size(),
            rows=listed,
        ),
    )


def campaigns_toml(involved: Mapping[str, int]) -> str:
    """Return the catalogue with the demo's counts in place of the record's, which stay beside them."""
    source = text("campaigns.toml")
    counts = iter([involved[code] for code in CODE.findall(source)])

    def count(found: re.Match[str]) -> str:
        return f"{found[1]}{next(counts)} # made up; the record: {int(found[2]):,}{(found[3] or '').replace(' #', ',')}"

    return "# SYNTHETIC: see README.txt\n\n" + INVOLVED.sub(count, source)


def followup_toml(scenario: Scenario) -> str:
    """Return the follow-up's settings, the mail house at the demo's scale."""
    return text("followup.template.toml").format(
        letters_per_week=scenario.letters_per_week, **scenario.numbers["response"]
    )


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
