"""The peer of benchmarks/public_lookup.py: the same answer by a plain Django view that asks the ledger each time, and its page.

Its template has the same facts as the look-up's; it needs the ledger to be up, and has no signature to check.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from renotify.ledger.migrating import set_up_django
from renotify.ledger.store import named_store

set_up_django(named_store(os.environ["RENOTIFY_DATABASE_URL"]))

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.urls import path  # noqa: E402

from renotify.ledger.models import CampaignRow, State, Vehicle  # noqa: E402

settings.ROOT_URLCONF = __name__
settings.ALLOWED_HOSTS = ["*"]
settings.MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
settings.SECRET_KEY = "of a benchmark"

PAGE = Engine().from_string("""<!doctype html><html lang="en"><head><title>Recalls</title></head><body><main>
<p>{{ vehicle.model_year }} {{ vehicle.make }} {{ vehicle.model }} VIN {{ vin }}</p><h1>{{ recalls|length }} recalls</h1>
{% for state, facts in recalls %}<article><p>{{ facts.campaign_type }} {{ state.status }}</p><h2>{{ facts.subject }}</h2><dl>
<dt>What is wrong</dt><dd>{{ facts.defect }}</dd><dt>What can happen</dt><dd>{{ facts.consequence }}</dd>
<dt>Warning</dt><dd>{{ facts.warning }}</dd><dt>Until then</dt><dd>{{ facts.precaution }}</dd><dt>Remedy</dt><dd>{{ facts.remedy }}</dd>
<dt>NHTSA number</dt><dd>{{ facts.nhtsa_campaign_number }}</dd><dt>Reported</dt><dd>{{ facts.filed_date }}</dd></dl></article>{% endfor %}
<form method="post"><label for="vin">VIN</label><input id="vin" name="vin"><button>Look up</button></form></main></body></html>""")


def look_up(request):
    vin = request.POST.get("vin", "")
    vehicle = Vehicle.objects.filter(vin=vin).first()
    states = list(State.objects.filter(vin=vin, current=True))
    rows = CampaignRow.objects.in_bulk([state.campaign_code for state in states])
    recalls = [(state, rows[state.campaign_code].facts) for state in states]
    return HttpResponse(PAGE.render(Context({"vin": vin, "vehicle": vehicle, "recalls": recalls})))


urlpatterns = [path("en", look_up)]
connection.close()
application = WSGIHandler()
