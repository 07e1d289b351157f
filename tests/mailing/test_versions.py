"""Which letter versions pieces need, and what each is about; by values, nothing is typeset."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from multiprocessing.reduction import ForkingPickler

import pyarrow as pa
import pytest

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.letter_facts import OldVehicles
from renotify.errors import LetterRefused
from renotify.letters import compile_task
from renotify.letters.profile import load_profile
from renotify.letters.spec import Sender
from renotify.mailing import versions, wave_tables
from renotify.mailing.vehicle_hours import hours_of, labour_by_model, with_labour
from renotify.mailing.versions import VersionKey, Versions
from renotify.values.worker_pool import Workers
from renotify.visits.needs import LabourRow

DAY = date(2013, 3, 11)
SENDER = {
    "name": "Made-up Motors",
    "address": "1 Example Way\nBoston, MA 02108",
    "phone": "555",
    "tty": "556",
}
CAMPAIGNS = {
    code: Campaign(code, CampaignType.SAFETY_RECALL, "Lexus", "Made-up", remedy_available_date=day)
    for code, day in {"A": DAY, "B": date(2013, 3, 12), "C": None}.items()
}  # fmt: skip
HOURS = [
    LabourRow("A", "S", 1.0), LabourRow("A", "L", 2.0), LabourRow("B", "", 3.0), LabourRow("D", "L", 9.0),
]  # fmt: skip


def known(**changes):
    return replace(
        Versions("follow_up", DAY, versions.sender_of(SENDER), CAMPAIGNS, HOURS, load_profile()),
        **changes,
    )


def key(bundle="A", recipient="owner", language="en", family="safety"):
    return VersionKey(family, bundle, recipient, language)


def pieces(*rows):
    columns = ("family", "bundle", "role", "language", "owner_state")
    table = pa.table({name: [row[at] for row in rows] for at, name in enumerate(columns)})
    for name in versions.OF_VEHICLE:
        table = table.append_column(name, pa.array([""] * len(rows)))
    return table


# ---- what a version is about


@pytest.mark.parametrize(
    ("bundle", "form", "waiting"),
    [
        ("A", "follow_up", ""), ("B", "interim", "B"), ("C", "interim", "C"), ("B+C", "interim", "BC"),
        ("A+B", "follow_up", "B"), ("A+B+C", "follow_up", "BC"),
    ],
)  # fmt: skip
def test_a_letter_is_interim_only_while_no_remedy_of_its_campaigns_is_there(bundle, form, waiting):
    """One that is there is never taken back by another that is not: the letter says which of them is waited for."""
    spec = known().spec(key(bundle))
    assert (spec.form, spec.waiting, spec.kind) == (form, frozenset(waiting), "follow_up")
    later = known(mail_date=date(2013, 3, 12)).spec(key("A+B"))
    assert (later.form, later.waiting) == ("follow_up", frozenset())


def test_each_campaign_of_a_letter_is_written_about_by_its_own_kind():
    spec = known(kind="initial").spec(key("A+C"))
    assert [spec.kind_of(code) for code in "AC"] == ["initial", "interim"]
    assert known(kind="interim").spec(key("A")).form == "initial"
    assert known(kind="interim").spec(key("C")).form == "interim"


def test_the_kind_and_the_printed_day_of_a_letter_are_those_of_its_own_vehicles():
    own = replace(key("A+B"), remedy_days="2013-03-04+2013-03-11")
    spec = known().spec(own)
    assert (spec.form, spec.remedy_date) == (
        "follow_up", {"A": date(2013, 3, 4), "B": date(2013, 3, 11)},
    )  # fmt: skip
    waiting = known().spec(replace(own, remedy_days="2013-03-11+-"))
    assert (waiting.form, waiting.remedy_date) == ("follow_up", {"B": None})
    assert waiting.waiting == {"B"}


@pytest.mark.parametrize(
    ("bundle", "remedy_days", "interim", "named"),
    [
        ("A", "", "2013-04-08", {"A": date(2013, 4, 8)}),
        ("A", "", "-", {"A": None}),
        ("A", "", "2013-03-11", {"A": None}),  # no longer to come on the day of the letter
        ("A", "2013-05-06", "2013-04-08", {"A": date(2013, 5, 6)}),  # its own remedy comes later
        ("A+B", "", "2013-04-08", {"A": date(2013, 4, 8), "B": date(2013, 4, 8)}),
        (
            "A+C",
            "",
            "2013-04-08",
            {"A": date(2013, 4, 8)},
        ),  # the day of C's remedy is not known, as before
    ],
)
def test_an_interim_notice_by_the_plan_waits_for_all_of_its_campaigns(
    bundle, remedy_days, interim, named
):
    """Whatever the campaigns say of their remedies: kits or hours do not suffice for the visit."""
    own = replace(key(bundle), remedy_days=remedy_days, interim=interim)
    made = known(kind="initial")
    spec = made.spec(own)
    assert (spec.form, spec.waiting) == ("interim", frozenset(bundle.split("+")))
    assert spec.remedy_date == named
    assert made.remedied(own) is None
    assert made.waiting(own, date(2014, 1, 6)) == spec.waiting  # on whatever day it goes


def test_a_letter_whose_remedy_need_not_be_free_says_so_of_those_campaigns_alone():
    assert known().spec(replace(key("A+B"), not_free="B")).not_free == {"B"}
    assert known().spec(key("A+B")).not_free == frozenset()


def test_a_letter_whose_vehicles_have_the_campaigns_own_days_is_what_it_was():
    assert known().spec(key("A")).remedy_date == {}
    assert known().spec(replace(key("A"), remedy_days=DAY.isoformat())) == known().spec(key("A"))


def test_a_letter_names_the_campaigns_and_the_hours_of_its_own_bundle():
    spec = known().spec(key("B", "lessor", "en+es"))
    assert [campaign.campaign_code for campaign in spec.campaigns] == ["B"]
    assert spec.labor_hours == {"B": (3.0, 3.0)}
    assert (spec.recipient, spec.language, spec.mail_date) == ("lessor", "en+es", DAY)


def test_file_names_say_bundle_recipient_and_language():
    assert key("A+B", "lessor", "en+es").stem == "A_B-lessor-en_es"


# ---- compiling


class Text:
    def __init__(self, spec):
        self.digest = f"digest of {spec.campaigns[0].campaign_code}"


@pytest.fixture
def compiled(monkeypatch):
    """The bundles in the order of their compilation; C is refused."""
    asked = []

    def compile_letter(spec, *, profile, rules_on):
        code = spec.campaigns[0].campaign_code
        asked.append(code)
        if code == "C":
            raise LetterRefused("a slot is empty.", "Fill it.")
        return Text(spec)

    monkeypatch.setattr(compile_task, "compile_letter", compile_letter)
    return asked


def test_each_version_is_compiled_once_and_in_order(compiled):
    release = known()
    release.compile([key("B"), key("A"), key("B")])
    release.compile([key("A")])
    assert compiled == ["A", "B"]
    assert release.digests() == {key("A"): "digest of A", key("B"): "digest of B"}


def test_a_refusal_names_the_version(compiled):
    with pytest.raises(LetterRefused) as refused:
        known().compile([key("C", "lessor", "en+es")])
    assert (
        refused.value.message
        == "The letter for C to the lessor (en+es) is refused: a slot is empty."
    )
    assert refused.value.hint == "Fill it."


def test_many_versions_are_shared_with_the_workers_and_few_are_not(compiled):
    asked = []

    class Asked(Workers):
        def mapped(self, function, tasks):
            asked.append(len(tasks))
            return [function(task) for task in tasks]

    many = [
        key(bundle, who, language)
        for bundle in ("A", "B", "A+B")
        for who in ("owner", "lessor")
        for language in ("en", "en+es")
    ]
    few = many[: versions.SHARED_FROM - 1]
    known().compile(few, Asked(4))
    known().compile(many, Asked(4))
    assert asked == [12]


def test_what_a_worker_is_given_of_a_version_arrives_whole():
    made = known()
    spec = made.spec(key("A+B"))
    assert ForkingPickler.loads(ForkingPickler.dumps((spec, made.profile))) == (spec, made.profile)


# ---- the sender


def test_an_address_is_text_or_a_list_of_lines():
    asked = Sender("Made-up Motors", ("1 Example Way", "Boston, MA 02108"), "555", "556")
    assert versions.sender_of(SENDER) == asked
    assert versions.sender_of(SENDER | {"address": list(asked.address)}) == asked
    assert versions.sender_of({**SENDER, "phone": 555}).phone == "555"


def test_what_a_sender_may_also_state_arrives_in_its_letters():
    more = {"department": "Recalls", "hours": "8 to 5", "web": "www.example.com"}
    made = versions.sender_of({**SENDER, **more, "es": {"hours": "de 8 a 5"}})
    assert (made.department, made.hours, made.web) == ("Recalls", "8 to 5", "www.example.com")
    assert made.spanish == {"hours": "de 8 a 5"}
    plain = versions.sender_of(SENDER)
    assert (plain.department, plain.hours, plain.web, dict(plain.spanish)) == ("", "", "", {})


# ---- hours of work


def test_the_hours_of_a_letter_are_those_of_its_own_model():
    """A takes a small one an hour and a large one two; of a third model nothing is loaded; B takes every model three."""
    rows = pa.table({
        "bundle": ["A", "A+B", "A+B", "B", "A+C"], "model": ["S", "L", "other", None, "S"],
    })  # fmt: skip
    texts = with_labour(rows, CAMPAIGNS, HOURS)["labour"].to_pylist()
    assert texts == ["1", "2+3", "1~2+3", "3", "1+-"]
    assert hours_of("A+B", "1~2+3", HOURS) == {"A": (1.0, 2.0), "B": (3.0, 3.0)}
    assert hours_of("A+C", "1+-", HOURS) == {"A": (1.0, 1.0)}
    assert known().by_vehicle


def test_the_hours_of_a_letter_are_those_stated_for_its_campaigns_together():
    stated = [LabourRow("A", "", 2.0), LabourRow("B", "", 3.0), LabourRow("A+B", "S", 4.0)]
    rows = pa.table({"bundle": ["A+B", "A+B", "A"], "model": ["S", "L", "S"]})
    texts = with_labour(rows, CAMPAIGNS, stated)["labour"].to_pylist()
    assert texts == ["2+3|A+B=4", "2+3", "2"]
    both = {"A": (2.0, 2.0), "B": (3.0, 3.0), "A+B": (4.0, 4.0)}
    assert hours_of("A+B", texts[0], stated) == both
    for_all = [*stated[:2], LabourRow("A+B", "", 4.0)]
    assert hours_of("A+B", "", for_all) == both
    assert not labour_by_model(CAMPAIGNS, for_all)
    told = known(mail_date=date(2013, 3, 12), labour=for_all).spec(key("A+B"))
    assert (told.one_visit, told.visit_hours) == (("A", "B"), (4.0, 4.0))


def test_hours_that_are_the_same_for_every_model_make_no_more_versions():
    alike = [LabourRow("A", "", 2.0), LabourRow("A", "S", 2.0), LabourRow("B", "", 3.0), HOURS[-1]]
    assert not labour_by_model(CAMPAIGNS, alike)
    assert not known(labour=alike).by_vehicle
    rows = pa.table({"bundle": ["A"], "model": ["S"]})
    assert with_labour(rows, CAMPAIGNS, alike)["labour"].to_pylist() == [""]
    assert hours_of("A+B", "", alike) == {"A": (2.0, 2.0), "B": (3.0, 3.0)}


def test_a_letter_says_the_visit_of_the_repairs_that_are_there():
    """On 12 March both: 7.2 + 3 = 10.2, told as ten hours; on the 11th B waits, and one alone is no bundle."""
    own = replace(key("A+B"), labour="7.2+3")
    both = known(mail_date=date(2013, 3, 12)).spec(own)
    assert (both.one_visit, both.visit_hours) == (("A", "B"), (10.0, 10.0))
    assert both.labor_hours == {"A": (7.0, 7.0), "B": (3.0, 3.0)}
    assert [("one_visit" in both.facts(CAMPAIGNS[code])) for code in "AB"] == [False, True]
    for apart in (
        known().spec(own),
        known(mail_date=date(2013, 3, 12)).spec(replace(own, not_free="A")),
        known(mail_date=date(2013, 3, 12)).spec(replace(own, labour="-+3")),
    ):
        assert apart.one_visit == ()
        assert not any("one_visit" in apart.facts(CAMPAIGNS[code]) for code in "AB")


# ---- of pieces


def test_spanish_is_added_by_wish_and_in_puerto_rico_and_to_what_was_settled_before():
    asked = pieces(
        ("safety", "A", "owner", "Español", "MA"), ("safety", "A", "owner", "en", "MA"),
        ("safety", "A", "owner", "en", "PR"), ("safety", "A", "owner", "", "MA"),
        ("safety", "A", "owner", "en+es", "MA"), ("service", "A", "owner", "es", "MA"),
    )  # fmt: skip
    settled = versions.settle_language(asked, known().pack)
    assert settled["language"].to_pylist() == ["en+es", "en", "en+es", "en", "en+es", "en+es"]
    assert settled.column_names == asked.column_names


def test_pieces_that_differ_in_nothing_a_letter_says_share_a_version():
    rows = [
        ("safety", "A", "owner", "en", "MA"),
        ("safety", "A", "lessee", "en", "NY"),
        ("safety", "A", "lessor", "en", "MA"),
    ]
    assert versions.wanted(pieces(*rows)) == {key(), key(recipient="lessor")}


def test_pieces_whose_remedies_come_on_other_days_are_other_versions():
    two = pieces(("safety", "A", "owner", "en", "MA"), ("safety", "A", "owner", "en", "MA"))
    apart = two.set_column(5, "remedy_days", pa.array(["2013-03-04", "-"]))
    assert versions.wanted(apart) == {
        replace(key(), remedy_days=days) for days in ("2013-03-04", "-")
    }
    digests = {replace(key(), remedy_days="-"): "interim"}
    assert versions.digest_column(apart, digests).to_pylist() == ["", "interim"]


def test_each_piece_has_the_digest_of_its_version_or_none():
    rows = [
        ("safety", "A", "lessor", "en", ""), ("safety", "B", "owner", "en", ""), ("safety", "A", "owner", "en", ""),
        ("safety", "A", "lessee", "en", ""), ("safety", "A", "owner", "en+es", ""),
    ]  # fmt: skip
    digests = {key(): "one", key(recipient="lessor"): "two"}
    column = versions.digest_column(pieces(*rows), digests)
    assert column.to_pylist() == ["two", "", "one", "one", ""]


def test_the_day_of_its_sale_decides_whether_a_vehicle_keeps_its_free_remedy(session):
    """30120(g)(1): of an unknown sale the vehicle keeps it, unless `not_free` speaks for all that nothing shows to be young."""
    held = (
        ("sold long ago", date(1998, 2, 10), None, 1998),
        ("sold in time", date(1998, 2, 11), None, 1998),
        ("old by year", None, None, 1999),
        ("young by year", None, None, 2000),
        ("young as built", None, date(1998, 2, 11), 1998),
    )
    with session.transaction():
        session.execute(
            "insert into source (kind, name, sha256, table_name, recorded_at)"
            " values ('file', 'vehicles.csv', '', '', current_timestamp)"
        )
        for vin, sold, built, year in held:
            session.execute(
                "insert into vehicle (vin, make, model, model_year, build_date, first_sale_date, dealer_code, source_id, source_row)"
                " values (:vin, 'Lexus', 'S', :year, :built, :sold, '', (select max(id) from source), 1)",
                vin=vin, year=year, built=built, sold=sold,
            )  # fmt: skip
    vins = pa.chunked_array([[vin for vin, *_ in held]])

    def not_free(*, unknown_too):
        old = {"A": OldVehicles(date(1998, 2, 11), unknown_too)}
        rows = wave_tables.vehicles(session, vins, old).to_pylist()
        return {row["vin"] for row in rows if row["not_free"] == "A "}

    assert not_free(unknown_too=False) == {"sold long ago"}
    assert not_free(unknown_too=True) == {"sold long ago", "old by year"}
