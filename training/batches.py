"""Views as tokens, and batches of them: `[CLS] question [SEP] context. text [SEP]`."""

import multiprocessing
import os
import random
import typing

import numpy as np
import tokenizers
import torch

from network import ENCODER

LENGTH, QUESTION, CONTEXT = 128, 40, 32
BEGIN, END = 101, 102
WINDOW = 40


class Example(typing.NamedTuple):
    """Whether the text, below its context, answers the question (1, 0, or -1: not known); of which kind the example is;
    the strings that answer, as [`own.plain`] writes them, where they are known."""

    question: str
    context: str
    text: str
    label: int = 0
    kind: str = ""
    golds: tuple = ()


class Tokens:
    def __init__(self):
        self.tokenizer = tokenizers.Tokenizer.from_file(str(ENCODER / "tokenizer.json"))

    def of(self, texts):
        encoded = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [np.array(one.ids, np.int32) for one in encoded]

    def joined(self, examples):
        """Ids, and where the second part begins."""
        return [row for row, _ in self.marked(examples)]

    def marked(self, examples):
        """The same, each with the places of the first of its golds that its text holds: begin and end, 0 where none is."""
        questions = self.of([one.question for one in examples])
        contexts = self.of([one.context + "." if one.context else "" for one in examples])
        texts = self.of([one.text for one in examples])
        for one, question, context, text in zip(examples, questions, contexts, texts, strict=True):
            question, context = question[:QUESTION], context[:CONTEXT]
            second = np.concatenate([context, text])[: LENGTH - 3 - len(question)]
            ids = np.concatenate([[BEGIN], question, [END], second, [END]]).astype(np.int32)
            begin, end = next(filter(None, (place_of(gold, text.tolist()) for gold in self.of(one.golds))), (0, 0))
            before = len(question) + 2 + len(context)
            is_read = 0 < end <= len(ids) - 1 - before
            yield (ids, len(question) + 2), (begin + before, end + before) if is_read else (0, 0)


def place_of(gold, text):
    """Where the tokens `gold` stand in `text`, None if they don't."""
    gold = gold.tolist()
    places = (at for at in range(len(text) - len(gold) + 1) if text[at : at + len(gold)] == gold)
    return next(((at, at + len(gold)) for at in places), None)


class View:
    def __init__(self, examples, tokens):
        self.kinds = [one.kind for one in examples]
        self.labels = np.array([one.label for one in examples], np.float32)
        rows, marks = zip(*tokens.marked(examples), strict=True)
        self.rows, self.marks = list(rows), np.array(marks, np.int16)
        self.soft = None

    def save(self, path):
        """Everything but the teachers' logits."""
        lengths = [len(ids) for ids, _ in self.rows]
        np.savez_compressed(path, ids=np.concatenate([ids for ids, _ in self.rows]).astype(np.int16), lengths=lengths,
                            second=[second for _, second in self.rows], labels=self.labels, kinds=np.array(self.kinds),
                            marks=self.marks)

    @classmethod
    def load(cls, path):
        view, kept = cls.__new__(cls), np.load(path)
        ids = np.split(kept["ids"].astype(np.int32), np.cumsum(kept["lengths"])[:-1])
        view.rows = list(zip(ids, kept["second"].tolist(), strict=True))
        view.kinds, view.labels, view.marks, view.soft = kept["kinds"].tolist(), kept["labels"], kept["marks"], None
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
