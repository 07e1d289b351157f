"""The time of its work that a remedy states in its own words, beside which a letter states that of ``labor_times``."""

from __future__ import annotations

import re

_ABOUT = {
    "en": r"(?:about|around|approximately|roughly|some|only|just|less than|more than|no more than|up to|at most|under|nearly|almost)",
    "es": r"(?:unos|unas|cerca de|alrededor de|aproximadamente|solo|sólo|menos de|más de|no más de|hasta|como máximo|casi)",
}
_MANY = {
    "en": r"(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|forty-five|sixty|ninety"
    r"|half an?|half a|a few|several|a quarter of an)",
    "es": r"(?:\d[\d.,]*|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|treinta|cuarenta|sesenta|noventa"
    r"|media|pocos|pocas|varias|un cuarto de)",
}
_TIMES = {
    "en": rf"\b(?:takes?|lasts?|requires?|needs?|done (?:with)?in|finished in|ready in) (?:{_ABOUT['en']} )*{_MANY['en']}"
    rf"(?: (?:to|or|and) {_MANY['en']})?[ -](?:and a half )?(?:hours?|minutes?)\b",
    "es": rf"\b(?:tardan?|toman?|duran?|llevan?|demoran?|requieren?|necesitan?|hechos? en|lista? en|se (?:hace|instala|termina) en)"
    rf" (?:{_ABOUT['es']} )*{_MANY['es']}(?: (?:a|o|y) {_MANY['es']})? (?:horas?|minutos?)\b",
}


def states_time(text: str, language: str = "en") -> bool:
    """Tell whether words for a remedy say how many minutes or hours it takes."""
    return re.search(_TIMES[language], " ".join(text.split()), re.IGNORECASE) is not None
