"""What all desks have in common: a crash, a desk that is down, an operator who looks, a log that tells no secrets."""

import json
import time

from desk import until
from office import QUESTION, QUOTE, SECRETS, UNANSWERED, Office, Troubles


def one_answer(office: Office, chatwoot: int, zammad: int, slack: str, other: str) -> bool:
    replies = [
        office.chatwoot.replies(chatwoot),
        office.zammad.replies(zammad),
        office.slack.replies(slack),
        office.other.replies(other),
    ]
    assert all(len(texts) <= 1 for texts in replies), replies
    return all(QUOTE in text for texts in replies for text in texts) and all(replies)


def test_what_was_accepted_before_a_crash_is_answered_once_after_it(office: Office, troubles: Troubles) -> None:
    until(lambda: all(office.other.replies(name) for name in troubles.other.values()), "end of the troubles", 40)
    until(lambda: office.metric('ibid_desk_backlog{what="steps"}') == 0, "end of what is tried again", 40)
    chatwoot, zammad, slack, other = office.chatwoot.open(), office.zammad.ticket(), office.slack.moment(), "crash"
    asked = time.monotonic()
    office.chatwoot.write(chatwoot, QUESTION)
    office.zammad.write(zammad, QUESTION)
    office.slack.mention(QUESTION, slack)
    office.other.write(other, QUESTION)
    office.ibid.kill()
    print(f"killed {time.monotonic() - asked:.3f} s after the first question")
    # What Zammad cannot tell while nobody listens is asked for, in every state in which a ticket waits; where a person
    # was first there is nothing to say.
    unheard, answered = office.zammad.ticket(), office.zammad.ticket()
    for ticket in [unheard, answered]:
        office.zammad.add(ticket, QUESTION, "Customer", "anna@example.org")
    office.zammad.tickets[unheard]["state"] = "in progress"
    office.zammad.add(answered, "I will call you.", "Agent", "nurse@clinic.example")
    office.ibid.start()
    until(lambda: one_answer(office, chatwoot, zammad, slack, other), "answers")
    until(lambda: office.zammad.replies(unheard), "answer to what was missed")
    time.sleep(2)
    assert one_answer(office, chatwoot, zammad, slack, other)
    assert len(office.zammad.replies(unheard)) == 1
    assert office.zammad.replies(answered) == []


def test_a_desk_that_is_down_is_told_later_and_an_operator_sees_what_waits(office: Office) -> None:
    conversation, ticket = office.chatwoot.open(), office.zammad.ticket()
    office.chatwoot.stop()
    office.chatwoot.write(conversation, UNANSWERED)
    office.zammad.write(ticket, QUESTION)
    until(lambda: office.zammad.replies(ticket), "answer at the other desk")

    def waits() -> list[dict]:
        steps = json.loads(office.deliveries("list", "--json"))["steps"]
        return [step for step in steps if step["conversation"] == str(conversation) and step["attempts"]]

    (first,) = until(waits, "step that waits")
    assert (first["state"], first["what"], first["error"]) == ("waiting", "reply", "the desk cannot be reached")
    assert UNANSWERED not in office.deliveries("list")
    office.chatwoot.start()
    until(lambda: office.chatwoot.conversations[conversation]["status"] == "open", "hand-over")
    assert len(office.chatwoot.replies(conversation)) == 1


def test_what_a_desk_refuses_is_given_up_and_an_operator_sends_it_again(office: Office) -> None:
    conversation = office.chatwoot.open()
    held = office.chatwoot.conversations.pop(conversation)
    office.chatwoot.conversations[-1] = held
    body = office.chatwoot.payload(
        {"id": office.chatwoot.number(), "content": QUESTION, "message_type": "incoming", "private": False}, held, "message_created"
    )
    office.chatwoot.tell_of(body)

    def given_up() -> list[dict]:
        steps = json.loads(office.deliveries("list", "--json"))["steps"]
        return [step for step in steps if step["state"] == "given up"]

    (dead,) = until(given_up, "step that was given up")
    assert dead["error"] == "the desk answered 404"
    office.chatwoot.wrong.clear()
    office.chatwoot.conversations[conversation] = office.chatwoot.conversations.pop(-1)
    assert office.deliveries("retry", str(dead["number"])) == f"{dead['number']} is sent again\n"
    until(lambda: office.chatwoot.replies(conversation), "answer")
    assert not given_up()
    assert office.metric('ibid_desk_steps_total{outcome="given_up"}') >= 1


def test_no_secret_and_no_question_is_in_the_log(office: Office) -> None:
    log = office.log_text()
    assert "not sent yet" in log and "given up" in log, "it is the log of all that"
    told = [secret for secret in [*SECRETS, QUESTION, UNANSWERED, "Nurse Joy"] if secret in log]
    assert not told
    answers = json.dumps(office.chatwoot.hooks + office.zammad.hooks + office.slack.hooks)
    assert not [secret for secret in SECRETS if secret in answers]
