"""Charts on the site: in the dark light on dark, as far apart as they were; on a phone with letters that can be read."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from browsers import PHONE, WIDE, is_as_wide_as_the_screen, page
from serving import served

LEAST = 7.0  # the contrast of the ink with the ground, of 21 at most


def _light(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _luminance(pixel: tuple[int, ...]) -> float:
    """WCAG 2.2's relative luminance."""
    red, green, blue = (_light(one) for one in pixel[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _of_chart(shown: Any) -> tuple[float, float]:
    """The luminance of the ground (the commonest pixel), and of the pixel that stands out most from it."""
    picture = Image.open(io.BytesIO(shown.locator(".chart svg").first.screenshot())).convert("RGB")
    found = sorted(picture.getcolors(picture.width * picture.height), reverse=True)
    ground = _luminance(found[0][1])
    return ground, max((_luminance(one) for _, one in found), key=lambda one: abs(one - ground))


def test_a_chart_is_dark_on_light_and_light_on_dark(site: Any, opened: Any) -> None:
    with served() as address, page(opened, WIDE) as shown:
        site.comes_in(shown, address, "ana")
        shown.goto(f"{address}/analyst/?now=1")
        ground, ink = _of_chart(shown)
        assert ground == 1.0
        assert (ground + 0.05) / (ink + 0.05) > LEAST
        shown.emulate_media(color_scheme="dark")
        ground, ink = _of_chart(shown)
        assert ground < 0.02
        assert (ink + 0.05) / (ground + 0.05) > LEAST
        shown.emulate_media(color_scheme="dark", media="print")
        assert _of_chart(shown)[0] == 1.0  # on paper it is as it was drawn


def test_on_a_phone_a_chart_keeps_the_size_of_its_letters_and_scrolls_by_itself(site: Any, opened: Any) -> None:  # fmt: skip
    """A chart of 740 pixels in a width of 366 had letters half as large as they were drawn; here they are a quarter larger."""
    of_chart = """box => { const svg = box.querySelector('svg')
        return [svg.getBoundingClientRect().width / svg.width.baseVal.value, box.scrollWidth > box.clientWidth, box.tabIndex] }"""
    with served() as address, page(opened, PHONE) as shown:
        site.comes_in(shown, address, "carla")
        shown.goto(f"{address}/contact/calls/?now=1")
        assert shown.locator(".chart").evaluate(of_chart) == [1.25, True, 0]
        assert is_as_wide_as_the_screen(shown)
