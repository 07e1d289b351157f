"""Whole sheets: in a finished batch file no letter begins on the back of another owner's sheet."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest

from letters import samples
from letters.samples import rows
from renotify.errors import Inconsistent
from renotify.letters import compose, print_run
from renotify.letters.checks import batch_sample
from renotify.letters.envelope import Stream
from renotify.letters.job_ticket import Run, job_ticket

COUNT = 5


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The letters' sources, with a page more in the English follow-up."""
    sources = shutil.copytree(compose.SOURCES, tmp_path_factory.mktemp("sources") / "typst")
    form = sources / "safety" / "en" / "follow_up.typ"
    form.write_text(form.read_text("utf-8") + "\n#pagebreak()\nOne more page.\n", "utf-8")
    return sources


@pytest.fixture(scope="module")
def three_pages(typeset, sources):
    """A letter that ends on the front of its second sheet."""
    made = typeset(samples.spec(), sources)
    assert (made.page_count, made.profile.sides) == (3, 2)
    return made


def owners():
    return rows(COUNT, reference=[f"REF-{number}" for number in range(1, COUNT + 1)])


def one_sided(version):
    facts = version.profile.facts
    sheet = facts["sheet"] | {"duplex": False}
    return replace(version, profile=replace(version.profile, facts=facts | {"sheet": sheet}))


@pytest.fixture(scope="module")
def job(three_pages, tmp_path_factory):
    return print_run.render(three_pages, owners(), tmp_path_factory.mktemp("job"), stem="w")


def texts(path):
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_a_letter_of_three_pages_takes_two_sheets_and_its_last_back_is_blank(job, three_pages):
    (path,) = job.files
    pages = texts(path)
    assert (three_pages.sheets, three_pages.pages_in_file) == (2, 4)
    assert len(pages) == COUNT * 4
    for letter in range(COUNT):
        own = pages[4 * letter : 4 * letter + 4]
        assert all(f"REF-{letter + 1}" in text for text in own[:3])
        assert own[3] == ""


def test_the_manifest_says_on_which_page_and_sheet_each_letter_begins(job):
    found = job.manifest.to_pylist()
    assert [row["first_page"] for row in found] == [1, 5, 9, 13, 17]
    assert [row["first_sheet"] for row in found] == [1, 3, 5, 7, 9]
    assert {(row["pages"], row["sheets"]) for row in found} == {(3, 2)}


def test_a_letter_s_document_part_spans_its_blank_back_and_names_its_first_sheet(job):
    with pikepdf.open(job.files[0]) as pdf:
        root = pdf.Root.DPartRoot.DPartRootNode
        assert int(root.DPM.PagesOfSheet) == 2
        parts = list(root.DParts[0][0].DParts[0])
        assert [int(part.DPM.Sheet) for part in parts] == [1, 3, 5, 7, 9]
        assert {int(part.DPM.Sheets) for part in parts} == {2}
        for letter, part in enumerate(parts):
            pages = [page.obj for page in pdf.pages[4 * letter : 4 * letter + 4]]
            assert (part.Start.objgen, part.End.objgen) == (pages[0].objgen, pages[3].objgen)
            assert {page.DPart.objgen for page in pages} == {part.objgen}


def test_one_sided_letters_are_not_padded(three_pages, tmp_path):
    job = print_run.render(one_sided(three_pages), rows(COUNT), tmp_path, stem="w")
    assert len(texts(job.files[0])) == COUNT * 3
    found = job.manifest.to_pylist()
    assert [row["first_page"] for row in found] == [1, 4, 7, 10, 13]
    assert [row["first_sheet"] for row in found] == [1, 4, 7, 10, 13]
    assert {row["sheets"] for row in found} == {3}


@pytest.mark.parametrize(("duplex", "second"), [(True, 5), (False, 4)])
def test_the_second_language_begins_on_a_new_sheet(profile, pack, sources, duplex, second):
    """English takes three pages: on two sides the fourth is left out, on one side it is a sheet of its own."""
    sheet = profile.facts["sheet"] | {"duplex": duplex}
    chosen = replace(profile, facts=profile.facts | {"sheet": sheet})
    recipe = compose.recipe(samples.spec(language="en+es"), chosen, pack, sources)
    made = compose.version_of(compose.set_print(recipe, sources), chosen, sources)
    assert made.parts == (("en", 1), ("es", second))


def test_the_ticket_counts_pages_and_sheets_and_tells_the_press_to_keep_the_blank_backs(
    job, three_pages, version, pack, tmp_path
):
    short = print_run.render(version, rows(3), tmp_path, stem="short")
    stream = Stream("safety", "en")
    runs = [Run(three_pages, job, stream), Run(version, short, stream)]
    ticket = job_ticket(runs, {stream: b"%PDF"}, tmp_path, stem="w", pack=pack)
    (stream,) = json.loads(ticket.json.read_text("utf-8"))["streams"]
    counts = ("letters", "pages_in_a_letter", "sheets_in_a_letter", "pages", "sheets")
    assert [[file[name] for name in counts] for file in stream["files"]] == [
        [5, 3, 2, 20, 10], [3, 2, 1, 6, 3],
    ]  # fmt: skip
    assert stream["sheets"] == "1, 2"
    assert any("blank page as its back" in line for line in stream["instructions"])
    words = " ".join("".join(texts(ticket.pdf)).split())
    assert "every letter begins on a sheet of its own" in words


def test_the_gate_finds_a_letter_that_begins_on_another_s_back(job, three_pages):
    manifest = job.manifest
    assert batch_sample.sample(three_pages, job.files[0], owners(), manifest) == []
    at = manifest.column_names.index("first_page")
    unpadded = manifest.set_column(at, "first_page", [[1, 4, 7, 10, 13]])
    found = batch_sample.sample(three_pages, job.files[0], owners(), unpadded)
    assert [(one.code, one.message) for one in found] == [
        ("sample.sheet", "letter 2 begins on the back of another letter's sheet"),
        ("sample.sheet", "letter 2 does not begin on the sheet that the manifest names"),
    ]


def test_the_gate_refuses_a_batch_without_its_blank_backs(job, three_pages, tmp_path):
    other = tmp_path / "unpadded.pdf"
    with pikepdf.open(job.files[0]) as pdf:
        for back in range(COUNT * 4 - 1, 0, -4):
            del pdf.pages[back]
        pdf.save(other)
    with pytest.raises(Inconsistent, match="15 pages, 5 letters need 20"):
        batch_sample.sample(three_pages, other, owners(), job.manifest)


def test_the_gate_finds_ink_on_a_back_that_must_be_blank(job, three_pages, tmp_path):
    other = tmp_path / "inked.pdf"
    with pikepdf.open(job.files[0]) as pdf:
        pdf.pages[3].obj.Contents = pdf.make_stream(b"0 0 100 100 re f")
        pdf.save(other)
    found = batch_sample.sample(three_pages, other, owners(), job.manifest)
    assert [(one.code, one.message) for one in found] == [
        ("sample.back", "letter 1: the back of its last page is not blank")
    ]


# Two closing lines take no sheet


def longer(words):
    """A recall whose defect has so many words more, in sentences of six."""
    more = " ".join(["The part can wear out early."] * (words // 6))
    return replace(samples.FUEL, defect=f"{samples.FUEL.defect} {more}")


def test_a_letter_whose_last_lines_would_take_a_second_sheet_is_set_smaller_and_one_of_pages_more_is_not(
    pack, typeset, monkeypatch
):
    typesettings = []
    compile_typst = compose.compile_typst

    def counted(source, inputs, **how):
        typesettings.append((inputs["output"], inputs["letter"]["body-size"]))
        return compile_typst(source, inputs, **how)

    for words, size, tried in ((480, 9.2, [9.0, 9.2]), (900, None, [9.0])):
        given = samples.spec(longer(words))
        as_words_leave_room = typeset(given)
        with monkeypatch.context() as patched:
            patched.setattr(compose, "compile_typst", counted)
            typesettings.clear()
            version = compose.compile_letter(given, rules_on=pack)
        own = as_words_leave_room.recipe.inputs["letter"]["body-size"]
        assert as_words_leave_room.sheets == 2
        assert (version.sheets, version.recipe.inputs["letter"]["body-size"]) == (
            (1, size) if size else (2, own)
        )
        # each type that is tried is set in print alone, and nothing else: the face surely shows all of these characters
        assert typesettings == [("print", one) for one in (own, *tried)]
