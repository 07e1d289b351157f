"""Write what fields need of the shipped faces to the package, after a change of the faces, of fontTools or of the barcode's sizes.

PYTHONPATH=src python tools/field_faces.py
"""

from __future__ import annotations

import numpy as np

from renotify.letters.face_building import kept
from renotify.letters.faces import KEPT
from renotify.letters.profile import load_profile

if __name__ == "__main__":
    np.savez_compressed(KEPT, **kept(load_profile().barcode))
