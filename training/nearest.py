"""Texts that a sentence encoder finds near a question: those that do not answer are what a judge has to
tell from an answer."""

import numpy as np
import torch

from batches import batches, tensors
from network import Encoder, has_brain_floats, start_from
from own import Asked

KEPT = 40
LONGEST, TOKENS = 126, 32_768


def encoder_of(base, device):
    """The sentence encoder with these weights, as [`network.read_base`] reads them."""
    encoder = Encoder()
    start_from(encoder, base, range(6))
    return encoder.to(device).eval()


def rows_of(texts, tokens):
    """Texts as the encoder reads them."""
    rows = (np.concatenate([[101], ids[:LONGEST], [102]]) for ids in tokens.of(texts))
    return [(row.astype(np.int32), len(row)) for row in rows]


def vectors(encoder, texts, tokens, device):
    """A unit vector for each text."""
    rows = rows_of(texts, tokens)
    out = torch.zeros(len(rows), 384)
    with torch.no_grad(), torch.autocast(device, torch.bfloat16, enabled=has_brain_floats(device)):
        for batch in batches(rows, range(len(rows)), TOKENS):
            out[batch] = encoder(*tensors(rows, batch, device)).float().cpu()
    return out


def joined(text):
    context, body = text
    return f"{context}. {body}" if context else body


def with_nearest(encoder, asked, tokens, device):
    """What is asked, of the other texts only those that are nearest to the question, nearest first."""
    texts = sorted({text for one in asked for text in one.answers + one.others})
    place = {text: at for at, text in enumerate(texts)}
    near = vectors(encoder, [joined(text) for text in texts], tokens, device)
    questions = vectors(encoder, [one.read() for one in asked], tokens, device)
    out = []
    for one, vector in zip(asked, questions, strict=True):
        cosine = near[[place[text] for text in one.others]] @ vector
        order = cosine.topk(min(KEPT, len(one.others))).indices.tolist()
        out.append(one._replace(others=[one.others[at] for at in order]))
    return out
