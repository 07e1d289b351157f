"""Letters that together carry every statement of the pack: what campaigns.toml states of each, in both languages.

What is refused is in test_letter_facts; here everything prints.
"""

from __future__ import annotations

import tomllib

from letters.samples import MAIL_DATE, SENDER
from renotify.campaigns import catalogue
from renotify.letters.spec import LetterSpec

DEFECT = """
[[campaign]]
campaign_code = "X1"
campaign_type = "safety_recall"
make = "Lexus"
subject = "Fuel pipe"
component = "fuel pipe"
defect = "The pipe can get a hole"
consequence = "Fuel can leak out and burn people"
crash = false
remedy = "The dealer will put in a new pipe"
filed_date = 2013-01-10
first_notice_date = 2013-02-11
remedy_available_date = 2013-02-11
{facts}
[campaign.es]
subject = "Tubo"
component = "tubo"
defect = "Al tubo se le puede hacer un hoyo"
consequence = "Puede salir gasolina y quemar a alguien"
remedy = "El taller pone un tubo nuevo"
{spanish}
[[campaign.scope]]
model = "IS 250"
year_from = 2006
year_to = 2008
"""
STANDARD = """
standard = "301, Fuel System Integrity"
conditions = "on hot days"
performance_difference = "The standard lets 28 grams of fuel out in a minute after a crash. The tank of these cars can let out 60"
first_test_date = 2012-11-05
"""
STANDARD_ES = """
standard = "301, Fuel System Integrity"
conditions = "en días de calor"
performance_difference = "La norma deja salir 28 gramos por minuto después de un choque. Del tanque de estos autos pueden salir 60"
"""
PENDING = """decided_by = "administrator"
court = "pending"
administrators_basis = "Ten cars were tested. Three had a hole in the pipe. Two of them lost fuel"
administrators_risk = "fuel can leak out. It can burn people"
makers_reasons = "We ran our own tests. No pipe of ours had a hole. No fuel got out"
"""
PENDING_ES = """administrators_basis = "Se probaron diez autos"
administrators_risk = "la gasolina puede quemar a alguien"
makers_reasons = "Ningún tubo nuestro tenía un hoyo"
"""
OTHER_SHOPS = """other_facilities = true
parts = "pipe 12"
modifications = "none"
parts_source = "any dealer"
steps = "drain the tank, then change the pipe"
facilities = "Example Shop\""""
OTHER_SHOPS_ES = """parts = "tubo 12"
modifications = "ninguno"
parts_source = "todo concesionario"
steps = "vacíe el tanque y cambie el tubo"
facilities = "Taller Ejemplo\""""
UNTIMED = ("other shops, and nobody knows the time yet",)  # labor_times has no row of it
SOLD_LONG_AGO = {"year_from = 2006\nyear_to = 2008": "year_from = 1996\nyear_to = 1998"}
# name: (kind of letter, what campaigns.toml states, what [campaign.es] does, changes of the rest)
LETTERS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "a defect that can cause a crash without warning": (
        "initial",
        """affected_percent = 12.5
conditions = "on hot days"
precaution = "Park it in the shade"
do_not_drive = true
park_outside = true
towing = "Your dealer will have it towed free of charge. Call the dealer first\"""",
        """conditions = "en días de calor"
precaution = "Déjelo a la sombra"
towing = "Su concesionario mandará una grúa sin cargo. Llámelo primero\"""",
        {'Fuel can leak out and burn people"\ncrash = false': 'The engine can stop. There can be a crash"'},
    ),
    "an accelerated remedy that NHTSA required": (
        "follow_up",
        """warning = "a smell of fuel"
acceleration = "more parts"
acceleration_ordered = true
acceleration_facilities = "call Example Shop"
acceleration_parts = "pipe 12 of Example Parts"
owner_pays_first = true
reimbursement_ends = 2013-12-31""",
        """warning = "olor a gasolina"
acceleration = "más piezas"
acceleration_facilities = "llame al Taller Ejemplo"
acceleration_parts = "el tubo 12 de Piezas Ejemplo\"""",
        {'Fuel can leak out and burn people"\ncrash = false': 'The engine can stop. There can be a crash"'},
    ),
    "a remedy over the air": (
        "initial",
        """remedy_delivery = "over_the_air"
owner_steps = "Park where the vehicle has a signal, and leave it for half an hour\"""",
        """owner_steps = "Estacione donde el vehículo tenga señal y déjelo media hora\"""",
        {},
    ),
    "a noncompliance that can hurt": (
        "remedy_available",
        f"""{STANDARD}warning = "a smell of fuel"
injury = "burns"
acceleration = "more shops"
acceleration_facilities = "call Example Shop\"""",
        f"""{STANDARD_ES}warning = "olor a gasolina"
injury = "quemaduras"
acceleration = "más talleres"
acceleration_facilities = "llame al Taller Ejemplo\"""",
        {"safety_recall": "noncompliance_recall"},
    ),
    "a noncompliance upheld in court, not yet remedied": (
        "interim",
        f"""{STANDARD}decided_by = "administrator"
court = "upheld"
provisional_ordered_date = 2012-03-01
reimbursed_until_date = 2013-06-30
remedy_expected_date = 2013-09-02
next_notice_date = 2013-08-05""",
        STANDARD_ES,
        {"safety_recall": "noncompliance_recall", "remedy_available_date = 2013-02-11": ""},
    ),
    "a vehicle that is replaced by order": (
        "remedy_available",
        """decided_by = "administrator"
court = "upheld"
reimbursed_extent = "We pay half of such repairs"
remedy_by = "replacement"
replacement = "a new IS 250\"""",
        """reimbursed_extent = "Pagamos la mitad de tales reparaciones"
replacement = "un IS 250 nuevo\"""",
        {},
    ),
    "a refund of the vehicle's price": (
        "follow_up",
        """remedy_by = "refund"
depreciation = "10 percent a year\"""",
        """depreciation = "10 por ciento al año\"""",
        {},
    ),
    "a remedy no longer free": (
        "follow_up",
        """not_free = true
voluntary_extent = "We pay half of the repair at any dealer"
repair_opinion = "Yes, by a new pipe"
parts = "pipe 12"
modifications = "none"
parts_source = "any dealer"
steps = "drain the tank, then change the pipe"
facilities = "any dealer"
list_prices = "pipe 12, 80 dollars"
parts_available_date = 2013-04-01
decided_by = "administrator"
court = "upheld"
reimbursed_extent = "We pay half of such repairs\"""",
        """voluntary_extent = "Pagamos la mitad de la reparación en todo concesionario"
repair_opinion = "Sí, con un tubo nuevo"
parts = "tubo 12"
modifications = "ninguno"
parts_source = "todo concesionario"
steps = "vacíe el tanque y cambie el tubo"
facilities = "todo concesionario"
list_prices = "tubo 12, 80 dólares"
reimbursed_extent = "Pagamos la mitad de tales reparaciones\"""",
        SOLD_LONG_AGO,
    ),
    "a remedy no longer free, and no repair": (
        "initial",
        """not_free = true
voluntary_extent = "We do nothing more"
repair_opinion = "No"
repairable = false""",
        """voluntary_extent = "No haremos nada más"
repair_opinion = "No\"""",
        SOLD_LONG_AGO,
    ),
    "equipment that is replaced": (
        "interim",
        """equipment = "certain trailer hitches 12"
remedy_by = "replacement"
replacement = "a new hitch\"""",
        """equipment = "ciertos enganches 12"
replacement = "un enganche nuevo\"""",
        {"remedy_available_date = 2013-02-11": ""},
    ),
    "equipment whose price is refunded": (
        "interim",
        """equipment = "certain trailer hitches 12"
remedy_by = "refund\"""",
        """equipment = "ciertos enganches 12\"""",
        {"remedy_available_date = 2013-02-11": "remedy_expected_date = 2013-09-02"},
    ),
    "tires": (
        "initial",
        """tires = true
tires_until_date = 2018-03-01
remedy_by = "replacement"
replacement = "four new tires\"""",
        'replacement = "cuatro neumáticos nuevos"',
        {"remedy_available_date = 2013-02-11": "remedy_available_date = 2013-04-01"},
    ),
    "tires whose price is refunded": (
        "initial", 'tires = true\nremedy_by = "refund"', "", {},
    ),
    "tires that wait": (
        "interim",
        """tires = true
tires_until_date = 2018-03-01
remedy_by = "replacement"
replacement = "four new tires"
remedy_expected_date = 2013-09-02
next_notice_date = 2013-08-05""",
        'replacement = "cuatro neumáticos nuevos"',
        {"remedy_available_date = 2013-02-11": ""},
    ),
    "other shops, while the repair waits": ("interim", OTHER_SHOPS, OTHER_SHOPS_ES, {"remedy_available_date = 2013-02-11": ""}),
    "other shops, and nobody knows the time yet": (
        "interim", OTHER_SHOPS, OTHER_SHOPS_ES, {"remedy_available_date = 2013-02-11": ""},
    ),
    "an interim letter without a day": (
        "interim", "nobody_to_reimburse = true", "", {"remedy_available_date = 2013-02-11": ""},
    ),
    "a provisional notification": (
        "initial",
        """affected_percent = 50
decided_by = "administrator"
court = "pending"
administrators_basis = "Ten cars were tested. Three had a hole in the pipe"
administrators_risk = "fuel can burn people"
administrators_measures = "park outside"
makers_reasons = "We do not believe that there is a defect. No pipe of ours had a hole"
remedy_if_upheld = "a new pipe"
reimbursed_after_date = 2013-02-01
reimbursement_ceiling = "500 dollars"
provisional_ordered_date = 2013-02-01
repair_work = "the pipe is changed"
repair_cost = "about 300 dollars"
parts_source = "any dealer"
parts_available_date = 2013-05-01
facilities = "Example Shop"
reimbursed_facility = "any dealer of ours"
repair_opinion = "No other part needs work\"""",
        """administrators_basis = "Se probaron diez autos. Tres tenían un hoyo en el tubo"
administrators_risk = "la gasolina puede quemar a alguien"
administrators_measures = "estacione al aire libre"
makers_reasons = "No creemos que haya un defecto. Ningún tubo nuestro tenía un hoyo"
remedy_if_upheld = "un tubo nuevo"
reimbursement_ceiling = "500 dólares"
repair_work = "se cambia el tubo"
repair_cost = "unos 300 dólares"
parts_source = "todo concesionario"
facilities = "Taller Ejemplo"
reimbursed_facility = "todo concesionario nuestro"
repair_opinion = "Ninguna otra pieza necesita trabajo\"""",
        {},
    ),
    "a provisional notification of a replacement": (
        "initial",
        PENDING + """remedy_if_upheld = "a new IS 250"
remedy_by = "replacement"
replacement = "a new IS 250"
reimbursed_after_date = 2013-02-01
repairable = false""",
        PENDING_ES + """remedy_if_upheld = "un IS 250 nuevo"
replacement = "un IS 250 nuevo"
""",
        {},
    ),
    "a provisional notification of a refund": (
        "initial",
        PENDING + """remedy_if_upheld = "what you paid"
remedy_by = "refund"
depreciation = "a tenth a year"
reimbursed_after_date = 2013-02-01
repairable = false""",
        PENDING_ES + """remedy_if_upheld = "lo que pagó"
depreciation = "un décimo al año"
""",
        {},
    ),
    "a provisional notification of tires replaced": (
        "initial",
        PENDING + """tires = true
remedy_if_upheld = "four new tires"
remedy_by = "replacement"
replacement = "four new tires"
reimbursed_after_date = 2013-02-01
repairable = false""",
        PENDING_ES + """remedy_if_upheld = "cuatro neumáticos"
replacement = "cuatro neumáticos"
""",
        {},
    ),
    "a provisional notification of tires refunded": (
        "initial",
        PENDING + """tires = true
remedy_if_upheld = "what you paid"
remedy_by = "refund"
reimbursed_after_date = 2013-02-01
repairable = false""",
        PENDING_ES + """remedy_if_upheld = "lo que pagó"
""",
        {},
    ),
    "a provisional notification, no longer free": (
        "initial",
        PENDING + """not_free = true
voluntary_extent = "We pay half"
repair_opinion = "No"
repairable = false""",
        PENDING_ES + """voluntary_extent = "Pagamos la mitad"
repair_opinion = "No"
""",
        SOLD_LONG_AGO,
    ),
}  # fmt: skip


def campaign(tmp_path_factory, name):
    """Return the campaign of a letter, read from a campaigns.toml."""
    return campaign_in(tmp_path_factory.mktemp("campaigns"), name)


def campaign_in(folder, name):
    """Return the campaign of a letter, read from a campaigns.toml in a folder."""
    _, facts, spanish, changes = LETTERS[name]
    text = DEFECT.format(facts=facts, spanish=spanish)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    tomllib.loads(text)
    path = folder / "campaigns.toml"
    path.write_text(text, encoding="utf-8")
    (one,) = catalogue.read(path)
    return one


def specification(one, kind):
    waiting = frozenset([one.campaign_code]) if one.remedy_available_date is None else frozenset()
    return LetterSpec(
        kind=kind, campaigns=(one,), mail_date=MAIL_DATE, sender=SENDER, language="en+es",
        labor_hours={"X1": (2.0, 2.0)}, waiting=waiting,
        one_visit=() if waiting else ("X1",), visit_hours=(3.0, 3.0),
        not_free=frozenset(["X1"] if one.letter.get("not_free") else []),
    )  # fmt: skip
