"""What the pages of refusal say: a title, a sentence, and what to do next."""

NO_RIGHT = (
    "Not for your role",
    "This page belongs to another desk, or to another area or dealer.",
    "Go back to your own desk. If it should be yours, ask the analyst who keeps the people.",
)
NO_PAGE = (
    "No such page",
    "There is nothing at this address.",
    "Go back to your desk and follow its links.",
)
TURNED_AWAY = (
    "The form was too old",
    "The form did not carry the sign of your session.",
    "Go back, load the page again, and send the form once more.",
)
OUR_FAULT = (
    "Something broke here",
    "The page could not be made, and it is not your fault. Nothing was written.",
    "Try once more. If it comes again, tell the people who run the site the time it happened.",
)
LOCKED = (
    "This name is locked",
    "The password is right, and the name is locked all the same: it opens nothing until it is given a new password.",
    "Ask the analyst who keeps the people.",
)
