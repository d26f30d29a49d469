"""Any other desk, by signed webhooks: examples/python/desk.py is that desk, and docs/desk-events.schema.json the contract."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request

import jsonschema
import pytest

from desk import free_port, until
from office import (
    BOTH, DANGER, FROM_DESK, FROM_IBID, HANDED_OVER, LATE_SECS, NOTICE, OTHER_QUESTION, OTHER_QUOTE, PASSED_ON, PERSON,
    PUBLIC_URL, QUESTION, QUOTE, SCHEMA, UNANSWERED, WEBHOOK_SECRET, WEBHOOK_TOKEN, Office, Other, Troubles,
)  # fmt: skip
from server import ROOT


@pytest.fixture
def desk(office: Office) -> Other:
    return office.other


def answered(desk: Other, name: str, times: int = 1) -> list[str]:
    return until(lambda: (found := desk.replies(name))[times - 1 :] and found, f"{times} replies")


def nothing_more(desk: Other) -> None:
    """Whatever was told before is dealt with when a later question in another conversation has its answer."""
    later = f"later-{time.monotonic()}"
    desk.write(later, QUESTION)
    answered(desk, later)


def raw(office: Office, body: bytes, id: str, at: float | None = None, secret: str = WEBHOOK_SECRET, **headers: str) -> int:
    moment = str(int(at or time.time()))
    signed = {
        "webhook-id": id,
        "webhook-timestamp": moment,
        "webhook-signature": office.other.example.signature(secret, id, moment, body),
    }
    return office.zammad.tell_bytes(body, signed | headers, office.other.desk.hook)[0]


def test_a_question_is_answered_once_in_three_spellings(desk: Other) -> None:
    desk.write("first", QUESTION, details={"room": 4})
    answered(desk, "first")
    nothing_more(desk)
    ((event, headers),) = desk.sent("first")
    data = event["data"]
    assert event["type"] == "answer.created" and data["details"] == {"room": 4}
    assert f"\u201c{QUOTE}" in data["text"] and f"> {QUOTE}" in data["markdown"]
    assert f"<blockquote>{QUOTE}" in data["html"] and f'<a href="{PUBLIC_URL}/documents/' in data["html"]
    assert data["buttons"] and data["answer"]["outcome"] == "answered"
    assert data["answer"]["citations"][0]["quote"].startswith(QUOTE)
    assert headers["authorization"] == f"Bearer {WEBHOOK_TOKEN}"


def test_without_a_signature_of_now_nothing_happens(office: Office, desk: Other) -> None:
    event = {"type": "message.created", "data": {"conversation": "unproven", "message": "1", "text": QUESTION}}
    body = json.dumps(event).encode()
    assert raw(office, body, "a", **{"webhook-signature": ""}) == 401
    assert raw(office, body, "a", **{"webhook-id": "b"}) == 401
    assert raw(office, body, "a", secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAA") == 401
    assert raw(office, body, "a", at=time.time() - 400) == 401
    assert raw(office, body, "a", at=time.time() + 400) == 401
    nothing_more(desk)
    assert "unproven" not in desk.desk.conversations


def test_one_right_signature_of_several_is_enough(office: Office, desk: Other) -> None:
    event = {"type": "message.created", "data": {"conversation": "rotated", "message": "1", "text": QUESTION}}
    body, moment = json.dumps(event).encode(), str(int(time.time()))
    right = desk.example.signature(WEBHOOK_SECRET, "r", moment, body)
    headers = {"webhook-timestamp": moment, "webhook-signature": f"v1,AAAA v1a,BBBB {right}"}
    assert raw(office, body, "r", **headers) == 200
    answered(desk, "rotated")


def test_what_is_not_the_contract_is_refused_and_what_is_new_passed_over(office: Office, desk: Other) -> None:
    for number, data in enumerate([{}, {"conversation": ""}, {"conversation": "c"}, {"conversation": "c", "text": "  "}]):
        body = json.dumps({"type": "message.created", "data": data}).encode()
        assert not FROM_DESK.is_valid(json.loads(body))
        assert raw(office, body, f"wrong-{number}") == 400, data
    body = json.dumps({"type": "conversation.renamed", "data": {"conversation": "c", "name": "d"}}).encode()
    assert raw(office, body, "new") == 200


def test_what_comes_again_is_answered_once_by_message_and_by_delivery(office: Office, desk: Other) -> None:
    named = {"type": "message.created", "data": {"conversation": "again", "message": "m1", "text": QUESTION}}
    nameless = {"type": "message.created", "data": {"conversation": "again", "text": OTHER_QUESTION}}
    assert all(FROM_DESK.is_valid(event) for event in [named, nameless])
    for id in ["d1", "d1", "d2"]:
        assert raw(office, json.dumps(named).encode(), id) == 200
    for _ in range(2):
        assert raw(office, json.dumps(nameless).encode(), "d3") == 200
    answered(desk, "again", 2)
    nothing_more(desk)
    assert [QUOTE in text for text in desk.replies("again")] == [True, False]


def test_a_name_is_wanted_for_what_happened(office: Office) -> None:
    body = json.dumps({"type": "conversation.taken", "data": {"conversation": "nameless"}}).encode()
    assert raw(office, body, "") == 400


def test_bots_are_passed_over_and_an_agent_takes_the_conversation_until_it_is_returned(desk: Other) -> None:
    desk.write("agents", QUESTION, author="bot")
    desk.write("agents", "Hello, Nurse Joy here.", author="agent")
    desk.write("agents", QUESTION)
    nothing_more(desk)
    assert not desk.replies("agents")
    for event in ["conversation.returned", "conversation.taken", "conversation.closed"]:
        desk.desk.write("agents", {"type": event})
    desk.write("agents", OTHER_QUESTION)
    (answer,) = answered(desk, "agents")
    assert OTHER_QUOTE in answer


def test_an_answer_that_comes_back_as_an_agents_takes_nothing(desk: Other) -> None:
    """Some desks don't tell their bots from their agents."""
    desk.write("echo", QUESTION)
    (answer,) = answered(desk, "echo")
    desk.write("echo", answer, author="agent")
    desk.write("echo", OTHER_QUESTION)
    assert OTHER_QUOTE in answered(desk, "echo", 2)[1]


def test_answers_have_the_order_of_the_questions(desk: Other) -> None:
    for question in [QUESTION, OTHER_QUESTION, QUESTION, OTHER_QUESTION]:
        desk.write("order", question)
    texts = answered(desk, "order", 4)
    assert [QUOTE in text for text in texts] == [True, False, True, False]


@pytest.mark.parametrize(("text", "reply"), [(UNANSWERED, PASSED_ON), (DANGER, NOTICE), (PERSON, HANDED_OVER)])
def test_what_is_a_persons_is_said_noted_handed_over_and_assigned(desk: Other, text: str, reply: str) -> None:
    name = f"person-{text[:4]}"
    desk.write(name, text)
    until(lambda: desk.got(name, "conversation.assigned"), "assignment")
    desk.write(name, QUESTION)  # A person has it now.
    nothing_more(desk)
    kinds = [one["type"] for one in desk.desk.conversations[name]]
    kinds = [kind for kind in kinds if kind not in ("message.created", "typing.started")]
    assert kinds == ["answer.created", "note.created", "conversation.handed_over", "conversation.assigned"]
    assert desk.replies(name)[0].startswith(reply)
    assert desk.got(name, "conversation.assigned")[0]["to"] == "nurses"


def test_errors_are_tried_again(desk: Other, troubles: Troubles) -> None:
    answered(desk, troubles.other["errors"])
    assert desk.times_sent(troubles.other["errors"]) == 2


@pytest.mark.parametrize("how", ["cut", "late"])
def test_what_was_taken_without_saying_so_comes_again_under_the_same_id(desk: Other, troubles: Troubles, how: str) -> None:
    name = troubles.other[how]
    until(lambda: desk.times_sent(name) == 2, "second attempt", LATE_SECS + 10)
    answers = [headers["webhook-id"] for _, headers in desk.sent(name)]
    assert len(answers) == 2 and len(set(answers)) == 1
    assert len(desk.replies(name)) == 1, "the example desk drops it"


def test_the_schema_is_one_and_its_examples_in_the_manual_are_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    manual = (ROOT / "docs" / "helpdesk.md").read_text()
    events = [json.loads(text) for text in re.findall(r"```json\n(\{\"type\".*?)```", manual, re.S)]
    for event in events:
        BOTH.validate(event)
    told = {event["type"] for event in events if FROM_DESK.is_valid(event)}
    sent = {event["type"] for event in events if FROM_IBID.is_valid(event)}
    assert told == {"message.created", "conversation.taken", "conversation.returned", "conversation.closed"}
    assert sent >= {"answer.created", "note.created", "conversation.handed_over", "conversation.assigned"}
    assert "conversation.opened" in sent and "message.created" in sent


def test_the_example_desk_runs_by_itself(office: Office) -> None:
    port = free_port()
    command = [sys.executable, ROOT / "examples" / "python" / "desk.py", office.other.desk.hook, str(port)]
    environment = os.environ | {"IBID_SECRET": WEBHOOK_SECRET}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        address = f"http://127.0.0.1:{port}/conversations/alone"
        body = json.dumps({"author": "patient", "text": QUESTION}).encode()

        def written() -> bool:
            try:
                with urllib.request.urlopen(address, body, timeout=10) as response:
                    return response.status == 200
            except OSError:
                return False

        until(written, "example desk")
        with urllib.request.urlopen(address, timeout=10) as response:
            assert json.loads(response.read())[0]["text"] == QUESTION
        process.kill()
        assert process.stdout and process.stdout.readline().startswith("alone {")
