"""Zammad's triggers and REST calls.

Zammad comes from a package archive of its own that cannot be reached here, so this is Ibid against `simulators.Zammad`,
which names the sources that it and the payloads here were written after.
"""

import json
import time

import pytest

from desk import until
from office import (
    DANGER, LATE_SECS, NOTICE, OTHER_QUESTION, OTHER_QUOTE, PERSON, HANDED_OVER, PUBLIC_URL, QUESTION, QUOTE,
    RETRY_AFTER_SECS, UNANSWERED, Office, Troubles,
)  # fmt: skip
from simulators import Text, Zammad


@pytest.fixture
def desk(office: Office) -> Zammad:
    return office.zammad


def answered(desk: Zammad, ticket: int, times: int = 1) -> list[str]:
    return until(lambda: (found := desk.replies(ticket))[times - 1 :] and found, f"{times} replies")


def nothing_more(desk: Zammad) -> None:
    """Whatever was told before is dealt with when a later ticket has its answer."""
    answered(desk, desk.open(QUESTION))


def test_a_letter_is_answered_once_by_a_letter_with_quote_and_link(desk: Zammad) -> None:
    ticket = desk.open(f"<div><b>{QUESTION}</b><br></div>", kind="email")
    answered(desk, ticket)
    nothing_more(desk)  # The trigger has told of the answer, too.
    (letter,) = desk.bot(ticket)
    assert (letter["type"], letter["to"]) == ("email", "Anna Example <anna@example.org>")
    assert letter["subject"] == "A question"
    text = Text(letter["body"])
    assert QUOTE in text.text and text.links[0].startswith(f"{PUBLIC_URL}/documents/")
    assert desk.tickets[ticket]["state"] == "new" and not desk.bot(ticket, internal=True)


def test_a_letter_is_answered_where_it_asks_for_it(desk: Zammad) -> None:
    ticket = desk.ticket()
    desk.write(ticket, QUESTION, kind="email", reply_to="Ward 4 <ward@example.org>")
    answered(desk, ticket)
    (letter,) = desk.bot(ticket)
    assert letter["to"] == "Ward 4 <ward@example.org>"


def test_what_a_machine_sent_is_left_alone(desk: Zammad) -> None:
    ticket = desk.ticket()
    automatic = {"send-auto-response": False, "is-auto-response": True}
    desk.write(ticket, f"I am away until Monday. {QUESTION}", kind="email", preferences=automatic)
    nothing_more(desk)
    assert not desk.written(ticket)


def test_who_asked_on_the_web_is_answered_in_the_ticket(desk: Zammad) -> None:
    ticket = desk.ticket()
    desk.write(ticket, QUESTION, content_type="text/plain")
    answered(desk, ticket)
    assert [one["type"] for one in desk.bot(ticket)] == ["note"]


def test_without_the_signature_of_the_desk_nothing_happens(office: Office, desk: Zammad) -> None:
    ticket = desk.ticket()
    payload = json.dumps(desk.payload(ticket, desk.add(ticket, QUESTION, "Customer", "anna@example.org"))).encode()
    for headers in [{}, desk.signed(payload, secret="another-secret-of-16"), desk.signed(payload + b" ")]:
        status, body = desk.tell_bytes(payload, headers)
        assert status == 401, headers
        assert Zammad.SECRET not in body and QUESTION not in body
    assert desk.tell_bytes(payload, {}, f"{desk.hook}/{Zammad.SECRET}")[0] == 401, "this desk signs"
    assert desk.tell_bytes(b"[]", desk.signed(b"[]"))[0] == 400
    nothing_more(desk)
    assert not desk.written(ticket)


def test_what_comes_again_is_answered_once(desk: Zammad) -> None:
    ticket = desk.ticket()
    article = desk.add(ticket, QUESTION, "Customer", "anna@example.org")
    assert [desk.tell_of(ticket, article)[0] for _ in range(3)] == [200, 200, 200]
    answered(desk, ticket)
    desk.tell_of(ticket, article)
    nothing_more(desk)
    assert len(desk.replies(ticket)) == 1


def test_notes_and_what_the_system_writes_are_left_alone(desk: Zammad) -> None:
    ticket = desk.ticket()
    desk.write(ticket, QUESTION, "Agent", "nurse@clinic.example", internal=True)
    desk.write(ticket, QUESTION, "Customer", internal=True)
    desk.write(ticket, QUESTION, "System", "-")
    desk.write(ticket, "<br>")
    nothing_more(desk)
    assert not desk.written(ticket)
    desk.write(ticket, QUESTION)
    answered(desk, ticket)


def test_a_change_without_an_article_is_taken(desk: Zammad) -> None:
    ticket = desk.ticket()
    assert desk.change(ticket, group="Nurses") == (200, "{}")


def test_answers_have_the_order_of_the_questions(desk: Zammad) -> None:
    ticket = desk.open(QUESTION)
    for question in [OTHER_QUESTION, QUESTION, OTHER_QUESTION]:
        desk.write(ticket, question)
    texts = answered(desk, ticket, 4)
    assert [QUOTE in text for text in texts] == [True, False, True, False]


def test_a_person_who_answers_keeps_the_ticket_until_it_is_closed(desk: Zammad) -> None:
    ticket = desk.ticket()
    desk.write(ticket, "Hello, Nurse Joy here.", "Agent", "nurse@clinic.example")
    desk.write(ticket, QUESTION)
    nothing_more(desk)
    assert not desk.replies(ticket)
    desk.change(ticket, state="closed")
    desk.change(ticket, state="open")
    desk.write(ticket, OTHER_QUESTION)
    (answer,) = answered(desk, ticket)
    assert OTHER_QUOTE in answer


def test_where_the_documents_do_not_answer_staff_get_a_note_and_the_second_time_the_ticket(desk: Zammad) -> None:
    ticket = desk.open(UNANSWERED)
    until(lambda: desk.bot(ticket, internal=True), "note")
    nothing_more(desk)
    assert desk.tickets[ticket]["state"] == "new"
    desk.write(ticket, UNANSWERED)
    until(lambda: desk.tickets[ticket]["group"] == "Nurses", "hand-over")
    assert desk.tickets[ticket]["state"] == "open"
    assert len(desk.bot(ticket, internal=True)) == 2 and not desk.replies(ticket)


@pytest.mark.parametrize(("text", "reply"), [(DANGER, NOTICE), (PERSON, HANDED_OVER)])
def test_danger_and_the_wish_for_a_person_are_handed_over(desk: Zammad, text: str, reply: str) -> None:
    ticket = desk.open(text)
    until(lambda: desk.tickets[ticket]["group"] == "Nurses", "hand-over")
    desk.write(ticket, QUESTION)  # A person has it now.
    nothing_more(desk)
    (said,) = desk.replies(ticket)
    assert said.startswith(reply) and desk.tickets[ticket]["state"] == "open"
    assert [call.method for call in desk.written(ticket)] == ["POST", "POST", "PUT", "PUT"]
    assert len(desk.bot(ticket, internal=True)) == 1


def test_errors_are_tried_again(desk: Zammad, troubles: Troubles) -> None:
    answered(desk, troubles.zammad["errors"])
    assert len(desk.written(troubles.zammad["errors"])) == 2


def test_a_crowded_desk_gets_the_time_that_it_asks_for(desk: Zammad, troubles: Troubles) -> None:
    answered(desk, troubles.zammad["crowded"])
    first, second = desk.written(troubles.zammad["crowded"])
    assert RETRY_AFTER_SECS - 1 <= second.at - first.at <= RETRY_AFTER_SECS + 6


@pytest.mark.parametrize("how", ["cut", "late"])
def test_what_the_desk_took_without_saying_so_is_not_sent_twice(desk: Zammad, troubles: Troubles, how: str) -> None:
    ticket = troubles.zammad[how]
    answered(desk, ticket)
    looked = until(lambda: [call for call in desk.calls if call.conversation == str(ticket) and call.method == "GET"], "look", 40)
    assert how == "cut" or looked[0].at - desk.written(ticket)[0].at < LATE_SECS + 8
    desk.write(ticket, OTHER_QUESTION)
    answered(desk, ticket, 2)
    time.sleep(1)
    assert [QUOTE in text for text in desk.replies(ticket)] == [True, False]
