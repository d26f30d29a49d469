"""Chatwoot's agent bot.

Chatwoot needs Ruby gems and services that cannot be had here, so this is Ibid against `simulators.Chatwoot`, which
names the sources that it and the payloads here were written after.
"""

import json
import time

import pytest

from desk import until
from office import (
    DANGER, HANDED_OVER, LATE_SECS, NOTICE, OTHER_QUESTION, OTHER_QUOTE, PASSED_ON, PERSON, PUBLIC_URL, QUESTION, QUOTE,
    RETRY_AFTER_SECS, UNANSWERED, Office, Troubles,
)  # fmt: skip
from simulators import Chatwoot


@pytest.fixture
def desk(office: Office) -> Chatwoot:
    return office.chatwoot


def answered(desk: Chatwoot, conversation: int, times: int = 1) -> list[str]:
    return until(lambda: (found := desk.replies(conversation))[times - 1 :] and found, f"{times} replies")


def nothing_more(desk: Chatwoot, account: int = 2) -> None:
    """Whatever was told before is dealt with when a later question in another conversation has its answer."""
    later = desk.open(account)
    desk.write(later, QUESTION)
    answered(desk, later)


def test_a_question_is_answered_once_with_quote_link_and_things_to_press(desk: Chatwoot) -> None:
    conversation = desk.open()
    status, body = desk.write(conversation, QUESTION)
    assert (status, body) == (200, "{}")
    (answer,) = answered(desk, conversation)
    assert f"> {QUOTE}" in answer and f"]({PUBLIC_URL}/documents/" in answer, answer
    nothing_more(desk)  # The desk has told of the answer, too.
    (reply,) = desk.bot(conversation)
    assert reply["content_type"] == "input_select"
    assert desk.conversations[conversation]["status"] == "pending" and not desk.bot(conversation, private=True)


def test_a_channel_without_things_to_press_gets_the_answer_alone(desk: Chatwoot) -> None:
    conversation = desk.open(channel="Channel::Whatsapp")
    desk.write(conversation, QUESTION)
    answered(desk, conversation)
    (reply,) = desk.bot(conversation)
    assert reply["content_type"] == "text"


def test_what_is_pressed_is_asked(desk: Chatwoot) -> None:
    conversation = desk.open()
    desk.write(conversation, QUESTION)
    answered(desk, conversation)
    (reply,) = desk.bot(conversation)
    desk.press(conversation, reply["id"], OTHER_QUESTION)
    desk.press(conversation, reply["id"], OTHER_QUESTION)
    answered(desk, conversation, 2)
    nothing_more(desk)
    assert [OTHER_QUOTE in text for text in desk.replies(conversation)] == [False, True]


def test_answers_of_a_rating_are_nothing_to_us(desk: Chatwoot) -> None:
    conversation = desk.open()
    rating = {"submitted_values": {"csat_survey_response": {"rating": 5, "feedback_message": "good"}}}
    body = desk.add(conversation, "Please rate us", "outgoing", "agent_bot", content_attributes=rating)
    assert desk.tell_of(body | {"event": "message_updated"})[0] == 200
    nothing_more(desk)
    assert [call.path for call in desk.written(conversation)] == []


def test_without_the_signature_of_the_desk_and_of_now_nothing_happens(office: Office, desk: Chatwoot) -> None:
    conversation = desk.open()
    payload = json.dumps(desk.add(conversation, QUESTION, "incoming", "contact")).encode()
    right = desk.signed(payload)
    before = office.metric('ibid_desk_calls_rejected_total{reason="not_proven"}')
    for headers in [
        {},
        desk.signed(payload, secret="another-secret-of-16"),
        desk.signed(payload + b" "),
        right | {"x-chatwoot-timestamp": str(int(right["x-chatwoot-timestamp"]) + 1)},
        desk.signed(payload, at=time.time() - 400),
        desk.signed(payload, at=time.time() + 400),
    ]:
        status, body = desk.tell_bytes(payload, headers)
        assert status == 401, headers
        assert Chatwoot.SECRET not in body and QUESTION not in body
    assert office.metric('ibid_desk_calls_rejected_total{reason="not_proven"}') == before + 4
    hook = f"{office.ibid.url}/hooks"
    assert desk.tell_bytes(payload, right, f"{hook}/cautious")[0] == 401
    assert desk.tell_bytes(payload, right, f"{hook}/cautious/{Chatwoot.SECRET}")[0] == 401
    assert desk.tell_bytes(payload, right, f"{hook}/nobody")[0] == 404
    nothing_more(desk)
    assert not desk.written(conversation)


def test_what_comes_again_is_answered_once(desk: Chatwoot) -> None:
    conversation = desk.open()
    body = desk.add(conversation, QUESTION, "incoming", "contact")
    assert [desk.tell_of(body)[0] for _ in range(3)] == [200, 200, 200]
    answered(desk, conversation)
    assert desk.tell_of(body)[0] == 200
    nothing_more(desk)
    assert len(desk.replies(conversation)) == 1


def test_what_is_no_question_of_a_patient_to_the_bot_is_left_alone(desk: Chatwoot) -> None:
    others = desk.open()
    desk.write(others, QUESTION, "outgoing", "user", private=True)
    desk.write(others, QUESTION, "outgoing", "agent_bot")
    desk.write(others, QUESTION, "activity", "contact")
    desk.write(others, QUESTION, "template", "contact")
    desk.write(others, None)
    taken = desk.open()
    desk.turn(taken, "open")
    desk.write(taken, QUESTION)
    elsewhere = desk.open(7)
    desk.tell_of(desk.add(elsewhere, QUESTION, "incoming", "contact"))
    desk.tell_of({"event": "webwidget_triggered", "id": 3, "contact": {"id": 1}, "event_info": {}}, 2)
    nothing_more(desk)
    assert [desk.written(one) for one in [others, taken, elsewhere]] == [[], [], []]


def test_answers_have_the_order_of_the_questions(desk: Chatwoot) -> None:
    conversation = desk.open()
    for question in [QUESTION, OTHER_QUESTION, QUESTION, OTHER_QUESTION]:
        desk.write(conversation, question)
    texts = answered(desk, conversation, 4)
    assert [QUOTE in text for text in texts] == [True, False, True, False]


def test_a_person_who_answers_keeps_the_conversation_until_it_is_the_bots_again(desk: Chatwoot) -> None:
    conversation = desk.open()
    desk.turn(conversation, "open")
    desk.write(conversation, "Hello, Nurse Joy here.", "outgoing", "user")
    desk.write(conversation, QUESTION)
    nothing_more(desk)
    assert not desk.replies(conversation)
    desk.turn(conversation, "resolved")
    desk.turn(conversation, "pending")
    desk.write(conversation, OTHER_QUESTION)
    (answer,) = answered(desk, conversation)
    assert OTHER_QUOTE in answer


def test_a_person_who_answers_in_a_pending_conversation_gets_it(desk: Chatwoot) -> None:
    conversation = desk.open()
    desk.write(conversation, "Hello, Nurse Joy here.", "outgoing", "user")
    until(lambda: desk.conversations[conversation]["status"] == "open", "hand-over")
    desk.write(conversation, QUESTION)
    nothing_more(desk)
    assert not desk.replies(conversation)


def handed_over(desk: Chatwoot, conversation: int) -> list[str]:
    until(lambda: any(call.path.endswith("/assignments") for call in desk.written(conversation)), "assignment")
    desk.write(conversation, QUESTION)  # A person has it now.
    nothing_more(desk)
    assert desk.conversations[conversation]["status"] == "open"
    (assigned,) = [call.body for call in desk.written(conversation) if call.path.endswith("/assignments")]
    assert assigned == {"team_id": 4}
    steps = [call.path.rsplit("/", 1)[1] for call in desk.written(conversation)]
    assert steps == ["messages", "messages", "toggle_status", "assignments"]
    assert [call.body["private"] for call in desk.written(conversation)[:2]] == [False, True]
    return desk.replies(conversation)


def test_where_the_documents_do_not_answer_a_person_gets_it(desk: Chatwoot) -> None:
    conversation = desk.open()
    desk.write(conversation, UNANSWERED)
    assert handed_over(desk, conversation) == [PASSED_ON.replace("!", "\\!")]


def test_danger_is_told_what_to_do_at_once_and_handed_over(desk: Chatwoot) -> None:
    conversation = desk.open()
    desk.write(conversation, DANGER)
    (notice,) = handed_over(desk, conversation)
    assert notice.startswith(f"**{NOTICE}**") and "(tel:" in notice
    (note,) = desk.bot(conversation, private=True)
    assert "danger" in note["content"]


def test_who_wants_a_person_gets_one(desk: Chatwoot) -> None:
    conversation = desk.open()
    desk.write(conversation, PERSON)
    assert handed_over(desk, conversation) == [HANDED_OVER]


def test_a_cautious_desk_leaves_notes_and_hands_over_after_two(desk: Chatwoot) -> None:
    conversation = desk.open(3)
    desk.write(conversation, UNANSWERED)
    until(lambda: len(desk.bot(conversation, private=True)) == 1, "note")
    nothing_more(desk, 3)
    assert desk.conversations[conversation]["status"] == "pending"
    desk.write(conversation, UNANSWERED)
    until(lambda: desk.conversations[conversation]["status"] == "open", "hand-over")
    until(lambda: desk.written(conversation)[-1].path.endswith("/assignments"), "assignment")
    assert desk.written(conversation)[-1].body == {"assignee_id": 17}
    assert not desk.replies(conversation)


def test_errors_are_tried_again(desk: Chatwoot, troubles: Troubles) -> None:
    answered(desk, troubles.chatwoot["errors"])
    assert len(desk.written(troubles.chatwoot["errors"])) == 2


def test_a_crowded_desk_gets_the_time_that_it_asks_for(desk: Chatwoot, troubles: Troubles) -> None:
    answered(desk, troubles.chatwoot["crowded"])
    first, second = desk.written(troubles.chatwoot["crowded"])
    assert RETRY_AFTER_SECS - 1 <= second.at - first.at <= RETRY_AFTER_SECS + 6


@pytest.mark.parametrize("how", ["cut", "late"])
def test_what_the_desk_took_without_saying_so_is_not_sent_twice(desk: Chatwoot, troubles: Troubles, how: str) -> None:
    conversation = troubles.chatwoot[how]
    answered(desk, conversation)
    looked = until(lambda: [one for one in desk.calls if one.conversation == str(conversation) and one.method == "GET"], "look", 40)
    assert how == "cut" or looked[0].at - desk.written(conversation)[0].at < LATE_SECS + 8
    desk.write(conversation, OTHER_QUESTION)
    answered(desk, conversation, 2)
    assert [QUOTE in text for text in desk.replies(conversation)] == [True, False]
