"""The one schema: every table, once. Keys of owner and vehicle tables lead with the VIN, so that a distributed store can place by it.

The tables in order: where a row came from (``sourced``); what the maker says beside the rules (``makers_own``); what is
recalled (CampaignRow, CampaignFact), and what NHTSA has of it (``nhtsa_models``); what is known of vehicles, owners and
dealers; the append-only Event and the State kept from it; then, in ``follow_up_models`` and ``live_models``, what we do about it.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from renotify.campaigns.campaign import CampaignType
from renotify.ledger import kinds
from renotify.ledger.column_rules import (
    CODE,
    PLACE,
    TEXT,
    VIN,
    at_least,
    event_kind_known,
    is_any,
    one_of,
    reference,
    state_status_known,
)
from renotify.ledger.follow_up_models import (
    Approval,
    Artifact,
    Disclosure,
    FollowUp,
    Listed,
    Notice,
    Piece,
    Plan,
    Wave,
    WaveDecision,
)
from renotify.ledger.live_models import (
    AcceptedWording,
    DraftLetter,
    DraftPlan,
    PartPromise,
    SettingChange,
    ToldWeek,
)
from renotify.ledger.makers_own import (
    OwnerSearch,
    PlaceholderWord,
    ReturnCode,
    StatedDay,
    VinException,
)
from renotify.ledger.nhtsa_models import FiledReport, RecallMake
from renotify.ledger.sourced import Source, Sourced, WithdrawnRow

__all__ = [  # models of the ledger in files of their own: Django finds them here
    "AcceptedWording",
    "Approval",
    "Artifact",
    "Disclosure",
    "DraftLetter",
    "DraftPlan",
    "FiledReport",
    "FollowUp",
    "Listed",
    "Notice",
    "OwnerSearch",
    "PartPromise",
    "Piece",
    "PlaceholderWord",
    "Plan",
    "RecallMake",
    "ReturnCode",
    "SettingChange",
    "Source",
    "StatedDay",
    "ToldWeek",
    "VinException",
    "Wave",
    "WaveDecision",
    "WithdrawnRow",
]


class CampaignRow(Sourced):
    """One campaign; the columns that SQL needs, and ``facts`` with its texts, scopes, documents and answers."""

    campaign_code = models.CharField(max_length=CODE, primary_key=True)
    nhtsa_campaign_number = models.CharField(max_length=12, blank=True)
    campaign_type = models.CharField(max_length=CODE)
    family = models.CharField(max_length=8)
    filed_date = models.DateField(null=True)
    first_notice_date = models.DateField(null=True)
    remedy_available_date = models.DateField(null=True)
    remedy_version = models.IntegerField(default=1)
    risk_weight = models.FloatField(default=1.0)
    stated_involved = models.IntegerField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "campaign"
        constraints = (
            one_of("campaign", "campaign_type", CampaignType),
            one_of("campaign", "family", kinds.Family),
            at_least("campaign", "risk_weight", 0),
            at_least("campaign", "remedy_version", 1),
        )


class CampaignFact(Sourced):
    """One statement of a campaign, never changed: what a layer said of it on the day of a load. Empty facts take the layer back.

    The code refers to no row: a campaign known by its NHTSA number alone goes when its own code comes, and what was said stays.
    """

    id = models.AutoField(primary_key=True)
    campaign_code = models.CharField(max_length=CODE)
    layer = models.CharField(max_length=CODE)
    nhtsa_campaign_number = models.CharField(max_length=12, blank=True)
    stated_on = models.DateField()
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "campaign_fact"
        indexes = (
            models.Index(fields=["campaign_code"], name="campaign_fact_by_code"),
            models.Index(fields=["nhtsa_campaign_number"], name="campaign_fact_by_number"),
        )
        constraints = (one_of("campaign_fact", "layer", kinds.Layer),)


class Vehicle(Sourced):
    vin = models.CharField(max_length=VIN, primary_key=True)
    make = models.CharField(max_length=TEXT)
    model = models.CharField(max_length=TEXT)
    model_year = models.IntegerField()
    build_date = models.DateField(null=True)
    first_sale_date = models.DateField(null=True)
    dealer_code = models.CharField(max_length=CODE, blank=True)  # as stated; may be no known dealer

    class Meta:
        db_table = "vehicle"
        indexes = (models.Index(fields=["dealer_code"], name="vehicle_by_dealer"),)


class OwnerRow(Sourced):
    """An owner, lessee or lessor as of a day. Personal: used for the recall only (18 USC 2721(b)), every export is disclosed."""

    pk = models.CompositePrimaryKey("vin", "role", "as_of")
    vin = models.CharField(max_length=VIN)
    role = models.CharField(max_length=8)
    as_of = models.DateField()
    name1 = models.CharField(max_length=TEXT)
    name2 = models.CharField(max_length=TEXT, blank=True)
    addr1 = models.CharField(max_length=TEXT)
    addr2 = models.CharField(max_length=TEXT, blank=True)
    city = models.CharField(max_length=TEXT)
    state = models.CharField(max_length=PLACE, blank=True)  # two letters in the United States
    zip = models.CharField(max_length=CODE, blank=True)  # five digits in the United States
    zip4 = models.CharField(max_length=4, blank=True)
    delivery_point = models.CharField(max_length=2, blank=True)
    source = models.CharField(max_length=CODE)  # who reported it: a State, the dealer, the owner
    language = models.CharField(max_length=8, blank=True)
    email = models.CharField(max_length=TEXT, blank=True)
    phone = models.CharField(max_length=CODE, blank=True)
    country = models.CharField(max_length=PLACE, blank=True)  # blank: the United States
    end_date = models.DateField(null=True)  # from this day on the vehicle is theirs no longer

    class Meta:
        db_table = "owner"
        constraints = (one_of("owner", "role", kinds.OwnerRole),)


class RefusedOwner(Sourced):
    """An owner row that was refused at load and may name who holds its vehicle: nothing of the person is in it.

    While one is not ``settled`` nobody is written to about the vehicle: who holds it is known to nobody but the file.
    """

    pk = models.CompositePrimaryKey("vin", "source_id", "source_row")
    vin = models.CharField(max_length=VIN)
    role = models.CharField(max_length=8, blank=True)  # blank: not readable
    as_of = models.DateField(null=True)  # null: not readable, or later than the load
    at_latest = models.DateField()  # the record's day at the latest: its own, else that of the load
    settled = models.BooleanField(db_default=False)  # by good rows, or by a person
    # the columns that were refused, or what is wrong with the row; blank: loaded before this was kept
    field = models.CharField(max_length=TEXT, blank=True, db_default="")

    class Meta:
        db_table = "refused_owner"


class Dealer(Sourced):
    dealer_code = models.CharField(max_length=CODE, primary_key=True)
    name = models.CharField(max_length=TEXT)
    area_code = models.CharField(max_length=CODE)
    addr1 = models.CharField(max_length=TEXT)
    city = models.CharField(max_length=TEXT)
    state = models.CharField(max_length=2)
    zip = models.CharField(max_length=5)
    phone = models.CharField(max_length=CODE, blank=True)
    email = models.CharField(max_length=TEXT, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    class Meta:
        db_table = "dealer"
        indexes = (models.Index(fields=["area_code"], name="dealer_by_area"),)


class DealerCapacity(Sourced):
    pk = models.CompositePrimaryKey("dealer_code", "week")
    dealer_code = reference("Dealer", "dealer_code")
    week = models.DateField()  # its Monday
    hours_available = models.FloatField()
    bays = models.FloatField(null=True)

    class Meta:
        db_table = "dealer_capacity"
        constraints = (
            at_least("dealer_capacity", "hours_available", 0),
            at_least("dealer_capacity", "bays", 0),
        )


class DealerStock(Sourced):
    vin = models.CharField(max_length=VIN, primary_key=True)
    dealer_code = reference("Dealer", "dealer_code")
    stock_type = models.CharField(max_length=8)
    in_date = models.DateField()
    sold_date = models.DateField(null=True)

    class Meta:
        db_table = "dealer_stock"
        constraints = (one_of("dealer_stock", "stock_type", kinds.StockType),)
        indexes = (models.Index(fields=["dealer_code"], name="dealer_stock_by_dealer"),)


class Part(Sourced):
    part_no = models.CharField(max_length=CODE, primary_key=True)
    description = models.CharField(max_length=TEXT)
    pack_qty = models.IntegerField()
    lead_days = models.IntegerField()
    superseded_by = models.CharField(max_length=CODE, blank=True)  # the number that took its place

    class Meta:
        db_table = "part"
        constraints = (at_least("part", "pack_qty", 1), at_least("part", "lead_days", 0))


class CampaignPart(Sourced):
    """``qty`` of a part that one repair takes; ``take_rate`` is the share of repairs that take it (inspect-first campaigns)."""

    pk = models.CompositePrimaryKey("campaign_code", "model", "part_no")
    campaign_code = reference("CampaignRow", "campaign_code")
    model = models.CharField(max_length=TEXT, blank=True)  # blank: every model
    part_no = reference("Part", "part_no")
    qty = models.FloatField()
    take_rate = models.FloatField()

    class Meta:
        db_table = "campaign_part"
        constraints = (
            at_least("campaign_part", "qty", 0),
            models.CheckConstraint(
                condition=Q(take_rate__range=(0, 1)), name="campaign_part_take_rate_share"
            ),
        )


class PartSupply(Sourced):
    pk = models.CompositePrimaryKey("part_no", "week")
    part_no = reference("Part", "part_no")
    week = models.DateField()
    supply_qty = models.FloatField()
    status = models.CharField(max_length=12, db_default=kinds.SupplyStatus.CONFIRMED.value)

    class Meta:
        db_table = "part_supply"
        constraints = (
            at_least("part_supply", "supply_qty", 0),
            one_of("part_supply", "status", kinds.SupplyStatus),
        )


class PartShipment(Sourced):
    """Kits that left the national pool for a dealer."""

    pk = models.CompositePrimaryKey("dealer_code", "part_no", "ship_date")
    dealer_code = reference("Dealer", "dealer_code")
    part_no = reference("Part", "part_no")
    ship_date = models.DateField()
    qty = models.FloatField()

    class Meta:
        db_table = "part_shipment"
        constraints = (at_least("part_shipment", "qty", 0),)


class DealerPartStock(Sourced):
    pk = models.CompositePrimaryKey("dealer_code", "part_no", "as_of")
    dealer_code = reference("Dealer", "dealer_code")
    part_no = reference("Part", "part_no")
    as_of = models.DateField()
    on_hand = models.FloatField()
    on_order = models.FloatField()

    class Meta:
        db_table = "dealer_part_stock"
        constraints = (
            at_least("dealer_part_stock", "on_hand", 0),
            at_least("dealer_part_stock", "on_order", 0),
        )


class LaborTime(Sourced):
    pk = models.CompositePrimaryKey("campaign_code", "model", "op_code")
    campaign_code = models.CharField(
        max_length=TEXT
    )  # or several, joined by +; the load knows them
    model = models.CharField(max_length=TEXT, blank=True)
    op_code = models.CharField(max_length=CODE)
    hours = models.FloatField()
    source = models.CharField(max_length=CODE)

    class Meta:
        db_table = "labor_time"
        constraints = (at_least("labor_time", "hours", 0),)


class Appointment(Sourced):
    appointment_id = models.CharField(max_length=CODE, primary_key=True)
    dealer_code = reference("Dealer", "dealer_code")
    vin = models.CharField(max_length=VIN, db_index=True)
    campaign_codes = models.CharField(max_length=TEXT)  # joined by ;
    start = models.CharField(max_length=20)  # ISO, local to the dealer
    status = models.CharField(max_length=12)
    booked_on = models.DateField(null=True)  # as the dealer states it
    first_loaded_on = models.DateField(null=True)  # the day of the load that brought it first

    class Meta:
        db_table = "appointment"
        constraints = (one_of("appointment", "status", kinds.AppointmentStatus),)
        indexes = (models.Index(fields=["dealer_code", "status"], name="appointment_by_dealer"),)


class RepairDispute(Sourced):
    """An order of another dealer that a dealer says has repaired a vehicle which is still open, and what was answered to it."""

    pk = models.CompositePrimaryKey("vin", "campaign_code", "done_by", "ro_id", "dealer_code")
    vin = models.CharField(max_length=VIN)
    campaign_code = reference("CampaignRow", "campaign_code")
    done_by = reference("Dealer", "done_by")
    ro_id = models.CharField(max_length=CODE)
    close_date = models.DateField()
    outcome = models.CharField(max_length=12)
    dealer_code = reference("Dealer", "dealer_code")  # who says so
    asked_on = models.DateField()
    answer = models.CharField(max_length=8)
    reason = models.CharField(max_length=TEXT, blank=True)
    answered_on = models.DateField(null=True)

    class Meta:
        db_table = "repair_dispute"
        constraints = (one_of("repair_dispute", "answer", kinds.DisputeAnswer),)
        indexes = (models.Index(fields=["dealer_code"], name="repair_dispute_by_dealer"),)


class Event(Sourced):
    """One thing that happened. A trigger of the database refuses to change or delete it; a later event of the same ``subject``
    corrects an earlier one. ``campaign_code`` is null for a report on the vehicle itself.
    """

    pk = models.CompositePrimaryKey("vin", "subject", "content")
    vin = models.CharField(max_length=VIN)
    subject = models.CharField(
        max_length=TEXT
    )  # what the event is about: one repair order line, one piece, one population row
    content = models.CharField(
        max_length=TEXT
    )  # what is stated of it; the same content again is the same event
    campaign_code = reference("CampaignRow", "campaign_code", null=True)
    kind = models.CharField(max_length=12)
    occurred_on = models.DateField()
    remedy_version = models.IntegerField(default=0)  # population events only
    dealer_code = models.CharField(max_length=CODE, blank=True)
    hours = models.FloatField(null=True)
    return_code = models.CharField(max_length=CODE, blank=True)

    class Meta:
        db_table = "event"
        constraints = (event_kind_known(),)
        # Of few events each: population rows, of which there are millions, pay for none of them.
        indexes = (
            models.Index(  # which vehicle an order was said to be for
                fields=["subject", "vin"],
                condition=is_any("kind", kinds.OUTCOMES),
                name="event_by_order",
            ),
            models.Index(
                fields=["vin", "subject"], condition=Q(kind="removed"), name="event_removed"
            ),
            models.Index(
                fields=["vin", "subject"], condition=Q(kind="withdrawn"), name="event_withdrawn"
            ),
            models.Index(
                fields=["campaign_code", "vin"],
                condition=Q(kind="needs_part"),
                name="event_needs_part",
            ),
            models.Index(  # until when work is reimbursed
                fields=["campaign_code", "occurred_on"],
                condition=Q(kind="mailed", occurred_on__gt=date(1900, 1, 1)),
                name="event_last_letter",
            ),
        )


class State(models.Model):
    """The kept fold of all events of one (VIN, campaign, remedy version); ``current`` marks the version that counts."""

    pk = models.CompositePrimaryKey("vin", "campaign_code", "remedy_version")
    vin = models.CharField(max_length=VIN)
    campaign_code = models.CharField(max_length=CODE)
    remedy_version = models.IntegerField()
    current = models.BooleanField()
    status = models.CharField(max_length=12)
    reason = models.CharField(max_length=20, blank=True)  # of an unreachable vehicle
    since = models.DateField()
    added_on = models.DateField()

    class Meta:
        db_table = "state"
        indexes = (  # with current, counts by campaign are read from the index alone
            models.Index(fields=["campaign_code", "status", "current"], name="state_by_campaign"),
        )
        constraints = (state_status_known(),)
