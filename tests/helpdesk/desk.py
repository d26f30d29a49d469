"""The real django-helpdesk as a process, and its people."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE_SECS = 60


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(check, what: str, secs: float = PATIENCE_SECS):
    """Waits until `check` gives something, and gives that."""
    end = time.monotonic() + secs
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.1)
    raise AssertionError(f"in {secs} s: no {what}")


class Desk:
    """A running django-helpdesk that tells `hook` of tickets and follow-ups."""

    def __init__(self, folder: Path, hook: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DESK_FOLDER": str(folder),
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "HELPDESK_NEW_TICKET_WEBHOOK_URLS": hook,
            "HELPDESK_FOLLOWUP_WEBHOOK_URLS": hook,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        made = subprocess.run(
            [sys.executable, "prepare.py"], cwd=HERE, env=self.environment, check=True, capture_output=True, text=True
        )
        made = json.loads(made.stdout.strip().splitlines()[-1])
        self.people, self.queue = made["people"], made["queue"]
        self.log = (folder / "desk.log").open("a")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "django", "runserver", "--noreload", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            command, cwd=HERE, env=self.environment, stdout=self.log, stderr=self.log
        )
        until(self._answers, "answer of the desk")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        assert self.process and self.process.poll() is None, "the desk has ended; see desk.log beside its database"
        try:
            return bool(self.call("GET", "/api/tickets/"))
        except OSError:
            return False

    def call(self, method: str, path: str, body: dict | None = None, who: str = "nurse"):
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"authorization": f"Token {self.people[who]['token']}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read() or b"{}")

    def open_ticket(self, text: str, title: str = "A question") -> int:
        """As a patient's letter would; gives its number."""
        body = {"queue": self.queue, "title": title, "description": text, "submitter_email": "anna@example.org"}
        return self.call("POST", "/api/tickets/", body | {"priority": 3})["id"]

    def open_ticket_unheard(self, text: str) -> int:
        """The same while nobody listens to the desk's webhooks: the desk fails, and has the ticket all the same."""
        before = {ticket["id"] for ticket in self.tickets()}
        unheard(lambda: self.open_ticket(text))
        (new,) = {ticket["id"] for ticket in self.tickets()} - before
        return new

    def tickets(self) -> list[dict]:
        return self.call("GET", "/api/tickets/?page_size=200")["results"]

    def ticket(self, number: int) -> dict:
        return self.call("GET", f"/api/tickets/{number}/")

    def by(self, who: str, number: int, public: bool) -> list[str]:
        """What somebody wrote in a ticket, without its opening."""
        ticket = self.ticket(number)
        wrote = ticket["followup_set"]
        return [
            one["comment"]
            for one in wrote
            if one["user"] == self.people[who]["id"]
            and one["public"] == public
            and one["comment"] != ticket["description"]
        ]

    def follow_up(self, number: int, text: str, who: str = "nurse", **more: int) -> None:
        body = {"ticket": number, "comment": text, "public": True} | more
        self.call("POST", "/api/followups/", body, who)

    def follow_up_unheard(self, number: int, text: str) -> None:
        """The same while nobody listens to the desk's webhooks."""
        unheard(lambda: self.follow_up(number, text))

    def patient_writes(self, number: int, text: str) -> None:
        """As a letter that came by mail: the desk's own code, and then its webhook."""
        script = (
            "import django; django.setup()\n"
            "import sys; from django.contrib.auth.models import AnonymousUser; from helpdesk.models import Ticket\n"
            "from helpdesk.update_ticket import update_ticket\n"
            "update_ticket(AnonymousUser(), Ticket.objects.get(id=int(sys.argv[1])), comment=sys.argv[2], public=True)\n"
        )
        command = [sys.executable, "-c", script, str(number), text]
        subprocess.run(command, cwd=HERE, env=self.environment, check=True)


def unheard(call) -> None:
    """Makes a call during which a webhook fails: the desk answers 500, and has done it all the same."""
    try:
        call()
    except urllib.error.HTTPError as error:
        assert error.code == 500, error.code
