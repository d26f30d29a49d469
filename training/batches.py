"""Views as tokens, and batches of them: `[CLS] question [SEP] context. text [SEP]`."""

import multiprocessing
import os
import random

import numpy as np
import tokenizers
import torch

from network import ENCODER

LENGTH, QUESTION, CONTEXT = 128, 40, 32
BEGIN, END = 101, 102
WINDOW = 40


class Tokens:
    def __init__(self):
        self.tokenizer = tokenizers.Tokenizer.from_file(str(ENCODER / "tokenizer.json"))

    def of(self, texts):
        encoded = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [np.array(one.ids, np.int32) for one in encoded]

    def joined(self, examples):
        """Ids, and where the second part begins."""
        questions = self.of([question for question, *_ in examples])
        contexts = self.of([context + "." if context else "" for _, context, *_ in examples])
        texts = self.of([text for _, _, text, *_ in examples])
        out = []
        for question, context, text in zip(questions, contexts, texts, strict=True):
            question = question[:QUESTION]
            second = np.concatenate([context[:CONTEXT], text])[: LENGTH - 3 - len(question)]
            ids = np.concatenate([[BEGIN], question, [END], second, [END]])
            out.append((ids.astype(np.int32), len(question) + 2))
        return out


class View:
    def __init__(self, examples, tokens):
        self.kinds = [kind for *_, kind in examples]
        self.labels = np.array([label for *_, label, _ in examples], np.float32)
        self.rows = tokens.joined(examples)
        self.soft = None

    def save(self, path):
        """Everything but the teachers' logits."""
        lengths = [len(ids) for ids, _ in self.rows]
        np.savez_compressed(path, ids=np.concatenate([ids for ids, _ in self.rows]).astype(np.int16), lengths=lengths,
                            second=[second for _, second in self.rows], labels=self.labels, kinds=np.array(self.kinds))

    @classmethod
    def load(cls, path):
        view, kept = cls.__new__(cls), np.load(path)
        ids = np.split(kept["ids"].astype(np.int32), np.cumsum(kept["lengths"])[:-1])
        view.rows = list(zip(ids, kept["second"].tolist(), strict=True))
        view.kinds, view.labels, view.soft = kept["kinds"].tolist(), kept["labels"], None
        return view


_maker = None


def _view(seed):
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    return View(_maker.view(seed), Tokens())


def views(maker, seeds, workers):
    """A view for each seed, as they are made."""
    global _maker
    _maker = maker
    if workers <= 1:
        yield from map(_view, seeds)
        return
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        yield from pool.imap(_view, seeds)


def batches(rows, order, tokens_a_batch, rng=None):
    """Numbers of rows of about the same length; in random order where there is chance."""
    order = list(order)
    size = lambda at: len(rows[at][0])
    if rng is None:
        order.sort(key=size)
    out, per = [], tokens_a_batch // 56 * WINDOW
    for begin in range(0, len(order), per):
        window = sorted(order[begin : begin + per], key=size)
        batch = []
        for at in window:
            if batch and (len(batch) + 1) * size(at) > tokens_a_batch:
                out.append(batch)
                batch = []
            batch.append(at)
        if batch:
            out.append(batch)
    if rng is not None:
        rng.shuffle(out)
    return out


def tensors(rows, batch, device):
    """Ids, types and mask of the rows in `batch`."""
    longest = max(len(rows[at][0]) for at in batch)
    longest = -(-longest // 8) * 8
    ids = np.zeros((len(batch), longest), np.int64)
    types = np.zeros((len(batch), longest), np.int64)
    mask = np.zeros((len(batch), longest), bool)
    for row, at in enumerate(batch):
        tokens, second = rows[at]
        ids[row, : len(tokens)] = tokens
        types[row, second : len(tokens)] = 1
        mask[row, : len(tokens)] = True
    return tuple(torch.from_numpy(part).to(device, non_blocking=True) for part in (ids, types, mask))


def shuffled(count, seed):
    order = list(range(count))
    random.Random(seed).shuffle(order)
    return order
