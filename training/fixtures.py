#!/usr/bin/env python3
"""Makes tests/fixtures/judge-pairs.json: 500 pairs of our own text with the logits of the trained floats.

    python3 training/fixtures.py NAME.f16.safetensors

The program's 8-bit judge is held against them: a test demands a rank correlation of 0.99."""

import json
import pathlib
import random
import sys

import numpy as np
import torch

from batches import Example, Tokens, batches, tensors
from examples import Maker
from network import Judge, layers_of, read_safetensors, start_from
from own import After, leaflets

COUNT = 500
FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "tests/fixtures/judge-pairs.json"


class NoPairs:
    labels, texts, questions, sets, by_title = {}, [], [], [], {}


def pairs():
    """Half of what leaflets say and what is asked of them as put together, half of the leaflets written by hand."""
    rng = random.Random(7)
    written = rng.sample(list(Maker(NoPairs(), [], []).written(rng)), COUNT // 2)
    read = lambda asked: asked.read() if isinstance(asked, After) else asked
    out = [Example(read(question), context, text) for question, context, text, _ in written]
    for number, asked in enumerate(rng.sample(leaflets(), COUNT - COUNT // 2)):
        texts = asked.answers if asked.answers and number % 2 else asked.others
        out.append(Example(asked.read(), *rng.choice(texts)))
    return out


def main():
    stored = {n: v.float() for n, v in read_safetensors(pathlib.Path(sys.argv[1]).read_bytes()).items()}
    layers = layers_of(stored)
    judge = Judge(layers, len(stored["encoder.layer.0.intermediate.dense.bias"]))
    start_from(judge, stored, range(layers))
    judge.eval()
    examples = pairs()
    rows, logits = Tokens().joined(examples), np.zeros(COUNT)
    with torch.no_grad():
        for batch in batches(rows, range(COUNT), 4096):
            logits[batch] = judge(*tensors(rows, batch, "cpu")).numpy()
    records = [
        json.dumps({"question": one.question, "context": one.context, "text": one.text, "logit": round(float(logit), 4)},
                   ensure_ascii=False)
        for one, logit in zip(examples, logits, strict=True)
    ]
    joined = ",\n".join(records)
    FIXTURES.write_text(f"[\n{joined}\n]\n")


if __name__ == "__main__":
    main()
