"""What changes while a follow-up runs: SettingChange, DraftPlan with DraftLetter, ToldWeek and PartPromise; and AcceptedWording."""

from __future__ import annotations

from django.db import models

from renotify.ledger import kinds
from renotify.ledger.column_rules import CODE, TEXT, VIN, at_least, one_of, reference


class SettingChange(models.Model):
    """A setting of a follow-up from a day on: what it was and became, who changed it and why. One that is taken back stays in the list.

    ``setting`` is the key of followup.toml, those of tables joined by dots; values are JSON, null where the key is left out.
    """

    pk = models.CompositePrimaryKey("follow_up", "number")
    follow_up = reference("FollowUp", "follow_up")
    number = models.IntegerField()  # 1, 2, ... in order of recording
    setting = models.CharField(max_length=TEXT)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    from_day = models.DateField()
    changed_on = models.DateField()
    changed_by = models.CharField(max_length=TEXT)
    reason = models.CharField(max_length=TEXT)
    undone_on = models.DateField(null=True)
    undone_by = models.CharField(max_length=TEXT, blank=True, db_default="")
    undone_reason = models.CharField(max_length=TEXT, blank=True, db_default="")
    source_id = reference("Source", "source_id")

    class Meta:
        db_table = "setting_change"
        constraints = (at_least("setting_change", "number", 1),)


class DraftPlan(models.Model):
    """A plan that is kept beside the one in force, under a name of its own."""

    pk = models.CompositePrimaryKey("follow_up", "name")
    follow_up = reference("FollowUp", "follow_up")
    name = models.CharField(max_length=CODE)
    policy = models.CharField(max_length=CODE)
    first_week = models.DateField()
    weeks = models.IntegerField()
    made_on = models.DateField()
    bundles = models.JSONField(db_default=[])
    document = models.JSONField()
    source_id = reference("Source", "source_id")

    class Meta:
        db_table = "draft_plan"
        constraints = (at_least("draft_plan", "weeks", 1),)


class DraftLetter(models.Model):
    """The week and the dealer that a draft gives a vehicle of the list; ``week`` null: it is held."""

    pk = models.CompositePrimaryKey("vin", "follow_up", "draft", "family")
    vin = models.CharField(max_length=VIN)
    follow_up = reference("FollowUp", "follow_up")
    draft = models.CharField(max_length=CODE)
    family = models.CharField(max_length=8)
    week = models.IntegerField(null=True)
    interim = models.BooleanField(db_default=False)
    remedy_from = models.DateField(null=True)
    without_parts = models.CharField(max_length=255, blank=True, db_default="")
    dealer_code = models.CharField(
        max_length=CODE, blank=True, db_default=""
    )  # where the visit is planned; blank: nowhere

    class Meta:
        db_table = "draft_letter"
        indexes = (models.Index(fields=["follow_up", "draft"], name="draft_letter_by_draft"),)
        constraints = (one_of("draft_letter", "family", kinds.Family),)


class ToldWeek(models.Model):
    """The letters of a week that a dealer was told by the notice that went last; ``moved`` by plans since. None told: letters is 0."""

    pk = models.CompositePrimaryKey("follow_up", "dealer_code", "week")
    follow_up = reference("FollowUp", "follow_up")
    dealer_code = reference("Dealer", "dealer_code")
    week = models.DateField()  # its Monday
    letters = models.IntegerField()
    told_on = models.DateField()
    moved = models.IntegerField(db_default=0)  # letters more, or fewer, by plans made since

    class Meta:
        db_table = "told_week"
        constraints = (at_least("told_week", "letters", 0),)


class PartPromise(models.Model):
    """Kits of the national pool that a dealer was promised for a week: what the allotment of an order gave."""

    id = models.AutoField(primary_key=True)
    dealer_code = reference("Dealer", "dealer_code")
    part_no = reference("Part", "part_no")
    kits = models.FloatField()
    week = models.DateField()  # its Monday
    promised_on = models.DateField()
    withdrawn_on = models.DateField(null=True)  # the dealer needs them no more
    withdrawn_reason = models.CharField(max_length=TEXT, blank=True, db_default="")
    source_id = reference("Source", "source_id")

    class Meta:
        db_table = "part_promise"
        indexes = (models.Index(fields=["dealer_code", "part_no"], name="part_promise_by_dealer"),)
        constraints = (at_least("part_promise", "kits", 0),)


class AcceptedWording(models.Model):
    """A sentence that a row of the rule pack refuses and a person accepts all the same, word for word, under that row: who, when and why.

    ``handle`` names the reading (``rules.read_wording``), of which one stands at a time; one that is taken back stays in the list.
    ``campaign_code`` is blank for words of the house's own, which are accepted for the letters of ``follow_up`` alone.
    """

    id = models.AutoField(primary_key=True)
    handle = models.CharField(max_length=64)
    follow_up = reference("FollowUp", "follow_up")
    campaign_code = models.CharField(max_length=CODE, blank=True, db_default="")
    text_key = models.CharField(max_length=TEXT)
    language = models.CharField(max_length=CODE)
    sentence = models.TextField()
    row_id = models.CharField(max_length=TEXT)
    title = models.CharField(max_length=TEXT)
    citation = models.CharField(max_length=TEXT)
    row_digest = models.CharField(max_length=64)
    texts_digest = models.CharField(max_length=64, blank=True, db_default="")
    rule_digest = models.CharField(max_length=64)
    accepted_on = models.DateField()
    accepted_by = models.CharField(max_length=TEXT)
    reason = models.CharField(max_length=TEXT)
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.CharField(max_length=TEXT, blank=True, db_default="")
    withdrawn_reason = models.CharField(max_length=TEXT, blank=True, db_default="")
    source_id = reference("Source", "source_id")

    class Meta:
        db_table = "accepted_wording"
