"""The main job at a real desk: tickets are answered once, with quote and source, or left to people."""

import json
import time
import urllib.request

from websockets.sync.client import ClientConnection, connect

from conftest import SECRET, Clinic
from desk import until

QUESTION = "how long does PRRT take to work?"
#: What a second or wrong reply gets to show itself.
QUIET_SECS = 5


def quoted(clinic: Clinic, number: int) -> list[str]:
    return clinic.desk.by("ibid", number, public=True)


def noted(clinic: Clinic, number: int) -> list[str]:
    return clinic.desk.by("ibid", number, public=False)


def is_answer(text: str) -> bool:
    return "\u201c" in text and "https://ask.clinic.example/documents/" in text


def test_a_ticket_is_answered_once_with_quote_and_link_and_nothing_echoes(clinic: Clinic) -> None:
    asked = time.monotonic()
    number = clinic.desk.open_ticket(QUESTION)
    (answer,) = until(lambda: quoted(clinic, number), "answer")
    took = time.monotonic() - asked
    print(f"answered after {took:.2f} s")
    assert took < 5
    assert is_answer(answer), answer
    time.sleep(QUIET_SECS)
    assert len(quoted(clinic, number)) == 1
    assert noted(clinic, number) == []
    ticket = clinic.desk.ticket(number)
    assert ticket["title"] == "A question", "a reply must not rename the ticket"
    assert ticket["status"] == 1


def test_a_message_of_danger_gets_the_notice_and_a_person(clinic: Clinic) -> None:
    number = clinic.desk.open_ticket("I have crushing chest pain and I cannot breathe")
    (answer, *more) = until(lambda: quoted(clinic, number), "answer")
    assert "This may be an emergency" in answer and "112" in answer and not more, answer
    nurse = clinic.desk.people["nurse"]["id"]
    until(lambda: clinic.desk.ticket(number)["assigned_to"] == nurse, "assignment")
    assert clinic.desk.ticket(number)["status"] == 1
    (note,) = until(lambda: noted(clinic, number), "note")
    assert "danger" in note


def test_an_unsure_answer_goes_to_the_staff_alone(clinic: Clinic) -> None:
    number = clinic.desk.open_ticket("What is the survival rate after five years?")
    (note,) = until(lambda: noted(clinic, number), "note")
    assert "Suggested answer" in note or "do not answer this" in note, note
    time.sleep(QUIET_SECS)
    assert quoted(clinic, number) == []
    assert clinic.desk.ticket(number)["assigned_to"] is None


def test_what_came_while_ibid_was_down_is_answered_once(clinic: Clinic) -> None:
    clinic.ibid.kill()
    number = clinic.desk.open_ticket_unheard(QUESTION)
    answered_by_nurse = clinic.desk.open_ticket_unheard(QUESTION)
    clinic.desk.follow_up_unheard(answered_by_nurse, "I will call you this afternoon.")
    clinic.ibid.start()
    (answer,) = until(lambda: quoted(clinic, number), "answer")
    assert is_answer(answer), answer
    time.sleep(QUIET_SECS)
    assert len(quoted(clinic, number)) == 1
    assert quoted(clinic, answered_by_nurse) == [], "a person was first"


def test_a_person_who_answers_keeps_the_ticket(clinic: Clinic) -> None:
    number = clinic.desk.open_ticket("Where can I park?")
    until(lambda: noted(clinic, number), "note")
    clinic.desk.follow_up(number, "Behind the house. Anything else?")
    clinic.desk.patient_writes(number, QUESTION)
    time.sleep(QUIET_SECS)
    assert quoted(clinic, number) == []


def test_who_wants_a_person_in_a_resolved_ticket_keeps_that_person(clinic: Clinic) -> None:
    number = clinic.desk.open_ticket(QUESTION)
    until(lambda: quoted(clinic, number), "answer")
    clinic.desk.follow_up(number, "That is all there is to it.", new_status=3)
    clinic.desk.patient_writes(number, "can I talk to a real person please")
    nurse = clinic.desk.people["nurse"]["id"]
    until(lambda: clinic.desk.ticket(number)["assigned_to"] == nurse, "assignment")
    clinic.desk.patient_writes(number, QUESTION)
    time.sleep(QUIET_SECS)
    assert len(quoted(clinic, number)) == 2, "the answer and that a person comes"


def test_nothing_is_lost_or_said_twice_while_the_desk_is_down(clinic: Clinic) -> None:
    clinic.ibid.kill()
    number = clinic.desk.open_ticket_unheard(QUESTION)
    ticket = clinic.desk.ticket(number)
    clinic.desk.stop()
    clinic.ibid.start()
    call = json.dumps({"ticket": ticket, "queue_slug": "patients"}).encode()
    for _ in range(3):
        took = send(f"{clinic.ibid.url}/hooks/clinic/{SECRET}", call)
        assert took < 1, "acknowledged at once"
    time.sleep(2)
    clinic.desk.start()
    (answer,) = until(lambda: quoted(clinic, number), "answer")
    assert is_answer(answer), answer
    time.sleep(QUIET_SECS)
    assert len(quoted(clinic, number)) == 1


def send(address: str, body: bytes) -> float:
    """The seconds until the call was acknowledged."""
    began = time.monotonic()
    request = urllib.request.Request(address, data=body, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 200
    return time.monotonic() - began


def frame(chat: ClientConnection, kind: str) -> dict:
    """The next frame of this kind."""
    while True:
        received = json.loads(chat.recv(timeout=60))
        if received["type"] == kind:
            return received
        assert received["type"] in ("status", "answer", "hello"), received


def test_a_chat_goes_to_a_person_and_comes_back(clinic: Clinic) -> None:
    address = f"ws://{clinic.ibid.host}/api/v1/chat?start=new"
    with connect(address, subprotocols=["ibid.v1"]) as chat:
        hello = frame(chat, "hello")
        assert hello["service"]["handoff"] is True
        chat.send(json.dumps({"type": "ask", "id": "1", "question": QUESTION}))
        assert frame(chat, "answer")["answer"]["outcome"] == "answered"
        before = {ticket["id"] for ticket in clinic.desk.tickets()}
        chat.send(json.dumps({"type": "handoff", "note": "Please explain it to me."}))
        assert frame(chat, "handoff")["state"] == "requested"

        (number,) = until(lambda: {ticket["id"] for ticket in clinic.desk.tickets()} - before, "ticket")
        opening = clinic.desk.ticket(number)["description"]
        assert "Please explain it to me." in opening and QUESTION in opening and "\u201c" in opening

        # Asked before the person is there.
        chat.send(json.dumps({"type": "ask", "id": "2", "question": "Is it painful?"}))
        passed_on = frame(chat, "answer")["answer"]
        assert passed_on["outcome"] == "handoff" and not passed_on["citations"]
        until(lambda: "Is it painful?" in clinic.desk.by("ibid", number, public=True), "passed-on question")

        clinic.desk.follow_up(number, "No, it is an infusion.")
        assert frame(chat, "handoff")["state"] == "accepted"
        said = frame(chat, "message")
        assert said["author"] == "agent" and said["text"] == "No, it is an infusion."

        # Who asks again still has that person.
        chat.send(json.dumps({"type": "handoff"}))
        assert frame(chat, "handoff")["state"] == "accepted"
        clinic.desk.follow_up(number, "All the best!", new_status=4)
        assert frame(chat, "message")["text"] == "All the best!"
        assert frame(chat, "handoff")["state"] == "closed"
        chat.send(json.dumps({"type": "ask", "id": "3", "question": QUESTION}))
        assert frame(chat, "answer")["answer"]["outcome"] == "answered"
    assert noted(clinic, number) == []
    assert clinic.desk.by("ibid", number, public=True) == ["Is it painful?"], "the transcript is no question"


def test_a_person_reaches_a_patient_who_comes_back(clinic: Clinic) -> None:
    address = f"ws://{clinic.ibid.host}/api/v1/chat"
    with connect(address + "?start=new", subprotocols=["ibid.v1"]) as chat:
        hello = frame(chat, "hello")
        before = {ticket["id"] for ticket in clinic.desk.tickets()}
        chat.send(json.dumps({"type": "ask", "id": "1", "question": "can I talk to a real person please"}))
        assert frame(chat, "handoff")["state"] == "requested"
        (number,) = until(lambda: {ticket["id"] for ticket in clinic.desk.tickets()} - before, "ticket")
    clinic.desk.follow_up(number, "Hello, how can I help?")
    time.sleep(2)
    with connect(address + "?start=resume", subprotocols=["ibid.v1"]) as chat:
        session, token = hello["session"], hello["token"]
        chat.send(json.dumps({"type": "resume", "session": session, "token": token, "after": 3}))
        assert frame(chat, "hello")["resumed"] is True
        assert frame(chat, "handoff")["state"] == "accepted"
        assert frame(chat, "message")["text"] == "Hello, how can I help?"
        chat.send(json.dumps({"type": "forget"}))
        until(lambda: any("erased" in note for note in noted(clinic, number)), "word of the erasure")
