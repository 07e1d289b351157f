"""Intelligent Mail barcodes: equal to ReportLab's, decoded back, refused when they cannot be."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.graphics.barcode.usps4s import USPS_4State

from cases import at_once
from letters.imb_decoder import decode
from renotify.errors import BadInput
from renotify.letters import imb

LENGTHS = (20, 25, 29, 31)  # tracking code alone, with ZIP, ZIP+4, delivery point
# USPS-B-3200 section 2.1.2 and its encoder's test data; reproduced by three independent encoders
PUBLISHED = {
    "0123456709498765432101234567891": (
        "AADTFFDFTDADTAADAATFDTDDAAADDTDTTDAFADADDDTFFFDDTTTADFAAADFTDAADA"
    ),
    "01234567094987654321": "ATTFATTDTTADTAATTDTDTATTDAFDDFADFDFTFFFFFTATFAAAATDFFTDAADFTFDTDT",
    "0123456709498765432101234": (
        "DTTAFADDTTFTDTFTFDTDDADADAFADFATDDFTAAAFDTTADFAAATDFDTDFADDDTDFFT"
    ),
    "01234567094987654321012345678": (
        "ADFTTAFDTTTTFATTADTAAATFTFTATDAAAFDDADATATDTDTTDFDTDATADADTDFFTFA"
    ),
}


def random_payload(rng: random.Random, length: int) -> str:
    return (
        str(rng.randrange(10))
        + str(rng.randrange(5))
        + "".join(str(rng.randrange(10)) for _ in range(length - 2))
    )


@at_once(("payload", "letters"), PUBLISHED.items())
def test_the_published_vectors_come_out(payload, letters):
    assert imb.encode([payload]) == [letters]


def test_ten_thousand_random_payloads_of_all_four_lengths_equal_reportlab():
    rng = random.Random(577)
    payloads = [random_payload(rng, LENGTHS[i % 4]) for i in range(10_000)]
    theirs = [USPS_4State(p[:20], p[20:]).barcodes for p in payloads]
    assert imb.encode(payloads) == theirs


payload_strategy = st.sampled_from(LENGTHS).flatmap(
    lambda n: st.tuples(
        st.from_regex(r"[0-9][0-4]", fullmatch=True),
        st.text("0123456789", min_size=n - 2, max_size=n - 2),
    ).map("".join)
)


@given(st.lists(payload_strategy, min_size=1, max_size=20))
def test_every_payload_is_read_back_by_an_independent_decoder(payloads):
    assert [decode(letters) for letters in imb.encode(pa.array(payloads))] == payloads


@at_once(
    "payload",
    ["", "1" * 19, "1" * 21, "1" * 32, "1" * 19 + "x", "19" + "1" * 18, "٣" * 20, "1" * 20 + "\n"],
)
def test_what_is_no_payload_is_refused(payload):
    assert not imb.valid([payload, None]).any()
    with pytest.raises(BadInput, match="payload"):
        imb.encode([payload])


def test_no_rows_are_no_bars():
    assert imb.encode([]) == []
    assert imb.bars(pa.array([], pa.string())).shape == (0,)


def test_chunked_columns_and_lists_agree():
    payloads = list(PUBLISHED)
    chunked = pa.chunked_array([payloads[:1], payloads[1:]])
    assert np.array_equal(imb.bars(chunked), imb.bars(payloads))
