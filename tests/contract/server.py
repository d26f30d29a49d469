"""The program under test over a small invented corpus: the real binary, a port of its own choosing."""

import os
import signal
import subprocess
import threading
from pathlib import Path
from queue import Empty, Queue
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
BINARY = ROOT / os.environ.get("IBID_BIN", "target/debug/ibid")
READY = "ibid listening on "
PATIENCE_SECS = 120

CORPUS = {
    "kettles.md": """\
# Looking after a kettle

This leaflet is about copper kettles <and> their \u00e9mail cousins.

## Descaling

The kettle should be descaled every six weeks with vinegar [1]. Hard water shortens this to three weeks.

## Storage

Store the kettle dry and with its lid open. A wet kettle rusts within nine days.

## References

1. Tinker A. Limescale in domestic kettles. https://example.org/limescale
""",
    "kitchen/teapots.md": """\
# Choosing a teapot

A teapot of stoneware keeps the tea warm for forty minutes. A glass teapot shows its colour.
""",
}
QUESTIONS = {
    "How often should the kettle be descaled?": "every six weeks with vinegar",
    "How long does a stoneware teapot keep the tea warm?": "warm for forty minutes",
    "How should the kettle be stored?": "Store the kettle dry",
    "When does a wet kettle rust?": "rusts within nine days",
    "What does a glass teapot show?": "shows its colour",
    "zygomorphic quixotry": "The documents here do not answer that.",
}


class Server:
    """A running server; `settings` are environment variables without their prefix."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.host = "127.0.0.1:0"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("IBID_")}
        self.environment |= {
            "RUST_LOG": "warn",
            "IBID_ENCODER__ENABLED": "false",
            "IBID_SERVER__QUESTIONS_PER_MINUTE": "0",
            "IBID_PATHS__CORPUS": str(folder / "corpus"),
            "IBID_PATHS__INDEX": str(folder / "index"),
        }
        self.environment |= {f"IBID_{name.upper()}": value for name, value in settings.items()}
        for name, text in CORPUS.items():
            path = folder / "corpus" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.process: subprocess.Popen[str] | None = None
        self.log: IO[str] | None = None  # Where it writes its log, if not where the tests do.

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.host.split(":")
        return host, int(port)

    def start(self) -> None:
        """Starts it, the second time at the port that it had before, and waits until it is ready."""
        command = [BINARY, "serve", "--listen", self.host]
        self.process = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        lines: Queue[str] = Queue()
        threading.Thread(target=_read, args=(self.process, lines), daemon=True).start()
        try:
            line = lines.get(timeout=PATIENCE_SECS)
        except Empty:
            line = ""
        assert line.startswith(READY), f"the server is not ready: {line!r}"
        self.host = line.removeprefix(READY + "http://").strip()

    def kill(self) -> None:
        """Kills it as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Asks it to stop."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(PATIENCE_SECS)
            self.process = None


def _read(process: "subprocess.Popen[str]", lines: "Queue[str]") -> None:
    assert process.stdout
    for line in process.stdout:
        lines.put(line)
    lines.put("")
