"""Rule packs: TOML tables of dated rows, and the part of them in force on one day."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from itertools import combinations
from types import MappingProxyType
from typing import Any, TypeVar

from renotify.errors import Inconsistent, UnknownName
from renotify.rules.languages import JOINED, LanguageRule
from renotify.rules.row import Addressee, Clock, Measure, ReportField, ReturnReason, Row
from renotify.rules.wording import Forbidden, Statement, words_used

AnyRow = TypeVar("AnyRow", bound=Row)

TABLES: Mapping[str, type[Row]] = {
    "statements": Statement,
    "clocks": Clock,
    "forbidden": Forbidden,
    "returns": ReturnReason,
    "mail": Measure,
    "reports": ReportField,
    "languages": LanguageRule,
    "addressees": Addressee,
}
LETTER_MEASURES = ("grade", "sentence_words")  # of plain language
LETTER_SURFACES = (
    "letter",
    "campaign_text",
    "own_text",
    "own_terms",
)  # of forbidden wording, where a letter is judged


@dataclass(frozen=True)
class RulePack:
    """The rows in force on one day, by table and id."""

    jurisdiction: str
    on: date
    rows: Mapping[str, Mapping[str, Row]]
    digest: str

    def statements_for(
        self,
        *,
        campaign_type: str,
        kind: str,
        recipient: str,
        language: str,
        facts: Collection[str] = (),
        surface: str = "letter",
    ) -> list[Statement]:
        """Return the statements that a letter must carry, in their order (577.5, 577.10, 577.13).

        ``facts`` names what holds for its campaign (``pack.facts`` lists the names); a service
        campaign has none. LetterRefused when one of them lacks the language.
        """
        chosen = [
            statement
            for statement in self._all("statements", Statement)
            if statement.surface == surface
            and statement.applies(
                campaign_type=campaign_type, kind=kind, recipient=recipient, facts=facts
            )
        ]
        for statement in chosen:
            statement.wording(language)
        return sorted(chosen, key=lambda statement: statement.order)

    @property
    def facts(self) -> frozenset[str]:
        """The names of facts that switch a statement on or off."""
        statements = self._all("statements", Statement)
        return frozenset(name for row in statements for name in row.when + row.unless)

    def languages(self, surface: str = "letter") -> list[LanguageRule]:
        """Return the rules about the languages of letters, or of the label of envelopes, in their order."""
        rows = [row for row in self._all("languages", LanguageRule) if row.surface == surface]
        return sorted(rows, key=lambda row: row.order)

    def wishes(self) -> tuple[str, ...]:
        """Return what a wish for a language of letters begins with, in small letters, that some letter can meet: ``en``, ``es``, ``sp``."""
        rows = self.languages()
        return tuple(
            dict.fromkeys(
                [row.language for row in rows] + [one for row in rows for one in row.asked_as]
            )
        )

    def letter_language(self, state: str, wish: str) -> str:
        """Return the languages of an owner's letter, joined (``en``, ``en+es``), by the state of the address and the wish (577.5(a))."""
        binding = [row.language for row in self.languages() if row.binds(state, wish)]
        return JOINED.join(dict.fromkeys(binding))

    def label_language(self, state: str) -> str:
        """Return the language of the label on an envelope to a state (577.14(b)(1)); blank while no label is in force."""
        binding = (row.language for row in self.languages("label") if row.binds(state, ""))
        return next(binding, "")

    def on_envelope(self, family: str) -> dict[str, Statement]:
        """Return what an envelope must bear on this day, by id: notation and label of recalls (577.5(a), 577.14), nothing else."""
        rows = self._all("statements", Statement)
        return {row.id: row for row in rows if row.surface == "envelope" and family == "safety"}

    def statement(self, name: str) -> Statement:
        """Return one statement by its id; UnknownName when none is in force."""
        return self._one("statements", name, Statement)

    def clock(self, name: str) -> Clock:
        """Return one clock by its id; UnknownName when none is in force."""
        return self._one("clocks", name, Clock)

    def addressee(self, name: str) -> Addressee:
        """Return one rule of whom a notice goes to by its id; UnknownName when none is in force."""
        return self._one("addressees", name, Addressee)

    def measure(self, name: str) -> Measure:
        """Return one measure of the mail standards by its id; UnknownName when none is in force."""
        return self._one("mail", name, Measure)

    def forbidden(self, language: str, surface: str = "letter") -> list[Forbidden]:
        """Return the wording that may not stand on a surface (letter, lookup, campaign_text, own_text, own_terms), in one language."""
        return list(self._forbidden.get((language, surface), ()))

    @cached_property
    def _forbidden(self) -> Mapping[tuple[str, str], list[Forbidden]]:
        """The forbidden wording by language and surface: each text of each campaign asks for it anew."""
        found: dict[tuple[str, str], list[Forbidden]] = {}
        for row in self._all("forbidden", Forbidden):
            for surface in dict.fromkeys(row.surfaces):
                found.setdefault((row.language, surface), []).append(row)
        return found

    def report_fields(self, kind: str) -> list[ReportField]:
        """Return the fields of a completion report, ``quarterly`` or ``annual``, in their order (573.7(b))."""
        fields = [row for row in self._all("reports", ReportField) if kind in row.reports]
        return sorted(fields, key=lambda row: row.order)

    @cached_property
    def of_letters(self) -> str:
        """A SHA-256 of the rows in force that a letter can rest on, whatever its campaign: days that share it judge a letter alike."""
        rows: list[Row] = [
            *(row for row in self._all("statements", Statement) if row.surface == "letter"),
            *(row for row in self._all("forbidden", Forbidden) if {*LETTER_SURFACES} & {*row.surfaces}),
            *self.languages(),
            *map(self.measure, LETTER_MEASURES),
        ]  # fmt: skip
        return _digest({"letters": {f"{type(row).__name__} {row.id}": row for row in rows}})

    @cached_property
    def return_actions(self) -> Mapping[str, str]:
        """What to do by return code, each code by its letters and digits (``spelling``)."""
        reasons = self.return_reasons
        return {spelling(code): row.action for row in reasons for code in (row.id, *row.codes)}

    @cached_property
    def return_reasons(self) -> tuple[ReturnReason, ...]:
        """Why mail comes back, in the order of the pack."""
        return tuple(self._all("returns", ReturnReason))

    def _all(self, table: str, kind: type[AnyRow]) -> list[AnyRow]:
        return [row for row in self.rows.get(table, {}).values() if isinstance(row, kind)]

    def _one(self, table: str, name: str, kind: type[AnyRow]) -> AnyRow:
        row = self.rows.get(table, {}).get(name)
        if not isinstance(row, kind):
            raise UnknownName(
                f"No row {name!r} of {table} is in force on {self.on}.",
                f"The rule pack of {self.jurisdiction!r} lists what there is.",
            )
        return row


def spelling(code: str) -> str:
    """Reduce a printed reason to its letters: ``No Such Number`` is ``NOSUCHNUMBER``."""
    return "".join(character for character in code.upper() if character.isalnum())


@cache
def load(on: date, jurisdiction: str = "us") -> RulePack:
    """Return the rules in force on a day; UnknownName for a jurisdiction without a pack."""
    tables = all_rows(jurisdiction).values()
    places = tuple(tuple(at for at, row in enumerate(rows) if row.in_force(on)) for rows in tables)
    return RulePack(jurisdiction, on, *_chosen(jurisdiction, places))


@cache
def _chosen(
    jurisdiction: str, places: tuple[tuple[int, ...], ...]
) -> tuple[Mapping[str, Mapping[str, Row]], str]:
    """Return the rows at these places of each table and their digest: most days have those of the day before."""
    rows = {
        table: MappingProxyType({table_rows[at].id: table_rows[at] for at in chosen})
        for (table, table_rows), chosen in zip(all_rows(jurisdiction).items(), places, strict=True)
    }
    return MappingProxyType(rows), _digest(rows)


def _digest(rows: Mapping[str, Mapping[str, Row]]) -> str:
    """Return a SHA-256 over the content of the rows, whatever their order in the files."""
    content = {
        table: {name: row.columns() for name, row in by_name.items()}
        for table, by_name in rows.items()
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


@cache
def all_rows(jurisdiction: str = "us") -> Mapping[str, tuple[Row, ...]]:
    """Return every row of a pack, in force or not; Inconsistent when two of one id overlap."""
    return {table: rows_of(table, jurisdiction) for table in TABLES}


@cache
def rows_of(table: str, jurisdiction: str = "us") -> tuple[Row, ...]:
    """Return every row of one table of a pack, in force or not, as ``all_rows`` has them; the others are not read."""
    folder = resources.files("renotify.rules") / jurisdiction
    if not jurisdiction.isalpha() or not folder.is_dir():
        raise UnknownName(f"There is no rule pack {jurisdiction!r}.", "The pack shipped is 'us'.")
    rows = _read((folder / f"{table}.toml").read_text("utf-8"), TABLES[table])
    _refuse_overlap(rows)
    return rows


def _read(toml: str, kind: type[AnyRow]) -> tuple[AnyRow, ...]:
    tables = tomllib.loads(toml)
    defaults, words = tables.get("defaults", {}), tables.get("words", {})
    return tuple(_row(kind, defaults | row | _patterns(row, words)) for row in tables["row"])


def _patterns(row: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the pattern of forbidden wording, several as one, and the groups of words that it uses; nothing of another row."""
    if "pattern" not in row:
        return {}
    one = row["pattern"]
    pattern = "|".join(one) if isinstance(one, list) else one
    used = words_used((pattern, *row.get("lawful", ())), words.get(row["language"], {}))
    return {"pattern": pattern, "words": used}


def _row(kind: type[AnyRow], values: Mapping[str, Any]) -> AnyRow:
    frozen: dict[str, Any] = {name: _frozen(value) for name, value in values.items()}
    try:
        return kind(**frozen)
    except TypeError as wrong:
        raise Inconsistent(f"A rule row does not fit its table: {wrong}.") from wrong


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _refuse_overlap(rows: tuple[Row, ...]) -> None:
    for one, other in combinations(rows, 2):
        if one.id == other.id and (
            one.in_force(other.effective_from) or other.in_force(one.effective_from)
        ):
            raise Inconsistent(f"Two rows {one.id!r} of a rule pack are in force on one day.")
