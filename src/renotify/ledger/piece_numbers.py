"""What a piece's number says, as SQL: of which notice it is a mailing, and whether it is the first."""

from renotify.values.notice_number import AGAIN, LENGTH

NOTICE = f"substr(p.piece_id, 1, {LENGTH})"  # SQL: the number of the notice that a piece p is a mailing of
IS_FIRST = f"piece_id not like '%{AGAIN}%'"  # SQL: the first mailing of its notice, the one that a plan gives its week
