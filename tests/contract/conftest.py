"""One server for all tests that leave it as it is."""

from collections.abc import Iterator

import pytest

from server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    origin = "https://clinic.example"  # The example of openapi.json.
    with Server(tmp_path_factory.mktemp("shared"), server__allowed_origins=origin) as server:
        yield server
