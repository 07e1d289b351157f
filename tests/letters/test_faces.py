"""What fields need of the faces is kept in the package, as it was worked out from the faces that the package ships."""

from __future__ import annotations

import numpy as np

from renotify.letters import face_building, faces
from renotify.letters.profile import load_profile


def test_what_is_kept_of_the_faces_is_what_their_outlines_give():
    """After a change of the faces or of fontTools: PYTHONPATH=src python tools/field_faces.py."""
    fresh = face_building.kept(load_profile().barcode)
    with np.load(faces.KEPT) as archive:
        assert sorted(archive.files) == sorted(fresh)
        for name, value in fresh.items():
            assert np.array_equal(archive[name], value), name
            assert archive[name].dtype == value.dtype, name


def test_bars_of_other_sizes_than_the_shipped_profile_s_are_drawn_when_they_are_asked_for():
    from dataclasses import replace

    shipped = load_profile().barcode
    wider = replace(shipped, bar_width=shipped.bar_width * 1.1)
    assert faces.bar_font(shipped) == face_building.bar_font(shipped)
    assert faces.bar_font(wider) == face_building.bar_font(wider) != faces.bar_font(shipped)
