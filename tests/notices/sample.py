"""Facts of one made-up dealer and one area: a notice without a ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from renotify.campaigns.campaign import Answer, Campaign, CampaignType, Document, Scope
from renotify.notices.facts import DealerLine, Facts, HoldLine, Occasion, PartLine, Week

ON = date(2013, 2, 26)
FIRST_WEEK = date(2013, 3, 4)
SERIAL = "JTHBK2620650{:05d}"


def campaign(code="9LA", kind=CampaignType.SAFETY_RECALL, **extra):
    return Campaign(
        **{
            "campaign_code": code,
            "campaign_type": kind,
            "make": "Lexus",
            "subject": "Fuel Delivery Pipe Replacement",
            "nhtsa_campaign_number": "09V020000" if kind.value != "service_campaign" else "",
            "defect": "Ethanol fuels with little moisture can corrode the fuel delivery pipes.",
            "consequence": "A pinhole can open and fuel can leak, which can cause a fire.",
            "remedy": "Inspect and replace the fuel delivery pipes, without charge to the owner.",
            "remedy_available_date": date(2009, 2, 16),
            "scopes": (Scope("GS 300", 2006, 2007), Scope("IS 250", 2006, 2008)),
            "documents": (
                Document(
                    "technical_instructions", "2", date(2010, 3, 1), "https://tis.example/9LA/2"
                ),
                Document(
                    "technical_instructions", "3", date(2012, 5, 7), "https://tis.example/9LA/3"
                ),
                Document("dealer_cover_letter", "1", date(2012, 5, 7), "9LA-cover-letter.pdf"),
            ),
            "answers": (
                Answer(
                    "Can I keep driving?", "Yes, unless you smell fuel. Then stop, and call us."
                ),
            ),
            **extra,
        }
    )


SERVICE = campaign(
    "CLB",
    CampaignType.SERVICE_CAMPAIGN,
    subject="Exhaust Gas Control Actuator",
    defect="The actuator can be weak and leak coolant.",
    remedy="Replace the actuator, without charge to the owner.",
    scopes=(Scope("CT 200h", 2011, 2012, text="Certain 2011 and 2012 CT 200h"),),
    documents=(),
    answers=(
        Answer("Is this a recall?", "It is a service campaign: the repair is free until 2016."),
    ),
)
RECALL = campaign()


def occasion(*campaigns, **extra):
    return Occasion(
        **{
            "follow_up": "memo-2013",
            "kind": "follow_up_voluntary",
            "on": ON,
            "notice_date": ON,
            "days_after_notice": 7,
            "sender": {"name": "Lexus Customer Satisfaction", "phone": "1-800-555-0199"},
            "campaigns": campaigns or (RECALL, SERVICE),
            **extra,
        }
    )


def weeks(capacity=24.0):
    made = (
        (120, 3, 9),
        (110, 9, 22),
        (90, 14, 38),
        (60, 15, 41),
        (0, 12, 30),
        (0, 9, 22),
        (0, 6, 15),
    )
    days = (0, 0, 2, 3, 1, 0, 0) if capacity is not None else (0,) * len(made)
    return tuple(
        Week(FIRST_WEEK + timedelta(weeks=i), *figures, capacity, days=more, late=2.0 * more)
        for i, (figures, more) in enumerate(zip(made, days, strict=True))
    )


def dealer(**extra):
    return Facts(
        **{
            "audience": "dealer",
            "code": "D0001",
            "name": "Made-up Dealer",
            "place": "Boston, MA",
            "open_vehicles": 412,
            "open_by_campaign": {"9LA": 390, "CLB": 30},
            "weeks": weeks(),
            "parts": (
                PartLine("23807-31010", "Pipe kit, fuel delivery", "9LA", 3, 2, 4, 12.4, 6),
                PartLine("25620-37130", "Actuator, exhaust gas", "CLB", 5, 0, 1, 2.2, 0),
            ),
            "holds": (
                HoldLine("D0001", SERIAL.format(7), "new", "9LA", "law", 12),
                HoldLine("D0001", SERIAL.format(8), "used", "9LA+CLB", "policy", 40),
            ),
            "vehicles": [[SERIAL.format(i), "2006 IS 250", "9LA", "Mar 4"] for i in range(80)],
            "vehicle_file": "D0001-vehicles.csv",
            **extra,
        }
    )


def area(**extra):
    lines = [
        DealerLine(f"D{i:04d}", f"Made-up Dealer {i}", 400 - i, 380 - i, week, days, 2 * i, i % 3)
        for i, (week, days) in enumerate(
            [
                (replace(weeks()[3], hours=hours), days)
                for hours, days in ((12.0, 0), (30.0, 1), (55.0, 5), (24.0, 0), (8.0, 0))
            ],
            1,
        )
    ]
    base = dealer(audience="area", code="E", name="Eastern Area", place="", parts=(), vehicles=())
    return replace(base, **{"dealers": lines, "vehicle_file": "", **extra})
