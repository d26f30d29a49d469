"""Requests made up from the contract, right and wrong ones: what comes back must be what the contract says."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from server import Server

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("schemathesis")


def made_up(server: Server, folder: Path, *options: str) -> str:
    command = [PROGRAM, "--no-color", "--config-file", HERE / "schemathesis.toml", "run"]
    command += [*options, f"{server.url}/openapi.json"]
    # It leaves folders where it runs.
    environment = os.environ | {"NO_PROXY": "127.0.0.1"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    with urllib.request.urlopen(f"{server.url}/openapi.json") as response:
        operations = sum(len(methods) for methods in json.load(response)["paths"].values())
    # All but /openapi.json, which it reads at the start.
    assert f"Tested: {operations - 1}\n" in run.stdout, run.stdout
    return run.stdout


def test_made_up_requests_find_nothing(server: Server, tmp_path: Path) -> None:
    print(made_up(server, tmp_path))


def test_made_up_requests_without_a_key_find_nothing(tmp_path: Path) -> None:
    with Server(tmp_path, access__anonymous="none") as server:
        print(made_up(server, tmp_path, "--phases", "fuzzing", "--max-examples", "10"))
