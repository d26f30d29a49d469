"""What is said of documents, computed anew from their files."""

import json
import urllib.request
from hashlib import sha256
from pathlib import Path

from server import Server

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def test_the_revision_is_the_hash_of_the_source(tmp_path: Path) -> None:
    whole = BYTE_ORDER_MARK + b"# Trivets\r\n\r\nA trivet of cork keeps the table cool.\r\n"
    lines = [
        b'{"_id": "a", "title": "Cosies", "text": "A cosy of wool keeps the tea warm.\\nWash it by hand."}',
        b' {"_id": "b", "title": "Strainers", "text": "A strainer of steel does not rust.", "more": 1} ',
    ]
    server = Server(tmp_path)
    (tmp_path / "corpus/trivets.md").write_bytes(whole)
    (tmp_path / "corpus/faq.jsonl").write_bytes(BYTE_ORDER_MARK + b"\r\n".join(lines) + b"\n")
    expected = {"trivets.md": whole, "faq.jsonl#a": lines[0], "faq.jsonl#b": lines[1]}
    with server:
        with urllib.request.urlopen(f"{server.url}/api/v1/documents") as response:
            revisions = {document["id"]: document["revision"] for document in json.load(response)["documents"]}
        for document, source in expected.items():
            assert revisions[document] == f"sha256:{sha256(source).hexdigest()}", document
            path = document.replace("#", "%23")
            with urllib.request.urlopen(f"{server.url}/api/v1/documents/{path}") as response:
                body = json.load(response)
            assert body["revision"] == revisions[document]
            assert sha256(body["text"].encode()).hexdigest() not in revisions[document], "it is not of `text`"
