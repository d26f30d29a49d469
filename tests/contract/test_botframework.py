"""The desk `botframework` behind a connector that runs offline, with Microsoft's client library before it."""

import json
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from server import QUESTIONS, ROOT, Server

PROGRAM = ROOT / "tests/contract/botframework.mjs"
SECRET = "part-of-the-address-71c2"

CONFIG = """\
[desks.bots]
kind = "botframework"
url = "http://127.0.0.1:{port}"
secret = "{secret}"
hand_over_to = "nurses"
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def call(url: str, activity: dict[str, object]) -> int:
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, json.dumps(activity).encode(), headers)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def test_replies_come_once_and_only_where_they_may(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "config.toml").write_text(CONFIG.format(port=port, secret=SECRET))
    with Server(tmp_path, deliveries_key="0f" * 32) as server:
        hook = f"{server.url}/hooks/bots"
        elsewhere = {"type": "message", "id": "1", "conversation": {"id": "1"}, "text": "why?"}
        assert call(f"{hook}/{SECRET}", elsewhere | {"serviceUrl": "http://127.0.0.1:1"}) == 400
        assert call(hook, elsewhere) == 401
        command = ["node", str(PROGRAM), str(port), f"{hook}/{SECRET}"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    replies = [activity for activity in told["got"] if "replyToId" in activity]
    assert [activity["replyToId"] for activity in replies] == told["ids"], "one reply to each, in order"
    quoted, follow_up, person, still = replies
    assert QUESTIONS["How often should the kettle be descaled?"] in quoted["text"]
    assert quoted["channelData"]["ibid"]["outcome"] == "answered"
    assert follow_up["channelData"]["ibid"]["read_as"]
    assert person["text"].startswith("I have passed this to our team")
    assert still["channelData"]["ibid"]["outcome"] == "answered"
    (event,) = [activity for activity in told["got"] if activity.get("name") == "handoff.initiate"]
    assert event["value"] == {"skill": "nurses"}


def test_signed_calls_are_not_promised(tmp_path: Path) -> None:
    config = CONFIG.format(port=1, secret=SECRET) + "signed = true\n"
    (tmp_path / "config.toml").write_text(config)
    server = Server(tmp_path, deliveries_key="0f" * 32)
    with pytest.raises(AssertionError, match="not ready"):
        server.start()
    server.kill()
