#!/usr/bin/env python3
"""Asks an Ibid server over its WebSocket and goes on after a lost connection. Python 3.11 or later.

    python chat.py http://127.0.0.1:7878 "How long does PRRT take to work?"
    python chat.py http://127.0.0.1:7878 < questions.txt

A question is asked when the one before has its answer, so that follow-ups are read in order. IBID_API_KEY, where
it is set, is sent as an API key. Exit code: 0, or 1 where something was refused. The protocol: docs/protocol.md.
"""

import asyncio
import json
import os
import random
import re
import sys
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

Frame = dict[str, Any]

FIRST_WAIT_SECS, LONGEST_WAIT_SECS, CROWDED_WAIT_SECS = 0.5, 30.0, 60.0
# Close codes after which another connection would end the same way.
FINAL = {1002: "the server did not understand", 1007: "the server did not understand", 1008: "not allowed here",
         1009: "the question is too long", 4401: "a key or token is needed",
         4409: "another connection goes on with this conversation"}
IDLE, CROWDED = 4408, 4429
# Where the operator has no words for it: quotes that may not answer are never shown without.
CAUTION = "These quotes may not answer the question."


class GivenUp(Exception):
    """There is no use in trying again."""


class Lost(Exception):
    """The connection is of no use any more; a new one may be."""


@dataclass
class Session:
    name: str
    token: str
    seq: int


@dataclass
class Question:
    id: str
    text: str
    asked: bool = False  # On this connection.


class Chat:
    def __init__(self, base: str, key: str | None) -> None:
        self.base = base
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.questions: asyncio.Queue[Question | None] = asyncio.Queue()  # None is the end.
        self.coming: asyncio.Task[Question | None] | None = None
        self.open: Question | None = None
        self.session: Session | None = None
        self.heartbeat_secs = 25.0
        self.failures = 0
        self.not_before = 0.0  # When the server may be asked again.
        self.any_refused = False

    async def run(self) -> None:
        """Talks until every question is answered, over as many connections as it takes."""
        while True:
            lower = 0.0
            try:
                if await self.connection():
                    return
            except InvalidStatus as refused:
                response = refused.response
                if response.status_code < 500 and response.status_code != 429:
                    detail = (response.body or b"").decode(errors="replace")
                    raise GivenUp(f"refused: {response.status_code} {detail}") from refused
                reason, lower = f"status {response.status_code}", wait_secs(response.headers.get("Retry-After", ""))
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 1006
                if code in FINAL:
                    raise GivenUp(FINAL[code]) from closed
                if code == IDLE and self.open is None:
                    self.open = await self.question()
                    if self.open is None:
                        return
                    continue
                reason, lower = f"closed with {code}", CROWDED_WAIT_SECS if code == CROWDED else 0.0
            except (Lost, OSError, TimeoutError, InvalidHandshake) as error:
                reason = str(error) or type(error).__name__
            longest = min(LONGEST_WAIT_SECS, FIRST_WAIT_SECS * 2**self.failures)
            wait = lower + random.uniform(longest / 2, longest)
            self.failures = min(self.failures + 1, 10)
            print(f"no connection ({reason}), next try in {wait:.1f} s", file=sys.stderr)
            await asyncio.sleep(wait)

    async def connection(self) -> bool:
        """One connection; true when all is answered."""
        start = "resume" if self.session else "new"
        url = urljoin(self.base, f"/api/v1/chat?start={start}").replace("http", "ws", 1)
        async with connect(url, subprotocols=["ibid.v1"], additional_headers=self.headers, ping_interval=None,
                           close_timeout=1) as socket:
            await self.begin(socket)
            listening: asyncio.Task[Frame] | None = None
            try:
                while True:
                    if self.open is None and self.coming is None:
                        self.coming = asyncio.create_task(self.questions.get())
                    listening = listening or asyncio.create_task(self.receive(socket))
                    waiting: set[asyncio.Task[Any]] = {listening} | ({self.coming} if self.coming else set())
                    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    if self.coming and self.coming.done():
                        self.open = await self.question()
                        if self.open is None:
                            return True
                    if listening.done():
                        frame, listening = listening.result(), None
                        self.take(frame)
                    await self.ask(socket)
            finally:
                if listening:
                    listening.cancel()

    async def begin(self, socket: ClientConnection) -> None:
        """Says who we are, takes what was missed, and asks again what has no answer."""
        before = self.session
        if before:
            await send(socket, type="resume", session=before.name, token=before.token, after=before.seq)
        hello = await self.receive(socket)
        if hello["type"] != "hello":
            raise Lost(f"{hello['type']} instead of hello")
        self.heartbeat_secs = hello["heartbeat_secs"]
        self.session = Session(hello["session"], hello["token"], hello["seq"])
        if not before:
            print(hello["greeting"])
        elif not hello["resumed"]:
            print("(The server does not know the conversation any more. A new one begins.)")
        while self.session and self.session.seq < hello["last_seq"]:
            self.take(await self.receive(socket), is_replay=True)
        if self.open:
            self.open.asked = False
        await self.ask(socket)

    async def ask(self, socket: ClientConnection) -> None:
        if self.open and not self.open.asked:
            await asyncio.sleep(self.not_before - asyncio.get_running_loop().time())
            self.open.asked = True
            await send(socket, type="ask", id=self.open.id, question=self.open.text)

    async def receive(self, socket: ClientConnection) -> Frame:
        """The next frame. After two heartbeats of silence the server is asked for a sign of life."""
        try:
            async with asyncio.timeout(2 * self.heartbeat_secs):
                return json.loads(await socket.recv())
        except TimeoutError:
            await send(socket, type="ping")
        async with asyncio.timeout(self.heartbeat_secs):
            return json.loads(await socket.recv())

    def take(self, frame: Frame, is_replay: bool = False) -> None:
        if "seq" in frame and self.session:
            if frame["seq"] != self.session.seq + 1:
                raise Lost(f"frame {frame['seq']} after {self.session.seq}")
            self.session.seq = frame["seq"]
        question = self.open if self.open and self.open.id == frame.get("in_reply_to") else None
        match frame["type"]:
            case "answer" if question:
                self.open, self.failures = None, 0
                show(question.text, frame["answer"], self.base)
            case "error" if question and "retry_after_ms" in frame:
                self.not_before = asyncio.get_running_loop().time() + frame["retry_after_ms"] / 1000
                question.asked = False
            case "error" if question:
                self.open, self.any_refused = None, True
                print(f"\n> {question.text}\n{frame['code']}: {frame['detail']}", flush=True)
            case "error" if "in_reply_to" not in frame:
                raise GivenUp(f"{frame['code']}: {frame['detail']}")
            case "message":
                print(f"\n{frame['author']}: {frame['text']}", flush=True)
            case "goodbye" if not is_replay and not frame["resume"]:
                self.session = None
            # A client passes over what it does not know.

    async def question(self) -> Question | None:
        question = await (self.coming or self.questions.get())
        self.coming = None
        return question


def wait_secs(retry_after: str) -> float:
    """Seconds; a date, which it may be too, counts as no wait."""
    return float(retry_after) if re.fullmatch("[0-9]{1,6}", retry_after) else 0.0


async def send(socket: ClientConnection, **frame: Any) -> None:
    await socket.send(json.dumps(frame))


def show(question: str, answer: Frame, base: str) -> None:
    lines = [f"\n> {question}"]
    if "read_as" in answer:
        lines.append(f"Read as: {answer['read_as']}")
    if notice := answer["notice"]:
        lines += [f"{notice['title']}: {notice['text']}"]
        lines += [f"  {action['label']}: {action['href']}" for action in notice["actions"]]
    if answer["message"]:
        lines.append(answer["message"])
    elif answer["outcome"] == "low_confidence":
        lines.append(CAUTION)
    elif not notice and not answer["citations"]:
        lines.append(answer["outcome"])
    for citation in answer["citations"]:
        reference = citation["reference"]
        at = f"page {reference['page']}" if reference.get("page") else f"line {reference['lines'][0]}"
        place = ", ".join([reference["title"], *reference["section"], at])
        lead_in = [citation["lead_in"]] if citation["lead_in"] else []
        lines += [*lead_in, f"“{citation['quote']}”", f"  {place}", f"  {urljoin(base, reference['link'])}"]
    for near in answer.get("nearest", []):
        lines.append(f"See also {', '.join([near['title'], *near['section']])}: {urljoin(base, near['link'])}")
    print("\n".join(lines), flush=True)


def read_lines(chat: Chat, loop: asyncio.AbstractEventLoop) -> None:
    for number, line in enumerate(filter(str.strip, sys.stdin), 1):
        loop.call_soon_threadsafe(chat.questions.put_nowait, Question(f"q{number}", line.strip()))
    loop.call_soon_threadsafe(chat.questions.put_nowait, None)


async def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    base, *questions = sys.argv[1:]
    chat = Chat(base, os.environ.get("IBID_API_KEY"))
    if questions:
        for number, text in enumerate(questions, 1):
            chat.questions.put_nowait(Question(f"q{number}", text))
        chat.questions.put_nowait(None)
    else:
        threading.Thread(target=read_lines, args=(chat, asyncio.get_running_loop()), daemon=True).start()
    try:
        await chat.run()
    except GivenUp as reason:
        print(f"given up: {reason}", file=sys.stderr)
        return 1
    return 1 if chat.any_refused else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
