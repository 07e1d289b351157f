"""Small problem documents that the tests of the planner share."""

from copy import deepcopy

from hypothesis import strategies as st

from renotify.planner.problem_json import from_json

FEASIBLE = ("optimal", "exact", "greedy")
PLAIN = ("uniform:3", "all-at-once", "oldest-first", "zip-order")


def bundle(name="b", **changes):
    return {
        "id": name, "risk": 1, "hours": 1, "kits": {}, "first_week": 0, "mail_by_week": None, "response": [1.0],
        **changes,
    }  # fmt: skip


def dealer(name="d", hours=None, **stock):
    return {"id": name, "hours": hours, "stock": stock}


def document(bundles, dealers, owners, *, weeks=4, supply=None, mail=None, wait=0, **more):
    """A problem document; ``owners`` is {(bundle, dealer): count}."""
    return {
        "weeks": weeks,
        "bundles": bundles,
        "dealers": dealers,
        "owners": [{"bundle": b, "dealer": d, "count": n} for (b, d), n in owners.items()],
        "supply": supply or {},
        "mail_capacity": mail,
        "wait_bound": wait,
        **deepcopy(more),
    }


def problem(*args, **changes):
    return from_json(document(*args, **changes))


@st.composite
def documents(draw):
    """Problems of up to two bundles, three dealers and five weeks with every limit somewhere in play."""
    weeks = draw(st.integers(2, 5))
    bundles = [
        bundle(
            f"b{i}",
            risk=draw(st.sampled_from([1, 2, 5])),
            hours=draw(st.sampled_from([0.5, 1, 2.5])),
            kits={"P": draw(st.sampled_from([0, 1, 2]))},
            first_week=draw(st.integers(0, 2)),
            response=draw(st.sampled_from([[1.0], [0.25, 0.25], [0, 0.5, 0.3], [0.1, 0.1, 0.1]])),
        )
        for i in range(draw(st.integers(1, 2)))
    ]
    dealers = [
        dealer(
            f"d{i}",
            draw(st.none() | st.lists(st.sampled_from([0, 2, 5]), min_size=1, max_size=3)),
            P=draw(st.integers(0, 4)),
        )
        for i in range(draw(st.integers(1, 3)))
    ]
    owners = {(b["id"], d["id"]): draw(st.integers(0, 9)) for b in bundles for d in dealers}
    steps = draw(st.lists(st.integers(0, 4), min_size=weeks, max_size=weeks))
    return document(
        bundles, dealers, owners, weeks=weeks,
        supply={"P": [sum(steps[: t + 1]) for t in range(weeks)]},
        mail=draw(st.none() | st.just([draw(st.integers(1, 8))])),
        wait=draw(st.integers(0, 2)),
    )  # fmt: skip
