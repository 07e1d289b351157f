"""The one schema: every table, once. Keys of owner and vehicle tables lead with the VIN, so that a distributed store can place by it.

The tables in order: where a row came from (Source); what is recalled (CampaignRow); what is known of vehicles, owners and
dealers; the append-only Event and the State kept from it; then what we do about it (FollowUp, Listed, Plan, Wave, Piece, Notice),
and the proof of it (Artifact, Approval, Disclosure).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from renotify.campaigns.campaign import CampaignType
from renotify.campaigns.follow_up_settings import KINDS as FOLLOW_UP_KINDS
from renotify.ledger import kinds
from renotify.ledger.column_rules import (
    at_least,
    event_kind_known,
    one_of,
    reference,
    state_status_known,
)

VIN = 17
CODE = 32
TEXT = 255


class Source(models.Model):
    """Where rows came from: one file as loaded, or one command as run. ``recorded_at`` is when we came to know them."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=CODE)
    name = models.CharField(max_length=TEXT)
    sha256 = models.CharField(max_length=64, blank=True)
    table_name = models.CharField(max_length=CODE, blank=True)
    recorded_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "source"
        constraints = (one_of("source", "kind", kinds.SourceKind),)


class Sourced(models.Model):
    """Columns that say from which file and row a row came."""

    source_id = reference("Source", "source_id")
    source_row = models.IntegerField()

    class Meta:
        abstract = True


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


class Vehicle(Sourced):
    vin = models.CharField(max_length=VIN, primary_key=True)
    make = models.CharField(max_length=TEXT)
    model = models.CharField(max_length=TEXT)
    model_year = models.IntegerField()
    build_date = models.DateField(null=True)
    first_sale_date = models.DateField(null=True)
    dealer_code = models.CharField(max_length=CODE)

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
    state = models.CharField(max_length=2)
    zip = models.CharField(max_length=5)
    zip4 = models.CharField(max_length=4, blank=True)
    delivery_point = models.CharField(max_length=2, blank=True)
    source = models.CharField(max_length=CODE)  # who reported it: a State, the dealer, the owner
    language = models.CharField(max_length=8, blank=True)
    email = models.CharField(max_length=TEXT, blank=True)
    phone = models.CharField(max_length=CODE, blank=True)

    class Meta:
        db_table = "owner"
        constraints = (one_of("owner", "role", kinds.OwnerRole),)


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

    class Meta:
        db_table = "part_supply"
        constraints = (at_least("part_supply", "supply_qty", 0),)


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
    campaign_code = reference("CampaignRow", "campaign_code")
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

    class Meta:
        db_table = "appointment"
        constraints = (one_of("appointment", "status", kinds.AppointmentStatus),)
        indexes = (models.Index(fields=["dealer_code", "status"], name="appointment_by_dealer"),)


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


class FollowUp(models.Model):
    """A follow-up: its settings as frozen, and the day and instant of the freeze."""

    name = models.CharField(max_length=CODE, primary_key=True)
    kind = models.CharField(max_length=CODE)
    notice_date = models.DateField()
    frozen_on = models.DateField()
    settings = models.JSONField()
    source_id = reference("Source", "source_id")

    class Meta:
        db_table = "follow_up"
        constraints = (one_of("follow_up", "kind", FOLLOW_UP_KINDS),)


class Listed(models.Model):
    """One vehicle of a follow-up's frozen list, a family at a time: in its bundle, or left out under a named reason."""

    pk = models.CompositePrimaryKey("vin", "follow_up", "family")
    vin = models.CharField(max_length=VIN)
    follow_up = reference("FollowUp", "follow_up")
    family = models.CharField(max_length=8)
    bundle = models.CharField(max_length=TEXT)  # campaign codes joined by +
    dealer_code = models.CharField(max_length=CODE)
    left_out = models.CharField(max_length=CODE, blank=True)  # blank: listed
    week = models.IntegerField(null=True)  # weeks after the week of the first letter; null: held
    rank = models.IntegerField()  # order within the list: newest registration first

    class Meta:
        db_table = "listed"
        indexes = (models.Index(fields=["follow_up", "dealer_code"], name="listed_by_dealer"),)
        constraints = (one_of("listed", "family", kinds.Family),)


class Plan(models.Model):
    """The plan in force of a follow-up: ``bundles`` are its planning bundles, ``document`` what the planner said and read."""

    follow_up = models.OneToOneField(
        FollowUp, models.PROTECT, db_column="follow_up", primary_key=True, related_name="+"
    )
    policy = models.CharField(max_length=CODE)
    first_week = models.DateField()  # Monday of week 0
    bundles = models.JSONField(db_default=[])
    document = models.JSONField()
    source_id = reference("Source", "source_id")

    class Meta:
        db_table = "plan"


class Piece(models.Model):
    """One envelope to one owner, from intention to evidence; ``reason`` says why it is in its state."""

    pk = models.CompositePrimaryKey("vin", "piece_id")
    vin = models.CharField(max_length=VIN)
    piece_id = models.CharField(max_length=CODE)
    follow_up = reference("FollowUp", "follow_up")
    family = models.CharField(max_length=8)
    role = models.CharField(max_length=8)
    bundle = models.CharField(max_length=TEXT)
    dealer_code = models.CharField(max_length=CODE)
    language = models.CharField(max_length=8)
    owner_as_of = models.DateField()
    wave = models.IntegerField(null=True)
    state = models.CharField(max_length=12, db_index=True)
    reason = models.CharField(max_length=TEXT, blank=True)
    checked_on = models.DateField(
        null=True
    )  # the day on which its vehicle was asked again, at the release
    form_digest = models.CharField(max_length=64, blank=True)
    imb = models.CharField(max_length=65, blank=True)
    file = models.CharField(max_length=TEXT, blank=True)
    first_page = models.IntegerField(null=True)
    sequence = models.IntegerField(null=True)
    mailed_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    return_code = models.CharField(max_length=CODE, blank=True)

    class Meta:
        db_table = "piece"
        indexes = (models.Index(fields=["follow_up", "wave"], name="piece_by_wave"),)
        constraints = (
            models.UniqueConstraint(fields=["piece_id"], name="piece_id_once"),
            one_of("piece", "family", kinds.Family),
            one_of("piece", "role", kinds.OwnerRole),
            one_of("piece", "state", kinds.PieceState),
        )


class Wave(models.Model):
    """One wave: a week of mailing. Its release is an intent written before anything is printed."""

    pk = models.CompositePrimaryKey("follow_up", "number")
    follow_up = reference("FollowUp", "follow_up")
    number = models.IntegerField()  # 1, 2, ... in order of weeks
    week = models.DateField()  # its Monday
    planned = models.IntegerField()
    folder = models.CharField(
        max_length=TEXT, blank=True, db_default=""
    )  # where its print job belongs, from the release on
    released_at = models.DateTimeField(null=True)
    rendered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wave"
        constraints = (at_least("wave", "number", 1), at_least("wave", "planned", 0))


class Notice(models.Model):
    """The notice of a follow-up to one dealer or area manager, and the receipt for it (49 CFR 577.13(c))."""

    pk = models.CompositePrimaryKey("follow_up", "audience", "code")
    follow_up = reference("FollowUp", "follow_up")
    audience = models.CharField(max_length=8)
    code = models.CharField(max_length=CODE)
    file = models.CharField(max_length=TEXT)
    sha256 = models.CharField(max_length=64)
    written_on = models.DateField()
    acknowledged_at = models.CharField(max_length=32, blank=True)
    receipt = models.CharField(max_length=TEXT, blank=True)

    class Meta:
        db_table = "notice"
        constraints = (one_of("notice", "audience", kinds.Audience),)


class Artifact(models.Model):
    """A file that a run wrote, with its SHA-256: the only state outside the database."""

    path = models.CharField(max_length=TEXT, primary_key=True)
    kind = models.CharField(max_length=CODE)
    sha256 = models.CharField(max_length=64)
    follow_up = models.CharField(max_length=CODE, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "artifact"


class Approval(models.Model):
    """Who approved one letter version (its digest) under which rule pack; a change of either withdraws it."""

    form_digest = models.CharField(max_length=64, primary_key=True)
    rule_digest = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=TEXT)
    approved_at = models.DateTimeField()

    class Meta:
        db_table = "approval"


class Disclosure(models.Model):
    """Each time owner data left the ledger: to whom, for what purpose, how many vehicles (18 USC 2721(c): kept five years)."""

    id = models.AutoField(primary_key=True)
    at = models.DateTimeField()
    recipient = models.CharField(max_length=TEXT)
    purpose = models.CharField(max_length=CODE)
    what = models.CharField(max_length=TEXT)
    vehicles = models.IntegerField()
    vin_digest = models.CharField(max_length=64)

    class Meta:
        db_table = "disclosure"
