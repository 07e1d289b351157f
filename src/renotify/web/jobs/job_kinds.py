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


OF_FOLLOW_UP = {"follow_up": NAME}
OF_WAVE = {"follow_up": NAME, "wave": NUMBER}
KINDS = {
    kind.name: kind
    for kind in (
        JobKind("load", "Load files", lambda _: ["load"], {}, takes_files=True, rejects=True),
        JobKind("plan", "Plan", _follow_up("plan"), OF_FOLLOW_UP),
        JobKind("replan", "Plan again", _follow_up("replan"), OF_FOLLOW_UP),
        JobKind("notices", "Write notices", _follow_up("notices"), OF_FOLLOW_UP),
        JobKind(
            "notices_sent", "State that notices were sent", lambda values: ["notices", values["follow_up"], "--sent"], OF_FOLLOW_UP,
        ),
        JobKind("release", "Release a wave", _wave("mail", "release"), OF_WAVE, decides=True),
        JobKind(
            "release_anyway", "Release a wave that is held",
            lambda values: ["mail", "release", values["follow_up"], values["wave"], "--anyway", values["because"]],
            {**OF_WAVE, "because": SENTENCE}, decides=True,
        ),
        JobKind(
            "call_back", "Call a wave back",
            lambda values: ["mail", "call-back", values["follow_up"], values["wave"], "--because", values["because"]],
            {**OF_WAVE, "because": SENTENCE}, decides=True,
        ),
        JobKind("accept", "Take in evidence", _wave("mail", "accept"), OF_WAVE, takes_files=True),
        JobKind("returned", "Take in returned mail", lambda _: ["mail", "returned"], {}, takes_files=True),
        JobKind(
            "reprint", "Print corrected pieces", lambda values: [*_wave("mail", "release")(values), "--exceptions"],
            OF_WAVE, decides=True,
        ),
        JobKind(
            "quarterly", "Quarterly report", lambda values: ["report", "quarterly", values["campaign"], values["quarter"]],
            {"campaign": NAME, "quarter": QUARTER},
        ),
        JobKind("verify", "Check the ledger", lambda _: ["verify"], {}),
    )
}  # fmt: skip


def kind_named(name: str) -> JobKind:
    """Return a kind of job. Raises WrongUse for one that is not of the list."""
    if name not in KINDS:
        raise WrongUse(f"There is no job {name!r}.", "Use the forms of the pages.")
    return KINDS[name]
