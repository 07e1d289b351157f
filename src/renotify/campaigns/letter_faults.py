"""What a campaign states with which no letter about it is printed: told at the load, refused when a list is frozen and at the letter."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import chain
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.crashes import Crash, crash_in
from renotify.campaigns.injuries import WORDS as INJURY_WORDS
from renotify.campaigns.injuries import denies_injury, names_kind
from renotify.campaigns.letter_facts import denies_warning, facts_of, text_of
from renotify.campaigns.refused_texts import spoken_digest
from renotify.rules import normal
from renotify.rules.capitals import name_in_capitals
from renotify.rules.read_wording import ReadWording
from renotify.values.english import counted

# keys of last days that letters state: the rule, and what such a day may not be sooner than
LAST_DAYS = {
    "reimbursed_until_date": (
        "49 CFR 577.6(c)(2)(i)",
        "the day up to which repairs are reimbursed may not be sooner than the one on which an owner gets the letter",
    ),
    "tires_until_date": (
        "49 CFR 577.5(g)(1)(ii)",
        "the last day of the free remedy would be over when an owner gets the letter",
    ),
}
# words with which an owner is asked to drive, or may
DRIVE = {
    "en": re.compile(
        r"(?<!not )(?<!n't )(?<!never )(?<!not to )(?<!without )\b(?:(?:^|(?<=[.!?;] )|please |then |may |can |should |must |to |you )"
        r"(?:slowly |carefully |only )?drive\b(?! shaft| wheels?)|(?:by|when|while) driving\b)",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"(?<!no )(?<!no lo )(?<!no la )(?<!nunca )(?<!nunca lo )(?<!sin )\b(?:(?:puede|debe|deberá) (?:conducir|manejar)(?:lo)?|"
        r"(?:puede|debe|deberá) llevar(?:l[oa]| (?:el|la|su|este|esta) (?:vehículo|auto|carro|coche|camioneta))\b|"
        r"(?:conduzca|maneje)(?:lo)?|conduciendo|manejando)\b",
        re.IGNORECASE,
    ),
}
# words with which it moves under its own wheels, in a sentence that names nothing that carries it
ITSELF = {
    "en": r"(?:(?:it|her|the|this|your|vehicle|car|truck|van) )+(?:in\b|to\b|down\b|over\b|along\b|by\b|there\b|yourself\b|on your own\b)",
    "es": r"(?:el|la|su|este|esta) (?:vehículo|auto|carro|coche|camioneta)\b",
}
MOVED = {
    "en": re.compile(
        r"(?:^|(?<=[;:,] )|\b(?:please|then|slowly|you (?:can|may|could|should|must|will|might)|you (?:have|need|are) to) )"
        rf"(?:(?:just|simply|slowly|carefully|also|still|only) )*(?:(?:bring|take|move|ride) {ITSELF['en']}|"
        r"(?:roll|coast|creep|limp) (?:(?:it|the|your|vehicle|car) )*(?:in|to|down|over|along)\b|"
        r"(?:make|take|risk) (?:the|a|that|this) (?:[\w-]+ )?(?:trip|drive|journey)\b)|"
        r"^(?:(?!\b(?:not|never|no)\b|n't).)*\b(?:at walking (?:speed|pace)|under its own power|on its own wheels|"
        r"by (?:back|side) (?:roads?|streets?)|at (?:low|reduced) speed)\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(?:tráiga|lléve|muéva|acérque|deslíce)(?:lo|la)\b|(?<!no )\b(?:puede|debe|deberá|podrá) (?:traer|mover|acercar)(?:lo|la)\b|"
        r"(?:^|(?<=[;:,] )|\b(?:por favor|luego|después|y) )(?:despacio )?(?:(?:traiga|lleve|mueva|acerque) "
        rf"{ITSELF['es']}|(?:ruede|avance) )|"
        r"^(?:(?!\b(?:no|nunca|sin)\b).)*\b(?:(?:haga|hacer) (?:el|un|ese) (?:\w+ )?(?:viaje|trayecto|recorrido|camino)|"
        r"a paso de (?:hombre|persona)|por (?:calles|caminos) (?:secundari[oa]s|laterales)|por sus propios medios|a baja velocidad)\b",
        re.IGNORECASE,
    ),
}
CARRIED = {
    "en": re.compile(
        r"\b(?:tow\w*|trailers?|flat-?beds?|carriers?|transporters?|wreckers?)\b", re.IGNORECASE
    ),
    "es": re.compile(r"\b(?:grúas?|remolques?|remolc\w+|plataformas?|camión)\b", re.IGNORECASE),
}
# words of any other text of the letter with which an owner is told to drive, or that it is all right; after the repair it is
TOLD_TO_DRIVE = {
    "en": re.compile(
        r"(?:^|(?<=[;:,] )|\bplease )(?:(?:slowly|carefully|only|just) )*drive "
        r"(?:slowly|carefully|home|to\b|it\b|(?:your|this|the) (?:vehicle|car|truck|van)\b)|"
        r"\byou (?:can|may|could|should|must)(?: (?:still|also|only|slowly|keep|continue|to|go|on))* driv(?:e|ing)\b|"
        r"(?:^|(?<=[;:,] ))(?:keep|continue|go on|carry on) (?:on )?(?:driving|to drive)\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"(?:^|(?<=[;:,] )|\bpor favor )(?:conduzca|maneje)(?:lo)?\b|"
        r"(?<!no )\b(?:puede|podrá|debe)(?: (?:seguir|también|solo))* (?:conduc|manej)\w+|"
        r"(?:^|(?<=[;:,] ))(?:siga|continúe) (?:conduciendo|manejando)\b",
        re.IGNORECASE,
    ),
}
PARK_INSIDE = {
    "en": re.compile(
        r"(?:^|(?<=[;:,] )|\bplease |\byou (?:can|may|could|should|must) (?:still |also )?)park\b(?:(?!\b(?:outside|outdoors|away)\b).)*"
        r"\b(?:in|inside|under) (?:(?:your|the|an?) )?(?:garage|carport|building|roof)\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"(?:(?:^|(?<=[;:,] ))(?:estacione|estaciónelo)|(?<!no )\b(?:puede|podrá|debe) (?:también )?estacionar(?:lo)?)\b"
        r"(?:(?!\b(?:fuera|afuera|lejos)\b).)*"
        r"\b(?:en|dentro de|bajo) (?:(?:su|el|la|un|una) )?(?:garaje|cochera|edificio|techo)\b",
        re.IGNORECASE,
    ),
}
REPAIRED = {
    "en": re.compile(r"\b(?:after|once|when|as soon as)\b.*\b(?:repair|remed|replac|done|work)", re.IGNORECASE),
    "es": re.compile(r"\b(?:después|una vez|cuando|tras)\b.*\b(?:repar|remedi|reempl|cambi|hech)", re.IGNORECASE),
}  # fmt: skip
# what comes of an inspection at the dealer
FOUND = {
    "en": re.compile(
        r"^(?:if|when|where|unless|should) (?!you\b|your\b)|"
        r"\b(?:if|when|where) (?:there is|there are|no|nothing|the (?:dealer|inspection|test|check)|it (?:passes|is found))\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"^(?:si|cuando|donde) (?!usted\b|su\b)|"
        r"\b(?:si|cuando) (?:no (?:hay|se)|hay|el (?:concesionario|taller)|la (?:inspección|revisión|prueba))\b",
        re.IGNORECASE,
    ),
}
ELSEWHERE = ("precaution", "remedy")  # beside `towing`, what an owner is told to do
# a text that says nothing of what it is to say: it is not there
NOTHING = {
    "en": re.compile(
        r"^\W*(?:(?:none|nothing|nil|zero|no|unknown|undetermined|no data|not any)(?: (?:is |are |was |were )?"
        r"(?:known|reported|expected|stated|so far|at this time|to report|yet))*|not (?:applicable|known|stated|relevant|expected)|"
        r"n ?[/.]? ?a|n ?/? ?k|tbd|tba|to be \w+|(?:please )?(?:see|refer to)\b.*)?\W*$",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"^\W*(?:(?:ningun[oa]s?|ningún|nada|cero|no|desconocid[oa]s?|sin datos)(?: (?:se |es |son )?"
        r"(?:conoce|conocid[oa]s?|reportad[oa]s?|informad[oa]s?|hasta ahora|por ahora))*|"
        r"no (?:aplica|corresponde|se (?:sabe|conoce)n?|proced[ea])|n ?[/.]? ?[ac]|"
        r"por (?:determinar|definir|confirmar)|(?:vea|véase|consulte)\b.*)?\W*$",
        re.IGNORECASE,
    ),
}
# what says of a performance that it does not differ, or nothing of it
NO_DIFFERENCE = {
    "en": re.compile(
        r"^\W*(?:same|"
        r".*\b(?:the same|identical|equal) (?:as|to) (?:that of |what )?(?:the |this )?(?:standard|rule|requirement)"
        r"(?:(?!,|\b(?:and|but|while|in|at)\b).)*)\W*$|"
        r"\b(?:no|without(?: any?)?|not any?) (?:[\w-]+ )?differences?\b|\b(?:does|do|did)(?: not|n't) differ\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"^\W*(?:igual|"
        r".*\b(?:igual|idéntic[oa]|mism[oa])\b (?:al? |que )?(?:(?:la|el|lo) )?(?:norma|estándar|requisito|que (?:la norma|se) exige)"
        r"(?:(?!,|\b(?:y|pero|en)\b).)*)\W*$|"
        r"\b(?:ninguna|sin|no (?:hay|tiene|existe)n?) (?:\w+ )?diferencias?\b|\bno (?:se diferencia|difiere)n?\b",
        re.IGNORECASE,
    ),
}
SHOWN = 5  # names of a list
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
TABLE = {"en": " (English)", "es": " (Spanish, under [campaign.es])"}


# what is read out of a text, and not stated: a person can accept such a reading (``renotify letter accept``). What a text denies or
# leaves out that a letter must say, and what it says against a fact of the campaign, is none: the text or the fact is mended
TITLES = {"no_injury": "No kind of injury is named"}


class Fault(NamedTuple):
    """A key, the language of its text, the rule, and what is wrong with it and what to do.

    ``sentence`` is what was read, and ``read_by`` how (``TITLES``); both are blank where a fact is at fault.
    """

    key: str
    language: str
    citation: str
    wrong: str
    read_by: str = ""
    sentence: str = ""

    def reading(self, campaign: Campaign) -> ReadWording | None:
        """Return what was read, as a person can accept it; None of a fact."""
        if not self.read_by:
            return None
        name = f"{self.read_by}.{self.language}"
        return ReadWording(
            name, grammars()[name], self.citation, TITLES[self.read_by], campaign.campaign_code, self.key, self.language,
            normal(self.sentence).rstrip(" ."), spoken_digest(campaign, self.language),
        )  # fmt: skip


@cache
def grammars() -> Mapping[str, str]:
    """Return by name and language the digest of the words by which each reading is made: with other words it is another."""
    found: dict[str, str] = {}
    for language in TABLE:
        content = "\n".join([NOTHING[language].pattern, INJURY_WORDS.read_text("utf-8")])
        digest = hashlib.sha256(content.encode()).hexdigest()
        found |= {f"{name}.{language}": digest for name in TITLES}
    return found


def faults(
    campaign: Campaign,
    languages: Iterable[str],
    on: date,
    *,
    there: date | None = None,
    accepted: Collection[str] = (),
) -> Iterator[Fault]:
    """Yield what is wrong with a recall, of the texts in these languages, for a letter that is mailed on a day.

    ``there`` is the day from which the letter says that the remedy is there, None where it says none. A service campaign has no
    fault: the rules are those of 49 CFR 577.5 and 577.6. What a person accepted (``accepted``, handles of readings) is none.
    """
    if campaign.family == "safety":
        found = chain(
            _names_in_capitals(campaign),
            _warning_denied(campaign),
            _crash_unsaid(campaign),
            _no_injury(campaign, languages),
            _driven_there(campaign, languages),
            _contradicted(campaign, languages),
            _no_difference(campaign, languages),
            _over(campaign, on),
            _before_the_remedy(campaign, on, there),
        )
        for fault in found:
            read = fault.reading(campaign) if accepted else None
            if read is None or read.handle not in accepted:
                yield fault


def _names_in_capitals(campaign: Campaign) -> Iterator[Fault]:
    """The decision names make and models: a long word in capitals, as NHTSA's file writes all, is the maker's once it states it."""
    if campaign.letter.get("equipment"):
        return
    scopes = [one.model for one in campaign.scopes]
    for name, key, said in (
        ("make", "make", [campaign.make]),
        ("scopes", "scope", list(dict.fromkeys(scopes))),
    ):
        loud = [one for one in said if name in campaign.names_of_nhtsa and name_in_capitals(one)]
        if loud:
            more = f" and {counted(len(loud) - SHOWN, 'other')}" if len(loud) > SHOWN else ""
            where = "[[campaign.scope]]" if key == "scope" else "`make`"
            wrong = (
                f"its `{key}` is in capitals, as only NHTSA's file says it ({', '.join(loud[:SHOWN])}{more}): state {where} in"
                " campaigns.toml, as owners know the name"
            )
            yield Fault(key, "en", "house rule", wrong)


def _warning_denied(campaign: Campaign) -> Iterator[Fault]:
    """577.5(f)(1): a letter says of which warning, or that nothing warns."""
    if denies_warning(campaign):
        wrong = "its `consequence` says that nothing warns, and it has a `warning`: take one of them out of campaigns.toml"
        yield Fault("warning", "en", "49 CFR 577.5(f)(1)", wrong)


def _crash_unsaid(campaign: Campaign) -> Iterator[Fault]:
    """577.5(f): a letter has the statement of (1) where a crash can come of the defect, and that of (2) where none can.

    Which, the consequence says itself, or a person states, and the two agree; of an order that a court looks at the Administrator
    says it (577.6(b)(6)).
    """
    said, stated = crash_in(campaign.consequence), campaign.letter.get("crash")
    wrong = ""
    if said is Crash.UNSAID and stated is None:
        wrong = f"{said.value}: state `crash = true` or `crash = false` in campaigns.toml"
    elif said is Crash.DENIED and stated is not False:
        wrong = f"{said.value}: say in the `consequence` what can happen and whom it can hurt, and state `crash`, in campaigns.toml"
    elif said is Crash.RESULT and stated is False:
        wrong = (
            f"it states `crash = false`, and {said.value}: state `crash = true` in campaigns.toml, or write the `consequence` so that no"
            " crash comes of the defect"
        )
    if wrong and campaign.consequence.strip() and not campaign.provisional:
        yield Fault("crash", "en", "49 CFR 577.5(f)", wrong)


def _no_injury(campaign: Campaign, languages: Iterable[str]) -> Iterator[Fault]:
    """577.5(f)(2)(i): the general type of injury, which no text says that names none, or says that none comes.

    That people can be hurt is no kind. Where no crash can come and no ``injury`` is asked for, the consequence says it in each language.
    """
    held = facts_of(campaign)
    of_crash = {"crash_with_warning", "crash_without_warning"} & held or campaign.provisional
    for language in languages:
        key = "injury" if "injury" in held else "consequence"
        text = "" if key == "consequence" and of_crash else text_of(campaign, key, language)
        denied = key == "injury" and denies_injury(text, language)
        if not text or (names_kind(text, language) and not denied):
            continue
        how = "says that none comes" if denied else "names none"
        wrong = (
            f"its `{key}`{TABLE[language]} is to name the kind of injury and {how}, {text!r}: say how people can be hurt, as in"
            ' "burns" or "cuts to the hands"'
        )
        if denied or NOTHING[language].search(text):
            yield Fault(key, language, "49 CFR 577.5(f)(2)(i)", wrong)
        else:
            yield Fault(key, language, "49 CFR 577.5(f)(2)(i)", wrong, "no_injury", text)


def _driven_there(campaign: Campaign, languages: Iterable[str]) -> Iterator[Fault]:
    """577.5(e)(4): a letter that says `Do not drive this vehicle` asks in no other place to drive it, or to move it on its wheels."""
    for language in languages:
        told = text_of(campaign, "towing", language)
        if campaign.do_not_drive and _moves_the_vehicle(told, language):
            wrong = (
                f"its `towing`{TABLE[language]} asks the owner to drive or move the vehicle, {told!r}, and `do_not_drive` says not to: say"
                " how the vehicle gets to the dealer otherwise"
            )
            yield Fault("towing", language, "49 CFR 577.5(e)(4)", wrong)


def _contradicted(campaign: Campaign, languages: Iterable[str]) -> Iterator[Fault]:
    """577.5(e)(4): what the letter says of driving and parking, no other text of the campaign's takes back."""
    told = (
        ("do_not_drive", campaign.do_not_drive, TOLD_TO_DRIVE, "says that the vehicle can be driven"),
        ("park_outside", campaign.park_outside, PARK_INSIDE, "says that the vehicle can be parked inside"),
    )  # fmt: skip
    for language in languages:
        for key in ELSEWHERE:
            sentences = SENTENCE_END.split(" ".join(text_of(campaign, key, language).split()))
            for switch, on, words, what in told:
                said = next((one for one in sentences if words[language].search(one)), "")
                after = key == "remedy" and FOUND[language].search(
                    said
                )  # what the dealer finds decides it: the owner has come
                if on and said and not REPAIRED[language].search(said) and not after:
                    wrong = f"its `{key}`{TABLE[language]} {what}, {said!r}, and `{switch}` says not to: leave one of them out"
                    yield Fault(key, language, "49 CFR 577.5(e)(4)", wrong)


def _no_difference(campaign: Campaign, languages: Iterable[str]) -> Iterator[Fault]:
    """577.5(e)(2): the difference of two performances, which no text says that denies it or names none."""
    for language in languages:
        text = " ".join(text_of(campaign, "performance_difference", language).split())
        if text and all(
            NOTHING[language].search(one) or NO_DIFFERENCE[language].search(one)
            for one in SENTENCE_END.split(text)
        ):
            wrong = (
                f"its `performance_difference`{TABLE[language]} is to say how the performance differs from that of the standard and says no"
                f" difference, {text!r}: say what the standard asks for and what the vehicle does"
            )
            yield Fault("performance_difference", language, "49 CFR 577.5(e)(2)", wrong)


def _moves_the_vehicle(text: str, language: str) -> bool:
    """Tell whether a text has the vehicle driven, or moved by what is neither a tow truck nor another that carries it."""
    return DRIVE[language].search(text) is not None or any(
        MOVED[language].search(sentence) and not CARRIED[language].search(sentence)
        for sentence in SENTENCE_END.split(" ".join(text.split()))
    )


def _over(campaign: Campaign, on: date) -> Iterator[Fault]:
    """A last day that a letter states is not over when the owner gets it: 577.6(c)(2)(i) of reimbursement, 577.5(g)(1)(ii) of tires."""
    for key, (citation, what) in LAST_DAYS.items():
        last: date | None = campaign.letter.get(key)
        if last is not None and last <= on:
            wrong = f"its `{key}` {last} is no later than {on}, and {what}: state a later day"
            yield Fault(key, "en", citation, wrong)


def _before_the_remedy(campaign: Campaign, on: date, there: date | None) -> Iterator[Fault]:
    """577.5(g)(1)(ii): a last day of tires without charge is later than the day from which their remedy is there."""
    last: date | None = campaign.letter.get("tires_until_date")
    if last is not None and there is not None and on < last <= there:
        wrong = (
            f"its `tires_until_date` {last} is no later than {there}, from which the remedy is there, and the free remedy would be over"
            " before it begins: state a later day"
        )
        yield Fault("tires_until_date", "en", LAST_DAYS["tires_until_date"][0], wrong)
