"""The one schema: every table, once. Keys of owner and vehicle tables lead with the VIN, so that a distributed store can place by it.

The tables in order: where a row came from (Source); what is recalled (CampaignRow); what is known of vehicles, owners and
dealers; the append-only Event and the State kept from it; then what we do about it (FollowUp, Listed, Plan, Wave, Piece, Notice),
and the proof of it (Artifact, Approval, Disclosure).
"""

from __future__ import annotations

from django.db import models

VIN = 17
CODE = 32
TEXT = 255


class Source(models.Model):
    """Where rows came from: one file as loaded, or one command as run. ``recorded_at`` is when we came to know them."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=CODE)  # file | command
    name = models.CharField(max_length=TEXT)
    sha256 = models.CharField(max_length=64, blank=True)
    table_name = models.CharField(max_length=CODE, blank=True)
    recorded_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "source"


class Sourced(models.Model):
    """Columns that say from which file and row a row came."""

    source_id = models.IntegerField()
    source_row = models.IntegerField()

    class Meta:
        abstract = True


class CampaignRow(Sourced):
    """One campaign; the columns that SQL needs, and ``facts`` with its texts, scopes, documents and answers."""

    campaign_code = models.CharField(max_length=CODE, primary_key=True)
    nhtsa_campaign_number = models.CharField(max_length=12, blank=True)
    campaign_type = models.CharField(max_length=CODE)
    family = models.CharField(max_length=8)  # safety | service
    filed_date = models.DateField(null=True)
    first_notice_date = models.DateField(null=True)
    remedy_available_date = models.DateField(null=True)
    remedy_version = models.IntegerField(default=1)
    risk_weight = models.FloatField(default=1.0)
    stated_involved = models.IntegerField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "campaign"


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


class OwnerRow(Sourced):
    """An owner, lessee or lessor as of a day. Personal: used for the recall only (18 USC 2721(b)), every export is disclosed."""

    pk = models.CompositePrimaryKey("vin", "role", "as_of")
    vin = models.CharField(max_length=VIN)
    role = models.CharField(max_length=8)  # owner | lessee | lessor
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
    source = models.CharField(max_length=CODE)  # who told us: a State, the dealer, the owner
    language = models.CharField(max_length=8, blank=True)
    email = models.CharField(max_length=TEXT, blank=True)
    phone = models.CharField(max_length=CODE, blank=True)

    class Meta:
        db_table = "owner"


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


class DealerCapacity(Sourced):
    pk = models.CompositePrimaryKey("dealer_code", "week")
    dealer_code = models.CharField(max_length=CODE)
    week = models.DateField()  # its Monday
    hours_available = models.FloatField()
    bays = models.FloatField(null=True)

    class Meta:
        db_table = "dealer_capacity"


class DealerStock(Sourced):
    vin = models.CharField(max_length=VIN, primary_key=True)
    dealer_code = models.CharField(max_length=CODE)
    stock_type = models.CharField(max_length=8)  # new | used | loaner | demo
    in_date = models.DateField()
    sold_date = models.DateField(null=True)

    class Meta:
        db_table = "dealer_stock"


class Part(Sourced):
    part_no = models.CharField(max_length=CODE, primary_key=True)
    description = models.CharField(max_length=TEXT)
    pack_qty = models.IntegerField()
    lead_days = models.IntegerField()
    superseded_by = models.CharField(max_length=CODE, blank=True)  # the number that took its place

    class Meta:
        db_table = "part"


class CampaignPart(Sourced):
    """``qty`` of a part that one repair takes; ``take_rate`` is the share of repairs that take it (inspect-first campaigns)."""

    pk = models.CompositePrimaryKey("campaign_code", "model", "part_no")
    campaign_code = models.CharField(max_length=CODE)
    model = models.CharField(max_length=TEXT, blank=True)  # blank: every model
    part_no = models.CharField(max_length=CODE)
    qty = models.FloatField()
    take_rate = models.FloatField()

    class Meta:
        db_table = "campaign_part"


class PartSupply(Sourced):
    pk = models.CompositePrimaryKey("part_no", "week")
    part_no = models.CharField(max_length=CODE)
    week = models.DateField()
    supply_qty = models.FloatField()

    class Meta:
        db_table = "part_supply"


class DealerPartStock(Sourced):
    pk = models.CompositePrimaryKey("dealer_code", "part_no", "as_of")
    dealer_code = models.CharField(max_length=CODE)
    part_no = models.CharField(max_length=CODE)
    as_of = models.DateField()
    on_hand = models.FloatField()
    on_order = models.FloatField()

    class Meta:
        db_table = "dealer_part_stock"


class LaborTime(Sourced):
    pk = models.CompositePrimaryKey("campaign_code", "model", "op_code")
    campaign_code = models.CharField(max_length=CODE)
    model = models.CharField(max_length=TEXT, blank=True)
    op_code = models.CharField(max_length=CODE)
    hours = models.FloatField()
    source = models.CharField(max_length=CODE)

    class Meta:
        db_table = "labor_time"


class Appointment(Sourced):
    appointment_id = models.CharField(max_length=CODE, primary_key=True)
    dealer_code = models.CharField(max_length=CODE)
    vin = models.CharField(max_length=VIN, db_index=True)
    campaign_codes = models.CharField(max_length=TEXT)  # joined by ;
    start = models.CharField(max_length=20)  # ISO, local to the dealer
    status = models.CharField(max_length=12)  # booked | arrived | done | cancelled | no_show

    class Meta:
        db_table = "appointment"


class Event(Sourced):
    """One thing that happened, never changed. A later event of the same ``subject`` corrects an earlier one.

    ``kind``: added, removed (population); remedied, inspected_ok, declined, other (repair order); registered, scrapped,
    exported, stolen, total_loss, unknown (the vehicle itself: campaign_code is blank); mailed, returned (first-class mail).
    """

    pk = models.CompositePrimaryKey("vin", "subject", "content")
    vin = models.CharField(max_length=VIN)
    subject = models.CharField(
        max_length=TEXT
    )  # what the event is about: one repair order line, one piece, one population row
    content = models.CharField(
        max_length=TEXT
    )  # what was said of it; the same said twice is one event
    campaign_code = models.CharField(max_length=CODE, blank=True)
    kind = models.CharField(max_length=12)
    occurred_on = models.DateField()
    remedy_version = models.IntegerField(default=0)  # population events only
    dealer_code = models.CharField(max_length=CODE, blank=True)
    hours = models.FloatField(null=True)
    return_code = models.CharField(max_length=CODE, blank=True)

    class Meta:
        db_table = "event"


class State(models.Model):
    """The kept fold of all events of one (VIN, campaign, remedy version); ``current`` marks the version that counts."""

    pk = models.CompositePrimaryKey("vin", "campaign_code", "remedy_version")
    vin = models.CharField(max_length=VIN)
    campaign_code = models.CharField(max_length=CODE)
    remedy_version = models.IntegerField()
    current = models.BooleanField()
    status = models.CharField(
        max_length=12
    )  # open | repaired | inspected_ok | unreachable | removed
    reason = models.CharField(
        max_length=20, blank=True
    )  # unreachable: export, theft, scrapping, failure_to_receive, other
    since = models.DateField()
    added_on = models.DateField()

    class Meta:
        db_table = "state"
        indexes = (models.Index(fields=["campaign_code", "status"], name="state_by_campaign"),)


class FollowUp(models.Model):
    """A follow-up: its settings as frozen, and the day and instant of the freeze."""

    name = models.CharField(max_length=CODE, primary_key=True)
    kind = models.CharField(
        max_length=CODE
    )  # initial | interim | follow_up_voluntary | follow_up_ordered
    notice_date = models.DateField()
    frozen_on = models.DateField()
    settings = models.JSONField()
    source_id = models.IntegerField()

    class Meta:
        db_table = "follow_up"


class Listed(models.Model):
    """One vehicle of a follow-up's frozen list, a family at a time: in its bundle, or left out under a named reason."""

    pk = models.CompositePrimaryKey("vin", "follow_up", "family")
    vin = models.CharField(max_length=VIN)
    follow_up = models.CharField(max_length=CODE, db_index=True)
    family = models.CharField(max_length=8)
    bundle = models.CharField(max_length=TEXT)  # campaign codes joined by +
    dealer_code = models.CharField(max_length=CODE)
    left_out = models.CharField(max_length=CODE, blank=True)  # blank: listed
    week = models.IntegerField(null=True)  # weeks after the week of the first letter; null: held
    rank = models.IntegerField()  # order within the list: newest registration first

    class Meta:
        db_table = "listed"


class Plan(models.Model):
    """The plan in force of a follow-up; ``letters`` is [bundle, dealer, week, count] and ``document`` what the planner said."""

    follow_up = models.CharField(max_length=CODE, primary_key=True)
    policy = models.CharField(max_length=CODE)
    first_week = models.DateField()  # Monday of week 0
    document = models.JSONField()
    source_id = models.IntegerField()

    class Meta:
        db_table = "plan"


class Piece(models.Model):
    """One envelope to one owner, from intention to evidence; ``reason`` says why it is in its state."""

    pk = models.CompositePrimaryKey("vin", "piece_id")
    vin = models.CharField(max_length=VIN)
    piece_id = models.CharField(max_length=CODE)
    follow_up = models.CharField(max_length=CODE, db_index=True)
    family = models.CharField(max_length=8)
    role = models.CharField(max_length=8)
    bundle = models.CharField(max_length=TEXT)
    dealer_code = models.CharField(max_length=CODE)
    language = models.CharField(max_length=8)
    owner_as_of = models.DateField()
    wave = models.IntegerField(null=True)
    state = models.CharField(
        max_length=12, db_index=True
    )  # listed planned released withdrawn printed exception accepted spoiled
    reason = models.CharField(max_length=TEXT, blank=True)
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


class Wave(models.Model):
    """One wave: a week of mailing. Its release is an intent written before anything is printed."""

    pk = models.CompositePrimaryKey("follow_up", "number")
    follow_up = models.CharField(max_length=CODE)
    number = models.IntegerField()  # 1, 2, ... in order of weeks
    week = models.DateField()  # its Monday
    planned = models.IntegerField()
    released_at = models.DateTimeField(null=True)
    rendered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wave"


class Notice(models.Model):
    """The notice of a follow-up to one dealer or area manager, and the receipt for it (49 CFR 577.13(c))."""

    pk = models.CompositePrimaryKey("follow_up", "audience", "code")
    follow_up = models.CharField(max_length=CODE)
    audience = models.CharField(max_length=8)  # dealer | area
    code = models.CharField(max_length=CODE)
    file = models.CharField(max_length=TEXT)
    sha256 = models.CharField(max_length=64)
    written_on = models.DateField()
    acknowledged_at = models.CharField(max_length=32, blank=True)
    receipt = models.CharField(max_length=TEXT, blank=True)

    class Meta:
        db_table = "notice"


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
