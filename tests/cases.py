"""Cases of a rule in one test: ``at_once`` reads as pytest's parametrize, and costs one test's set-up whatever the number of cases."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Test = Callable[..., None]


def at_once(
    names: str | Sequence[str],
    cases: Iterable[Any],
    ids: Callable[[Any], object] = repr,
) -> Callable[[Test], Test]:
    """Run a test for each case, as ``pytest.mark.parametrize`` would; what fails names its case. For tests of values only."""
    several = [name.strip() for name in names.split(",")] if isinstance(names, str) else names
    listed = list(cases)

    def decorate(test: Test) -> Test:
        asked = inspect.signature(test)

        @functools.wraps(test)
        def run(*own: object, **fixtures: Any) -> None:
            for case in listed:
                values = (case,) if len(several) == 1 else case
                try:
                    test(*own, **fixtures, **dict(zip(several, values, strict=True)))
                except Exception as error:
                    error.add_note(f"case: {ids(case)}")
                    raise

        rest = [one for name, one in asked.parameters.items() if name not in several]
        del run.__wrapped__  # pytest is to see the fixtures alone
        run.__signature__ = asked.replace(parameters=rest)  # type: ignore[attr-defined]
        return run

    return decorate
