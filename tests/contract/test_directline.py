"""Direct Line by Microsoft's own client library, over WebSocket and by polling."""

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from server import BINARY, QUESTIONS, ROOT, Server

PROGRAM = ROOT / "tests/contract/directline.mjs"


def talk(server: Server, mode: str, *token: str) -> dict[str, Any]:
    command = ["node", str(PROGRAM), server.url, mode, *token]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("mode", ["socket", "poll"])
def test_nothing_is_lost_and_nothing_doubled(mode: str, server: Server) -> None:
    told = talk(server, mode)
    got = told["got"]
    assert len({activity["id"] for activity in got}) == len(got), "something came twice"
    kinds = [(activity["type"], activity["from"]["role"]) for activity in got]
    asked = [("message", "user"), ("message", "bot")]
    assert kinds == [("message", "bot"), ("event", "user"), *asked, *asked, *asked]
    assert [activity["id"] for activity in got if activity["from"]["role"] == "user"][1:] == told["ids"]
    replies = [activity for activity in got if "replyToId" in activity]
    assert [activity["replyToId"] for activity in replies] == told["ids"]
    for question, reply in zip(["How often should the kettle be descaled?", "How should the kettle be stored?"], replies):
        assert QUESTIONS[question] in reply["text"] and reply["textFormat"] == "markdown"
        citation = reply["channelData"]["ibid"]["citations"][0]
        assert citation["quote"] in (server.folder / "corpus" / citation["reference"]["document"]).read_text()
    assert told["offered"]["type"] == "imBack" and got[-2]["text"] == told["offered"]["value"]
    assert (told["refused"], told["sockets"]) == (400, 1 if mode == "socket" else 0)


def test_a_page_gets_its_token_from_its_site(tmp_path: Path) -> None:
    keys = str(tmp_path / "keys.toml")
    server = Server(tmp_path, access__anonymous="none", access__keys=keys)
    command = [BINARY, "key", "new", "site", "--scope", "chat"]
    made = subprocess.run(
        command, cwd=tmp_path, env=server.environment, capture_output=True, text=True, check=True
    )
    key = max(made.stdout.split(), key=len)
    with server:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            token_of(server)
        told = talk(server, "socket", token_of(server, key))
        assert len(told["ids"]) == 3
        assert talk(server, "poll", key)["got"], "a program may use the key itself"


def token_of(server: Server, *key: str) -> str:
    headers = {"authorization": f"Bearer {key[0]}"} if key else {}
    url = f"{server.url}/v3/directline/tokens/generate"
    with urllib.request.urlopen(urllib.request.Request(url, b"", headers)) as response:
        return json.load(response)["token"]
