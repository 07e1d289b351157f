"""What NHTSA has of our recalls, as tables: a part of the one schema of ``models``."""

from __future__ import annotations

from django.db import models

from renotify.ledger.sourced import Sourced


class RecallMake(Sourced):
    """A make whose recalls are taken from NHTSA's files, as stated; without any, the makes of the ledger's own vehicles and campaigns."""

    make = models.CharField(max_length=255, primary_key=True)

    class Meta:
        db_table = "recall_make"


class FiledReport(Sourced):
    """One quarterly or annual report as NHTSA has it on file (49 CFR 573.7, 49 USC 30118(f)); a blank figure or day of the file is null."""

    pk = models.CompositePrimaryKey("nhtsa_campaign_number", "period", "submitted_on")
    nhtsa_campaign_number = models.CharField(max_length=12)
    period = models.CharField(max_length=16)  # as NHTSA writes it: 2013-1, 2024-1 to 2024-4
    submitted_on = models.DateField()
    maker = models.CharField(max_length=40, blank=True)
    maker_code = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=50, blank=True)
    first_notice_date = models.DateField(null=True)
    last_notice_date = models.DateField(null=True)
    report_number = models.IntegerField(null=True)
    involved = models.IntegerField(null=True)
    remedied = models.IntegerField(null=True)
    unreachable = models.IntegerField(null=True)
    removed = models.IntegerField(null=True)

    class Meta:
        db_table = "filed_report"
