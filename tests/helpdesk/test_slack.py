"""Slack's Events API.

Slack is a service, so this is Ibid against `simulators.Slack`, which names the documentation that it and the payloads
here were written after.
"""

import json
import time

import pytest

from desk import until
from office import (
    DANGER, HANDED_OVER, LATE_SECS, NOTICE, OTHER_QUESTION, PASSED_ON, PERSON, PUBLIC_URL, QUESTION, QUOTE,
    RETRY_AFTER_SECS, UNANSWERED, Office, Troubles,
)  # fmt: skip
from simulators import TAKEN_AND_CUT, Call, Slack


@pytest.fixture
def desk(office: Office) -> Slack:
    return office.slack


def answered(desk: Slack, thread: str, times: int = 1) -> list[str]:
    return until(lambda: (found := desk.replies(thread))[times - 1 :] and found, f"{times} replies")


def nothing_more(desk: Slack) -> None:
    """Whatever was told before is dealt with when a later mention has its answer."""
    answered(desk, desk.mention(QUESTION))


def test_the_address_is_proven_by_a_challenge(desk: Slack) -> None:
    payload = json.dumps({"type": "url_verification", "token": "old", "challenge": "3eZbrw1a"}).encode()
    status, body = desk.tell_bytes(payload, desk.signed(payload))
    assert (status, json.loads(body)) == (200, {"challenge": "3eZbrw1a"})
    assert desk.tell_bytes(payload, {})[0] == 401


def test_a_mention_is_answered_once_in_its_thread_with_quote_and_link(desk: Slack) -> None:
    thread = desk.mention(QUESTION)
    (text,) = answered(desk, thread)
    assert f"\u201c{QUOTE}" in text and f"{PUBLIC_URL}/documents/" in text
    nothing_more(desk)  # Slack has told of the answer, too.
    (message,) = desk.bot(thread)
    parts = message["blocks"][0]["elements"]
    assert [part["type"] for part in parts][:2] == ["rich_text_quote", "rich_text_section"]
    assert parts[0]["elements"][0]["text"].startswith(QUOTE)
    assert parts[1]["elements"][0]["url"].startswith(PUBLIC_URL)


def test_a_direct_message_is_answered_in_its_thread(desk: Slack) -> None:
    thread = desk.direct(QUESTION)
    answered(desk, thread)
    assert desk.direct(OTHER_QUESTION, thread) == thread
    answered(desk, thread, 2)
    nothing_more(desk)
    assert [QUOTE in text for text in desk.replies(thread)] == [True, False]


def test_without_the_signature_of_slack_and_of_now_nothing_happens(desk: Slack) -> None:
    message = desk.made(QUESTION, "D01", "")
    payload = json.dumps(desk.callback({"type": "message", "channel_type": "im"} | message)).encode()
    for headers in [
        {},
        desk.signed(payload, secret="another-secret-of-16"),
        desk.signed(payload + b" "),
        desk.signed(payload) | {"x-slack-request-timestamp": str(int(time.time()) + 1)},
        desk.signed(payload, at=time.time() - 400),
    ]:
        status, body = desk.tell_bytes(payload, headers)
        assert status == 401, headers
        assert Slack.SECRET not in body and QUESTION not in body
    nothing_more(desk)
    assert not desk.replies(message["ts"])


def test_what_comes_again_is_answered_once(desk: Slack) -> None:
    message = desk.made(QUESTION, "D01", "")
    for attempt in range(3):
        event = {"type": "message", "channel_type": "im"} | message
        desk.tell_of(event, {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_timeout"})
    answered(desk, message["ts"])
    # A mention in a direct message is told of as such, too.
    desk.tell_of({"type": "app_mention"} | message)
    nothing_more(desk)
    assert len(desk.replies(message["ts"])) == 1


def test_bots_edits_and_what_names_nobody_are_left_alone(desk: Slack) -> None:
    threads = [
        desk.mention(QUESTION, bot_id="B0OTHER"),
        desk.direct(QUESTION, subtype="message_changed"),
        desk.direct(QUESTION, bot_id="B0OTHER"),
        desk.mention(""),
    ]
    message = desk.made(QUESTION, "C01", "")
    desk.tell_of({"type": "message", "channel_type": "channel"} | message)
    nothing_more(desk)
    assert [desk.replies(thread) for thread in [*threads, message["ts"]]] == [[], [], [], [], []]


def test_answers_have_the_order_of_the_questions(desk: Slack) -> None:
    thread = desk.mention(QUESTION)
    for question in [OTHER_QUESTION, QUESTION, OTHER_QUESTION]:
        desk.mention(question, thread)
    texts = answered(desk, thread, 4)
    assert [QUOTE in text for text in texts] == [True, False, True, False]


@pytest.mark.parametrize(("text", "reply"), [(UNANSWERED, PASSED_ON), (DANGER, NOTICE), (PERSON, HANDED_OVER)])
def test_what_is_a_persons_is_said_noted_and_given_to_people(desk: Slack, text: str, reply: str) -> None:
    notes = len(desk.channel("C0STAFF"))
    thread = desk.mention(text)
    said = answered(desk, thread, 2)
    desk.mention(QUESTION, thread)  # A person has it now.
    nothing_more(desk)
    assert desk.replies(thread) == said
    assert said[0].startswith(reply) and said[1] == "<!subteam^S0NURSES>"
    assert len(desk.channel("C0STAFF")) == notes + 1, "a note in the channel of the staff"


def test_staff_learn_who_asked_what_in_a_direct_message_that_they_cannot_open(desk: Slack) -> None:
    notes = len(desk.channel("C0STAFF"))
    thread = desk.direct(UNANSWERED)
    note, mention = until(lambda: (told := desk.channel("C0STAFF")[notes:])[1:] and told, "note and mention")
    line = f"<@U0ANNA> in a direct message: {UNANSWERED}"
    assert note.startswith(f"{line}\n\n") and mention == f"<!subteam^S0NURSES> {line}"
    assert desk.replies(thread) == [PASSED_ON]


def test_staff_who_get_a_direct_message_learn_what_was_asked_before(desk: Slack) -> None:
    notes = len(desk.channel("C0STAFF"))
    thread = desk.direct(QUESTION)
    answered(desk, thread)
    desk.direct(PERSON, thread)
    note, _ = until(lambda: (told := desk.channel("C0STAFF")[notes:])[1:] and told, "note and mention")
    assert PERSON in note and QUESTION in note and QUOTE in note
    assert desk.replies(thread)[1:] == [HANDED_OVER]


def test_a_question_with_a_picture_is_answered(desk: Slack) -> None:
    answered(desk, desk.direct(QUESTION, subtype="file_share", files=[{"id": "F01", "mimetype": "image/png"}]))


def test_errors_are_tried_again(desk: Slack, troubles: Troubles) -> None:
    answered(desk, troubles.slack["errors"])
    assert len(desk.written(troubles.slack["errors"])) == 2


def test_a_crowded_desk_gets_the_time_that_it_asks_for(desk: Slack, troubles: Troubles) -> None:
    answered(desk, troubles.slack["crowded"])
    first, second = desk.written(troubles.slack["crowded"])
    assert RETRY_AFTER_SECS - 1 <= second.at - first.at <= RETRY_AFTER_SECS + 6


@pytest.mark.parametrize("how", ["cut", "late"])
def test_what_slack_took_without_saying_so_is_not_sent_twice(desk: Slack, troubles: Troubles, how: str) -> None:
    thread = troubles.slack[how]
    answered(desk, thread)
    looked = until(lambda: [call for call in desk.calls if call.conversation == thread and call.method == "GET"], "look", 40)
    assert how == "cut" or looked[0].at - desk.written(thread)[0].at < LATE_SECS + 8
    desk.mention(OTHER_QUESTION, thread)
    answered(desk, thread, 2)
    time.sleep(1)
    assert [QUOTE in text for text in desk.replies(thread)] == [True, False]


def test_neither_note_nor_mention_is_sent_twice_that_slack_took_without_saying_so(desk: Slack) -> None:
    notes = len(desk.channel("C0STAFF"))
    desk.failures["C0STAFF"] = [TAKEN_AND_CUT, TAKEN_AND_CUT]
    thread = desk.direct(UNANSWERED)
    until(lambda: not desk.failures["C0STAFF"], "note and mention", 60)

    def looks() -> list[Call]:
        return [call for call in desk.calls if call.conversation == "C0STAFF" and call.method == "GET"]

    until(lambda: len(looks()) == 2, "a look after each", 60)
    time.sleep(1)
    note, mention = desk.channel("C0STAFF")[notes:]
    assert UNANSWERED in note and mention.startswith("<!subteam^S0NURSES>")
    assert desk.replies(thread) == [PASSED_ON]
