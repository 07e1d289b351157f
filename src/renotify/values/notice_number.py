"""How the pieces of one notice are numbered: each bears the notice's number, and one that is sent again which attempt it is.

``0123456789ABCDEF`` is the first mailing of a notice, ``0123456789ABCDEF-2`` the second; the letter shows the first sixteen characters.
"""

from __future__ import annotations

LENGTH = 16  # of a notice's number
AGAIN = "-"  # before the number of the attempt: 2, 3, ...
MOST_ATTEMPTS = 9  # one digit
