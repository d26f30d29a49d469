"""The doors for assistants and front ends by their official clients: `openai`, and `mcp` over both of its transports."""

import asyncio
import json
import subprocess
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from mcp import Client, StdioServerParameters

from server import BINARY, QUESTIONS, Server

QUESTION, QUOTE = next(iter(QUESTIONS.items()))
UNKNOWN = "zygomorphic quixotry"
TOOLS = ["ask", "search", "read_document", "verify_quote"]
MODES = ["auto", "legacy"]


def key_of(server: Server, name: str, scope: str) -> str:
    command = [BINARY, "key", "new", name, "--scope", scope]
    made = subprocess.run(
        command, cwd=server.folder, env=server.environment, capture_output=True, text=True, check=True
    )
    return max(made.stdout.split(), key=len)


def front_end(server: Server, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0)


def test_openai_asks(server: Server) -> None:
    client = front_end(server)
    assert [model.id for model in client.models.list()] == ["ibid"]
    assert client.models.retrieve("ibid").id == "ibid"
    messages: list[Any] = [
        {"role": "system", "content": "Answer in rhymes."},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
    ]
    completion = client.chat.completions.create(model="ibid", messages=messages)
    message = completion.choices[0].message
    assert completion.choices[0].finish_reason == "stop"
    assert message.content and message.content.startswith("> ") and QUOTE in message.content
    assert message.ibid["citations"][0]["quote"] in read(server, "kettles.md")  # type: ignore[attr-defined]
    assert completion.usage and completion.usage.total_tokens == 0


def test_openai_streams(server: Server) -> None:
    messages: list[Any] = [{"role": "user", "content": QUESTION}]
    stream = front_end(server).chat.completions.create(
        model="ibid", messages=messages, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert QUOTE in "".join(delta.content or "" for delta in deltas)
    assert deltas[-1].ibid["outcome"] == "answered"  # type: ignore[attr-defined]
    assert chunks[-1].usage and chunks[-1].usage.total_tokens == 0
    with front_end(server).chat.completions.stream(model="ibid", messages=messages) as helped:
        final = helped.get_final_completion().choices[0].message
    assert final.content and QUOTE in final.content


def test_openai_goes_on_with_a_conversation(server: Server) -> None:
    messages: list[Any] = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "whatever was said"},
        {"role": "user", "content": "and with hard water?"},
    ]
    completion = front_end(server).chat.completions.create(model="ibid", messages=messages)
    assert completion.choices[0].message.ibid["read_as"]  # type: ignore[attr-defined]


def test_openai_is_refused_as_it_expects(server: Server, tmp_path: Path) -> None:
    client = front_end(server)
    picture: list[Any] = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="ibid", messages=picture)
    assert (refused.value.code, refused.value.param) == ("unsupported", "messages[0].content")
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "x"}])
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("gpt-4o")
    assert (missing.value.code, missing.value.type) == ("model_not_found", "invalid_request_error")
    keys = str(tmp_path / "keys.toml")
    locked = Server(tmp_path, access__anonymous="none", access__keys=keys)
    searcher, asker = key_of(locked, "searcher", "search"), key_of(locked, "asker", "ask")
    with locked:
        with pytest.raises(openai.AuthenticationError):
            front_end(locked).models.list()
        with pytest.raises(openai.PermissionDeniedError):
            front_end(locked, searcher).models.list()
        assert list(front_end(locked, asker).models.list())


def read(server: Server, document: str) -> str:
    return (server.folder / "corpus" / document).read_text()


def at_the_server(server: Server) -> str:
    return f"{server.url}/mcp"


def as_a_process(server: Server) -> StdioServerParameters:
    return StdioServerParameters(
        command=str(BINARY), args=["mcp"], cwd=server.folder, env=server.environment
    )


@pytest.fixture(params=[at_the_server, as_a_process])
def place(request: pytest.FixtureRequest) -> Callable[[Server], Any]:
    return request.param


def with_tools(server: Any, mode: str, use: Callable[[Client], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Client(server, mode=mode, read_timeout_seconds=60) as client:
            await use(client)

    asyncio.run(run())


@pytest.mark.parametrize("mode", MODES)
def test_mcp_lists_its_tools(place: Callable[[Server], Any], mode: str, server: Server) -> None:
    async def use(client: Client) -> None:
        assert client.instructions and "word for word" in client.instructions
        listed = (await client.list_tools()).tools
        assert [tool.name for tool in listed] == TOOLS
        for tool in listed:
            assert tool.description and tool.output_schema
            assert tool.annotations and tool.annotations.read_only_hint

    with_tools(place(server), mode, use)


@pytest.mark.parametrize("mode", MODES)
def test_mcp_asks_and_checks_what_it_got(place: Callable[[Server], Any], mode: str, server: Server) -> None:
    async def use(client: Client) -> None:
        # The client checks by the schema what comes as data.
        await client.list_tools()
        answer = await client.call_tool("ask", {"question": QUESTION})
        assert not answer.is_error and QUOTE in answer.content[0].text  # type: ignore[union-attr]
        assert answer.structured_content
        citation = answer.structured_content["citations"][0]
        assert citation["quote"] in read(server, "kettles.md")
        names = ["document", "revision", "bytes", "sha256"]
        claim = {name: citation["reference"][name] for name in names} | {"quote": citation["quote"]}
        checked = await client.call_tool("verify_quote", claim)
        assert checked.structured_content and checked.structured_content["valid"] is True
        claim["quote"] = claim["quote"].replace("six", "nine")
        checked = await client.call_tool("verify_quote", claim)
        assert checked.structured_content and checked.structured_content["valid"] is False
        document = await client.call_tool("read_document", {"document": claim["document"]})
        assert document.structured_content
        assert document.structured_content["text"] == read(server, "kettles.md")
        found = await client.call_tool("search", {"question": "kettle", "limit": 2})
        assert found.structured_content and len(found.structured_content["hits"]) == 2

    with_tools(place(server), mode, use)


def test_mcp_is_told_what_is_not_there(place: Callable[[Server], Any], server: Server) -> None:
    async def use(client: Client) -> None:
        answer = await client.call_tool("ask", {"question": UNKNOWN})
        assert not answer.is_error
        texts = " ".join(block.text for block in answer.content)  # type: ignore[union-attr]
        assert QUESTIONS[UNKNOWN] in texts and "do not make up an answer" in texts
        missing = await client.call_tool("read_document", {"document": "nothing.md"})
        assert missing.is_error and "not_found" in missing.content[0].text  # type: ignore[union-attr]

    with_tools(place(server), "auto", use)


def test_mcp_as_a_process_says_nothing_of_what_was_asked(server: Server) -> None:
    messages = (
        '{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18",'
        ' "capabilities": {}, "clientInfo": {"name": "marmalade", "version": "1"}}}\n'
        '{"jsonrpc": "2.0", "method": "notifications/initialized"}\n'
        '{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "ask",'
        ' "arguments": {"question": "marmalade"}}}\n'
        '{"jsonrpc": "2.0", "id": 3, "method": "marmalade", "params": {}}\n'
    )
    run = subprocess.run(
        [BINARY, "mcp"],
        cwd=server.folder,
        env=server.environment | {"RUST_LOG": "trace"},
        input=messages,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    assert "marmalade" not in run.stderr
    assert len(run.stdout.splitlines()) == 3 and '"not_found"' in run.stdout


def test_mcp_shows_what_a_key_is_for(tmp_path: Path) -> None:
    keys = str(tmp_path / "keys.toml")
    server = Server(tmp_path, access__anonymous="none", access__keys=keys)
    key = key_of(server, "assistant", "search")
    with server:
        headers = {
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
            "authorization": f"Bearer {key}",
        }
        message = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
        request = urllib.request.Request(f"{server.url}/mcp", message, headers)
        with urllib.request.urlopen(request) as response:
            listed = json.load(response)["result"]["tools"]
    assert [tool["name"] for tool in listed] == ["search"]
