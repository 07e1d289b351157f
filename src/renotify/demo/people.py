"""Owners, lessees and lessors: made-up people in made-up streets of real cities and ZIP Codes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from mimesis import Address, Person
from mimesis.locales import Locale

from renotify.demo.fleet import Fleet, days
from renotify.demo.history import NEVER, SOURCE, Past
from renotify.demo.places import is_in, places
from renotify.demo.random_streams import Ints, Mask, by_year, stream
from renotify.demo.scenario import Scenario, read_toml

POOL = 1500  # names drawn from mimesis before sampling
POOL_SEED = 577
BY_YEAR = ("leased",)  # shares by model year
FRESH_DAYS = 140  # a fresh registration is at most so old
COLUMNS = (
    *("vin", "role", "name1", "name2", "addr1", "addr2", "city", "state", "zip", "zip4"),
    *("delivery_point", "as_of", "source", "language", "email", "phone"),
)


@cache
def _pool(locale: Locale, of: str) -> pa.Array:
    person = Person(locale, seed=POOL_SEED)
    names = {
        unicodedata.normalize("NFC", getattr(person, of)()).strip().title() for _ in range(POOL)
    }
    return pa.array(sorted(name for name in names if name.replace(" ", "").isalpha()))


@cache
def _streets() -> pa.Array:
    address = Address(Locale.EN, seed=POOL_SEED)
    streets = {f"{address.street_name()} {address.street_suffix()}" for _ in range(POOL)}
    return pa.array(sorted(street for street in streets if street.isascii() and "," not in street))


def _draw(rng: np.random.Generator, pool: pa.Array, count: int) -> pa.Array:
    return pool.take(pa.array(rng.integers(0, len(pool), count)))


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, " ")


def _some(rng: np.random.Generator, share: float, count: int) -> Mask:
    chosen: Mask = rng.random(count) < share
    return chosen


def owners_table(
    scenario: Scenario, fleet: Fleet, past: Past, home: Ints, unsold: Mask
) -> pa.Table:
    """Return ``owners``: an owner, or lessee and lessor, of each sold vehicle; earlier owners."""
    numbers = scenario.numbers["owners"]
    rng = stream(scenario.seed, "leases")
    leased = ~unsold & (rng.random(fleet.size) < by_year(numbers["leased"], fleet.model_year))
    as_of = _registered(scenario, fleet, past)
    now = _people(scenario, fleet, home, as_of, leased)
    lessors = _lessors(scenario, fleet, as_of, np.flatnonzero(leased))
    earlier = np.flatnonzero(
        _some(rng, float(numbers["earlier_owner"]), fleet.size)
        & ~leased
        & ~unsold
        & (as_of - fleet.sold > 400)
    )
    before = fleet.sold + 30
    former = _people(
        scenario, fleet, (home + 17) % len(places().lat), before, leased, "former owners"
    ).take(pa.array(earlier))
    return pa.concat_tables([now.filter(pa.array(~unsold)), lessors, former]).select(list(COLUMNS))


def _registered(scenario: Scenario, fleet: Fleet, past: Past) -> Ints:
    """Return the day of each owner's record: recent for most, before any letter where lost."""
    rng, today = stream(scenario.seed, "registrations"), scenario.today
    recent = today - 2 - rng.integers(0, FRESH_DAYS, fleet.size)
    since_sale = np.maximum(today - 200 - fleet.sold, 2)
    stale = fleet.sold + 30 + (since_sale * rng.random(fleet.size)).astype(np.int64)
    came_back = np.bincount(fleet.vehicle[past.returned < NEVER], minlength=fleet.size) > 0
    fresh = _some(rng, float(scenario.numbers["owners"]["fresh"]), fleet.size) | came_back
    first_letter = np.full(fleet.size, today)
    np.minimum.at(first_letter, fleet.vehicle, past.letter)
    found = np.where(fresh, recent, np.minimum(stale, today - 60))
    return np.where(past.lost, np.maximum(fleet.sold, np.minimum(stale, first_letter - 20)), found)


def _people(
    scenario: Scenario, fleet: Fleet, home: Ints, as_of: Ints, leased: Mask, concern: str = "owners"
) -> pa.Table:
    count, rng = fleet.size, stream(scenario.seed, concern)
    shares = scenario.numbers["owners"].items()
    numbers = {key: scenario.rare(share) for key, share in shares if key not in BY_YEAR}
    island, spanish = is_in("PR", home), _some(rng, numbers["spanish_names"], count)
    name1, name2 = _names(rng, numbers, spanish | island, count)
    reads_spanish = island | (spanish & _some(rng, numbers["spanish_letters"], count))
    return pa.table(
        {
            "vin": fleet.vin,
            "role": pa.array(["owner", "lessee"]).take(pa.array(leased.astype(np.int64))),
            "name1": name1,
            "name2": name2,
            **_address(rng, numbers, home, island),
            "as_of": days(as_of),
            "source": pa.array(np.full(count, SOURCE)),
            "language": pc.if_else(pa.array(reads_spanish), "es", "en"),
            **_reach(rng, numbers, home),
        }
    )


def _names(
    rng: np.random.Generator, numbers: Mapping[str, float], spanish: Mask, count: int
) -> tuple[pa.Array, pa.Array]:
    words = read_toml("names.toml")
    marked, outside = (
        _some(rng, numbers["marked"], count),
        _some(rng, numbers["unprintable"], count),
    )
    is_spanish = pa.array(spanish)
    family = pc.if_else(
        is_spanish,
        _draw(rng, _pool(Locale.ES_MX, "last_name"), count),
        _draw(rng, _pool(Locale.EN, "last_name"), count),
    )
    given = pc.if_else(
        is_spanish,
        _draw(rng, _pool(Locale.ES_MX, "first_name"), count),
        _draw(rng, _pool(Locale.EN, "first_name"), count),
    )
    family = pc.if_else(
        pa.array(marked), _draw(rng, pa.array(words["marked"]["family"]), count), family
    )
    given = pc.if_else(
        pa.array(marked & _some(rng, 0.5, count)),
        _draw(rng, pa.array(words["marked"]["given"]), count),
        given,
    )
    name1 = pc.if_else(
        pa.array(outside),
        _draw(rng, pa.array(words["unprintable"]["full"]), count),
        _joined(given, family),
    )
    two = pa.array(_some(rng, numbers["second_name"], count) & ~outside)
    partner = _joined(_draw(rng, _pool(Locale.EN, "first_name"), count), family)
    return name1, pc.if_else(two, partner, None)


def _address(
    rng: np.random.Generator, numbers: Mapping[str, float], home: Ints, island: Mask
) -> dict[str, pa.Array]:
    known, count, at = places(), len(home), pa.array(home)
    box, unit = (
        _some(rng, numbers["post_box"], count),
        _some(rng, numbers["unit"], count),
    )
    number = pa.array(rng.integers(1, 9900, count)).cast(pa.string())
    spanish_street = _draw(rng, pa.array(read_toml("names.toml")["street"]["puerto_rico"]), count)
    street = _joined(
        number, pc.if_else(pa.array(island), spanish_street, _draw(rng, _streets(), count))
    )
    wrong = _some(rng, numbers["wrong_zip"], count)
    far = np.where(wrong, (home + len(known.lat) // 2) % len(known.lat), home)
    zip4 = _some(rng, numbers["zip4"], count) & ~wrong
    point = zip4 & _some(rng, numbers["delivery_point"], count)
    return {
        "addr1": pc.if_else(pa.array(box), _joined("PO Box", number), street),
        "addr2": pc.if_else(
            pa.array(unit & ~box), _joined("Apt", _numbers(rng, 1, 400, count, 1)), None
        ),
        "city": known.city.take(at),
        "state": known.state.take(at),
        "zip": known.zip.take(pa.array(far)),
        "zip4": pc.if_else(pa.array(zip4), _numbers(rng, 1000, 9899, count, 4), None),
        "delivery_point": pc.if_else(pa.array(point), _numbers(rng, 0, 99, count, 2), None),
    }


def _numbers(rng: np.random.Generator, least: int, most: int, count: int, width: int) -> pa.Array:
    drawn = pa.array(rng.integers(least, most + 1, count)).cast(pa.string())
    return pc.utf8_lpad(drawn, width, "0")


def _reach(
    rng: np.random.Generator, numbers: Mapping[str, float], home: Ints
) -> dict[str, pa.Array]:
    """E-mail at example.com and telephone 555-01xx: both are kept for fiction."""
    count = len(home)
    area = places().phone_area.take(pa.array(home))
    phone = pc.binary_join_element_wise(
        area, pc.binary_join_element_wise("555-01", _numbers(rng, 0, 99, count, 2), ""), "-"
    )
    email = pc.binary_join_element_wise(
        "owner", _numbers(rng, 0, 9_999_999, count, 7), "@example.com", ""
    )
    return {
        "email": pc.if_else(pa.array(_some(rng, numbers["email"], count)), email, None),
        "phone": pc.if_else(pa.array(_some(rng, numbers["phone"], count)), phone, None),
    }


def _lessors(scenario: Scenario, fleet: Fleet, as_of: Ints, rows: Ints) -> pa.Table:
    """Return the leasing companies of the leased vehicles; their letter goes to the company."""
    words, rng, known = (
        read_toml("names.toml")["lessor"],
        stream(scenario.seed, "lessors"),
        places(),
    )
    which = rng.integers(0, len(words["names"]), len(rows))
    desk = np.argsort(-known.weight, kind="stable")[: len(words["names"])][which]
    at = pa.array(desk)
    blank = pa.nulls(len(rows), pa.string())
    return pa.table(
        {
            "vin": fleet.vin.take(pa.array(rows)),
            "role": pa.array(np.full(len(rows), "lessor")),
            "name1": pa.array(words["names"]).take(pa.array(which)),
            "name2": blank,
            "addr1": pa.array(words["addresses"]).take(pa.array(which)),
            "addr2": blank,
            "city": known.city.take(at),
            "state": known.state.take(at),
            "zip": known.zip.take(at),
            "zip4": blank,
            "delivery_point": blank,
            "as_of": days(as_of[rows]),
            "source": pa.array(np.full(len(rows), SOURCE)),
            "language": pa.array(np.full(len(rows), "en")),
            "email": blank,
            "phone": blank,
        }
    )
