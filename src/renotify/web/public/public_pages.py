"""The pages of the look-up, in English and Spanish: what ``publish.public_answers`` says, in the order in which it says it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from renotify.contact.sentences import no_vin
from renotify.letters.letter_text import long_date
from renotify.publish.lookup_snapshot import LookupSnapshot
from renotify.publish.public_answers import PublicAnswer, recalls_of_model
from renotify.publish.public_facts import LANGUAGES, PublicCampaign
from renotify.values.stated_tables import read_toml

HERE = Path(__file__).parent
APART = "|"  # between make and model in what the form sends
KEPT = 2_000  # pages of alike vehicles that a snapshot keeps, of some five kilobytes each
ANY_VIN = (
    "\ue000"  # stands for the VIN in a page that is kept: a character that no VIN, text or word has
)


@dataclass
class _Kept:
    """What is made once for a snapshot: the list of its models, and pieces of pages by what they depend on."""

    models: list[tuple[str, list[tuple[str, str]]]]
    pieces: dict[tuple[object, ...], Markup] = field(default_factory=dict)
    pages: dict[tuple[int, str, date], bytes] = field(default_factory=dict)


class PublicPages:
    """Pages as UTF-8 text. ``stylesheet`` is the address of the one stylesheet, which changes with its content."""

    def __init__(self) -> None:
        self.words = read_toml(HERE / "page_words.toml")
        self.css = (HERE / "look_up.css").read_bytes()
        self.stylesheet = f"/look-up.css?{hashlib.sha256(self.css).hexdigest()[:12]}"
        self._kept: WeakKeyDictionary[LookupSnapshot, _Kept] = WeakKeyDictionary()

    def say(self, language: str, key: str, **slots: object) -> str:
        """Return the words of a key with its slots filled."""
        return str(self.words[language][key]).format(**slots)

    def entry(self, snapshot: LookupSnapshot, language: str, on: date) -> bytes:
        """Return the page that asks for a VIN (573.15(b)(1), (7), (10), (11))."""
        return self._page(
            "entry.html", snapshot, language, on, title=self.say(language, "title"), form=self._form(snapshot, language)
        )  # fmt: skip

    def answered(
        self, snapshot: LookupSnapshot, found: PublicAnswer, language: str, on: date, chosen: str = ""
    ) -> bytes:  # fmt: skip
        """Return the answer for a VIN: open safety recalls before all else (573.15(b)(5)-(8)). ``chosen`` is a make and model.

        Alike vehicles have one page but for the VIN, which is made once.
        """
        if found.place is None or chosen:
            return self._answered(snapshot, found, language, on, chosen)
        kept, key = self._of(snapshot).pages, (found.place, language, on)
        if key not in kept:
            if len(kept) >= KEPT:
                kept.clear()
            kept[key] = self._answered(snapshot, found._replace(vin=ANY_VIN), language, on, "")
        return kept[key].replace(ANY_VIN.encode(), found.vin.encode())

    def _answered(
        self, snapshot: LookupSnapshot, found: PublicAnswer, language: str, on: date, chosen: str
    ) -> bytes:
        say = partial(self.say, language)
        name = f"{found.vehicle.name} · VIN {found.vin}" if found.vehicle else say("answer_for", vin=found.vin)  # fmt: skip
        body = self._body(snapshot, found, language)
        wrong = found.vehicle is None
        other = _other_model(found, chosen)
        if other and found.vehicle:
            mismatch = say("other_model", chosen=other, own=found.vehicle.name)
            body = Markup("<p>{}</p>").format(mismatch) + body
        return self._page(
            "answered.html", snapshot, language, on, title=self._title(found, language), heading=name, body=body,
            tone="open" if found.open_recalls else "" if wrong else "none", likely=found.likely, asked=found.vin, chosen=chosen,
            form=self._form(snapshot, language, found.vin if wrong else "", chosen if wrong else "", again=True, wrong=wrong),
        )  # fmt: skip

    def of_model(self, snapshot: LookupSnapshot, chosen: str, language: str, on: date) -> bytes:
        """Return the recalls of some vehicles of a make and model (573.15(a)), or that nothing was entered."""
        say = partial(self.say, language)
        make, _, model = chosen.partition(APART)
        if not chosen:
            title, body = say("empty"), Markup("<p>{}</p>").format(say("empty_says"))
        else:
            found = recalls_of_model(snapshot, make, model)
            title = say("of_model", model=f"{make} {model}")
            says = say("of_model_says") if found else say("of_model_none")
            body = Markup("<p>{}</p>").format(says) + self._recalls(language, (), found)
        return self._page(
            "answered.html", snapshot, language, on, title=title, heading="", body=body, tone="", likely=None, asked="", chosen=chosen,
            form=self._form(snapshot, language, "", chosen, again=True, wrong=not chosen),
        )  # fmt: skip

    def problem(
        self, snapshot: LookupSnapshot, status: int, language: str, on: date, **slots: object
    ) -> bytes:
        """Return the page of a refusal."""
        words = self.words[language]
        says = f"error_{status}_says" if f"error_{status}_says" in words else "error_says"
        return self._page(
            "problem.html", snapshot, language, on, title=self.say(language, f"error_{status}"), says=self.say(language, says, **slots),
        )  # fmt: skip

    def _title(self, found: PublicAnswer, language: str) -> str:
        count = len(found.open_recalls)
        if not found.valid:
            return self.say(language, "no_vin")
        if found.vehicle is None:
            return self.say(language, "no_record" if found.of_this_maker else "not_ours")
        return self.say(language, {0: "open_none", 1: "open_one"}.get(count, "open_more"), count=count)  # fmt: skip

    def _body(self, snapshot: LookupSnapshot, found: PublicAnswer, language: str) -> Markup:
        say, one = partial(self.say, language), Markup("<p>{}</p>")
        if not found.valid:
            likely = one.format(say("likely", vin=found.likely)) if found.likely else Markup("")
            return one.format(no_vin(found.vin, found.reason or "", language)) + likely
        if found.vehicle is None:
            ours = found.of_this_maker
            return one.format(say("no_record_says") if ours else say("not_ours_says", begins=found.vin[:3]))  # fmt: skip
        day = long_date(snapshot.content.updated, language)
        none = Markup("") if found.open_recalls else one.format(say("open_none_says", day=day))
        return none + self._recalls(language, found.recalls, ())

    def _recalls(
        self, language: str, recalls: Sequence[object], campaigns: Sequence[PublicCampaign]
    ) -> Markup:
        return Markup(  # noqa: S704 - rendered with every value escaped
            self._template("recalls.html").render(
                say=partial(self.say, language), language=language, recalls=recalls, campaigns=campaigns,
                day=partial(long_date, language=language), sentence=_sentence,
            )
        )  # fmt: skip

    def _form(
        self, snapshot: LookupSnapshot, language: str, entered: str = "", chosen: str = "", *, again: bool = False, wrong: bool = False,
    ) -> Markup:  # fmt: skip
        """Return the form; the one in which nothing is entered is made once."""
        kept, key = self._of(snapshot), ("form", language, again)
        if key in kept.pieces and not (entered or chosen or wrong):
            return kept.pieces[key]
        made = Markup(  # noqa: S704 - rendered with every value escaped
            self._template("form.html").render(
                say=partial(self.say, language), language=language, models=kept.models, entered=entered, chosen=chosen, again=again,
                wrong=wrong,
            )
        )  # fmt: skip
        if not (entered or chosen or wrong):
            kept.pieces[key] = made
        return made

    def _page(
        self, name: str, snapshot: LookupSnapshot, language: str, on: date, **more: object
    ) -> bytes:
        content = snapshot.content
        (other,) = (one for one in LANGUAGES if one != language)
        rendered: str = self._template(name).render(
            language=language, other=other, say=partial(self.say, language), other_say=partial(self.say, other), content=content,
            stylesheet=self.stylesheet, updated=long_date(content.updated, language), foot=self._foot(snapshot, language),
            stale=content.is_stale(on), **more,
        )  # fmt: skip
        return rendered.encode()

    def _foot(self, snapshot: LookupSnapshot, language: str) -> Markup:
        """Return what stands below every page, made once: the last update, since when recalls are complete, whom to ask."""
        kept, key, content = self._of(snapshot).pieces, ("foot", language), snapshot.content
        if key not in kept:
            kept[key] = Markup(  # noqa: S704 - rendered with every value escaped
                self._template("foot.html").render(
                    say=partial(self.say, language), content=content, updated=long_date(content.updated, language),
                    earliest=long_date(content.earliest, language),
                )
            )  # fmt: skip
        return kept[key]

    def _template(self, name: str) -> Any:  # noqa: ANN401 - Jinja's own template
        return self._environment.get_template(name)

    @cached_property
    def _environment(self) -> Environment:
        return Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            auto_reload=False,
        )  # fmt: skip

    def _of(self, snapshot: LookupSnapshot) -> _Kept:
        if snapshot not in self._kept:
            self._kept[snapshot] = _Kept(_models(snapshot))
        return self._kept[snapshot]


def _sentence(text: str) -> str:
    """Return a text that may be a part of a sentence as one."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def _models(snapshot: LookupSnapshot) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the models by make: what the form sends, and the name."""
    pairs = sorted({(one.make, one.model) for one in snapshot.content.vehicles if one.model})
    return [
        (make, [(f"{make}{APART}{model}", model) for _, model in own])
        for make, own in groupby(pairs, key=lambda pair: pair[0])
    ]


def _other_model(found: PublicAnswer, chosen: str) -> str:
    """Return the make and model that were chosen, where the vehicle is another."""
    make, _, model = chosen.partition(APART)
    if not chosen or found.vehicle is None or (found.vehicle.make, found.vehicle.model) == (make, model):  # fmt: skip
        return ""
    return f"{make} {model}"
