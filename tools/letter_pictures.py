"""Draw the pictures of letters in the documents, from the demo's campaigns and made-up owners.

    PYTHONPATH=src:tests python tools/letter_pictures.py

Every kind of letter in both languages, as the print run writes it, goes to docs/pictures/letters; the first page of the
memo's follow-up to docs/pictures/letter.png, its two pages and its worst case to docs/how-to/change-a-letter.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image

from letters.samples import FULL, HOURS, MAIL_DATE, rows
from letters.stated_letters import LETTERS, campaign_in, specification
from renotify.campaigns import catalogue
from renotify.letters import compose, proofsheet
from renotify.letters.batch_pdf import BatchFile
from renotify.letters.fields import prepare
from renotify.letters.spec import LetterSpec
from renotify.letters.version import LetterVersion

DOCS = Path(__file__).parent.parent / "docs"
DEMO = Path(compose.__file__).parent.parent / "demo" / "campaigns.toml"
KINDS = ("initial", "interim", "remedy_available", "follow_up")
BUNDLES = {"recall": ("9LA",), "service": ("CLB",), "two-recalls": ("9LA", "ALE")}
SHOWN = [(name, kind) for name in ("recall", "service") for kind in KINDS] + [
    ("two-recalls", "follow_up")
]
# kinds that the demo has no campaign for, each from what a campaigns.toml states
STATED = {
    "noncompliance": "a noncompliance that can hurt",
    "accelerated": "an accelerated remedy that NHTSA required",
    "replacement": "a vehicle that is replaced by order",
    "refund": "a refund of the vehicle's price",
    "no-longer-free": "a remedy no longer free",
    "equipment": "equipment that is replaced",
    "tires": "tires",
    "interim-without-a-day": "an interim letter without a day",
    "provisional": "a provisional notification",
    "after-the-court": "a noncompliance upheld in court, not yet remedied",
}
SMALL, LARGE = 72, 110  # dots an inch
GREYS = 16


def version_of(codes: Sequence[str], kind: str, language: str) -> LetterVersion:
    """Return the checked letter about some of the demo's campaigns; interim: no remedy is there."""
    known = {one.campaign_code: one for one in catalogue.read(DEMO)}
    spec = LetterSpec(
        kind=kind,
        campaigns=tuple(known[code] for code in codes),
        mail_date=MAIL_DATE,
        sender=FULL,
        language=language,
        labor_hours=HOURS,
        waiting=frozenset(codes if kind == "interim" else ()),
    )
    return compose.compile_letter(spec, rules_on=MAIL_DATE)


def pages_of(version: LetterVersion, dpi: float) -> list[Image.Image]:
    """Return the pages of one letter as the print run writes it."""
    target = BytesIO()
    file = BatchFile(version, target)
    file.add(prepare(version, rows(1)))
    file.close()
    document = pypdfium2.PdfDocument(target.getvalue())
    return [
        document[number].render(scale=dpi / 72, grayscale=True).to_pil()
        for number in range(version.page_count)
    ]


def save(pages: Sequence[Image.Image], path: Path) -> None:
    """Write pages side by side, in few greys, so that the repository stays small."""
    sheet = Image.new("L", (sum(one.width + 8 for one in pages) - 8, pages[0].height), 150)
    left = 0
    for one in pages:
        sheet.paste(one, (left, 0))
        left += one.width + 8
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(GREYS).save(path, optimize=True)


def main() -> None:
    """Draw all of them again."""
    for name, kind in SHOWN:
        version = version_of(BUNDLES[name], kind, "en+es")
        save(pages_of(version, SMALL), DOCS / "pictures" / "letters" / f"{name}-{kind}.png")
    for picture, name in STATED.items():
        with tempfile.TemporaryDirectory() as folder:
            letter = specification(campaign_in(Path(folder), name), LETTERS[name][0])
        version = compose.compile_letter(letter, rules_on=MAIL_DATE)
        save(pages_of(version, SMALL), DOCS / "pictures" / "letters" / f"{picture}.png")
    memo = version_of(BUNDLES["recall"], "follow_up", "en")
    pages = pages_of(memo, LARGE)
    save(pages[:1], DOCS / "pictures" / "letter.png")
    save(pages, DOCS / "how-to" / "change-a-letter" / "letter-two-pages.png")
    with tempfile.TemporaryDirectory() as folder:
        proof = proofsheet.proof(memo, rows(1), Path(folder))
        (worst,) = [
            path for path in proof.pictures if "worst" in path.name and path.stem.endswith("1")
        ]
        save(
            [Image.open(worst).convert("L")],
            DOCS / "how-to" / "change-a-letter" / "letter-worst-case.png",
        )


if __name__ == "__main__":
    main()
