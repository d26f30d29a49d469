"""Ibid and a real help desk, connected as docs/helpdesk.md says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import Desk, free_port
from office import Office, Troubles
from server import ROOT, Server

SECRET = "s3cret-part-of-the-address"

CONFIG = """\
[desks.clinic]
kind = "django_helpdesk"
url = "{desk}"
account = "1"
bot = "{bot}"
token = "{token}"
secret = "{secret}"
hand_over_to = "{nurse}"
poll_secs = 2

[handoff]
desk = "clinic"
"""


class Clinic:
    """Both programs."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        (folder / "desk").mkdir()
        self.desk = Desk(folder / "desk", f"http://127.0.0.1:{port}/hooks/clinic/{SECRET}")
        self.ibid = Server(
            folder,
            encoder__enabled="true",
            deliveries_key="0f" * 32,
            server__public_url="https://ask.clinic.example",
        )
        self.ibid.host = f"127.0.0.1:{port}"
        for name in ["kettles.md", "kitchen/teapots.md"]:
            (folder / "corpus" / name).unlink()
        for page in (ROOT / "corpus").glob("*.md"):
            if page.name != "README.md":
                (folder / "corpus" / page.name).write_bytes(page.read_bytes())
        people = self.desk.people
        config = CONFIG.format(
            desk=self.desk.url,
            bot=people["ibid"]["id"],
            token=people["ibid"]["token"],
            secret=SECRET,
            nurse=people["nurse"]["id"],
        )
        (folder / "config.toml").write_text(config)


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    clinic = Clinic(tmp_path_factory.mktemp("clinic"))
    clinic.desk.start()
    clinic.ibid.start()
    yield clinic
    clinic.ibid.kill()
    clinic.desk.stop()


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Troubles]]:
    office = Office(tmp_path_factory.mktemp("office"))
    office.ibid.start()
    yield office, Troubles(office)
    office.ibid.kill()


@pytest.fixture
def office(begun: tuple[Office, Troubles]) -> Iterator[Office]:
    office, _ = begun
    yield office
    assert office.wrong() == [], "a desk does not take this"  # Each is told once.


@pytest.fixture
def troubles(begun: tuple[Office, Troubles]) -> Troubles:
    return begun[1]
