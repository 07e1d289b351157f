"""Made-up senders, owners and rows around the memo's five campaigns, in words for owners."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pyarrow as pa

from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.letters.spec import LetterSpec, Sender

MAIL_DATE = date(2013, 3, 5)

FUEL = Campaign(
    campaign_code="9LA",
    campaign_type=CampaignType.SAFETY_RECALL,
    make="Lexus",
    nhtsa_campaign_number="09V020000",
    subject="Fuel Delivery Pipe",
    component="fuel delivery pipe",
    defect="Some fuels can eat into the metal of the fuel pipes. In time a pipe can get a hole",
    consequence="Fuel can leak from the hole. If there is a spark near it, a fire can start and burn people",
    warning="a smell of fuel, or a check engine light that stays on",
    letter=MappingProxyType({"crash": False}),
    precaution="If you smell fuel, stop the engine and call your dealer",
    remedy="The dealer will check the fuel pipes and put in new ones. The new pipes have a coating",
    filed_date=date(2009, 1, 16),
    first_notice_date=date(2009, 2, 17),
    remedy_available_date=date(2009, 2, 17),
    scopes=(
        Scope("GS 300/350", 2006, 2007),
        Scope("IS 250/350", 2006, 2008),
        Scope("LS 460/460L", 2007, 2008),
    ),
    spanish=MappingProxyType(
        {
            "subject": "Tubo de combustible",
            "component": "tubo de combustible",
            "defect": "Hay combustibles que gastan el metal de los tubos. Con el tiempo se les "
            "puede hacer un hoyo",
            "consequence": "Por el hoyo puede salir gasolina. Si hay una chispa cerca, puede haber "
            "fuego y quemar a alguien",
            "warning": "olor a gasolina, o una luz del motor que no se apaga",
            "precaution": "Si huele a gasolina, apague el motor y llame al concesionario",
            "remedy": "El taller revisa los tubos y pone tubos nuevos. Los nuevos llevan una capa "
            "que los cuida",
        }
    ),
)
SPRING = Campaign(
    campaign_code="ALE",
    campaign_type=CampaignType.SAFETY_RECALL,
    make="Lexus",
    nhtsa_campaign_number="10V309000",
    subject="Valve Spring",
    component="engine valve spring",
    defect="A tiny flaw in a valve spring can make it weak. Then the spring can break",
    consequence="The engine can make a loud noise and stop as you drive. This may lead to a crash",
    warning="a loud noise from the engine, or an engine that runs rough",
    remedy="The dealer will put in new valve springs",
    filed_date=date(2010, 7, 6),
    first_notice_date=date(2010, 7, 26),
    remedy_available_date=date(2010, 8, 16),
    scopes=(Scope("IS 350", 2006, 2008), Scope("GS 350/450h", 2007, 2008)),
    spanish=MappingProxyType(
        {
            "subject": "Resorte de válvula",
            "defect": "Una falla muy chica puede dejar sin fuerza un resorte del motor. Luego el "
            "resorte se puede romper",
            "consequence": "El motor puede hacer mucho ruido y pararse en marcha. Así puede haber "
            "un choque",
            "warning": "mucho ruido en el motor, o un motor que no anda bien",
            "remedy": "El taller pone resortes nuevos",
        }
    ),
)
ACTUATOR = Campaign(
    campaign_code="CLB",
    campaign_type=CampaignType.SERVICE_CAMPAIGN,
    make="Lexus",
    subject="Exhaust Gas Control Actuator",
    component="exhaust gas control actuator",
    defect="A part of the exhaust system can wear out early. Then it can leak coolant",
    consequence="A light may come on, and the engine may run with less power",
    remedy="The dealer will put in a new part",
    first_notice_date=date(2012, 6, 4),
    remedy_available_date=date(2012, 6, 4),
    scopes=(Scope("CT 200h", 2011, 2012),),
    spanish=MappingProxyType(
        {
            "subject": "Pieza del escape",
            "defect": "Una pieza del escape se puede gastar pronto. Luego puede perder agua",
            "consequence": "Puede verse una luz en el tablero, y el motor puede andar con menos "
            "fuerza",
            "remedy": "El taller pone una pieza nueva",
        }
    ),
)
HOURS = MappingProxyType({"9LA": (2.0, 2.0), "ALE": (7.0, 22.0), "CLB": (1.0, 1.0)})
SENDER = Sender(
    name="Lexus Guest Services",
    address=("P.O. Box 0000", "Exampleville, CA 90000"),
    phone="1-800-555-0100",
    tty="1-800-555-0101",
)
FULL = replace(
    SENDER,
    department="Campaign Department",
    hours="Monday to Friday, 8 a.m. to 8 p.m. Eastern time",
    web="www.example.com/recalls",
    spanish={
        "department": "Departamento de campañas",
        "hours": "lunes a viernes, de 8 a. m. a 8 p. m., hora del Este",
    },
)


def spec(*campaigns: Campaign, **changes: object) -> LetterSpec:
    """Return the memo's follow-up letter about campaigns, with changes."""
    facts: dict[str, object] = {
        "kind": "follow_up",
        "campaigns": campaigns or (FUEL,),
        "mail_date": MAIL_DATE,
        "sender": SENDER,
        "labor_hours": dict(HOURS),
    }
    return LetterSpec(**(facts | changes))  # type: ignore[arg-type]


ROW = {
    "piece_id": "P0000001",
    "vin": "JTHBK262062000001",
    "name1": "MARIA O’BRIEN",
    "name2": "",
    "addr1": "1200 EXAMPLE AVE APT 4",
    "addr2": "",
    "city": "SPRINGFIELD",
    "state": "IL",
    "zip": "62701",
    "zip4": "1234",
    "delivery_point": "04",
    "model_text": "2006 Lexus IS 250",
    "dealer_name": "Lexus of Springfield (fictional)",
    "dealer_address": "400 Sample Road, Springfield, IL 62704",
    "dealer_phone": "217-555-0147",
    "reference": "2013-02/9LA/P0000001",
    "imb_payload": "0027012345678900000162701123404",
}


def rows(count: int = 1, **changes: object) -> pa.Table:
    """Return ``count`` rows, numbered; a change is one value for all or a list."""
    columns: dict[str, list[str]] = {}
    for name, value in (ROW | changes).items():
        columns[name] = list(value) if isinstance(value, list) else [str(value)] * count
    if "piece_id" not in changes:
        columns["piece_id"] = [f"P{number:07d}" for number in range(1, count + 1)]
    return pa.table(columns)
