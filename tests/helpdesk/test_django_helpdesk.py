"""The main job at a real desk: tickets are answered once, with quote and source, or left to people."""

import time

from conftest import Clinic
from desk import until

QUESTION = "how long does PRRT take to work?"
#: What a wrong or second reply would need to show itself.
QUIET_SECS = 4


def quoted(clinic: Clinic, number: int) -> list[str]:
    return clinic.desk.by("ibid", number, public=True)


def test_a_ticket_is_answered_once_with_quote_and_link_and_nothing_echoes(clinic: Clinic) -> None:
    asked = time.monotonic()
    number = clinic.desk.open_ticket(QUESTION)
    (answer,) = until(lambda: quoted(clinic, number), "answer")
    took = time.monotonic() - asked
    print(f"answered after {took:.2f} s")
    assert took < 5
    assert "\u201c" in answer and "https://ask.clinic.example/documents/" in answer, answer
    time.sleep(QUIET_SECS)
    assert len(quoted(clinic, number)) == 1
    ticket = clinic.desk.ticket(number)
    assert ticket["title"] == "A question", "a reply must not rename the ticket"
    assert ticket["status"] == 1
