"""followup.toml: what each key may be, what stands where it is left out, and what a person is told."""

from __future__ import annotations

import json
from datetime import date

import pytest

from renotify.campaigns import follow_up_settings
from renotify.campaigns.mail_service import mail_service
from renotify.errors import BadInput
from renotify.plans.response import stated_response

LEAST = {
    "name": '"follow-up-2013-02"',
    "kind": '"follow_up_voluntary"',
    "campaigns": '["9LA", "ALE"]',
    "notice_date": "2013-02-26",
}


@pytest.fixture
def read(tmp_path):
    """Read a followup.toml of the four needed keys, with others given or taken out (None)."""

    def settings(*tables, **stated):
        lines = [
            f"{key} = {value}" for key, value in {**LEAST, **stated}.items() if value is not None
        ]
        path = tmp_path / "followup.toml"
        path.write_text("\n".join([*lines, *tables]) + "\n", encoding="utf-8")
        return follow_up_settings.read(path)

    return settings


@pytest.fixture
def refusal(read):
    def said(*tables, **stated):
        with pytest.raises(BadInput) as caught:
            read(*tables, **stated)
        assert caught.value.message.startswith("followup.toml")
        return f"{caught.value.message} {caught.value.hint}"

    return said


def test_four_keys_are_enough_and_the_others_have_their_defaults(read):
    found = read()
    assert (found.name, found.kind) == ("follow-up-2013-02", "follow_up_voluntary")
    assert found.campaigns == ("9LA", "ALE")
    assert found.notice_date == date(2013, 2, 26)
    assert found.days_after_notice == 7
    assert found.horizon_weeks == 26
    assert found.mail_house_letters_per_week is None
    assert found.wait_bound_weeks == 2
    assert found.parts_quantile == 0.9
    assert found.stated_start is None
    assert (found.rest_weeks, found.silent_of) == (8, "")
    assert dict(found.response) == {}
    assert dict(found.sender) == {}


def test_kits_are_left_for_chance_in_counts_but_not_by_follow_ups_that_froze_before(read):
    assert read().parts_count_spread == 1.0
    assert read(parts_count_spread="0.5").parts_count_spread == 0.5
    facts = follow_up_settings.to_facts(read())
    del facts["parts_count_spread"]
    assert follow_up_settings.from_facts(facts).parts_count_spread == 0.0


def test_how_late_promised_supply_may_come(read, refusal):
    assert (read().slip_weeks, read().share_of_promised) == (2, 1.0)
    stated = read("[supply]", "slip_weeks = 4", "share_of_promised = 0.5")
    assert (stated.slip_weeks, stated.share_of_promised) == (4, 0.5)
    assert "supply: slip_weeks must be a whole number of at least 0, not -1" in refusal(
        "[supply]", "slip_weeks = -1"
    )
    assert "supply: share_of_promised must be between 0 and 1, not 2" in refusal(
        "[supply]", "share_of_promised = 2"
    )
    assert "'slip'" in refusal("[supply]", "slip = 2")


def test_every_key_that_is_stated_is_read(read):
    found = read(
        "[response]", "share = 0.2", "[sender]", 'name = "Made-up Motors"',
        days_after_notice="0", horizon_weeks="1", mail_house_letters_per_week="1",
        wait_bound_weeks="0", parts_quantile="0.5", stated_start="2013-02-28",
    )  # fmt: skip
    assert (found.days_after_notice, found.horizon_weeks, found.wait_bound_weeks) == (0, 1, 0)
    assert (found.mail_house_letters_per_week, found.parts_quantile) == (1, 0.5)
    assert found.stated_start == date(2013, 2, 28)
    assert found.response["share"] == 0.2
    assert found.sender == {"name": "Made-up Motors"}


@pytest.mark.parametrize(
    ("days", "first"), [("0", "2013-02-26"), ("2", "2013-02-28"), ("7", "2013-03-05")]
)
def test_the_first_letter_is_mailed_so_many_days_after_the_notice(read, days, first):
    """February 2013 has 28 days: seven days after the 26th is 5 March."""
    assert read(days_after_notice=days).first_letter == date.fromisoformat(first)


@pytest.mark.parametrize("key", LEAST)
def test_a_needed_key_that_is_missing_is_named(refusal, key):
    assert f"{key} is missing. Add {key} to it." in refusal(**{key: None})


@pytest.mark.parametrize("kind", follow_up_settings.KINDS)
def test_each_kind_of_follow_up_is_read(read, kind):
    assert read(kind=f'"{kind}"').kind == kind


REFUSED = [
    ("name", '""', "name is missing"),
    ("name", '"-_-"', "up to 32 letters, digits, - and _"),
    ("name", '"a b"', "up to 32 letters, digits, - and _"),
    ("name", '"a/b"', "up to 32 letters, digits, - and _"),
    ("name", '"../up"', "up to 32 letters, digits, - and _"),
    ("name", f'"{"a" * 33}"', "up to 32 letters, digits, - and _"),
    ("name", "7", "name = 7 is not text"),
    (
        "kind",
        '"reminder"',
        "kind must be one of initial, interim, remedy_available, follow_up_voluntary",
    ),
    ("kind", '"Initial"', "kind must be one of"),
    ("kind", "true", "kind = True is not text"),
    ("campaigns", "[]", "campaigns must be a list of campaign codes, not []"),
    ("campaigns", '"9LA"', "campaigns must be a list of campaign codes"),
    ("campaigns", '["9LA", ""]', "campaigns must be a list of campaign codes"),
    ("campaigns", '["9LA", 7]', "campaigns must be a list of campaign codes"),
    ("notice_date", '"2013-02-26"', "Write a date such as 2013-02-26 without quotes"),
    ("notice_date", "2013-02-26T09:00:00", "is not a date such as 2013-02-26"),
    ("days_after_notice", "-1", "days_after_notice must be a whole number of at least 0, not -1"),
    ("days_after_notice", "7.0", "is not a whole number"),
    ("horizon_weeks", "0", "horizon_weeks must be a whole number of at least 1, not 0"),
    ("horizon_weeks", "true", "is not a whole number"),
    ("mail_house_letters_per_week", "0", "at least 1, not 0"),
    ("least_wave", "0", "at least 1, not 0"),
    ("wait_bound_weeks", "-1", "at least 0, not -1"),
    ("parts_quantile", "0", "parts_quantile must be a number between 0 and 1, not 0"),
    ("parts_quantile", "1", "parts_quantile must be a number between 0 and 1, not 1"),
    ("parts_quantile", "nan", "is not a number"),
    ("parts_quantile", '"0.9"', "Write a number without quotes"),
    ("stated_start", '"soon"', "is not a date"),
    ("response", "0.07", "response = 0.07 is not a table"),
    ("sender", '"Lexus"', "sender = 'Lexus' is not a table"),
    ("notice_dat", "2013-02-26", "there is no key 'notice_dat'. Did you mean 'notice_date'?"),
]


@pytest.mark.parametrize(("key", "value", "said"), REFUSED, ids=lambda text: text[:24])
def test_a_value_that_cannot_stand_is_refused_with_its_key(refusal, key, value, said):
    assert said in refusal(**{key: value})


@pytest.mark.parametrize("name", ["a", "a" * 32, "spring_2013", "1-2", "_x"])
def test_a_name_of_up_to_32_letters_digits_and_marks_is_taken(read, name):
    assert read(name=f'"{name}"').name == name


@pytest.mark.parametrize("share", ["0.001", "0.5", "0.999"])
def test_a_quantile_strictly_between_none_and_all_is_taken(read, share):
    assert read(parts_quantile=share).parts_quantile == float(share)


def test_a_campaign_named_twice_counts_once_in_the_order_of_its_first_naming(read):
    assert read(campaigns='["ALE", "9LA", "ALE"]').campaigns == ("ALE", "9LA")


# The response


@pytest.mark.parametrize("key", follow_up_settings.RESPONSE)
def test_each_key_of_the_response_is_a_number(read, refusal, key):
    assert read("[response]", f"{key} = 1").response == {key: 1}
    assert f"{key} = 'high' is not a number" in refusal("[response]", f'{key} = "high"')
    assert "is not a number" in refusal("[response]", f"{key} = true")
    assert "is not a number" in refusal("[response]", f"{key} = inf")


@pytest.mark.parametrize("key", ["share", "background_per_week"])
def test_a_share_of_owners_or_vehicles_lies_from_none_to_all(read, refusal, key):
    for taken in (0, 0.0, 0.5, 1, 1.0):
        assert read("[response]", f"{key} = {taken}").response == {key: taken}
    for wrong in ("-0.1", "1.01", "7"):
        said = f"followup.toml, response: {key} must be between 0 and 1, not {wrong}. See followup"
        assert said in refusal("[response]", f"{key} = {wrong}")


@pytest.mark.parametrize("key", ["scale_weeks", "shape", "of_silent"])
def test_a_scale_and_a_shape_are_above_nought(read, refusal, key):
    for taken in (0.01, 1, 60.5):
        assert read("[response]", f"{key} = {taken}").response == {key: taken}
    for wrong in ("0", "-0.1"):
        said = f"followup.toml, response: {key} must be above 0, not {wrong}. See followup"
        assert said in refusal("[response]", f"{key} = {wrong}")


def test_a_key_that_is_none_of_the_response_is_refused_with_the_nearest(refusal):
    assert "there is no key 'shares'. Did you mean 'share'?" in refusal(
        "[response]", "shares = 0.1"
    )


def test_a_bundle_s_own_table_is_held_to_the_same_rules_and_named(read, refusal):
    own = '[response."9LA+ALE"]'
    found = read("[response]", "share = 0.1", own, "share = 0.3", "background_per_week = 0.01")
    assert found.response["9LA+ALE"] == {"share": 0.3, "background_per_week": 0.01}
    assert "response, 9LA+ALE: share must be between 0 and 1" in refusal(own, "share = 1.5")
    assert "response, 9LA+ALE: shape must be above 0" in refusal(own, "shape = 0")
    assert "of_silent" in refusal(own, "of_silent = 0.4")  # it is of the whole list
    assert "response, 9LA+ALE: there is no key 'skale_weeks'" in refusal(own, "skale_weeks = 6")


@pytest.mark.parametrize("bundle", ["9LA+ALE", "ALE+9LA"])
def test_a_bundle_s_own_values_are_found_in_whatever_order_its_campaigns_are_named(read, bundle):
    found = read("[response]", "share = 0.1", f'[response."{bundle}"]', "share = 0.3")
    assert found.own_response("9LA+ALE") == found.own_response("ALE+9LA") == {"share": 0.3}
    assert found.own_response("9LA") == {}
    assert found.own_response("share") == {}
    assert stated_response(found, "9LA+ALE").share == 0.3
    assert stated_response(found, "9LA").share == 0.1
    assert stated_response(found).share == 0.1


@pytest.mark.parametrize("key", follow_up_settings.RESPONSE)
def test_a_key_of_the_response_is_no_bundle_s_name(refusal, key):
    assert f"response: {key} is a table. Write a number" in refusal(
        f"[response.{key}]", "share = 0.3"
    )


def test_a_table_within_a_bundle_s_own_table_is_refused(refusal):
    assert "there is no key 'deeper'" in refusal('[response."9LA".deeper]', "share = 0.3")
    assert "share = {} is not a number" in refusal('[response."9LA".share]')


@pytest.mark.parametrize(
    ("bundle", "stranger"),
    [("ZZZ", "ZZZ"), ("9LA+ZZZ", "ZZZ"), ("9LA + ALE", "9LA "), ("9LA+", ""), ("", ""), ("9la", "9la")],
)  # fmt: skip
def test_a_bundle_is_of_the_follow_up_s_own_campaigns(refusal, bundle, stranger):
    assert refusal(f'[response."{bundle}"]', "share = 0.3") == (
        f"followup.toml, response: {bundle!r} names {stranger!r}, which is not among the campaigns."
        " The campaigns are 9LA, ALE; join those of a bundle by +."
    )


def test_a_bundle_names_a_campaign_once(refusal):
    assert refusal('[response."9LA+ALE+9LA"]', "share = 0.3") == (
        "followup.toml, response: '9LA+ALE+9LA' names '9LA' twice. Name it once."
    )


def test_a_bundle_has_one_table_in_whatever_order_its_campaigns_are_named(read, refusal):
    one, same, other = '[response."9LA+ALE"]', '[response."ALE+9LA"]', '[response."ALE"]'
    assert refusal(one, "share = 0.3", other, same, "share = 0.2") == (
        "followup.toml, response: '9LA+ALE' and 'ALE+9LA' are the same bundle. State its values in one table."
    )
    assert read(one, "share = 0.3", other, "share = 0.2").own_response("ALE") == {"share": 0.2}


# The sender

SENDER = {
    "name": "Made-up Motors",
    "address": "PO Box 1",
    "phone": "1-800-555-0100",
    "tty": "1-800-555-0101",
    "department": "Recall Department",
    "hours": "8 to 5",
    "web": "www.example.com",
    "mailer_id": "123456",
}


def test_the_sender_has_what_letters_notices_and_barcodes_print(read):
    lines = [f'{key} = "{value}"' for key, value in SENDER.items()]
    assert read("[sender]", *lines).sender == SENDER


def test_a_key_that_is_none_of_the_sender_is_refused_with_the_nearest(refusal):
    said = refusal("[sender]", 'phon = "1-800-555-0100"')
    assert said == "followup.toml, sender: there is no key 'phon'. Did you mean 'phone'?"
    known = "Known are address, department, eligibility_system, es, hours, mailer_id, name, phone, tty, web."
    assert known in refusal("[sender]", "x = 1")


def test_department_and_hours_have_their_spanish_words_and_nothing_else_has(read, refusal):
    lines = ("[sender.es]", 'department = "Retiros"', 'hours = "de 8 a 5"')
    assert read(*lines).sender == {"es": {"department": "Retiros", "hours": "de 8 a 5"}}
    assert refusal("[sender.es]", 'web = "x"').startswith("followup.toml, sender, es: there is no")
    assert refusal("[sender.es]", "hours = 8").endswith("is not text. Write text.")
    assert refusal("[sender]", 'es = "de 8 a 5"').startswith("followup.toml, sender: es = ")


@pytest.mark.parametrize("key", SENDER)
@pytest.mark.parametrize("value", ["123456", "true", '["PO Box 1"]', '{ line = "PO Box 1" }'])
def test_what_a_sender_says_is_text(refusal, key, value):
    said = refusal("[sender]", f"{key} = {value}")
    assert said.startswith(f"followup.toml, sender: {key} = ")
    assert said.endswith("is not text. Write text.")


@pytest.mark.parametrize(
    "taken", ["", "000000", "123456", "899999", "900000000", "912345678", "999999999"]
)
def test_a_mailer_id_has_six_digits_up_to_899999_or_nine_from_900000000_on(read, taken):
    assert read("[sender]", f'mailer_id = "{taken}"').sender == {"mailer_id": taken}


@pytest.mark.parametrize(
    "wrong",
    ["12", "1234567", "123456789", "899999999", "12345a", "900000", "999999", "１２３４５６"],
)
def test_any_other_mailer_id_is_refused_before_a_list_freezes_with_it(refusal, wrong):
    said = refusal("[sender]", f'mailer_id = "{wrong}"')
    assert said == (
        f"followup.toml, sender: {wrong!r} is not a Mailer ID. The Postal Service gives of 6 digits 000000 to 899999, of 9"
        " digits 900000000 to 999999999 (USPS-B-3200): state yours, [sender] mailer_id."
    )


# [mail]: what is asked of the Postal Service


@pytest.mark.parametrize(
    ("lines", "service_type", "endorsement"),
    [
        ([], "270", "none"),
        (['endorsement = "Address Service Requested"'], "141", "Address Service Requested"),
        (['endorsement = "return  service REQUESTED"'], "342", "Return Service Requested"),
        (['service_type = "080"'], "080", "Address Service Requested"),
        (['service_type = "270"', 'endorsement = "none"'], "270", "none"),
        (['service_type = "777"', 'endorsement = "Change Service Requested"'], "777", "Change Service Requested"),
    ],
)  # fmt: skip
def test_the_service_type_and_the_endorsement_follow_from_each_other(
    read, lines, service_type, endorsement
):
    asked = mail_service(read("[mail]", *lines).mail)
    assert (asked.service_type, asked.endorsement) == (service_type, endorsement)
    assert asked.known == (service_type != "777")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('service_type = "271"', "271 is none of the service types of First-Class Mail"),
        ('service_type = "14"', "service_type = '14' is not three digits"),
        ("service_type = 141", "service_type = 141 is not text"),
        ('endorsement = "forward it"', "endorsement = 'forward it' is none. Known are none, Address Service Requested,"),
        ('service_type = "141"\nendorsement = "Return Service Requested"',
         "service type 141 stands for 'Address Service Requested', and endorsement is 'Return Service Requested'"),
        ('endorsment = "none"', "there is no key 'endorsment'. Did you mean 'endorsement'?"),
    ],
)  # fmt: skip
def test_a_service_that_first_class_mail_has_not_is_refused(refusal, line, said):
    assert said in refusal("[mail]", line)


# What must be ready before a release


def test_readiness_holds_a_wave_for_its_notices_and_its_signatures_where_nothing_is_stated(read):
    assert dict(read().ready.rules) == {
        "notices": "ask", "receipts": "tell", "kits": "tell", "hours": "tell", "addresses": "tell", "versions": "ask",
    }  # fmt: skip
    found = read("[readiness]", 'kits = "refuse"', "address_days = 60").ready
    assert (found.of("kits"), found.of("notices"), found.address_days) == ("refuse", "ask", 60)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('kits = "warn"', "readiness: kits must be one of tell, ask, refuse, not 'warn'"),
        ("kits = true", "kits = True is not text"),
        ('kit = "ask"', "there is no key 'kit'. Did you mean 'kits'?"),
        ("address_days = 0", "address_days must be a whole number of at least 1, not 0"),
        ('address_days = "95"', "address_days = '95' is not a whole number"),
    ],
)
def test_a_rule_of_readiness_that_cannot_stand_is_refused(refusal, line, said):
    assert said in refusal("[readiness]", line)


@pytest.mark.parametrize("kind", ["initial", "interim", "remedy_available", "follow_up_ordered"])
def test_letters_that_are_owed_are_signed_whatever_is_stated(read, refusal, kind):
    """577.8: no rule reads all that a sentence can say, so a person does; voluntary letters keep the choice (decision 0138)."""
    for rule in ("tell", "ask"):
        said = refusal("[readiness]", f'versions = "{rule}"', kind=f'"{kind}"')
        assert f"versions cannot be '{rule}' in a follow-up of kind {kind}" in said
        assert not read("[readiness]", f'versions = "{rule}"').ready.all_signed
    for lines in ((), ("[readiness]", 'versions = "refuse"')):
        assert read(*lines, kind=f'"{kind}"').ready.all_signed


# The rest after a letter, and the silent


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rest_weeks = -1", "rest_weeks must be a whole number of at least 0, not -1"),
        ("rest_weeks = 1.5", "rest_weeks = 1.5 is not"),
        ("silent_of = 3", "silent_of = 3 is not text"),
    ],
)
def test_a_rest_is_whole_weeks_and_the_silent_are_those_of_a_name(refusal, line, said):
    key, value = line.split(" = ")
    assert said in refusal(**{key: value})


def test_only_a_voluntary_follow_up_lists_the_silent_of_another(read, refusal):
    assert read(silent_of='"spring"').silent_of == "spring"
    assert read(owed_of='"spring"', kind='"initial"').owed_of == "spring"
    said = refusal(owed_of='"spring"')
    assert "owed_of must be of a follow-up of kind initial or interim, not 'spring'" in said
    said = refusal(silent_of='"spring"', kind='"initial"')
    assert "silent_of must be of a follow-up of kind follow_up_voluntary, not 'spring'" in said


@pytest.mark.parametrize(
    ("kind", "weeks", "rests"),
    [("follow_up_voluntary", 8, True), ("follow_up_voluntary", 0, False)]
    + [
        (kind, 8, False) for kind in ("initial", "interim", "remedy_available", "follow_up_ordered")
    ],
)
def test_only_a_letter_that_nobody_is_bound_to_send_waits_for_the_rest(read, kind, weeks, rests):
    assert read(kind=f'"{kind}"', rest_weeks=weeks).rests is rests


@pytest.mark.parametrize(
    ("on", "since"),
    [("2013-04-28", "2013-03-04"), ("2013-04-29", "2013-03-11"), ("2013-05-05", "2013-03-11")],
)
def test_eight_weeks_are_counted_from_monday_to_monday(read, on, since):
    assert read().resting_since(date.fromisoformat(on)) == date.fromisoformat(since)


def test_the_follow_up_of_the_silent_keeps_the_limits_and_has_a_notice_of_its_own(read):
    first = read(kind='"follow_up_ordered"', stated_start="2013-02-28", wait_bound_weeks=3)
    found = first.of_the_silent("again", date(2013, 4, 29))
    assert (found.name, found.kind, found.silent_of) == (
        "again", "follow_up_voluntary", first.name,
    )  # fmt: skip
    assert (found.notice_date, found.stated_start) == (date(2013, 4, 29), None)
    assert (found.wait_bound_weeks, found.campaigns) == (3, first.campaigns)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("spring", "spring-2013-04-29"),
        ("spring-2013-03-04", "spring-2013-04-29"),
        ("follow-up-2013-02", "follow-up-2013-02-2013-04-29"),
        ("a-name-of-thirty-two-characters-1", "a-name-of-thirty-two--2013-04-29"),
    ],
)
def test_a_list_of_the_silent_is_named_after_its_follow_up_and_its_day(name, expected):
    found = follow_up_settings.name_of_the_silent(name, date(2013, 4, 29))
    assert (found, len(found) <= follow_up_settings.LONGEST_NAME) == (expected, True)


# As JSON and back


def test_settings_go_to_json_and_back(read):
    for found in (
        read(),
        read(
            "[response]",
            "share = 0.2",
            '[response."9LA"]',
            "share = 0.3",
            stated_start="2013-02-28",
        ),
    ):
        facts = json.loads(json.dumps(follow_up_settings.to_facts(found)))
        assert facts["notice_date"] == "2013-02-26"
        assert follow_up_settings.from_facts(facts) == found


def test_facts_of_a_later_release_are_passed_over(read):
    facts = follow_up_settings.to_facts(read()) | {"colour": "red"}
    assert follow_up_settings.from_facts(facts) == read()


def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path):
    path = tmp_path / "followup.toml"
    path.write_text("name = follow-up\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"followup\.toml is not TOML"):
        follow_up_settings.read(path)
