"""Letters a second and core: the writer of a batch beside its peers, on the same letter, in one run.

    python benchmarks/letters.py            # every peer that is installed (requirements/bench.txt)
    python benchmarks/letters.py --quick    # a tenth of the letters
    python benchmarks/letters.py --memory   # peak memory at 10,000, 100,000 and 1,000,000 letters
    python benchmarks/letters.py --cores    # one process against two

CPU time of this process and its children; trust the ratios, the machine is rarely idle. The batch
writer is measured from Arrow columns to finished files: checks, barcodes, manifest and SHA-256
included. Peers are given ready dictionaries of the same rows. Their letters hold the same words,
address, barcode and slots; their layout is equivalent, not identical. pydyf and ReportLab's forms
follow the same design (static pages once), the others lay out every letter.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path

import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from renotify.letters import imb, readback  # noqa: E402
from renotify.letters.batch_pdf import page_template  # noqa: E402
from renotify.letters.compose import compile_letter  # noqa: E402
from renotify.letters.print_run import render  # noqa: E402
from renotify.letters.specimen import specimen  # noqa: E402
from renotify.letters.typesetting import FONTS  # noqa: E402


def of_the_tests(name: str):
    """Return a module of tests/letters by its file: this file is called letters too."""
    found = importlib.util.spec_from_file_location(name, ROOT / "tests" / "letters" / f"{name}.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


samples, typst_oracle = of_the_tests("samples"), of_the_tests("typst_oracle")

FIRST = ["MARIA", "JOSÉ", "ANNA", "NGUYỄN", "ŁUKASZ", "JOHN", "SIOBHÁN", "WEI"]
LAST = ["O’BRIEN", "SMITH", "GARCIA", "ÑÚÑEZ", "VAN DER BERG", "LEE", "JOHNSON"]


def cpu() -> float:
    own, children = (
        resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def rows(count: int, start: int = 0) -> pa.Table:
    rng = random.Random(start)
    numbers = range(start, start + count)
    points = [f"{rng.randrange(10**6):06d}" for _ in numbers]
    return samples.rows(
        count,
        piece_id=[f"P{n:08d}" for n in numbers],
        name1=[f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _ in numbers],
        addr1=[f"{rng.randrange(1, 9999)} EXAMPLE AVE APT {rng.randrange(99)}" for _ in numbers],
        addr2=[rng.choice(["", "", "", "BUILDING 7"]) for _ in numbers],
        vin=[f"JTHBK26206{n % 10**7:07d}" for n in numbers],
        reference=[f"2013-02/9LA/{n:08d}" for n in numbers],
        zip4=[point[:4] for point in points],
        delivery_point=[point[4:] for point in points],
        imb_payload=[
            f"00270123456789{n % 10**6:06d}62701{point}"
            for n, point in zip(numbers, points, strict=True)
        ],
    )


def batches(count: int):
    for start in range(0, count, 10_000):
        yield from rows(min(10_000, count - start), start).to_batches()


class Peers:
    """Each method prints the letters it was given and returns the bytes written."""

    def __init__(self, folder: Path) -> None:
        self.version = compile_letter(samples.spec(), rules_on=samples.MAIL_DATE)
        self.folder = folder
        pages = readback.read(specimen(self.version).bare, (), self.version.page_count)
        self.words = [[" ".join(p.split()) for p in page.text.split("\n\n")] for page in pages]
        self.table: pa.Table | None = None

    def take(self, count: int) -> list[dict[str, str]]:
        return rows(count).to_pylist()

    def batch_writer(self) -> int:
        report = render(self.version, self.table, self.folder / "r", stem="w")
        assert report.counts["printed"] == self.table.num_rows
        return sum(path.stat().st_size for path in report.files)

    def typst_each(self) -> int:
        return sum(len(typst_oracle.typeset_one(self.version, row)) for row in self.given)

    def _all_bars(self) -> list[str]:
        return imb.encode([row["imb_payload"] for row in self.given])

    def pydyf(self) -> int:
        """The same design, our streams, its writer; static pages and faces are stubs: flattering."""
        import pydyf

        pdf = pydyf.PDF()
        static = pydyf.Stream(
            [b"BT ET"],
            extra={"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array([0, 0, 612, 792])},
        )
        font = pydyf.Dictionary({"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Helvetica"})
        pdf.add_object(static)
        pdf.add_object(font)
        resources = pydyf.Dictionary(
            {
                "Font": pydyf.Dictionary({"F0": font.reference}),
                "XObject": pydyf.Dictionary({"S1": static.reference}),
            }
        )
        templates = [
            page_template(self.version, page + 1) for page in range(self.version.page_count)
        ]
        names = [
            [slot.name for slot in self.version.slots if slot.page == page + 1]
            for page in range(self.version.page_count)
        ]
        for row, bars in zip(self.given, self._all_bars(), strict=True):
            for template, wanted in zip(templates, names, strict=True):
                values = tuple(
                    bars.encode()
                    if name == "imb"
                    else row.get(name, row["addr1"]).encode("utf-16-be").hex().encode()
                    for name in wanted
                )
                stream = pydyf.Stream([template % values])
                pdf.add_object(stream)
                pdf.add_page(
                    pydyf.Dictionary(
                        {
                            "Type": "/Page",
                            "Parent": pdf.pages.reference,
                            "Contents": stream.reference,
                            "MediaBox": pydyf.Array([0, 0, 612, 792]),
                            "Resources": resources,
                        }
                    )
                )
        target = BytesIO()
        pdf.write(target)
        return len(target.getvalue())

    def _reportlab_font(self) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        pdfmetrics.registerFont(TTFont("Noto", str(FONTS / "NotoSans-Regular.ttf")))

    def _reportlab_pages(self, canvas) -> None:
        from reportlab.lib.utils import simpleSplit

        for number, paragraphs in enumerate(self.words):
            canvas.beginForm(f"S{number}")
            canvas.setFont("Noto", 10)
            y = 740
            for paragraph in paragraphs:
                for line in simpleSplit(paragraph, "Noto", 10, 480):
                    canvas.drawString(63, y, line)
                    y -= 13
                y -= 4
            canvas.endForm()

    def reportlab_forms(self) -> int:
        from reportlab.graphics.barcode.usps4s import USPS_4State
        from reportlab.pdfgen.canvas import Canvas

        self._reportlab_font()
        target = BytesIO()
        canvas = Canvas(target, pagesize=(612, 792), initialFontName="Noto")
        self._reportlab_pages(canvas)
        for row in self.given:
            for page in range(1, self.version.page_count + 1):
                canvas.doForm(f"S{page - 1}")
                canvas.setFont("Noto", 9)
                for slot in self.version.slots:
                    if slot.page == page and slot.name == "imb":
                        payload = row["imb_payload"]
                        code = USPS_4State(payload[:20], payload[20:])
                        code.drawOn(canvas, slot.x, 792 - slot.y)
                    elif slot.page == page:
                        text = row.get(slot.name, row["addr1"])
                        canvas.drawString(slot.x, 792 - slot.y, text)
                canvas.showPage()
        canvas.save()
        return len(target.getvalue())

    def reportlab_platypus(self) -> int:
        from reportlab.graphics.barcode.usps4s import USPS_4State
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

        self._reportlab_font()
        style = ParagraphStyle("body", fontName="Noto", fontSize=10, leading=13, spaceAfter=4)
        size = 0
        for row in self.given:
            target, payload = BytesIO(), row["imb_payload"]
            story = [USPS_4State(payload[:20], payload[20:])]
            story += [
                Paragraph(row[n], style) for n in ("name1", "addr1", "city", "vin", "dealer_name")
            ]
            for paragraphs in self.words:
                story += [Paragraph(text, style) for text in paragraphs]
                story.append(PageBreak())
            SimpleDocTemplate(target, pagesize=(612, 792)).build(story)
            size += len(target.getvalue())
        return size

    def weasyprint(self) -> int:
        import weasyprint

        face = f"@font-face{{font-family:Noto;src:url(file://{FONTS}/NotoSans-Regular.ttf)}}"
        style = f"<style>{face} body{{font:10pt Noto}} @page{{size:letter;margin:20mm}}</style>"
        size = 0
        for row, bars in zip(self.given, self._all_bars(), strict=True):
            head = "".join(
                f"<p>{row[n]}</p>" for n in ("name1", "addr1", "city", "vin", "dealer_name")
            )
            body = "<div style='break-after:page'>".join(
                "".join(f"<p>{text}</p>" for text in paragraphs) for paragraphs in self.words
            )
            html = f"<html><head>{style}</head><body><p>{bars}</p>{head}{body}</body></html>"
            size += len(weasyprint.HTML(string=html).write_pdf())
        return size

    def docx_libreoffice(self) -> int:
        """A Word template filled in and converted: one soffice for all files."""
        import docx
        from docxtpl import DocxTemplate

        if not shutil.which("soffice"):
            raise ImportError("soffice")
        folder = self.folder / "docx"
        folder.mkdir(exist_ok=True)
        template = docx.Document()
        for name in ("name1", "addr1", "city", "vin", "dealer_name"):
            template.add_paragraph("{{ " + name + " }}")
        for paragraph in (text for page in self.words for text in page):
            template.add_paragraph(paragraph)
        template.save(folder / "template.docx")
        for number, row in enumerate(self.given):
            filled = DocxTemplate(folder / "template.docx")
            filled.render(row)
            filled.save(folder / f"letter{number}.docx")
        files = [str(path) for path in folder.glob("letter*.docx")]
        subprocess.run(
            ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files],
            check=True,
            capture_output=True,
        )
        return sum(path.stat().st_size for path in folder.glob("*.pdf"))


CASES: tuple[tuple[str, str, int], ...] = (
    ("renotify, batch writer", "batch_writer", 40_000),
    ("pydyf (same design)", "pydyf", 10_000),
    ("ReportLab forms (same design)", "reportlab_forms", 1_000),
    ("ReportLab platypus", "reportlab_platypus", 100),
    ("Typst, a compile a letter", "typst_each", 100),
    ("WeasyPrint", "weasyprint", 20),
    ("docxtpl + LibreOffice", "docx_libreoffice", 10),
)


def measured(peers: Peers, name: str, count: int) -> tuple[float, float]:
    case: Callable[[], int] = getattr(peers, name)
    peers.table = rows(count)
    peers.given = [] if name.startswith("batch") else peers.take(count)
    before = cpu()
    size = case()
    return count / (cpu() - before), size / count


def compare(peers: Peers, share: float) -> None:
    best = 0.0
    print(f"{'':32}{'letters':>9}{'letters/s/core':>16}{'bytes/letter':>14}{'ratio':>9}")
    for title, name, count in CASES:
        letters = max(3, int(count * share))
        try:
            rate, size = measured(peers, name, letters)
        except ImportError as missing:
            print(f"{title:32}{'not installed: ' + str(missing.name or missing):>48}")
            continue
        best = best or rate
        print(f"{title:32}{letters:>9,}{rate:>16,.1f}{size:>14,.0f}{best / rate:>8,.1f}x")


def memory(peers: Peers) -> None:
    for count in (10_000, 100_000, 1_000_000):
        folder = peers.folder / f"m{count}"
        before = cpu()
        report = render(peers.version, batches(count), folder, stem="w")
        rate = report.counts["printed"] / (cpu() - before)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        shutil.rmtree(folder)
        print(f"{count:>10,} letters  peak {peak:,.0f} MB  {rate:,.0f}/s with making up the rows")


def cores(peers: Peers) -> None:
    """One process against two, each with the version loaded: what a print run of some minutes sees."""
    table, count = rows(300_000), 300_000
    alone = 0.0
    for workers in (1, 2):
        with ProcessPoolExecutor(workers) as pool:
            warm = table.slice(0, 20_000)
            render(peers.version, warm, peers.folder / "w", stem="w", per_file=5_000, executor=pool)
            start, own = time.perf_counter(), time.process_time()
            render(peers.version, table, peers.folder / "c", stem="w", executor=pool)
            spent, own = time.perf_counter() - start, time.process_time() - own
        shutil.rmtree(
            peers.folder / "c"
        )  # what one run left to be written to disk would slow the next
        alone = alone or spent
        print(
            f"{workers} process(es): {count / spent:,.0f} letters a second of wall time, {alone / spent:.2f} times one; "
            f"the one that hands out work used {own / count * 1e6:.1f} microseconds a letter"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--cores", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peers = Peers(Path(folder))
        if options.memory:
            memory(peers)
        elif options.cores:
            cores(peers)
        else:
            compare(peers, 0.1 if options.quick else 1.0)


if __name__ == "__main__":
    main()
