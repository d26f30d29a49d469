#!/usr/bin/env python3
"""A tiny help desk that Ibid answers for: the contract of docs/helpdesk.md in one file. Python 3.11 or later.

    IBID_SECRET=whsec_... python desk.py http://127.0.0.1:7878/hooks/NAME 8080

Ibid's `url` is http://127.0.0.1:8080/ibid. What people write comes in by
    curl -d '{"author": "patient", "text": "How long does PRRT take to work?"}' http://127.0.0.1:8080/conversations/7
and a GET of the same address shows the conversation. An agent's message takes it over; `{"type": "conversation.returned"}`
gives it back. Put this behind your own login: whoever reaches the port can write. Everything is in memory, so a desk
that is meant to last keeps the conversations and the ids of webhooks in a database.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CLOCK_WINDOW_SECS = 300
SIGNATURE = ["webhook-id", "webhook-timestamp", "webhook-signature"]


def key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()


def signature(secret: str, id: str, timestamp: str, body: bytes) -> str:
    """Of Standard Webhooks (https://www.standardwebhooks.com)."""
    signed = hmac.new(key_of(secret), f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def is_proven(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Over the bytes as they came, and in a time that tells nothing."""
    id, timestamp, given = (headers.get(name) or "" for name in SIGNATURE)
    wanted = signature(secret, id, timestamp, body).encode()
    any_right = any([hmac.compare_digest(one.encode(), wanted) for one in given.split(" ")])
    return any_right and timestamp.isdecimal() and abs(time.time() - int(timestamp)) <= CLOCK_WINDOW_SECS


class Desk:
    """Conversations, and what is exchanged with Ibid about them."""

    def __init__(self, secret: str, hook: str) -> None:
        self.secret, self.hook = secret, hook
        self.conversations: dict[str, list[dict[str, Any]]] = {}
        self.answered: dict[str, Any] = {}  # What was answered to each webhook-id.
        self.lock = threading.Lock()

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """An event from Ibid; gives the status and the body of the answer."""
        if not is_proven(self.secret, headers, body):
            return 401, {"detail": "not signed by Ibid, or too long ago"}
        event = json.loads(body)
        with self.lock:
            # Ibid sends again what it does not know to have arrived.
            if headers["webhook-id"] not in self.answered:
                self.answered[headers["webhook-id"]] = self.take(event["type"], event["data"])
            return 200, self.answered[headers["webhook-id"]]

    def take(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        name, answer = data["conversation"], {}
        if kind == "conversation.opened":
            # A patient in Ibid's own chat wants a person; Ibid has to know under which name.
            name = uuid.uuid4().hex
            answer = {"conversation": name}
        match kind:
            case "answer.created" | "note.created" | "conversation.opened":
                self.add(name, kind, text=data["text"], buttons=data.get("buttons", []))
            case "message.created":
                self.add(name, kind, author=data["author"], text=data["text"])
            case "conversation.assigned":
                self.add(name, kind, to=data["to"])
            case _:  # Handed over; and what a later version may tell.
                self.add(name, kind)
        return answer

    def write(self, name: str, what: dict[str, Any]) -> int:
        """What somebody wrote here, or did; gives Ibid's status."""
        kind = what.get("type", "message.created")
        data = {"conversation": name, "details": what.get("details")}
        if kind == "message.created":
            data |= {"message": uuid.uuid4().hex, "author": what["author"], "text": what["text"]}
        with self.lock:
            self.add(name, kind, **{key: what[key] for key in ["author", "text"] if key in what})
        return self.tell({"type": kind, "data": data})

    def tell(self, event: dict[str, Any]) -> int:
        """Sends an event to Ibid and gives its status, 502 without any. A desk that is meant to last tries again, with the same webhook-id."""
        body, id, timestamp = json.dumps(event).encode(), f"desk-{uuid.uuid4().hex}", str(int(time.time()))
        headers = dict(zip(SIGNATURE, [id, timestamp, signature(self.secret, id, timestamp, body)]))
        request = urllib.request.Request(self.hook, body, headers | {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 502

    def add(self, name: str, kind: str, **what: Any) -> None:
        entry = {"type": kind} | what
        self.conversations.setdefault(name, []).append(entry)
        print(name, json.dumps(entry, ensure_ascii=False), flush=True)


def serve(desk: Desk, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            match self.path.split("/"):
                case ["", "ibid"]:
                    self.answer(*desk.receive(self.headers, body))
                case ["", "conversations", name] if name:
                    self.answer(desk.write(name, json.loads(body)), {})
                case _:
                    self.answer(404, {})

        def do_GET(self) -> None:
            name = self.path.removeprefix("/conversations/")
            self.answer(200 if name in desk.conversations else 404, desk.conversations.get(name, []))

        def answer(self, status: int, body: Any) -> None:
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    if len(sys.argv) != 3 or "IBID_SECRET" not in os.environ:
        sys.exit(__doc__)
    serve(Desk(os.environ["IBID_SECRET"], sys.argv[1]), int(sys.argv[2])).serve_forever()
