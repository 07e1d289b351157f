"""Vehicles of a population that the campaign's own decision does not name: of another model or model year than its scopes (577.5(c))."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

import pyarrow as pa

from renotify.campaigns.campaign import Campaign, Scope
from renotify.ledger.session import Session
from renotify.values.english import counted, series

LETTERS = re.compile(r"[^\W\d_]+")
WORD = 4  # letters of a word that may stand for a model
NAMED = 12  # so many groups are named in a sentence
_GROUPS = pa.schema([
    ("campaign_code", pa.string()), ("model", pa.string()), ("model_year", pa.int64()), ("vehicles", pa.int64()),
])  # fmt: skip


def outside_scopes(session: Session, campaigns: Mapping[str, Campaign]) -> Iterator[str]:
    """Say of each campaign how many vehicles of its population lie outside every scope, by model and year, and what to do.

    Models are compared loosely, as scopes write them shortly (``GS 300/350``): a scope may be of a vehicle that begins with the same
    letters or shares a word of four letters with it; the years decide. A vehicle without a model year, or of which no row is loaded,
    is not judged. Days of production are not looked at. A campaign of equipment names no vehicles.
    """
    named = {
        code: one.scopes
        for code, one in campaigns.items()
        if one.scopes and not one.letter.get("equipment")
    }
    if not named:
        return
    groups = session.read(
        "select s.campaign_code, v.model, v.model_year, count(*) as vehicles from state s join vehicle v on v.vin = s.vin"
        f" where s.current and v.model_year is not null and s.campaign_code in {session.list_values('codes')}"
        " group by s.campaign_code, v.model, v.model_year order by s.campaign_code, v.model, v.model_year",
        _GROUPS,
        codes=json.dumps(list(named)),
    )
    outside: dict[str, Counter[str]] = {}
    for row in groups.to_pylist():
        code, model, year = row["campaign_code"], row["model"] or "", row["model_year"]
        if not any(_holds(scope, model, year) for scope in named[code]):
            label = f"{year} {model}".strip()
            outside.setdefault(code, Counter())[label] += row["vehicles"]
    for code, found in outside.items():
        yield _sentence(code, named[code], found)


def _holds(scope: Scope, model: str, year: int) -> bool:
    """Tell whether a scope may name a model of a year; a blank model is of any."""
    return names_model(scope, model) and scope.year_from <= year <= scope.year_to


def names_model(scope: Scope, model: str) -> bool:
    """Tell whether a scope may name a model, whatever the year; a blank model, of either, is any."""
    return not scope.model or not model or bool(_names(scope.model) & _names(model))


def names_this_model(scope: Scope, model: str) -> bool:
    """Tell whether a scope names a model itself, not others of its family alone: ``GS 300/350 AWD`` names no GS 300.

    A scope that says less than the model names all that begin with its words or have them: ``GS 300/350`` a GS 300 AWD. Blanks and
    hyphens do not count (``LS 460/460L`` is LS 460 L, F150 is F-150). A model of words without numbers may be said shorter than its
    scope has it. A blank model, of either, is any.
    """
    words = model.casefold().replace("-", "").split()
    begins = {"".join(words[: place + 1]) for place in range(len(words))}
    if not scope.model or not words:
        return True
    plain = all(word.isalpha() and len(word) >= WORD for word in words)
    return any(
        "".join(one) in begins or set(one) <= set(words) or (plain and set(words) <= set(one))
        for one in _written_out(scope.model)
    )


def _written_out(short: str) -> Iterator[list[str]]:
    """Yield the models of a scope in words: of ``GS 300/350 AWD`` gs 300 awd and gs 350 awd."""
    first, *others = [one.split() for one in short.casefold().replace("-", "").split("/")]
    last = others[-1] if others else []
    of_all = last[1:] if last and last[0][0].isdigit() else []  # what stands behind the last number
    yield [*first, *of_all]
    line = LETTERS.match(first[-1]) if len(first) == 1 else None
    begun = [line[0]] if line else first[:-1]
    for other in filter(None, others):
        yield [*begun, other[0], *of_all] if other[0][0].isdigit() else other


def _names(model: str) -> set[str]:
    """Return what a model is known by: the letters that it begins with (``gs``), its number without any, and its words of four letters."""
    words = model.casefold().split()
    first = [LETTERS.match(one) for one in words[:1]]
    begins = {found[0] for found in first if found} or {*words[0].split("/")}
    return begins | {word for word in words if len(word) >= WORD and word.isalpha()}


def _sentence(code: str, scopes: tuple[Scope, ...], found: Counter[str]) -> str:
    total = found.total()
    groups = [f"{number:,} {label}" for label, number in list(found.items())[:NAMED]]
    groups += [f"{len(found) - NAMED} other groups"] if len(found) > NAMED else []
    years = series([
        f"{one.year_from}-{one.year_to} {one.model}"
        if one.year_from != one.year_to
        else f"{one.year_from} {one.model}"
        for one in scopes
    ])  # fmt: skip
    verb = "is" if total == 1 else "are"
    return (
        f"{code}: {counted(total, 'vehicle')} of the population {verb} in none of its scopes: {series(groups)}. The scopes name {years},"
        " and a letter says that the maker decided about these (49 CFR 577.5(c)): correct [[campaign.scope]] in campaigns.toml, or the"
        " vehicles' model years or the population."
    )
