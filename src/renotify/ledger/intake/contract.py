"""The contract for files, as data: every table's columns, types and rules, once.

``docs/reference/files.md`` is this page in words.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from renotify.campaigns import nhtsa_files
from renotify.ledger.kinds import DisputeAnswer, ReturnAction, SupplyStatus
from renotify.values.placeholders import Meaning

# Beyond these a number is mistyped, and a plan could not be reckoned with it.
MOST_HOURS, MOST_KITS, MOST_OF_A_VISIT = 100_000, 1_000_000_000, 10_000


class Kind(enum.Enum):
    """What a value is; ``columns`` has one reader a kind."""

    TEXT = "text"
    CODE = "a code"
    CODES = "codes joined by ;"
    TOGETHER = "a code, or several joined by +"
    VIN = "a VIN"
    NUMBER_OF_MAKER = "a vehicle's number, whatever its form"
    DATE = "a date"
    MONDAY = "the Monday of a week"
    INSTANT = "a day and time"
    WHOLE = "a whole number"
    NUMBER = "a number"
    CHOICE = "one of a few words"
    ZIP = "five digits"
    ZIP4 = "four digits"
    POINT = "two digits"
    STATE = "two letters"
    YES = "yes or blank"
    REGION = "two letters; abroad any text"
    POSTCODE = "five digits; abroad any text"
    COUNTRY = "a country, by code or in words"


@dataclass(frozen=True)
class Column:
    """One column of a file; ``of`` names the registry a code must be in, ``mentions`` one it may be in: the load tells who is not."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = True
    longest: int = 255
    # a longer text: "cut" to its beginning, the one telephone "number" in it or else nothing, or taken as "blank", and told with its
    # row; else the row is refused
    if_longer: str = ""
    blank_if_wrong: bool = False  # a value that is none is taken as blank, and told with its row
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    of: str = ""
    mentions: str = ""
    future: bool = False
    personal: bool = False
    default: str | None = None
    in_words: bool = False  # a reason: a flag or a letter or two says nothing
    in_whole: bool = False  # a number without a part behind the point: kits that are counted
    is_wish: bool = False  # for a language of letters: one that no letter is made in is kept and told, and refused of who types it
    may_be_blank: bool = False  # its file must have the column, and its cells may be blank

    @property
    def needed(self) -> bool:
        """Whether a row whose cell is blank is refused."""
        return self.required and not self.may_be_blank

    @property
    def names_alone(self) -> bool:
        """Whether rows are told apart, or joined, by this code and no registry says which there are."""
        return self.kind is Kind.CODE and self.required and not self.of


@dataclass(frozen=True)
class Order:
    """``first`` must not be later than ``last`` in one row; the row is refused at ``last``."""

    first: str
    last: str


@dataclass(frozen=True)
class Contract:
    """One table of the input folder; ``stored`` is the ledger's table, ``key`` its primary key."""

    table: str
    stored: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    orders: tuple[Order, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()  # each row fills all columns of one of these groups
    needs: Mapping[str, tuple[str, ...]] | None = None  # by the value of ``kind``: what it needs
    excepted_before: Mapping[str, int] | None = (
        None  # a year that is lower for numbers the maker excepts only
    )
    kept_with: Mapping[str, tuple[str, ...]] | None = (
        None  # what stays, where no file has its column, only while the row says these as before
    )
    work_day: str = (
        ""  # the day of work on a campaign, which the load tells where it lies before the filing
    )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def is_event(self) -> bool:
        return self.stored == "event"


EVENT = "event"
CAMPAIGN, DEALER, PART, COLUMN = "campaign", "dealer", "part", "column"
CODE_LENGTH = 32
LONGEST_RETURN = 255  # the words on a label; the ledger keeps its rule's name, or their beginning
PLACE_LENGTH = 64  # of a state, province or country in words
FIRST_MODEL_YEAR = 1981  # 17 characters since then
FIRST_CAR = 1886
STATUSES = ("registered", "scrapped", "exported", "stolen", "total_loss", "unknown")
OUTCOMES = ("remedied", "inspected_ok", "needs_part", "declined", "other")
OUTCOMES_THAT_CLOSE = OUTCOMES[:2]
APPOINTMENT_STATES = ("booked", "arrived", "done", "cancelled", "no_show")


def _code(name: str, of: str = "", *, required: bool = True, mentions: str = "") -> Column:
    return Column(name, Kind.CODE, required, CODE_LENGTH, of=of, mentions=mentions)


def _date(name: str, *, required: bool = True, future: bool = False) -> Column:
    return Column(name, Kind.DATE, required, future=future)


def _text(
    name: str,
    *,
    required: bool = True,
    personal: bool = False,
    longest: int = 255,
    if_longer: str = "",
) -> Column:
    return Column(name, Kind.TEXT, required, longest, if_longer, personal=personal)


def _reason(name: str, *, required: bool = True) -> Column:
    return Column(name, Kind.TEXT, required, in_words=True)


def _amount(name: str, *, required: bool = True, most: float | None = None) -> Column:
    return Column(name, Kind.NUMBER, required, least=0, most=most)


def _kits(name: str) -> Column:
    return Column(name, Kind.NUMBER, least=0, most=MOST_KITS, in_whole=True)


def _choice(name: str, *choices: str) -> Column:
    return Column(name, Kind.CHOICE, choices=choices)


VIN = Column("vin", Kind.VIN)
WEEK = Column("week", Kind.MONDAY, future=True)
CAMPAIGN_CODE = _code("campaign_code", CAMPAIGN)
DEALER_CODE = _code("dealer_code", DEALER)
PART_NO = _code("part_no", PART)
MODEL = _text("model", required=False)
WITHDRAWN = Column("withdrawn", Kind.YES, required=False)
PERSONAL_NAME = Column("name1", personal=True, may_be_blank=True)  # to the registered owner
ADDRESS = ("addr1", "city", "state", "zip")

_CONTRACTS = (
    Contract(
        "placeholder_words", "placeholder_word", ("column_name", "word"),
        (
            Column("column_name", Kind.CODE, required=False, longest=64, of=COLUMN),
            _text("word"), _choice("meaning", *Meaning),
        ),
    ),
    Contract(
        "vin_exceptions", "vin_exception", ("vin",),
        (Column("vin", Kind.NUMBER_OF_MAKER), _reason("reason")),
    ),
    Contract(
        "return_codes", "return_code", ("code",),
        (_text("code", longest=CODE_LENGTH), _choice("action", *ReturnAction)),
    ),
    Contract(
        "dealers", "dealer", ("dealer_code",),
        (
            _code("dealer_code"), _text("name", if_longer="cut"), _code("area_code"),
            _text("addr1", if_longer="cut"), _text("city", if_longer="cut"),
            Column("state", Kind.STATE), Column("zip", Kind.ZIP),
            _text("phone", required=False, personal=True, longest=CODE_LENGTH, if_longer="number"),
            _text("email", required=False, personal=True, if_longer="blank"),
            Column("lat", Kind.NUMBER, required=False, least=-90, most=90, blank_if_wrong=True),
            Column("lon", Kind.NUMBER, required=False, least=-180, most=180, blank_if_wrong=True),
        ),
        kept_with={"lat": ADDRESS, "lon": ADDRESS},
    ),
    Contract(
        "parts", "part", ("part_no",),
        (
            _code("part_no"), _text("description"),
            Column("pack_qty", Kind.WHOLE, least=1), Column("lead_days", Kind.WHOLE, least=0),
            _text("superseded_by", required=False, longest=CODE_LENGTH),
        ),
    ),
    Contract(
        "vehicles", "vehicle", ("vin",),
        (
            VIN, _text("make"), _text("model"),
            Column("model_year", Kind.WHOLE, least=FIRST_CAR, most=2100),
            _date("build_date", required=False), _date("first_sale_date", required=False),
            _code("dealer_code", required=False, mentions=DEALER),
        ),
        orders=(Order("build_date", "first_sale_date"),),
        excepted_before={"model_year": FIRST_MODEL_YEAR},
    ),
    Contract(
        "population", EVENT, ("vin", "campaign_code", "remedy_version"),
        (
            CAMPAIGN_CODE, VIN,
            Column("remedy_version", Kind.WHOLE, required=False, least=1, most=99, default="1"),
            _date("added_date", required=False), _date("removed_date", required=False),
            _reason("vin_exception", required=False), WITHDRAWN,
        ),
        orders=(Order("added_date", "removed_date"),),
    ),
    Contract(
        "vehicle_status", EVENT, ("vin", "effective_date", "source"),
        (VIN, _date("effective_date"), _choice("status", *STATUSES), _code("source"), WITHDRAWN),
    ),
    Contract(
        "owners", "owner", ("vin", "role", "as_of"),
        (
            VIN, _choice("role", "owner", "lessee", "lessor"),
            PERSONAL_NAME, _text("name2", required=False, personal=True),
            _text("addr1", personal=True), _text("addr2", required=False, personal=True),
            _text("city"), Column("state", Kind.REGION, longest=PLACE_LENGTH),
            Column("zip", Kind.POSTCODE, longest=CODE_LENGTH),
            Column("zip4", Kind.ZIP4, required=False),
            Column("delivery_point", Kind.POINT, required=False),
            _date("as_of"), _code("source"),
            Column("language", required=False, longest=8, if_longer="cut", is_wish=True),
            _text("email", required=False, personal=True, if_longer="blank"),
            _text("phone", required=False, personal=True, longest=CODE_LENGTH, if_longer="blank"),
            Column("country", Kind.COUNTRY, required=False, longest=PLACE_LENGTH),
            _date("end_date", required=False, future=True), WITHDRAWN,
        ),
        orders=(Order("as_of", "end_date"),),
        kept_with={
            "name2": ("name1",), "addr2": ADDRESS, "zip4": ADDRESS, "delivery_point": ADDRESS, "country": ADDRESS,
        },
    ),
    Contract(
        "mail_events", EVENT, ("vin", "campaign_code", "piece_id", "mailed_date", "kind"),
        (
            _code("piece_id", required=False), Column("vin", Kind.VIN, required=False),
            _code("campaign_code", CAMPAIGN, required=False), _choice("kind", "mailed", "returned"),
            _date("mailed_date", required=False), _date("returned_date", required=False),
            Column("return_code", Kind.CODE, required=False, longest=LONGEST_RETURN), WITHDRAWN,
        ),
        orders=(Order("mailed_date", "returned_date"),),
        one_of=(("piece_id",), ("vin", "campaign_code")),
        needs={"mailed": ("mailed_date",), "returned": ("returned_date",)},
    ),
    Contract(
        "repair_orders", EVENT, ("dealer_code", "ro_id", "campaign_code"),
        (
            _code("ro_id"), _code("dealer_code", mentions=DEALER), VIN, CAMPAIGN_CODE,
            _date("close_date"),
            _choice("outcome", *OUTCOMES), _amount("hours", required=False, most=1000),
            _code("counts_for", CAMPAIGN, required=False), WITHDRAWN,
        ),
        work_day="close_date",
    ),
    Contract(
        "repair_disputes", "repair_dispute", ("vin", "campaign_code", "done_by", "ro_id", "dealer_code"),
        (
            VIN, CAMPAIGN_CODE, _code("done_by", DEALER), _code("ro_id"), _date("close_date"),
            _choice("outcome", *OUTCOMES_THAT_CLOSE), DEALER_CODE, _date("asked_on"),
            Column("answer", Kind.CHOICE, required=False, choices=tuple(DisputeAnswer), default=DisputeAnswer.ASKED),
            _reason("reason", required=False), _date("answered_on", required=False),
        ),
        orders=(Order("close_date", "asked_on"), Order("asked_on", "answered_on")),
    ),
    Contract(
        "dealer_capacity", "dealer_capacity", ("dealer_code", "week"),
        (DEALER_CODE, WEEK, _amount("hours_available", most=MOST_HOURS), _amount("bays", required=False)),
    ),
    Contract(
        "dealer_stock", "dealer_stock", ("vin",),
        (
            VIN, DEALER_CODE, _choice("stock_type", "new", "used", "loaner", "demo"),
            _date("in_date"), _date("sold_date", required=False), WITHDRAWN,
        ),
        orders=(Order("in_date", "sold_date"),),
    ),
    Contract(
        "campaign_parts", "campaign_part", ("campaign_code", "model", "part_no"),
        (CAMPAIGN_CODE, MODEL, PART_NO, _amount("qty", most=MOST_OF_A_VISIT), _amount("take_rate", most=1)),
    ),
    Contract(
        "part_supply", "part_supply", ("part_no", "week"),
        (
            PART_NO, WEEK, _kits("supply_qty"),
            Column("status", Kind.CHOICE, required=False, choices=tuple(SupplyStatus), default=SupplyStatus.CONFIRMED),
        ),
    ),
    Contract(
        "part_shipments", "part_shipment", ("dealer_code", "part_no", "ship_date"),
        (DEALER_CODE, PART_NO, _date("ship_date"), _kits("qty")),
    ),
    Contract(
        "dealer_part_stock", "dealer_part_stock", ("dealer_code", "part_no", "as_of"),
        (DEALER_CODE, PART_NO, _date("as_of"), _kits("on_hand"), _kits("on_order")),
    ),
    Contract(
        "labor_times", "labor_time", ("campaign_code", "model", "op_code"),
        (
            Column("campaign_code", Kind.TOGETHER, of=CAMPAIGN), MODEL, _code("op_code"), _amount("hours", most=1000),
            _code("source"),
        ),
    ),
    Contract(
        "appointments", "appointment", ("appointment_id",),
        (
            _code("appointment_id"), DEALER_CODE, VIN,
            Column("campaign_codes", Kind.CODES, of=CAMPAIGN),
            Column("start", Kind.INSTANT, longest=20), _choice("status", *APPOINTMENT_STATES),
            _date("booked_on", required=False),
        ),
    ),
)  # fmt: skip

# In the order of loading: what is referred to comes before what refers to it.
CONTRACTS: Mapping[str, Contract] = {contract.table: contract for contract in _CONTRACTS}
PLACEHOLDER_WORDS, VIN_EXCEPTIONS, POPULATION = "placeholder_words", "vin_exceptions", "population"
VEHICLE_STATUS = "vehicle_status"
VIN_EXCEPTION = "vin_exception"  # the column of population that states an exception beside its row
CAMPAIGNS_TABLE = "campaigns"
FLAT_RCL_TABLE, FILED_REPORTS_TABLE = nhtsa_files.FLAT_RCL, nhtsa_files.REPORTS
_BEFORE_RECALLS = (
    PLACEHOLDER_WORDS,
    VIN_EXCEPTIONS,
    "dealers",
    "parts",
    "vehicles",
)  # whose makes say which recalls are ours
LOADING_ORDER = (
    CAMPAIGNS_TABLE,
    *_BEFORE_RECALLS,
    FLAT_RCL_TABLE,
    FILED_REPORTS_TABLE,
    *(table for table in CONTRACTS if table not in _BEFORE_RECALLS),
)
