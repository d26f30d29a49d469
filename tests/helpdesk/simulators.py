"""Chatwoot, Zammad and Slack as far as Ibid calls them and is called by them, over real HTTP.

None of the three can be installed where these tests run. What they take, refuse and send is written after the sources
that each class names. A call that the desk would not take is refused as it refuses it and kept in `wrong`.
"""

import hashlib
import hmac
import json
import socket
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
Response = tuple[int, Any]


@dataclass
class Failure:
    """What becomes of one call that writes."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    is_taken: bool = False  # The desk does what it is asked, and the caller does not hear of it.
    hang_secs: float = 0


def refuse(status: int, **headers: str) -> Failure:
    return Failure(status, {name.replace("_", "-"): value for name, value in headers.items()})


TAKEN_AND_CUT = Failure(is_taken=True)


def taken_and_late(secs: float) -> Failure:
    return Failure(is_taken=True, hang_secs=secs)


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    conversation: str = ""
    at: float = field(default_factory=time.monotonic)


class Refused(Exception):
    """The desk does not take a call."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


class Simulator:
    """A desk; `hook` is where it tells Ibid what happens."""

    def __init__(self) -> None:
        self.hook = ""
        self.calls: list[Call] = []
        self.wrong: list[str] = []
        self.hooks: list[Response] = []  # What Ibid answered to what it was told.
        self.failures: dict[str, list[Failure]] = defaultdict(list)
        self.lock = threading.RLock()
        self.numbers = 0
        self.port = 0
        self.server: ThreadingHTTPServer | None = None
        self.connections: list[socket.socket] = []
        self.start()

    def start(self) -> None:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                simulator.connections.append(self.connection)

            def answer(self) -> None:
                simulator.answer(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Nobody listens at its port until it is started again."""
        assert self.server
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.connections.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def number(self) -> int:
        with self.lock:
            self.numbers += 1
            return self.numbers

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        raw = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        call = Call(handler.command, address.path, parse_qs(address.query), headers, None)
        try:
            call.body = self.read(raw, headers.get("content-type"))
            self.admit(call)
            act = self.route(call)
            failure = self._failure(call)
            with self.lock:
                self.calls.append(call)
            if failure and not failure.is_taken:
                return self._send(handler, failure.status, {"error": "not now"}, failure.headers)
            status, body = act()
            if failure:
                time.sleep(failure.hang_secs)
                handler.close_connection = True
                return handler.connection.shutdown(socket.SHUT_RDWR)
        except Refused as refused:
            self.wrong.append(f"{call.method} {handler.path}: {refused}")
            status, body = refused.status, refused.body
        except (KeyError, TypeError, ValueError) as malformed:
            self.wrong.append(f"{call.method} {handler.path}: {malformed!r}")
            status, body = 422, {"error": "malformed"}
        except OSError:
            return
        self._send(handler, status, body, {})

    def read(self, raw: bytes, content_type: str | None) -> Any:
        """The body of a call."""
        if raw and content_type != "application/json":
            raise Refused(415, {"error": f"content type {content_type}"})
        return json.loads(raw or b"null")

    def _failure(self, call: Call) -> Failure | None:
        with self.lock:
            waiting = self.failures.get(call.conversation)
            return waiting.pop(0) if waiting and writes(call) else None

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: Any, headers: dict[str, str]) -> None:
        payload = json.dumps(body).encode()
        try:
            handler.send_response(status)
            for name, value in ({"content-type": "application/json", "content-length": str(len(payload))} | headers).items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(payload)
        except OSError:
            handler.close_connection = True

    def admit(self, call: Call) -> None:
        raise NotImplementedError

    def route(self, call: Call) -> Callable[[], Response]:
        """What is to be done; raises `Refused` before anything is. Sets the call's conversation."""
        raise NotImplementedError

    def tell(self, body: Json, headers: dict[str, str], hook: str | None = None) -> Response:
        return self.tell_bytes(json.dumps(body).encode(), headers, hook)

    def tell_bytes(self, payload: bytes, headers: dict[str, str], hook: str | None = None) -> Response:
        request = urllib.request.Request(
            hook or self.hook, data=payload, headers={"content-type": "application/json"} | headers
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                told = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            told = error.code, error.read().decode()
        except OSError as error:
            told = 0, str(error)
        self.hooks.append(told)
        return told

    def later(self, work: Callable[[], Any]) -> None:
        threading.Thread(target=work, daemon=True).start()

    def written(self, conversation: object) -> list[Call]:
        """Calls that wrote something, whatever became of them."""
        return [call for call in self.calls if call.conversation == str(conversation) and writes(call)]


def writes(call: Call) -> bool:
    """Whether it writes something that stays. When typing is shown, and whether, is a matter of speed."""
    return call.method != "GET" and not call.path.endswith("/toggle_typing_status")


def hex_hmac(secret: str, signed: bytes, how: Callable[..., Any] = hashlib.sha256) -> str:
    return hmac.new(secret.encode(), signed, how).hexdigest()


def must(holds: bool, what: str, status: int = 422) -> None:
    if not holds:
        raise Refused(status, {"error": what})


class Chatwoot(Simulator):
    """Chatwoot 4 with an agent bot in each of two accounts.

    After `access_token_auth_helper.rb` (what a bot's token may do), `messages_controller.rb`, `conversations_controller.rb`,
    `agent_bot_listener.rb`, `message.rb`, `event_data_presenter.rb`, `content_attribute_validator.rb`,
    `lib/webhooks/trigger.rb` and the guide "How to use webhooks".
    """

    TOKEN = "bot-token-Zq81"
    SECRET = "chatwoot-webhook-secret-7f3a"

    def __init__(self) -> None:
        super().__init__()
        self.conversations: dict[int, Json] = {}
        self.hooks_of: dict[int, str] = {}

    def open(self, account: int = 2, channel: str = "Channel::WebWidget") -> int:
        """A conversation that a patient has begun; it is the bot's."""
        name = self.number()
        held = {"id": name, "account": account, "channel": channel, "status": "pending", "messages": []}
        self.conversations[name] = held
        return name

    def write(self, conversation: int, text: str | None, kind: str = "incoming", sender: str = "contact", **more: Any) -> Response:
        return self.tell_of(self.add(conversation, text, kind, sender, **more))

    def add(self, conversation: int, text: str | None, kind: str, sender: str, **more: Any) -> Json:
        message = {
            "id": self.number(),
            "content": text,
            "created_at": "2026-11-02T09:30:00.000Z",
            "message_type": kind,
            "content_type": "text",
            "content_attributes": {},
            "source_id": None,
            "private": False,
            "sender": {"id": 1, "name": "Anna", "type": sender},
        } | more
        held = self.conversations[conversation]
        held["messages"].append(message)
        return self.payload(message, held, "message_created")

    def payload(self, message: Json, held: Json, event: str) -> Json:
        return message | {
            "event": event,
            "inbox": {"id": 1, "name": "Website"},
            "conversation": self.presented(held),
            "account": {"id": held["account"], "name": "Clinic"},
        }

    def shown(self, held: Json) -> Json:
        """As `_conversation.json.jbuilder` shows it to who asks for it."""
        written = (one for one in reversed(held["messages"]) if one["message_type"] != "activity")
        return self.presented(held) | {"last_non_activity_message": next(written, None)}

    def presented(self, held: Json) -> Json:
        return {
            "id": held["id"],
            "inbox_id": 1,
            "status": held["status"],
            "channel": held["channel"],
            "can_reply": True,
            "contact_inbox": {"id": 1, "source_id": "f2b1"},
            "messages": held["messages"][-1:],
            "labels": [],
            "meta": {"sender": {"id": 1, "name": "Anna"}, "assignee": None, "team": None, "hmac_verified": False},
            "custom_attributes": {},
            "additional_attributes": {},
            "unread_count": 1,
            "priority": None,
            "waiting_since": 1793612000,
            "timestamp": 1793612000,
        }

    def press(self, conversation: int, message: int, title: str) -> Response:
        held = self.conversations[conversation]
        (pressed,) = [one for one in held["messages"] if one["id"] == message]
        pressed["content_attributes"] |= {"submitted_values": [{"title": title, "value": title}]}
        return self.tell_of(self.payload(pressed, held, "message_updated"))

    def turn(self, conversation: int, status: str) -> Response | None:
        """Changes the status and tells of it."""
        held = self.conversations[conversation]
        held["status"] = status
        event = {"open": "conversation_opened", "resolved": "conversation_resolved"}.get(status)
        changed = {"changed_attributes": [{"status": {"current_value": status}}]}
        return self.tell_of(self.presented(held) | changed | {"event": event}, held["account"]) if event else None

    def tell_of(self, body: Json, account: int | None = None) -> Response:
        account = account or body["account"]["id"]
        if hook := self.hooks_of.get(account):
            return self.tell(body, {}, hook)
        payload = json.dumps(body).encode()
        return self.tell_bytes(payload, self.signed(payload))

    def signed(self, payload: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
        moment = str(int(at or time.time()))
        signature = hex_hmac(secret, moment.encode() + b"." + payload)
        return {
            "x-chatwoot-signature": f"sha256={signature}",
            "x-chatwoot-timestamp": moment,
            "x-chatwoot-delivery": str(uuid.uuid4()),
        }

    def admit(self, call: Call) -> None:
        if call.headers.get("api_access_token") != self.TOKEN:
            raise Refused(401, {"error": "Invalid Access Token"})

    def route(self, call: Call) -> Callable[[], Response]:
        match call.path.split("/"):
            case ["", "api", "v1", "accounts", account, "conversations", name, *rest]:
                held, action = self.conversations.get(int(name)), "/".join(rest)
                if not held or str(held["account"]) != account:
                    raise Refused(404, {"error": "Resource could not be found"})
                call.conversation = name
            case _:
                raise Refused(404, {"error": "no such route"})
        match call.method, action:
            case "POST", "messages":
                return self._message(held, call.body)
            case "POST", "toggle_status":
                must(call.body["status"] in ["open", "resolved", "pending", "snoozed"], "status")
                return lambda: self._toggle(held, call.body["status"])
            case "POST", "assignments":
                must(len(call.body) == 1 and {"team_id", "assignee_id"} >= set(call.body), "an assignee or a team")
                must(all(isinstance(value, int) for value in call.body.values()), "a number")
                return lambda: (200, {"id": next(iter(call.body.values()))})
            case "POST", "toggle_typing_status":
                must(call.body["typing_status"] in ["on", "off"], "typing_status")
                return lambda: (200, {})
            case "GET", "":
                return lambda: (200, self.shown(held))
            case _:
                raise Refused(401, {"error": "Access to this endpoint is not authorized for bots"})

    def _message(self, held: Json, body: Json) -> Callable[[], Response]:
        must(isinstance(body["content"], str) and 0 < len(body["content"]) <= 150_000, "content")
        must(body["message_type"] == "outgoing" and isinstance(body["private"], bool), "message_type and private")
        must(body["content_type"] in ["text", "input_select"], "content_type")
        attributes = body["content_attributes"]
        must(isinstance(attributes, dict) and isinstance(attributes["ibid_step"], str), "content_attributes")
        if body["content_type"] == "input_select":
            items = attributes["items"]
            must(bool(items) and all(set(item) == {"title", "value"} for item in items), "items")
            # As WhatsApp Business limits the buttons and rows that Chatwoot makes of them.
            is_whatsapp = held["channel"] == "Channel::Whatsapp"
            must(not is_whatsapp or all(len(item["title"]) <= 20 for item in items), "a title is too long")

        def act() -> Response:
            more = {key: body[key] for key in ["private", "content_type"]} | {"content_attributes": dict(attributes)}
            told = self.add(held["id"], body["content"], "outgoing", "agent_bot", **more)
            self.later(lambda: self.tell_of(told))
            return 200, {key: told[key] for key in ["id", "content", "message_type", "private", "content_type"]}

        return act

    def _toggle(self, held: Json, status: str) -> Response:
        self.later(lambda: self.turn(held["id"], status))
        return 200, {"payload": {"success": True, "conversation_id": held["id"], "current_status": status}}

    def bot(self, conversation: int, private: bool = False) -> list[Json]:
        """What the bot wrote."""
        wrote = self.conversations[conversation]["messages"]
        return [one for one in wrote if one["sender"]["type"] == "agent_bot" and one["private"] == private]

    def replies(self, conversation: int) -> list[str]:
        return [one["content"] for one in self.bot(conversation)]


class Text(HTMLParser):
    """The text and the addresses of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links = "", list[str]()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name == "href" and value]


class Zammad(Simulator):
    """Zammad 6 with a trigger that sends every change of every ticket, and states of its own.

    After `trigger_webhook_job.rb` and `record_payload/*.rb` (what is sent, and `{}` where a change has no article),
    `tickets_controller.rb` and `can_search.rb` (a search by a condition alone is one in the database),
    `can_associations.rb` (names, and that one is not known), and the documentation of webhooks, of tickets, of states
    and of articles over REST.
    """

    TOKEN = "zammad-token-W2x9"
    SECRET = "zammad-webhook-secret-51c0"
    BOT = "ibid@clinic.example"
    #: Numbers, names and kinds of the states. Whoever set it up made them anew.
    STATES = [(11, "new", "new"), (12, "open", "open"), (14, "closed", "closed"), (18, "in progress", "open")]

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, Json] = {}

    def ticket(self) -> int:
        name = self.number()
        ticket = {"id": name, "number": f"67{name:04}", "title": "A question", "state": "new", "group": "Patients"}
        self.tickets[name] = ticket | {"owner": "-", "articles": []}
        return name

    def open(self, text: str, kind: str = "web") -> int:
        name = self.ticket()
        self.write(name, text, kind=kind)
        return name

    def write(self, ticket: int, text: str, sender: str = "Customer", by: str = "anna@example.org", **more: Any) -> Response:
        return self.tell_of(ticket, self.add(ticket, text, sender, by, **more))

    def add(self, ticket: int, text: str, sender: str, by: str, kind: str = "web", content_type: str = "text/html", **more: Any) -> Json:
        article = {
            "id": self.number(),
            "ticket_id": ticket,
            "from": f"Anna Example <{by}>",
            "body": text,
            "content_type": content_type,
            "type": kind,
            "sender": sender,
            "internal": False,
            "reply_to": None,
            "preferences": {},
            "created_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "created_by": by,
        } | more
        self.tickets[ticket]["articles"].append(article)
        return article

    def change(self, ticket: int, **what: str) -> Response:
        self.tickets[ticket] |= what
        return self.tell_of(ticket, {})

    def tell_of(self, ticket: int, article: Json) -> Response:
        payload = json.dumps(self.payload(ticket, article)).encode()
        return self.tell_bytes(payload, self.signed(payload))

    def payload(self, ticket: int, article: Json) -> Json:
        held = {key: value for key, value in self.tickets[ticket].items() if key != "articles"}
        person = {"login": article.get("created_by"), "email": article.get("created_by"), "firstname": "Anna"}
        return {
            "ticket": held | {"customer": {"login": "anna@example.org", "email": "anna@example.org"}, "article_ids": []},
            "article": article and article | {"created_by": person},
        }

    def signed(self, payload: bytes, secret: str = SECRET) -> dict[str, str]:
        return {
            "x-zammad-trigger": "tell Ibid",
            "x-zammad-delivery": str(uuid.uuid4()),
            "x-hub-signature": f"sha1={hex_hmac(secret, payload, hashlib.sha1)}",
        }

    def admit(self, call: Call) -> None:
        if call.headers.get("authorization") != f"Token token={self.TOKEN}":
            raise Refused(401, {"error": "Authentication required"})

    def route(self, call: Call) -> Callable[[], Response]:
        match call.method, call.path.split("/"):
            case "POST", ["", "api", "v1", "ticket_articles"]:
                ticket = self._ticket(call, call.body["ticket_id"])
                return self._article(ticket, call.body)
            case "PUT", ["", "api", "v1", "tickets", name]:
                ticket = self._ticket(call, int(name))
                must(set(call.body) <= {"state", "group", "owner"}, "an unknown attribute")
                state = call.body.get("state", "open")
                must(state in [name for _, name, _ in self.STATES], f"No lookup value found for 'state': \"{state}\"")
                return lambda: self._change(ticket, call.body)
            case "GET", ["", "api", "v1", "ticket_states"]:
                must(call.query["expand"] == ["true"], "expand")
                return lambda: (200, [self._state(*state) for state in self.STATES])
            case "POST", ["", "api", "v1", "tickets", "search"]:
                must(call.query["expand"] == ["true"] and int(call.query["limit"][0]) <= 200, "expand and limit")
                asked = call.body["condition"]["ticket.state_id"]
                must("query" not in call.body and len(call.body["condition"]) == 1, "condition")
                must(asked["operator"] == "is" and set(asked["value"]) <= {number for number, _, _ in self.STATES}, "states")
                return lambda: (200, self._tickets_in(asked["value"]))
            case "GET", ["", "api", "v1", "ticket_articles", "by_ticket", name]:
                ticket = self._ticket(call, int(name))
                return lambda: (200, self.tickets[ticket]["articles"])
            case _:
                raise Refused(404, {"error": "No route matches"})

    def _ticket(self, call: Call, name: int) -> int:
        if name not in self.tickets:
            raise Refused(404, {"error": "Couldn't find Ticket"})
        call.conversation = str(name)
        return name

    def _state(self, number: int, name: str, kind: str) -> Json:
        kinds = sorted({kind for _, _, kind in self.STATES})
        return {"id": number, "name": name, "active": True, "state_type_id": kinds.index(kind) + 1, "state_type": kind}

    def _tickets_in(self, states: list[int]) -> list[Json]:
        names = [name for number, name, _ in self.STATES if number in states]
        tickets = [ticket for ticket in self.tickets.values() if ticket["state"] in names]
        return [{key: value for key, value in ticket.items() if key != "articles"} for ticket in tickets]

    def _article(self, ticket: int, body: Json) -> Callable[[], Response]:
        must(bool(body["body"]) and body["content_type"] in ["text/html", "text/plain"], "body and content_type")
        must(body["type"] in ["note", "email"] and isinstance(body["internal"], bool), "type and internal")
        must(body["type"] != "email" or "@" in (body.get("to") or ""), "an email needs 'to'")

        def act() -> Response:
            made = self.add(
                ticket, body["body"], "Agent", self.BOT, kind=body["type"], content_type=body["content_type"],
                internal=body["internal"], to=body.get("to"), subject=body.get("subject"),
            )  # fmt: skip
            self.later(lambda: self.tell_of(ticket, made))
            return 201, made

        return act

    def _change(self, ticket: int, body: Json) -> Response:
        self.later(lambda: self.change(ticket, **body))
        return 200, {"id": ticket} | body

    def bot(self, ticket: int, internal: bool = False) -> list[Json]:
        wrote = self.tickets[ticket]["articles"]
        return [one for one in wrote if one["created_by"] == self.BOT and one["internal"] == internal]

    def replies(self, ticket: int) -> list[str]:
        return [Text(one["body"]).text for one in self.bot(ticket)]


class Slack(Simulator):
    """A Slack workspace with an app that is told of direct messages and mentions.

    After the documentation of request signing, of the Events API, of `chat.postMessage`, of message metadata, of
    `conversations.replies` and `conversations.history`, and of rate limits on docs.slack.dev.
    """

    TOKEN = "xoxb-slack-token-K4v7"
    SECRET = "slack-signing-secret-90de"

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Json] = []

    def moment(self) -> str:
        return f"1793612{self.number():03}.000100"

    def mention(self, text: str, thread: str = "", channel: str = "C01", **more: Any) -> str:
        """Gives the thread."""
        message = self.made(f"<@U0IBID> {text}", channel, thread, **more)
        self.tell_of({"type": "app_mention"} | message)
        return thread or message["ts"]

    def direct(self, text: str, thread: str = "", channel: str = "D01", **more: Any) -> str:
        message = self.made(text, channel, thread, **more)
        self.tell_of({"type": "message", "channel_type": "im"} | message)
        return thread or message["ts"]

    def made(self, text: str, channel: str, thread: str, **more: Any) -> Json:
        message = {"channel": channel, "user": "U0ANNA", "text": text, "ts": self.moment()} | more
        if thread:
            message["thread_ts"] = thread
        self.messages.append(message)
        return message

    def tell_of(self, event: Json, headers: dict[str, str] | None = None) -> Response:
        payload = json.dumps(self.callback(event)).encode()
        return self.tell_bytes(payload, self.signed(payload) | (headers or {}))

    def callback(self, event: Json) -> Json:
        return {
            "token": "deprecated",
            "team_id": "T01",
            "api_app_id": "A01",
            "event": event | {"event_ts": event["ts"]},
            "type": "event_callback",
            "event_id": f"Ev{event['ts']}",
            "event_time": int(float(event["ts"])),
            "authorizations": [{"team_id": "T01", "user_id": "U0IBID", "is_bot": True}],
        }

    def signed(self, payload: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
        moment = str(int(at or time.time()))
        signature = hex_hmac(secret, f"v0:{moment}:".encode() + payload)
        return {"x-slack-request-timestamp": moment, "x-slack-signature": f"v0={signature}"}

    def admit(self, call: Call) -> None:
        if call.headers.get("authorization") != f"Bearer {self.TOKEN}":
            raise Refused(200, {"ok": False, "error": "invalid_auth"})

    def route(self, call: Call) -> Callable[[], Response]:
        match call.method, call.path:
            case "POST", "/api/chat.postMessage":
                body = call.body
                call.conversation = body.get("thread_ts") or body["channel"]
                if body["channel"] not in ["C01", "D01", "C0STAFF"]:
                    raise Refused(200, {"ok": False, "error": "channel_not_found"})
                self._check(body)
                return lambda: self._post(body)
            case "GET", "/api/conversations.replies":
                call.conversation = call.query["ts"][0]
                return lambda: (200, self._shown(call, self.thread(call.conversation)))
            case "GET", "/api/conversations.history":
                call.conversation = channel = call.query["channel"][0]
                posted = [one for one in self.messages if one["channel"] == channel and "thread_ts" not in one]
                return lambda: (200, self._shown(call, posted[::-1]))
            case _:
                raise Refused(200, {"ok": False, "error": "unknown_method"})

    def _shown(self, call: Call, messages: list[Json]) -> Json:
        limit, with_metadata = int(call.query["limit"][0]), call.query.get("include_all_metadata") == ["true"]
        must(1 <= limit <= 999, "limit", 200)
        hidden = set() if with_metadata else {"metadata"}
        shown = [{key: value for key, value in one.items() if key not in hidden} for one in messages[:limit]]
        return {"ok": True, "messages": [{"type": "message"} | one for one in shown], "has_more": len(messages) > limit}

    def _check(self, body: Json) -> None:
        must(bool(body["text"]) and len(body["text"]) <= 4000, "text", 200)
        metadata = body["metadata"]
        must(set(metadata) == {"event_type", "event_payload"}, "invalid_metadata_format", 200)
        must(all(isinstance(value, str | int | bool) for value in metadata["event_payload"].values()), "metadata", 200)
        for block in body.get("blocks", []):
            must(block["type"] == "rich_text", "block", 200)
            for part in block["elements"]:
                must(part["type"] in ["rich_text_section", "rich_text_quote"] and bool(part["elements"]), "part", 200)
                for element in part["elements"]:
                    named = {"text": "text", "link": "text", "user": "user_id", "channel": "channel_id"}
                    must(bool(element[named[element["type"]]]), "element", 200)
                    must(element["type"] != "link" or "url" in element, "a link without an address", 200)

    def _post(self, body: Json) -> Response:
        more = {"bot_id": "B0IBID", "user": "U0IBID", "blocks": body.get("blocks"), "metadata": body["metadata"]}
        message = self.made(body["text"], body["channel"], body.get("thread_ts", ""), **more)
        kind = "im" if body["channel"].startswith("D") else "channel"
        self.later(lambda: self.tell_of({"type": "message", "channel_type": kind} | message))
        return 200, {"ok": True, "channel": body["channel"], "ts": message["ts"], "message": message}

    def thread(self, ts: str) -> list[Json]:
        return [{"type": "message"} | one for one in self.messages if ts in (one["ts"], one.get("thread_ts"))]

    def bot(self, thread: str) -> list[Json]:
        return [one for one in self.thread(thread) if one.get("bot_id") == "B0IBID"]

    def replies(self, thread: str) -> list[str]:
        return [one["text"] for one in self.bot(thread)]

    def channel(self, name: str) -> list[str]:
        return [one["text"] for one in self.messages if one["channel"] == name and "bot_id" in one]
