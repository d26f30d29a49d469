"""The example clients against the server, over connections that do not last: every question is answered once, in
order."""

import json
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from websockets.sync.client import connect

from clients import EXAMPLES, Client
from network import Cut, Proxy
from server import BINARY, QUESTIONS, ROOT, Server

UNKNOWN = "does not know the conversation any more"


@pytest.fixture(params=list(EXAMPLES))
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


def on_disk(folder: Path) -> dict[str, str]:
    return {"sessions__path": str(folder / "sessions.sqlite"), "sessions_key": "5e" * 32}


def answers(piece: bytes, number: int) -> bool:
    return f'"in_reply_to":"q{number}"'.encode() in piece


def test_questions_from_the_command_line(kind: str, server: Server) -> None:
    with Client(kind, server.url, *QUESTIONS) as client:
        assert client.end() == 0, client.errors
        client.check(QUESTIONS)
        links = re.findall(r"^ *(http\S+)$", "".join(client.out), re.M)
    assert len(links) >= 5
    for link in links:
        with urllib.request.urlopen(link) as page:
            assert b"<mark" in page.read(), link


def test_questions_from_standard_input(kind: str, server: Server) -> None:
    with Client(kind, server.url) as client:
        for question in QUESTIONS:
            client.ask(question)
        assert client.end() == 0, client.errors
        client.check(QUESTIONS)


def test_notices_and_other_readings_are_shown(kind: str, server: Server) -> None:
    with Client(kind, server.url, "How often shuold the ketle be descaled?", "I want to kill myself") as client:
        assert client.end() == 0, client.errors
        (_, mended), (_, crisis) = client.answers()
    assert "Read as: How often should the kettle be descaled?" in mended
    assert "Please talk to someone now: You do not have to go through this alone." in crisis
    assert "tel:988" in crisis
    assert "red_flag" not in crisis


def test_quotes_that_may_not_answer_are_shown_with_a_caution(kind: str, tmp_path: Path) -> None:
    first, quote = next(iter(QUESTIONS.items()))
    settings = {"answer__answered_confidence": "1", "answer__low_confidence": "0.01", "texts__low_confidence": ""}
    with Server(tmp_path, **settings) as server, Client(kind, server.url, first) as client:
        assert client.end() == 0, client.errors
        ((_, text),) = client.answers()
    assert text.index("These quotes may not answer the question.") < text.index(quote)


def test_of_a_format_with_pages_the_page_is_named(kind: str, tmp_path: Path) -> None:
    server = Server(tmp_path)
    shutil.copy(ROOT / "tests/fixtures/pdf/hernia.pdf", tmp_path / "corpus")
    with server, Client(kind, server.url, "How long does a hernia operation take?") as client:
        assert client.end() == 0, client.errors
        ((_, text),) = client.answers()
    assert "Your hernia repair, Before you come in, page 1" in text


def test_cut_connections_lose_and_double_nothing(kind: str, server: Server) -> None:
    cuts: list[int] = []

    def breaks(piece: bytes, _: int) -> bytes:
        # The second answer is lost whole, and the fourth in the middle.
        if answers(piece, 2) and 2 not in cuts:
            cuts.append(2)
            raise Cut
        if answers(piece, 4) and 4 not in cuts:
            cuts.append(4)
            raise Cut(piece[: len(piece) // 2])
        return piece

    with Proxy(server.address, breaks) as proxy, Client(kind, proxy.url, *QUESTIONS) as client:
        assert client.end() == 0, client.errors
        client.check(QUESTIONS)
        assert (cuts, proxy.connections) == ([2, 4], 3)
        assert UNKNOWN not in "".join(client.out)


def test_a_dead_link_is_given_up(kind: str, tmp_path: Path) -> None:
    def breaks(piece: bytes, number: int) -> bytes:
        if answers(piece, 2) and number == 1:
            proxy.silent.add(1)
        return b"" if number in proxy.silent else piece

    with Server(tmp_path, server__heartbeat_secs="1") as server, Proxy(server.address, breaks) as proxy:
        with Client(kind, proxy.url, *QUESTIONS) as client:
            assert client.end() == 0, client.errors
            client.check(QUESTIONS)
        assert proxy.connections == 2


def test_a_quiet_link_is_kept(kind: str, tmp_path: Path) -> None:
    first, second = list(QUESTIONS)[:2]
    with Server(tmp_path, server__heartbeat_secs="1") as server:
        with Proxy(server.address, lambda piece, _: piece) as proxy, Client(kind, proxy.url) as client:
            client.ask(first)
            client.wait_for(QUESTIONS[first])
            time.sleep(4)  # Longer than it takes to give a dead link up.
            client.ask(second)
            assert client.end() == 0
            client.check({question: QUESTIONS[question] for question in (first, second)})
            assert proxy.connections == 1, client.errors


def test_a_killed_server_goes_on_where_it_was(kind: str, tmp_path: Path) -> None:
    with Server(tmp_path, **on_disk(tmp_path)) as server:
        killed: list[int] = []

        def breaks(piece: bytes, _: int) -> bytes:
            if answers(piece, 3) and not killed:
                killed.append(3)
                server.kill()
                server.start()
                raise Cut
            return piece

        with Proxy(server.address, breaks) as proxy, Client(kind, proxy.url, *QUESTIONS) as client:
            assert client.end() == 0, client.errors
            client.check(QUESTIONS)
            assert killed == [3] and UNKNOWN not in "".join(client.out)


def test_a_question_typed_while_the_server_is_gone_waits(kind: str, tmp_path: Path) -> None:
    with Server(tmp_path, **on_disk(tmp_path)) as server, Client(kind, server.url) as client:
        questions = list(QUESTIONS)
        client.ask(questions[0])
        client.wait_for(QUESTIONS[questions[0]])
        server.kill()
        client.wait_for("no connection")
        for question in questions[1:]:
            client.ask(question)
        server.start()
        assert client.end() == 0, client.errors
        client.check(QUESTIONS)
        assert UNKNOWN not in "".join(client.out)


def test_a_forgotten_session_is_begun_anew(kind: str, tmp_path: Path) -> None:
    with Server(tmp_path) as server, Client(kind, server.url) as client:
        first, *others = QUESTIONS
        client.ask(first)
        client.wait_for(QUESTIONS[first])
        server.stop()
        server.start()
        for question in others:
            client.ask(question)
        assert client.end() == 0, client.errors
        client.check(QUESTIONS)
        assert "".join(client.out).count(UNKNOWN) == 1


def test_the_wait_that_the_server_names_is_kept(kind: str, tmp_path: Path) -> None:
    # One question, and five seconds later the next.
    limits = {"server__questions_per_minute": "12", "server__question_burst": "1"}
    with Server(tmp_path, **limits) as server:
        refusals: list[bytes] = []

        def breaks(piece: bytes, _: int) -> bytes:
            refusals.extend(re.findall(rb'"rate_limited"', piece))
            return piece

        expected = dict(list(QUESTIONS.items())[:2])
        with Proxy(server.address, breaks) as proxy, Client(kind, proxy.url, *expected) as client:
            assert client.end() == 0, client.errors
            client.check(expected)
            assert (len(refusals), proxy.connections) == (1, 1)


@pytest.mark.parametrize(("retry_after", "least_secs"), [("1", 1), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)])
def test_a_server_that_turns_away_is_asked_again(
    kind: str, server: Server, retry_after: str, least_secs: int
) -> None:
    def breaks(piece: bytes, number: int) -> bytes:
        if number == 1:
            head = f"HTTP/1.1 503 Service Unavailable\r\nretry-after: {retry_after}\r\ncontent-length: 0\r\n\r\n"
            raise Cut(head.encode())
        return piece

    with Proxy(server.address, breaks) as proxy, Client(kind, proxy.url, *QUESTIONS) as client:
        assert client.end() == 0, client.errors
        client.check(QUESTIONS)
        assert proxy.connections == 2
        [wait] = re.findall(r"\(status 503\), next try in ([\d.]+) s", "".join(client.errors))
    assert least_secs < float(wait) <= least_secs + 0.5


def test_the_session_is_left_to_a_newer_connection(kind: str, server: Server) -> None:
    said = bytearray()

    def listens(piece: bytes, _: int) -> bytes:
        said.extend(piece)
        return piece

    first = next(iter(QUESTIONS))
    with Proxy(server.address, listens) as proxy, Client(kind, proxy.url) as client:
        client.ask(first)
        client.wait_for(QUESTIONS[first])
        found = [re.search(rf'"{name}":"(\w+)"'.encode(), said) for name in ("session", "token")]
        session, token = (match[1].decode() for match in found if match)
        url = server.url.replace("http", "ws") + "/api/v1/chat?start=resume"
        with connect(url, subprotocols=["ibid.v1"]) as newer:  # type: ignore[list-item]
            newer.send(json.dumps({"type": "resume", "session": session, "token": token, "after": 0}))
            assert json.loads(newer.recv())["resumed"] is True
            client.wait_for("given up: another connection goes on with this conversation")
            assert client.end() == 1
            with pytest.raises(TimeoutError):  # Nobody takes the session back.
                while newer.recv(timeout=1.5):
                    pass
            newer.send(json.dumps({"type": "ping"}))
            assert json.loads(newer.recv(timeout=5)) == {"type": "pong"}
        assert proxy.connections == 1


def test_an_api_key_is_sent(kind: str, tmp_path: Path) -> None:
    expected = dict(list(QUESTIONS.items())[:1])
    keys = str(tmp_path / "keys.toml")
    server = Server(tmp_path, access__anonymous="none", access__keys=keys)
    command = [BINARY, "key", "new", "example", "--scope", "chat"]
    made = subprocess.run(
        command, cwd=tmp_path, env=server.environment, capture_output=True, text=True, check=True
    )
    key = max(made.stdout.split(), key=len)
    with server:
        with Client(kind, server.url, *expected) as client:
            assert client.end() == 1
            assert "refused: 401" in "".join(client.errors)
            assert "IBID_API_KEY" in "".join(client.errors) or kind == "python"
        with Client(kind, server.url, *expected, key=key) as client:
            client.wait_for(next(iter(expected.values())))
            assert client.end() == 0, client.errors
            client.check(expected)
