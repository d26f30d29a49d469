#!/usr/bin/env python3
"""Goes on with the sentence encoder, so that questions in patients' own words come to lie near what answers them.

    python3 training/tune.py --base WHEEL --pairs PAIRS.jsonl.gz --out FOLDER

With `--base models/encoder/model.safetensors` it goes on with the encoder as shipped.
Writes encoder.f16.safetensors and tune.json to FOLDER; `models/rebuild.py --tuned` makes the shipped files of it. Of each
question of a batch the answer is to be nearer than the answers of all other questions and than texts that the published
encoder finds near it (InfoNCE, van den Oord et al. 2018). The table of words stays as it is."""

import argparse
import collections
import json
import pathlib
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from batches import Tokens, tensors
from export import save
from nearest import encoder_of, joined, rows_of, vectors, with_nearest
from network import Encoder, between, has_brain_floats, read_base, start_from, tensors_of
from own import leaflets
from pairs import Pairs
from typed import as_typed

SCALE = 20.0
SHARES = (0.25, 0.5, 0.75, 1.0)
# Pairs of others a pass, at most so many of each set; questions of our own count all.
OTHERS = {"medquad": 5_000, "squad": 5_000, "covidqa": 700, "stackfaq": 700, "mtragun": 400}


class Tuner:
    def __init__(self, arguments):
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.arguments, self.log, self.begun, self.tokens = arguments, [], time.time(), Tokens()
        self.base, self.pairs = read_base(arguments.base), Pairs(arguments.pairs)
        encoder = encoder_of(self.base, self.device)
        near = lambda asked: with_nearest(encoder, asked, self.tokens, self.device) if asked else []
        answered = lambda asked: [one for one in asked if one.answers]
        self.ours = answered(near(leaflets(but=arguments.keep_out + arguments.new)))
        self.new = answered(near(leaflets(only=arguments.new)))
        self.kept_out = {name: answered(leaflets(only=[name])) for name in arguments.keep_out}
        self.by_set = collections.defaultdict(list)
        for (question, text), label in self.pairs.labels.items():
            if label and not self.pairs.is_held_out(text):
                self.by_set[self.pairs.sets[question]].append((question, text))

    def tell(self, **record):
        self.log.append({**record, "at": round(time.time() - self.begun, 1)})
        print(json.dumps(self.log[-1]), flush=True)
        (self.arguments.out / "tune.json").write_text(json.dumps(self.log, indent=1))

    def examples(self, seed):
        """Question and the one before it, its answers (the first is to be near), texts that are none."""
        rng = random.Random(seed)
        out, count = [], self.arguments.wrong
        again = [one for one in self.ours if one.before or rng.random() < self.arguments.again]
        for one in self.new + again:
            near = one.others
            taken = rng.sample(one.answers, len(one.answers))
            wrong = [near[min(int(rng.expovariate(0.1)), len(near) - 1)] for _ in range(count)]
            # As the program encodes them: a passage below its headings, or a sentence alone.
            bare = rng.random() < 0.5
            form = (lambda text: text[1]) if bare else joined
            asked = (as_typed(one.question, rng), as_typed(one.before, rng) if one.before else "")
            out.append((asked, [form(text) for text in taken], [form(text) for text in wrong]))
        for name, most in OTHERS.items():
            most = round(self.arguments.others * most)
            for question, text in rng.sample(self.by_set[name], min(most, len(self.by_set[name]))):
                wrong = [one for one in self.pairs.others[question] if not self.pairs.is_held_out(one)]
                form = (lambda n: self.pairs.texts[n][1]) if rng.random() < 0.5 else (lambda n: joined(self.pairs.texts[n]))
                answers = [text] + [one for one in self.pairs.answers[question] if one != text]
                out.append(((as_typed(self.pairs.questions[question], rng), ""), [form(one) for one in answers],
                            [form(one) for one in rng.sample(wrong, min(count, len(wrong)))]))
        rng.shuffle(out)
        return out

    def loss(self, encoder, batch):
        questions = [question for (question, _), _, _ in batch]
        later = [(at, f"{before} {question}") for at, ((question, before), _, _) in enumerate(batch) if before]
        texts = [answers[0] for _, answers, _ in batch] + [text for _, _, wrong in batch for text in wrong]
        every = [set(answers) for _, answers, _ in batch]
        # Another question's text that answers this one too is not held against it.
        also = np.array([[at != own and text in answers for at, text in enumerate(texts)] for own, answers in enumerate(every)])
        rows = rows_of(questions + texts + [both for _, both in later], self.tokens)
        order = sorted(range(len(rows)), key=lambda at: len(rows[at][0]))
        parts, size = [], 256
        with torch.autocast(self.device, torch.bfloat16, enabled=has_brain_floats(self.device)):
            for begin in range(0, len(order), size):
                parts.append(encoder(*tensors(rows, order[begin : begin + size], self.device)).float())
        out = torch.cat(parts)[torch.tensor(np.argsort(order), device=self.device)]
        asked, out, both = out.split([len(batch), len(texts), len(later)])
        asked = with_before(asked, [at for at, _ in later], both)
        cosine = SCALE * asked @ out.T
        cosine = cosine.masked_fill(torch.from_numpy(also).to(self.device), -1e4)
        return F.cross_entropy(cosine, torch.arange(len(batch), device=self.device))

    def train(self, passes, rate, seed):
        torch.manual_seed(seed)
        encoder = Encoder()
        start_from(encoder, self.base, range(6))
        encoder.to(self.device).train()
        optimizer = torch.optim.AdamW(encoder.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
        plan, size = [], self.arguments.questions
        for turn in range(passes):
            examples = self.examples(1000 * seed + turn)
            plan += [examples[at : at + size] for at in range(0, len(examples) - size, size)]
        plan = plan[: self.arguments.steps or None]
        begun, losses = time.time(), []
        for step, batch in enumerate(plan):
            done = max(step / len(plan), (time.time() - begun) / self.arguments.seconds)
            if done >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = rate * min((done + 1e-3) / 0.06, 1 - (done - 0.06) / 0.94)
            loss = self.loss(encoder, batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
            if step % 50 == 49:
                self.tell(step=step + 1, of=len(plan), loss=round(float(np.mean(losses[-50:])), 4))
        self.tell(steps=len(losses), of=len(plan), loss=round(float(np.mean(losses[-50:])), 4))
        return encoder.eval()

    def figures(self, encoder):
        """Of the questions of leaflets kept out, how many have an answer nearest, by texts below headings; of the
        last turns of their conversations together."""
        out, after = {}, []
        for name, asked in self.kept_out.items():
            texts = sorted({text for one in asked for text in one.answers + one.others})
            near = vectors(encoder, [joined(text) for text in texts], self.tokens, self.device)
            found = vectors(encoder, [one.question for one in asked], self.tokens, self.device)
            later = [at for at, one in enumerate(asked) if one.before]
            both = [f"{asked[at].before} {asked[at].question}" for at in later]
            if later:
                found = with_before(found, later, vectors(encoder, both, self.tokens, self.device))
            right = [texts[int(at)] in one.answers for at, one in zip((found @ near.T).argmax(1), asked, strict=True)]
            after += [right[at] for at in later]
            out[name] = round(float(np.mean([right[at] for at, one in enumerate(asked) if not one.before])), 3)
        return {**out, **({"after another": round(float(np.mean(after)), 3)} if after else {})}


def with_before(asked, later, both):
    """Vectors of questions; of those numbered `later` the middle between it and that of the question before and the question
    as one text (`both`), as the program looks them up."""
    sums = asked.index_add(0, torch.tensor(later, dtype=torch.long, device=asked.device), both)
    return F.normalize(sums, dim=-1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--base", type=pathlib.Path, required=True)
    parser.add_argument("--pairs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--keep-out", nargs="*", default=[], help="folders of training/leaflets to measure on and not to learn")
    parser.add_argument("--new", nargs="*", default=[], help="folders of which it learns every question in each pass")
    parser.add_argument("--again", type=float, default=1.0, help="share of the other folders' questions that a pass has; "
                        "of their conversations it has all")
    parser.add_argument("--wrong", type=int, default=3, help="texts near a question that do not answer it")
    parser.add_argument("--questions", type=int, default=192, help="of a batch; half of it needs half of the memory")
    parser.add_argument("--others", type=float, default=1.0, help="share of the pairs of others that a pass has")
    parser.add_argument("--passes", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--share", type=float, default=0.75, help="how far on the way from the published to the tuned weights")
    parser.add_argument("--steps", type=int, default=0, help="at most so many, to try it out")
    parser.add_argument("--seconds", type=float, default=1e9, help="at most so many")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    tuner = Tuner(arguments)
    tuner.tell(questions=len(tuner.ours), nearest=tuner.figures(encoder_of(tuner.base, tuner.device)))
    encoder = tuner.train(arguments.passes, arguments.rate, 3)
    tuned = {name: value for name, value in tensors_of(encoder).items() if not name.startswith(("head.", "place."))}
    save(arguments.out / "encoder.f16.safetensors", between(tuner.base, tuned, arguments.share))
    for share in SHARES:
        tuner.tell(share=share, nearest=tuner.figures(encoder_of(between(tuner.base, tuned, share), tuner.device)))


if __name__ == "__main__":
    main()
