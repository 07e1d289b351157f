"""The house's labels in letters by language: months, headings, kinds of notices, the form for a sale or a move."""

from __future__ import annotations

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
}
WORDS = {
    "en": {
        "your-vehicle": "Your vehicle",
        "vin": "Vehicle identification number (VIN)",
        "vin-short": "VIN",
        "reference": "Reference",
        "your-dealer": "Your dealer",
        "questions": "If you have questions, call us",
        "phone": "Telephone",
        "any-dealer": "Any {make} dealer",
        "find-dealer": "Call us for the one nearest to you.",
        "and": " and ",
        "form-title": "Sold or moved?",
        "form-how": "Call us, or fill this in and mail us this sheet or a copy of it.",
        "form-ticks": "I sold it / I moved / It was scrapped / It was stolen / It left the country",
        "form-name": "New owner or new name",
        "form-address": "New address",
    },
    "es": {
        "your-vehicle": "Su vehículo",
        "vin": "Número de identificación (VIN)",
        "vin-short": "VIN",
        "reference": "Referencia",
        "your-dealer": "Su concesionario",
        "questions": "Si tiene preguntas, llámenos",
        "phone": "Teléfono",
        "any-dealer": "Cualquier concesionario {make}",
        "find-dealer": "Llámenos para saber cuál le queda más cerca.",
        "and": " y ",
        "form-title": "¿Lo vendió o se mudó?",
        "form-how": "Llámenos, o llene esto y envíenos esta hoja o una copia.",
        "form-ticks": "Lo vendí / Me mudé / Fue a chatarra / Me lo robaron / Salió del país",
        "form-name": "Nuevo dueño o nuevo nombre",
        "form-address": "Nueva dirección",
    },
}
KINDS = {
    "en": {
        "initial": "First notice",
        "interim": "First notice",
        "remedy_available": "Second notice",
        "follow_up": "Follow-up notice",
    },
    "es": {
        "initial": "Primer aviso",
        "interim": "Primer aviso",
        "remedy_available": "Segundo aviso",
        "follow_up": "Aviso de seguimiento",
    },
}
FURTHER = {"en": "Further notice", "es": "Nuevo aviso"}

NOUNS = {
    "en": {"safety": "Recall", "service": "Service campaign"},
    "es": {"safety": "Retiro", "service": "Campaña de servicio"},
}


def joined(items: list[str], language: str) -> str:
    """Return different items in one list of a language: ``a, b and c``."""
    items = list(dict.fromkeys(items))
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + WORDS[language]["and"] + items[-1]
