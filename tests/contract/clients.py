"""The example clients as processes that are talked to through their standard input and output."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from server import ROOT

EXAMPLES = {
    "python": [sys.executable, str(ROOT / "examples/python/chat.py")],
    "node": ["node", str(ROOT / "examples/node/chat.mjs")],
}
PATIENCE_SECS = 120


class Client:
    """A client that runs; it is killed when this ends."""

    def __init__(self, kind: str, url: str, *questions: str, key: str | None = None) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "IBID_API_KEY"}
        environment |= {"NO_PROXY": "127.0.0.1"} | ({"IBID_API_KEY": key} if key else {})
        self.process = subprocess.Popen(
            [*EXAMPLES[kind], url, *questions], env=environment, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        self.out: list[str] = []
        self.errors: list[str] = []
        streams = [(self.process.stdout, self.out), (self.process.stderr, self.errors)]
        self.readers = [threading.Thread(target=_read, args=pair, daemon=True) for pair in streams]
        for reader in self.readers:
            reader.start()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, question: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECS
        while text not in "".join(self.out + self.errors):
            assert time.monotonic() < deadline, f"no {text!r} in {self.out} {self.errors}"
            time.sleep(0.01)

    def end(self) -> int:
        """Ends its input, waits until it has ended too, and gives its exit code."""
        assert self.process.stdin
        self.process.stdin.close()
        try:
            code = self.process.wait(PATIENCE_SECS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end: {self.out} {self.errors}") from None
        for reader in self.readers:
            reader.join(PATIENCE_SECS)
        return code

    def answers(self) -> list[tuple[str, str]]:
        """What it printed: questions with what follows them."""
        parts = "".join(self.out).split("\n> ")[1:]
        return [(question, text) for question, _, text in (part.partition("\n") for part in parts)]

    def check(self, expected: dict[str, str]) -> None:
        """Every question was answered once, in order, and by what answers it."""
        answers = self.answers()
        told = "".join(self.out + self.errors)
        assert [question for question, _ in answers] == list(expected), told
        for (question, text), quote in zip(answers, expected.values(), strict=True):
            assert quote in text, f"{question}: {text}"


def _read(stream, into: list[str]) -> None:
    for line in stream:
        into.append(line)
