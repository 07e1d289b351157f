"""Build the two static faces that the letters ship from Noto Sans' variable font (OFL 1.1).

    pip download --no-deps fontpkg-noto-sans==2.15 && unzip fontpkg_noto_sans-*.whl
    python tools/build_fonts.py fontpkg_noto_sans src/renotify/fonts

The copyright line of Noto Sans reserves no font name, so the instances keep it. The same input
gives the same bytes: the time stamp of the head table is left as the source has it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FACES = {"NotoSans-Regular.ttf": 400, "NotoSans-Bold.ttf": 700}


def instance(source: Path, weight: int, target: Path) -> None:
    """One static face at ``weight`` and normal width, with its name records set to match."""
    font = TTFont(source, recalcTimestamp=False)
    instancer.instantiateVariableFont(
        font, {"wght": weight, "wdth": 100}, inplace=True, updateFontNames=True
    )
    font.save(target)


def main(package: Path, target: Path) -> None:
    """Write both faces and the licence into ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    variable = package / "files" / "NotoSans[wdth,wght].ttf"
    for name, weight in FACES.items():
        instance(variable, weight, target / name)
    shutil.copyfile(package / "LICENSE", target / "OFL.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
