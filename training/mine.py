#!/usr/bin/env python3
"""What the program's own search finds for the question of each pair: texts that look like answers.

    python3 training/mine.py PAIRS.jsonl.gz OUT.npz --ibid target/release/ibid

The search is by words alone, so that no vectors have to be made of all the texts."""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np

from pairs import Pairs

KEPT = 24
NONE = 65535


def write(pairs, folder):
    """The pairs as a set of `ibid eval`."""
    with open(folder / "corpus.jsonl", "w") as out:
        for number, (title, text) in enumerate(pairs.texts):
            out.write(json.dumps({"_id": f"t{number}", "title": title, "text": text}) + "\n")
    with open(folder / "queries.jsonl", "w") as out:
        for number, question in enumerate(pairs.questions):
            out.write(json.dumps({"_id": f"q{number}", "text": question[:900], "meta": {}}) + "\n")
    with open(folder / "qrels.tsv", "w") as out:
        out.write("query-id\tcorpus-id\tgrade\n")
        for number in range(len(pairs.questions)):
            # A question is asked only where a document is relevant: where none is, any stands in.
            for text in pairs.answers[number] or [0]:
                out.write(f"q{number}\tt{text}\t1\n")


def read(run, pairs):
    found = np.full((len(pairs.questions), KEPT), NONE, np.uint16)
    for line in open(run):
        question, _, text, rank, *_ = line.split()
        if int(rank) <= KEPT:
            found[int(question[1:]), int(rank) - 1] = int(text[1:])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pairs", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--ibid", default="target/release/ibid")
    parser.add_argument("--run", type=pathlib.Path, help="a run made before")
    arguments = parser.parse_args()
    pairs = Pairs(arguments.pairs)
    if arguments.run:
        return np.savez_compressed(arguments.out, found=read(arguments.run, pairs))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write(pairs, folder)
        command = [arguments.ibid, "eval", folder, "--index", folder / "index", "--run", folder / "run"]
        subprocess.run(command, check=True, env={**os.environ, "IBID_ENCODER__ENABLED": "false"})
        np.savez_compressed(arguments.out, found=read(folder / "run", pairs))


if __name__ == "__main__":
    main()
