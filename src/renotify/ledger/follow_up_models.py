"""What we do about what is known: FollowUp, Listed, Plan, Wave, WaveDecision, Piece, Notice; and the proof of it.

That is Artifact, Approval and Disclosure.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from renotify.campaigns.follow_up_settings import KINDS as FOLLOW_UP_KINDS
from renotify.ledger import kinds
from renotify.ledger.column_rules import CODE, TEXT, VIN, at_least, one_of, reference


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
    dealer_code = models.CharField(max_length=CODE, blank=True)  # where the visit is planned
    left_out = models.CharField(max_length=CODE, blank=True)  # blank: listed
    week = models.IntegerField(null=True)  # weeks after the week of the first letter; null: held
    rank = (
        models.IntegerField()
    )  # order within the list: newest registration first, or drawn by lot
    dealer_assigned = models.BooleanField(db_default=False)  # the dealer nearest to the owner
    # the plan: its first notice is an interim one, because kits or hours do not suffice by its lawful week
    interim = models.BooleanField(db_default=False)
    remedy_from = models.DateField(null=True)  # of an interim one: the Monday from which they do
    # of an interim one: its campaigns, joined by +, that take no part while others of it do; these do not wait for kits
    without_parts = models.CharField(max_length=255, blank=True, db_default="")
    moved_from = models.CharField(
        max_length=CODE, blank=True, db_default=""
    )  # the dealer of the list, where the visit is too long for it and planned elsewhere
    arm = models.CharField(
        max_length=CODE, blank=True, db_default=""
    )  # drawn by lot; blank: of none
    touched_on = models.DateField(
        null=True
    )  # the day of the list by which its owner is reached beside the letter

    class Meta:
        db_table = "listed"
        indexes = (
            models.Index(fields=["follow_up", "dealer_code"], name="listed_by_dealer"),
            models.Index(
                fields=["dealer_code"], condition=Q(dealer_assigned=True), name="listed_assigned"
            ),
            models.Index(fields=["follow_up"], condition=Q(moved_from__gt=""), name="listed_moved"),
        )
        constraints = (one_of("listed", "family", kinds.Family),)


class Plan(models.Model):
    """The plan in force of a follow-up: ``bundles`` are its planning bundles, ``document`` what the planner said and read."""

    follow_up = models.OneToOneField(
        FollowUp, models.PROTECT, db_column="follow_up", primary_key=True, related_name="+"
    )
    policy = models.CharField(max_length=CODE)
    first_week = models.DateField()  # Monday of week 0
    weeks = models.IntegerField(null=True)  # its horizon; null: that of the settings as frozen
    bundles = models.JSONField(db_default=[])
    past_forecasts = models.JSONField(db_default=[])  # by week: what was expected, and what came
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
    dealer_code = models.CharField(max_length=CODE, blank=True)  # the letter's; blank: any dealer
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


class WaveDecision(models.Model):
    """What a person decided about a wave, never changed: who, on which day, why, and what they were told.

    ``folder`` is of a release that was called back: where its print job lies, marked void. The wave's number may be another's after
    a later plan; its ``week`` stays.
    """

    id = models.AutoField(primary_key=True)
    source_id = reference("Source", "source_id")
    follow_up = reference("FollowUp", "follow_up")
    wave = models.IntegerField()
    week = models.DateField()
    kind = models.CharField(max_length=CODE)
    decided_on = models.DateField()
    decided_by = models.CharField(max_length=TEXT)
    reason = models.CharField(max_length=TEXT)
    folder = models.CharField(max_length=TEXT, blank=True, db_default="")
    told = models.JSONField(db_default=[])

    class Meta:
        db_table = "wave_decision"
        constraints = (one_of("wave_decision", "kind", kinds.WaveDecisionKind),)


class Notice(models.Model):
    """An edition of the notice of a follow-up to one dealer or area manager, and the receipt for it (49 CFR 577.13(c)).

    One that was sent never changes: what is written after it is the next edition.
    """

    pk = models.CompositePrimaryKey("follow_up", "audience", "code", "edition")
    follow_up = reference("FollowUp", "follow_up")
    audience = models.CharField(max_length=8)
    code = models.CharField(max_length=CODE)
    edition = models.IntegerField(db_default=1)  # 1, 2, ... in order of writing
    file = models.CharField(max_length=TEXT)
    sha256 = models.CharField(max_length=64)
    written_on = models.DateField()
    sent_on = models.DateField(null=True)  # as a person stated it; a receipt proves it too
    acknowledged_at = models.CharField(max_length=32, blank=True)
    receipt = models.CharField(max_length=TEXT, blank=True)

    class Meta:
        db_table = "notice"
        constraints = (
            one_of("notice", "audience", kinds.Audience),
            at_least("notice", "edition", 1),
        )


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
