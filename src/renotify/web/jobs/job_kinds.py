"""The kinds of jobs: a closed list of commands, each with the words it takes and whom it is for. No other command can be asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from renotify.errors import WrongUse
from renotify.web.door.roles import Role

REJECTS = "rejects"  # the folder of refused rows within a job's own
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
NUMBER = re.compile(r"[0-9]{1,6}")
SENTENCE = re.compile(r"[^\x00-\x1f]{1,255}")
POLICY = re.compile(r"optimal|exact|greedy|all-at-once|oldest-first|zip-order|uniform:[1-9][0-9]?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
QUARTER = re.compile(r"[0-9]{4}Q[1-4]")


@dataclass(frozen=True)
class JobKind:
    """A command that may be asked for: ``words`` makes its arguments of what a form says, ``form`` the pattern of each value.

    ``takes_files``: files that were uploaded stand behind the words. ``decides``: the command is told who decides.
    ``rejects``: it keeps refused rows, in the job's own folder.
    """

    name: str
    title: str
    words: Callable[[Mapping[str, str]], list[str]]
    form: Mapping[str, re.Pattern[str]]
    takes_files: bool = False
    decides: bool = False
    rejects: bool = False
    roles: tuple[Role, ...] = (Role.ANALYST,)

    def arguments(self, values: Mapping[str, str], files: list[Path], person: str) -> list[str]:
        """Return the command's words. Raises WrongUse for a value that has not its form, and for files that lack."""
        for name, pattern in self.form.items():
            if not pattern.fullmatch(values.get(name, "")):
                raise WrongUse(
                    f"{name.replace('_', ' ').capitalize()} is missing or not of its form.",
                    "Fill the field and send it again.",
                )
        if self.takes_files and not files:
            raise WrongUse("No file came with the form.", "Choose the files again.")
        words = self.words(values) + [str(file) for file in files]
        if self.rejects and files:
            words += ["--rejects", str(files[0].parent / REJECTS)]
        return words + (["--by", person] if self.decides else [])


def _follow_up(*before: str) -> Callable[[Mapping[str, str]], list[str]]:
    return lambda values: [*before, values["follow_up"]]


def _wave(*before: str) -> Callable[[Mapping[str, str]], list[str]]:
    return lambda values: [*before, values["follow_up"], values["wave"]]


def _draft(command: str) -> Callable[[Mapping[str, str]], list[str]]:
    return lambda values: [
        command,
        values["follow_up"],
        "--policy",
        values["policy"],
        "--as",
        values["draft"],
    ]


OF_FOLLOW_UP = {"follow_up": NAME}
OF_DRAFT = {**OF_FOLLOW_UP, "policy": POLICY, "draft": NAME}
OF_WAVE = {"follow_up": NAME, "wave": NUMBER}
KINDS = {
    kind.name: kind
    for kind in (
        JobKind("load", "Load files", lambda _: ["load"], {}, takes_files=True, rejects=True),
        JobKind("plan", "Plan", _follow_up("plan"), OF_FOLLOW_UP),
        JobKind("replan", "Plan again", _follow_up("replan"), OF_FOLLOW_UP),
        JobKind("notices", "Write notices", _follow_up("notices"), OF_FOLLOW_UP),
        JobKind(
            "notices_sent",
            "State that notices were sent",
            lambda values: ["notices", values["follow_up"], "--sent"],
            OF_FOLLOW_UP,
        ),
        JobKind("release", "Release a wave", _wave("mail", "release"), OF_WAVE, decides=True),
        JobKind(
            "release_anyway",
            "Release a wave that is held",
            lambda values: [
                "mail",
                "release",
                values["follow_up"],
                values["wave"],
                "--anyway",
                values["because"],
            ],
            {**OF_WAVE, "because": SENTENCE},
            decides=True,
        ),
        JobKind(
            "call_back",
            "Call a wave back",
            lambda values: [
                "mail",
                "call-back",
                values["follow_up"],
                values["wave"],
                "--because",
                values["because"],
            ],
            {**OF_WAVE, "because": SENTENCE},
            decides=True,
        ),
        JobKind(
            "accept",
            "Take in evidence",
            _wave("mail", "accept"),
            OF_WAVE,
            takes_files=True,
            rejects=True,
        ),
        JobKind(
            "returned",
            "Take in returned mail",
            lambda _: ["mail", "returned"],
            {},
            takes_files=True,
            rejects=True,
        ),
        JobKind(
            "reprint",
            "Print corrected pieces",
            lambda values: [*_wave("mail", "release")(values), "--exceptions"],
            OF_WAVE,
            decides=True,
        ),
        JobKind(
            "quarterly",
            "Quarterly report",
            lambda values: ["report", "quarterly", values["campaign"], values["quarter"]],
            {"campaign": NAME, "quarter": QUARTER},
        ),
        JobKind("verify", "Check the ledger", lambda _: ["verify"], {}),
        JobKind(
            "freeze", "Freeze a list", lambda _: ["followup", "new"], OF_FOLLOW_UP, takes_files=True
        ),
        JobKind(
            "freeze_silent",
            "Freeze a list of the silent owners",
            _follow_up("followup", "new", "--silent-of"),
            OF_FOLLOW_UP,
        ),
        JobKind(
            "freeze_owed",
            "Freeze a list of who is owed a first notice",
            _follow_up("followup", "new", "--owed-of"),
            OF_FOLLOW_UP,
        ),
        JobKind("draft", "Make a draft plan", _draft("plan"), OF_DRAFT),
        JobKind("draft_again", "Make a draft plan of the free weeks", _draft("replan"), OF_DRAFT),
        JobKind(
            "receipts",
            "Take in the dealers' receipts",
            lambda values: ["notices", values["follow_up"], "--acknowledge"],
            OF_FOLLOW_UP,
            takes_files=True,
        ),
        JobKind(
            "release_cleared",
            "Release a wave whose text was submitted",
            lambda values: [*_wave("mail", "release")(values), "--cleared", values["cleared"]],
            {**OF_WAVE, "cleared": DAY},
            decides=True,
        ),
        JobKind(
            "resend",
            "Write again to whom a letter can reach",
            _follow_up("mail", "resend"),
            OF_FOLLOW_UP,
        ),
        JobKind(
            "trace",
            "Write the list for a search of addresses",
            lambda values: ["mail", "trace", values["follow_up"], "--to", values["to"]],
            {**OF_FOLLOW_UP, "to": SENTENCE},
        ),
        JobKind(
            "traced",
            "Take in what a search came to",
            lambda _: ["mail", "traced"],
            {},
            takes_files=True,
            rejects=True,
        ),
        JobKind(
            "reprint_lost",
            "Print spoiled and lost letters again",
            _wave("mail", "reprint"),
            OF_WAVE,
        ),
        JobKind(
            "pull", "List letters that must not be mailed any more", _wave("mail", "pull"), OF_WAVE
        ),
    )
}

# Kinds that do the same thing once of what they are about: who asks twice, or again after a worker was lost, is told who did it.
KINDS_ONCE = (("release", "release_anyway", "release_cleared"), ("call_back",), ("freeze",))


def values_of_words(kind: str, words: list[str]) -> dict[str, str]:
    """Return what a form said of the follow-up and the wave of a job that takes files, read from its command."""
    form, before = KINDS[kind].form, {"accept": 2, "receipts": 1, "freeze": 0}.get(kind, 0)
    return {
        name: words[before + place]
        for place, name in enumerate(("follow_up", "wave"))
        if name in form
    }


def kind_named(name: str) -> JobKind:
    """Return a kind of job. Raises WrongUse for one that is not of the list."""
    if name not in KINDS:
        raise WrongUse(f"There is no job {name!r}.", "Use the forms of the pages.")
    return KINDS[name]
