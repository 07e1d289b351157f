"""Tables that people write by hand: each key's kind at its edges, and what a person is told to do."""

from __future__ import annotations

import pytest

from cases import at_once
from renotify.errors import BadInput
from renotify.values.stated_tables import (
    DAY,
    NUMBER,
    TABLE,
    TEXT,
    WHOLE,
    YES_NO,
    check_keys,
    check_kinds,
    check_present,
    read_toml,
)


@pytest.fixture
def stated(tmp_path):
    """Return the value of ``key = ..`` as TOML reads it."""

    def value(text):
        path = tmp_path / "one.toml"
        path.write_text(f"key = {text}\n", encoding="utf-8")
        return read_toml(path)["key"]

    return value


def refused(call, *arguments):
    with pytest.raises(BadInput) as caught:
        call(*arguments)
    return caught.value.message, caught.value.hint


FITTING = {
    TEXT: ['"a"', '""', "'''two\nlines'''"],
    DAY: ["2013-02-26", "2012-02-29"],
    WHOLE: ["0", "-3", "1_000", "0x10"],
    NUMBER: ["0", "0.5", "-1e3", "7"],
    YES_NO: ["true", "false"],
    TABLE: ["{}", "{ a = 1 }"],
}
OTHER = {
    TEXT: ["1", "2013-02-26", "true", '["a"]'],
    DAY: ['"2013-02-26"', "2013-02-26T09:00:00", "09:00:00", "20130226"],
    WHOLE: ["1.0", "true", '"1"', "[1]"],
    NUMBER: ["true", '"0.5"', "2013-02-26", "nan", "inf", "-inf"],
    YES_NO: ["1", "0", '"true"'],
    TABLE: ["[]", '"a"', "[{ a = 1 }]"],
}


@pytest.mark.parametrize("kind", FITTING)
def test_a_value_of_its_key_s_kind_is_taken(kind, stated):
    for text in FITTING[kind]:
        check_kinds({"key": stated(text)}, {"key": kind}, "one.toml")


@pytest.mark.parametrize("kind", OTHER)
def test_a_value_of_another_kind_is_refused_with_place_key_and_kind(kind, stated):
    for text in OTHER[kind]:
        message, hint = refused(
            check_kinds, {"key": stated(text)}, {"key": kind}, "one.toml, part 2"
        )
        assert message.startswith("one.toml, part 2: key = "), text
        assert message.endswith(f"is not {kind}."), text
        assert hint.startswith(f"Write {kind}"), text


def test_only_a_text_in_quotes_is_told_to_lose_them():
    assert (
        refused(check_kinds, {"n": "5"}, {"n": WHOLE}, "x")[1]
        == "Write a whole number without quotes."
    )
    assert refused(check_kinds, {"n": 5.5}, {"n": WHOLE}, "x")[1] == "Write a whole number."
    assert refused(check_kinds, {"n": 5}, {"n": TEXT}, "x")[1] == "Write text."


def test_the_first_wrong_value_is_told_and_the_right_ones_are_passed():
    kinds = {"a": TEXT, "b": WHOLE, "c": WHOLE}
    message, _ = refused(check_kinds, {"a": "x", "b": "y", "c": "z"}, kinds, "x")
    assert message == "x: b = 'y' is not a whole number."


def test_a_key_that_nothing_reads_is_refused_with_the_nearest_or_with_all():
    known = ["notice_date", "name", "kind"]
    assert refused(check_keys, ["name", "notice_dat"], known, "f.toml") == (
        "f.toml: there is no key 'notice_dat'.",
        "Did you mean 'notice_date'?",
    )
    assert refused(check_keys, ["zzz"], known, "f.toml")[1] == "Known are kind, name, notice_date."
    assert refused(check_keys, ["KIND"], known, "f.toml")[1] == "Did you mean 'kind'?"
    assert refused(check_keys, ["fon"], ["name", "phone"], "f.toml")[1] == (
        "Did you mean 'phone'? Known are name, phone."
    )
    check_keys(known, known, "f.toml")
    check_keys([], known, "f.toml")


@at_once("value", [None, "", "   ", "\n"])
def test_a_required_key_that_is_missing_or_blank_is_refused(value):
    table = {} if value is None else {"make": value}
    assert refused(check_present, table, ["make"], "f.toml") == (
        "f.toml: make is missing.",
        "Add make to it.",
    )


@at_once("value", [0, False, 0.0, "0", []])
def test_a_zero_is_no_missing_value(value):
    check_present({"key": value}, ["key"], "f.toml")


def test_a_byte_order_mark_before_a_table_is_passed_over(tmp_path):
    path = tmp_path / "f.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert read_toml(path) == {"a": 1}


def test_a_misspelt_table_that_spoils_a_later_one_is_the_mistake_that_is_named(tmp_path):
    """Of the second entry TOML says that [campaign.es] cannot be a table, at the line of the third one."""
    path = tmp_path / "f.toml"
    path.write_text("[[campain]]\na = 1\n\n[campaign.es]\na = 1\n\n[[campaign]]\na = 1\n")
    assert refused(read_toml, path, ["campaign"]) == (
        "f.toml, line 1: there is no key 'campain'.",
        "Did you mean 'campaign'?",
    )
    path.write_text("[[campaign]]\na = = 1\n")
    assert "is not TOML" in refused(read_toml, path, ["campaign"])[0]


def test_a_file_that_is_no_table_is_refused_by_its_name_and_never_by_its_folder(tmp_path):
    for content, words in ((b"a = \xff", "is not UTF-8 text"), (b"a = = 1", "is not TOML")):
        path = tmp_path / "f.toml"
        path.write_bytes(content)
        message, hint = refused(read_toml, path)
        assert message.startswith("f.toml ")
        assert words in message
        assert str(tmp_path) not in message + hint


def test_a_missing_file_and_a_folder_are_refused_in_one_sentence(tmp_path):
    assert "f.toml cannot be read" in refused(read_toml, tmp_path / "f.toml")[0]
    (tmp_path / "g.toml").mkdir()
    assert "g.toml cannot be read" in refused(read_toml, tmp_path / "g.toml")[0]
