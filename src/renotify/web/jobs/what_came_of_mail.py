"""What came of the jobs of the mail room: a release, a call-back, evidence, what came back, searches, letters printed again."""

from __future__ import annotations

from pathlib import Path

from renotify.values.english import counted
from renotify.web.jobs.came_of_it import (
    CameOfIt,
    Next,
    Said,
    counts_table,
    list_of,
    page_at,
    said_alone,
)


def released(said: Said) -> CameOfIt:
    """A wave that was released: its counts, why letters were withdrawn, and the print job."""
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        said_alone(
            f"Wave {wave}: {counted(said['released'], 'letter')} released of {said['planned']:,} planned; {said['withdrawn']:,} withdrawn.",
            f"{counted(said['printed'], 'letter is', 'letters are')} printed in {counted(said['versions'], 'version')};"
            f" {said['exceptions']:,} set aside.",
            said.get("readdressed")
            and f"{counted(said['readdressed'], 'letter goes', 'letters go')} to a newer address.",
            said.get("rebundled")
            and f"{counted(said['rebundled'], 'letter is', 'letters are')} about other campaigns than planned.",
            said.get("resumed") and "It went on where an earlier release had stopped.",
        ),
        (
            *counts_table("Withdrawn, and why", said["withdrawn_reasons"], "Because", "Letters"),
            *counts_table("By language", said["languages"], "Language", "Letters"),
            *counts_table("By envelope", said["envelopes"], "Envelope", "Letters"),
        ),
        [
            Next(
                "Give the print job to the mail house; its evidence is taken in at the wave's page",
                page_at("mailing:wave", name, wave),
            ),
            *(
                [Next("Correct what was set aside", page_at("mailing:work", name, "set_aside"))]
                if said["exceptions"]
                else []
            ),
        ],
        kept={
            "The print job with its manifest and ticket": said["folder"],
            "The manifest": f"{said['folder']}/manifest.csv",
            **(
                {"What was set aside": f"{said['folder']}/exceptions.csv"}
                if said["exceptions"]
                else {}
            ),
        },
    )


def printed_again(said: Said) -> CameOfIt:
    """Letters printed after their wave's release."""
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        [
            (
                f"Wave {wave}: {counted(said['printed'], 'letter')} printed again,"
                f" {said['withdrawn']:,} withdrawn, {said['exceptions']:,} still set aside."
            )
        ],
        counts_table("Printed otherwise than the row stands", said["mended"], "Because", "Letters"),
        [
            Next(
                "Give it to the mail house; its evidence is taken in at the wave's page",
                page_at("mailing:wave", name, wave),
            )
        ],
        list_of(said, "warnings"),
        {"The print job": said["folder"], "The manifest": said.get("manifest", "")}
        if said.get("folder")
        else {},
    )


def called_back(said: Said) -> CameOfIt:
    """A wave that was called back, and the print job that is void."""
    name, wave = said["follow_up"], said["wave"]
    void = (
        f"Tell the mail house that nothing of this print job may be mailed: {Path(said['folder']).name}."
        if said["folder"]
        else ""
    )
    return CameOfIt(
        said_alone(
            f"Wave {wave} is called back: {counted(said['called_back'], 'letter is', 'letters are')} planned again.",
            void,
        ),
        (),
        [
            Next("See whether the wave is ready", page_at("mailing:wave", name, wave)),
            Next("Or plan again", page_at("analyst:follow_up", name) + "#plan"),
        ],
    )


def evidence(said: Said) -> CameOfIt:
    """The mail house's evidence: what was mailed, spoiled, and is still awaited."""
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        said_alone(
            f"Wave {wave}: {counted(said['accepted'], 'letter')} mailed, {said['spoiled']:,} spoiled, {said['unchanged']:,} known before.",
            said["taken_back"]
            and f"{counted(said['taken_back'], 'letter')} said to be mailed before {'was' if said['taken_back'] == 1 else 'were'} not.",
            said["remade"] and f"{counted(said['remade'], 'letter')} mailed in a copy.",
            "The mail house has answered for every letter of the wave."
            if said["complete"]
            else f"The mail house has still to answer for {said['awaiting']:,}.",
            said["rejected"] and f"{counted(said['rejected'], 'row was', 'rows were')} refused.",
        ),
        counts_table("Refused rows, and why", said["reasons"], "Because", "Rows"),
        [
            Next("See the wave's counts", page_at("mailing:wave", name, wave)),
            *(
                [Next("See the spoiled letters", page_at("mailing:work", name, "spoiled"))]
                if said["spoiled"]
                else []
            ),
        ],
        list_of(said, "notes"),
    )


ACTIONS = {
    "re_send": "send again",
    "skip_trace": "search for the address",
    "new_address": "a new address is known",
    "change_channel": "call or e-mail",
    "ask": "a person must look",
}


def came_back(said: Said) -> CameOfIt:
    """Mail that came back, and what is to be done about it."""
    return CameOfIt(
        said_alone(
            f"{counted(said['returned'], 'letter')} came back, {said['unchanged']:,} known before.",
            said["unnamed"]
            and f"{counted(said['unnamed'], 'row says', 'rows say')} of no single letter which it is: a person must look.",
            said["rejected"] and f"{counted(said['rejected'], 'row was', 'rows were')} refused.",
        ),
        (
            *counts_table(
                "What is to be done about them",
                {ACTIONS.get(one, one): count for one, count in said["actions"].items()},
                "What",
                "Letters",
            ),
            *counts_table("Refused rows, and why", said["reasons"], "Because", "Rows"),
        ),
        [
            Next(f"See the work lists of {name}", page_at("mailing:follow_up", name))
            for name in said["follow_ups"]
        ],
        list_of(said, "notes"),
    )


def searched(said: Said) -> CameOfIt:
    """What a search for addresses came to."""
    return CameOfIt(
        said_alone(
            f"{counted(said['found'], 'new address', 'new addresses')},"
            f" {counted(said['exhausted'], 'search', 'searches')} ended without a result,"
            f" {counted(said['reached'], 'owner')} reached otherwise, {said['unchanged']:,} known before.",
            said["addresses_refused"]
            and f"{counted(said['addresses_refused'], 'address', 'addresses')} refused: no letter can reach it.",
            said["rejected"] and f"{counted(said['rejected'], 'row was', 'rows were')} refused.",
        ),
        counts_table("Refused rows, and why", said["reasons"], "Because", "Rows"),
        [Next("Write again to whom a letter can reach now", page_at("mailing:follow_ups"))],
        list_of(said, "notes"),
    )


def to_search(said: Said) -> CameOfIt:
    """The list for a search of addresses."""
    name = said["follow_up"]
    return CameOfIt(
        [
            f"{counted(said['pieces'], 'address', 'addresses')} for {said['vendor']}. It names owners: who has it is kept."
        ],
        (),
        [Next("Take in what they found", page_at("mailing:work", name, "skip_trace"))],
        kept={"The list of addresses": said["file"]},
    )


def sent_again(said: Said) -> CameOfIt:
    """Letters that go again in a wave of their own."""
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        said_alone(
            f"{counted(said['pieces'], 'letter')} to be sent again, in wave {wave}.",
            said["spent"]
            and f"{counted(said['spent'], 'letter')} went nine times and go no more: a person must look.",
            *list_of(said, "warnings"),
        ),
        (),
        [Next(f"Release wave {wave}", page_at("mailing:wave", name, wave))],
    )


def to_pull(said: Said) -> CameOfIt:
    """Printed letters that must not be mailed any more."""
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        [
            (
                f"{counted(said['pull'], 'printed letter')} of wave {wave} must not be mailed any more,"
                f" of {said['waiting']:,} that the mail house has not answered for."
            )
        ],
        counts_table("Because", said["reasons"], "Because", "Letters"),
        [Next("Back to the wave", page_at("mailing:wave", name, wave))],
        kept={"The list for the mail house": said["file"]} if said.get("file") else {},
    )
