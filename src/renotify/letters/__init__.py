"""Letters: every statement the law asks for, printed by the tens of thousands a second."""
