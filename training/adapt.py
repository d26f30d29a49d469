#!/usr/bin/env python3
"""Goes on with a judge's floats where patients' own words matter: the leaflets of `training/leaflets` and what is asked of
them, with texts that the sentence encoder finds near and that do not answer.

    python3 training/adapt.py --base WHEEL --pairs PAIRS.jsonl.gz --judge JUDGE.f16.safetensors --out FOLDER

On two cores, with seeds fixed. Writes judge.f16.safetensors and log.json to FOLDER."""

import argparse
import json
import pathlib
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from batches import Tokens, batches, tensors
from export import save
from measure import auroc
from network import Encoder, Judge, read_base, start_from, tensors_of
from own import leaflets, own_pairs
from pairs import Pairs
from typed import as_typed

TOKENS, RATE, PASSES = 4_096, 1.2e-4, 3
# Texts that do not answer, for each question a pass, drawn from so many that are nearest; and pairs of others' data, so
# that nothing is forgotten.
WRONG, NEAREST, OTHERS = 5, 40, 6_000
ANSWERS = 2


def vectors(encoder, texts, tokens):
    """A unit vector for each text."""
    rows = [(np.concatenate([[101], ids[:126], [102]]).astype(np.int32), 1 << 30) for ids in tokens.of(texts)]
    out = torch.zeros(len(rows), 384)
    with torch.no_grad():
        for batch in batches(rows, range(len(rows)), 8 * TOKENS):
            out[batch] = encoder(*tensors(rows, batch, "cpu"))
    return out


def with_nearest(encoder, pairs, tokens):
    """For each question its answers, and of the others those that are nearest."""
    texts = sorted({text for _, answers, others in pairs for text in answers + others})
    place = {text: at for at, text in enumerate(texts)}
    near = vectors(encoder, [f"{context}. {text}" if context else text for context, text in texts], tokens)
    asked = vectors(encoder, [question for question, _, _ in pairs], tokens)
    out = []
    for (question, answers, others), vector in zip(pairs, asked, strict=True):
        cosine = near[[place[text] for text in others]] @ vector
        order = cosine.topk(min(NEAREST, len(others))).indices.tolist()
        out.append((question, answers, [others[at] for at in order]))
    return out


def view(ours, pairs, seed):
    """The examples of one pass."""
    rng = random.Random(seed)
    out = []
    for question, answers, near in ours:
        typed = as_typed(question, rng) if rng.random() < 0.5 else question
        out += [(typed, *text, 1.0) for text in rng.sample(answers, min(ANSWERS, len(answers)))]
        wrong = WRONG if answers else WRONG + 1
        drawn = {min(int(rng.expovariate(0.12)), len(near) - 1) for _ in range(2 * wrong)}
        out += [(typed, *near[at], 0.0) for at in sorted(drawn)[:wrong]]
    used = [pair for pair in pairs.labels if not pairs.is_held_out(pair[1])]
    for question, text in rng.sample(used, OTHERS):
        title, body = pairs.texts[text]
        out.append((as_typed(pairs.questions[question], rng), title, body, float(pairs.labels[question, text])))
    rng.shuffle(out)
    return out


def scores(judge, rows):
    judge.eval()
    out = np.zeros(len(rows), np.float32)
    with torch.no_grad():
        for batch in batches(rows, range(len(rows)), 4 * TOKENS):
            out[batch] = judge(*tensors(rows, batch, "cpu")).numpy()
    judge.train()
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--base", type=pathlib.Path, required=True)
    parser.add_argument("--pairs", type=pathlib.Path, required=True)
    parser.add_argument("--judge", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--without", nargs="*", default=[], help="folders of training/leaflets to leave out, and measure on")
    parser.add_argument("--passes", type=int, default=PASSES)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    begun, log, tokens = time.time(), [], Tokens()

    def tell(**record):
        log.append({**record, "at": round(time.time() - begun)})
        print(json.dumps(log[-1]), flush=True)
        (arguments.out / "log.json").write_text(json.dumps(log, indent=1))

    torch.manual_seed(7)
    encoder = Encoder().eval()
    start_from(encoder, read_base(arguments.base), range(6))
    ours = with_nearest(encoder, own_pairs() + leaflets(arguments.without), tokens)
    pairs = Pairs(arguments.pairs)
    left_out = leaflets(only=arguments.without)
    check = []
    for question, answers, near in with_nearest(encoder, left_out, tokens) if left_out else []:
        check += [(question, *text, 1.0) for text in answers[:1]] + [(question, *text, 0.0) for text in near[:6]]
    given = [(pairs.questions[q], *pairs.texts[t], float(label)) for (q, t), label in pairs.labels.items()
             if pairs.is_held_out(t)]
    measured = {name: ([label for *_, label in rows], tokens.joined(rows))
                for name, rows in (("leaflets", check), ("others", given)) if rows}
    judge = Judge(3, drop=0.1)
    start_from(judge, read_base(arguments.judge), range(3))
    measure = lambda: {name: round(float(auroc(np.array(labels), scores(judge, rows))), 4)
                       for name, (labels, rows) in measured.items()}
    tell(questions=len(ours), **measure())
    grouped = [[p for p in judge.parameters() if p.dim() > 1], [p for p in judge.parameters() if p.dim() == 1]]
    optimizer = torch.optim.AdamW([{"params": grouped[0], "weight_decay": 0.01}, {"params": grouped[1], "weight_decay": 0.0}],
                                  lr=RATE, betas=(0.9, 0.98))
    views = []
    for turn in range(arguments.passes):
        examples = view(ours, pairs, turn)
        rows = tokens.joined(examples)
        labels = np.array([label for *_, label in examples], np.float32)
        views.append((rows, labels, batches(rows, range(len(rows)), TOKENS, random.Random(turn))))
    steps = sum(len(order) for *_, order in views)
    step, losses = 0, []
    judge.train()
    for turn, (rows, labels, order) in enumerate(views):
        for batch in order:
            done = step / steps
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(done / 0.06, 1 - (done - 0.06) / 0.94)
            target = torch.from_numpy(labels[batch]) * 0.96 + 0.02
            loss = F.binary_cross_entropy_with_logits(judge(*tensors(rows, batch, "cpu")), target)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
            step += 1
            if step % 100 == 0:
                tell(step=step, of=steps, loss=round(sum(losses[-100:]) / 100, 4))
        tell(passed=turn + 1, **measure())
        save(arguments.out / "judge.f16.safetensors", tensors_of(judge))


if __name__ == "__main__":
    main()
