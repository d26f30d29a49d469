"""The published files by the validators of their standards."""

import json
import subprocess
import urllib.request
from pathlib import Path

from openapi_spec_validator import validate

from server import Server

HERE = Path(__file__).parent


def test_openapi_json_is_valid(server: Server) -> None:
    with urllib.request.urlopen(f"{server.url}/openapi.json") as response:
        validate(json.load(response))


def test_asyncapi_json_is_valid(server: Server) -> None:
    command = ["node", "asyncapi.mjs", server.url]
    checked = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr
