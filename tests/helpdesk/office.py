"""One Ibid that speaks with all desks that are simulated, set up as docs/helpdesk.md says."""

import importlib.util
import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

from desk import free_port
from server import BINARY, CORPUS, ROOT, Server
from simulators import TAKEN_AND_CUT, Chatwoot, Failure, Slack, Zammad, refuse, taken_and_late

PUBLIC_URL = "https://ask.clinic.example"
QUESTION, QUOTE = "how long does PRRT take to work?", "PRRT takes days to weeks to work"
OTHER_QUESTION, OTHER_QUOTE = "What is Whipple surgery?", "If the cancer is in the head of the pancreas"
UNANSWERED = "zygomorphic quixotry"
DANGER, NOTICE = "I have chest pain and cannot breathe", "This may be an emergency"
PERSON = "can I talk to a person please?"
PASSED_ON = "I am not sure about this one. I have passed your question to our team."
HANDED_OVER = "I have passed this to our team. A person will answer you here."
#: Longer than Ibid waits for a response (`TIMEOUT` in src/server/desks/client.rs).
LATE_SECS = 22
RETRY_AFTER_SECS = 8

PATH_SECRET = "chatwoot-address-secret-44b1"
WEBHOOK_SECRET = "whsec_dGhpcy1pcy1hLXNlY3JldC1vZi10aGUtdGVzdHM="
WEBHOOK_TOKEN = "webhook-token-D5n2"
KEY = "0f" * 32
SECRETS = [Chatwoot.TOKEN, Chatwoot.SECRET, PATH_SECRET, Zammad.TOKEN, Zammad.SECRET, Slack.TOKEN, Slack.SECRET]
SECRETS += [WEBHOOK_SECRET, WEBHOOK_SECRET.removeprefix("whsec_"), WEBHOOK_TOKEN, KEY]

CONFIG = """\
[server]
public_url = "{public_url}"

[desks.chatwoot]
kind = "chatwoot"
url = "{chatwoot}"
account = "2"
token_file = "chatwoot.token"
secret_file = "chatwoot.secret"
hand_over_to = "team:4"

[desks.cautious]
kind = "chatwoot"
url = "{chatwoot}/"
account = "3"
token_file = "chatwoot.token"
secret = "{path_secret}"
signed = false
when_unsure = "note"
hand_over_after = 2
hand_over_to = "17"

[desks.zammad]
kind = "zammad"
url = "{zammad}"
bot = "{bot}"
secret_file = "zammad.secret"
hand_over_to = "group:Nurses"

[desks.slack]
kind = "slack"
url = "{slack}"
account = "C0STAFF"
token_file = "slack.token"
secret_file = "slack.secret"
hand_over_to = "S0NURSES"

[desks.other]
url = "{other}"
secret_file = "other.secret"
token = "{webhook_token}"
hand_over_to = "nurses"
"""


def example() -> Any:
    """examples/python/desk.py, as a module."""
    spec = importlib.util.spec_from_file_location("example_desk", ROOT / "examples" / "python" / "desk.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SCHEMA = json.loads((ROOT / "docs" / "desk-events.schema.json").read_text())
BOTH = jsonschema.Draft202012Validator(SCHEMA)
FROM_IBID = jsonschema.Draft202012Validator(SCHEMA | {"oneOf": [{"$ref": "#/$defs/from_ibid"}]})
FROM_DESK = jsonschema.Draft202012Validator(SCHEMA | {"oneOf": [{"$ref": "#/$defs/from_desk"}]})


class Other:
    """The example desk, with every event that Ibid sends checked against the schema."""

    def __init__(self) -> None:
        self.example = example()
        self.port = free_port()
        self.desk = self.example.Desk(WEBHOOK_SECRET, "")
        self.events: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.wrong: list[str] = []
        self.failures: dict[str, list[Failure]] = {}
        receive = self.desk.receive

        def checked(headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
            event = json.loads(body)
            self.wrong += [error.message for error in FROM_IBID.iter_errors(event)]
            self.headers.append({name.lower(): value for name, value in headers.items()})
            self.events.append(event)
            waiting = self.failures.get(event["data"]["conversation"])
            # Whether typing is told first is a matter of speed, so that is not what fails.
            if waiting and event["type"] == "answer.created":
                failure = waiting.pop(0)
                if failure.is_taken:
                    receive(headers, body)
                time.sleep(failure.hang_secs)
                return failure.status or 500, {}
            return receive(headers, body)

        self.desk.receive = checked
        self.server = self.example.serve(self.desk, self.port)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def write(self, name: str, text: str, author: str = "patient", **more: Any) -> int:
        status = self.desk.write(name, {"author": author, "text": text} | more)
        assert status < 300, status
        return status

    def got(self, name: str, kind: str = "answer.created") -> list[dict[str, Any]]:
        return [one for one in self.desk.conversations.get(name, []) if one["type"] == kind]

    def replies(self, name: str) -> list[str]:
        return [one["text"] for one in self.got(name)]

    def sent(self, name: str) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """Events of a conversation with their headers. When typing is told, and whether, is a matter of speed."""
        both = zip(self.events, self.headers, strict=False)
        return [
            (one, headers)
            for one, headers in both
            if one["data"]["conversation"] == name and one["type"] != "typing.started"
        ]

    def times_sent(self, name: str, kind: str = "answer.created") -> int:
        return sum(1 for one in self.events if one["type"] == kind and one["data"]["conversation"] == name)


def put_one_page(folder: Path) -> None:
    """The page that answers the questions here, in place of the pages that a `Server` has."""
    for name in CORPUS:
        (folder / "corpus" / name).unlink()
    page = "pancreatic-neuroendocrine-tumors.md"
    (folder / "corpus" / page).write_bytes((ROOT / "corpus" / page).read_bytes())


class Office:
    """All of them."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.folder = folder
        self.chatwoot, self.zammad, self.slack, self.other = Chatwoot(), Zammad(), Slack(), Other()
        self.log = (folder / "ibid.log").open("w+")
        self.ibid = Server(folder, deliveries_key=KEY, desks__zammad__token=Zammad.TOKEN)
        self.ibid.log = self.log
        self.ibid.environment["RUST_LOG"] = "debug"
        self.ibid.host = f"127.0.0.1:{port}"
        put_one_page(folder)
        for name, text in [
            ("chatwoot.token", Chatwoot.TOKEN),
            ("chatwoot.secret", Chatwoot.SECRET),
            ("zammad.secret", Zammad.SECRET),
            ("slack.token", Slack.TOKEN),
            ("slack.secret", Slack.SECRET),
            ("other.secret", WEBHOOK_SECRET),
        ]:
            (folder / name).write_text(f"{text}\n")
        config = CONFIG.format(
            public_url=PUBLIC_URL, chatwoot=self.chatwoot.url, zammad=self.zammad.url, slack=self.slack.url,
            other=f"{self.other.url}/ibid", path_secret=PATH_SECRET, bot=Zammad.BOT, webhook_token=WEBHOOK_TOKEN,
        )  # fmt: skip
        (folder / "config.toml").write_text(config)
        hooks = f"{self.ibid.url}/hooks"
        self.chatwoot.hook, self.zammad.hook = f"{hooks}/chatwoot", f"{hooks}/zammad"
        self.chatwoot.hooks_of[3] = f"{hooks}/cautious/{PATH_SECRET}"
        self.slack.hook, self.other.desk.hook = f"{hooks}/slack", f"{hooks}/other"

    def wrong(self) -> list[str]:
        """What Ibid sent that a desk does not take."""
        lists = [self.chatwoot.wrong, self.zammad.wrong, self.slack.wrong, self.other.wrong]
        told = sum(lists, [])
        for one in lists:
            one.clear()
        return told

    def metric(self, name: str) -> int:
        with urllib.request.urlopen(f"{self.ibid.url}/metrics", timeout=10) as response:
            text = response.read().decode()
        found = re.search(rf"^{re.escape(name)} (\d+)", text, re.M)
        return int(found[1]) if found else 0

    def deliveries(self, *arguments: str) -> str:
        command = [BINARY, "deliveries", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.ibid.environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def log_text(self) -> str:
        return (self.folder / "ibid.log").read_text()


class Troubles:
    """Conversations in which a desk fails once, begun all together because each takes its time."""

    def __init__(self, office: Office) -> None:
        chatwoot, zammad, slack, other = office.chatwoot, office.zammad, office.slack, office.other
        failures = {
            "errors": refuse(500),
            "crowded": refuse(429, retry_after=str(RETRY_AFTER_SECS)),
            "cut": TAKEN_AND_CUT,
            "late": taken_and_late(LATE_SECS),
        }
        self.chatwoot = {name: chatwoot.open() for name in failures}
        self.zammad = {name: zammad.ticket() for name in failures}
        self.slack = {name: slack.moment() for name in failures}
        self.other = {name: f"trouble-{name}" for name in failures}
        for name, failure in failures.items():
            chatwoot.failures[str(self.chatwoot[name])] = [failure]
            zammad.failures[str(self.zammad[name])] = [failure]
            slack.failures[self.slack[name]] = [failure]
            other.failures[self.other[name]] = [failure]
        for name in failures:
            chatwoot.write(self.chatwoot[name], QUESTION)
            zammad.write(self.zammad[name], QUESTION)
            slack.mention(QUESTION, thread=self.slack[name])
            other.write(self.other[name], QUESTION)
