#!/usr/bin/env python3
"""Trains the judges: six layers as teachers, smaller ones from what these say.

    python3 training/train.py --base WHEEL --pairs PAIRS.jsonl.gz --mined MINED.npz --out FOLDER

Writes for each student its 16-bit floats (NAME.f16.safetensors) and log.json. `export.py` makes the shipped
files of them. On a GPU the last bits differ from run to run; on a CPU they should not. What is learned from is made once and
kept in FOLDER/views, so that it can be made where there is time and learned where there is a GPU (`--views-only`).

    python3 training/train.py --go-on models/judge/model.safetensors --students judge-3 ...

goes on with a judge as shipped, from the labels alone: what two cores can do in an hour or two. `--students judge-5` puts layers
of the base between those of a judge of three, and trains them all."""

import argparse
import json
import pathlib
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from batches import Example, Tokens, View, batches, shuffled, tensors, views
from examples import Maker
from export import save
from measure import figures
from nearest import encoder_of, with_nearest
from network import Judge, between, has_brain_floats, layers_of, read_base, start_from, tensors_of
from own import leaflets
from pairs import Pairs

# Name: layers of the base or teacher to begin with, inner width, passes, seconds at most.
TEACHERS = {"teacher-1": 11, "teacher-2": 12}
STUDENTS = {
    "judge-3": ((0, 2, 5), 1536, 8, 100),
    "judge-3-narrow": ((0, 2, 5), 768, 8, 70),
    "judge-2": ((0, 4), 1536, 8, 60),
    "judge-6": (tuple(range(6)), 1536, 5, 70),
}
# A judge of more layers, begun from one of three: which of its layers are the base's, and their numbers there.
GROWN = {"judge-5": (("judge", 0), ("base", 1), ("judge", 1), ("base", 4), ("judge", 2))}
# How far on the way from the judge as it was to the one that went on.
SHARES = (0.5, 0.75, 1.0)
# A judge that goes on is measured every so many steps, on one of so many pairs held out.
LOOK_EVERY, LOOK_AT = 400, 12
TOKENS, FEWER_TOKENS = 24_576, 8_192
# What finding the place of the answer counts beside saying whether there is one.
PLACES = 0.5
PLACES_STEPS, PLACES_RATE = 200, 1e-2
RATE, STUDENT_RATE, GOING_ON_RATE, GROWING_RATE = 2e-4, 4e-4, 1e-4, 2e-4


class Trainer:
    def __init__(self, arguments):
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.begun, self.arguments, self.log = time.time(), arguments, []
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.manual_seed(5)

    def tell(self, **record):
        record["at"] = round(time.time() - self.begun, 1)
        self.log.append(record)
        print(json.dumps(record), flush=True)
        (self.arguments.out / "log.json").write_text(json.dumps(self.log, indent=1))

    def autocast(self):
        return torch.autocast(self.device, torch.bfloat16, enabled=has_brain_floats(self.device))

    def scores(self, judge, rows, tokens=4 * TOKENS):
        judge.eval()
        out = np.zeros(len(rows), np.float32)
        with torch.no_grad(), self.autocast():
            for batch in batches(rows, range(len(rows)), tokens):
                out[batch] = judge(*tensors(rows, batch, self.device)).float().cpu().numpy()
        return out

    def train(self, name, judge, all_views, passes, seconds, rate, seed, teachers=(), tokens=TOKENS, look=None):
        """Warm up, then down to nothing: by steps, or by the clock where that is faster. What `teachers` say of an example
        is asked when it is first learned from, and kept beside it. `look` is shown the judge on its way."""
        judge.to(self.device).train()
        grouped = [[p for n, p in judge.named_parameters() if p.dim() > 1],
                   [p for n, p in judge.named_parameters() if p.dim() == 1]]
        optimizer = torch.optim.AdamW(
            [{"params": grouped[0], "weight_decay": 0.01}, {"params": grouped[1], "weight_decay": 0.0}],
            lr=rate, betas=(0.9, 0.98), fused=self.device == "cuda")
        plan = []
        for turn in range(passes):
            view = all_views[(turn + seed) % len(all_views)]
            # Without a teacher, only labelled examples say anything.
            order = [at for at in shuffled(len(view.rows), 100 * seed + turn)
                     if teachers or view.labels[at] >= 0]
            plan += [(view, batch) for batch in batches(view.rows, order, tokens, random.Random(turn))]
        plan = plan[: self.arguments.steps or None]
        begun, losses = time.time(), []
        for step, (view, batch) in enumerate(plan):
            done = max(step / len(plan), (time.time() - begun) / seconds)
            if done >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = rate * min(done / 0.06, 1 - (done - 0.06) / 0.94)
            if teachers:
                self.ask(teachers, view, batch)
            with self.autocast():
                logits, places = judge.logit_and_places(*tensors(view.rows, batch, self.device))
            loss = self.loss(view, batch, logits) + PLACES * self.loss_of_places(view, batch, places)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
            optimizer.step()
            if step % 50 == 0:
                losses.append(round(float(loss.detach()), 4))
            if look and (step + 1) % LOOK_EVERY == 0:
                look(step + 1, judge)
                judge.train()
        self.tell(trained=name, steps=step + 1, of=len(plan), seconds=round(time.time() - begun, 1), losses=losses)
        return judge

    def learn_to_place(self, judge, view):
        """The head that finds places, alone, where a judge as shipped goes on: files lack it, and one that knows nothing would
        disturb the rest."""
        judge.to(self.device).eval()
        optimizer, losses = torch.optim.AdamW([judge.place.weight], lr=PLACES_RATE, weight_decay=0.0), []
        order = [at for at in shuffled(len(view.rows), 7) if view.labels[at] >= 0]
        for batch in batches(view.rows, order, FEWER_TOKENS, random.Random(7))[:PLACES_STEPS]:
            with self.autocast():
                _, places = judge.logit_and_places(*tensors(view.rows, batch, self.device), frozen=True)
            loss = self.loss_of_places(view, batch, places)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
        self.tell(learned_to_place=[round(float(np.mean(part)), 4) for part in np.array_split(losses, 6) if len(part)])

    def ask(self, teachers, view, batch):
        """Puts the mean of the teachers' logits beside the examples of `batch` that have none yet."""
        if view.soft is None:
            view.soft = np.full(len(view.rows), np.nan, np.float32)
        new = [at for at in batch if np.isnan(view.soft[at])]
        if new:
            rows = [view.rows[at] for at in new]
            view.soft[new] = np.mean([self.scores(teacher, rows) for teacher in teachers], axis=0).clip(-9, 9)

    def loss_of_places(self, view, batch, places):
        """How far `places` are from where the answer stands: in its words where they are known, else somewhere in the text;
        with the first token where nothing answers (after Devlin et al. 2019, for SQuAD 2.0)."""
        at = torch.arange(places.shape[1])
        begin, end = torch.from_numpy(view.marks[batch].astype(np.int64)).T[..., None]
        answers = torch.from_numpy(view.labels[batch])[:, None]
        is_it = torch.where(end > 0, (at >= begin) & (at < end), at > 0) & (answers == 1) | (at == 0) & (answers == 0)
        known = (answers >= 0).squeeze(1).to(places.device)
        share = places.masked_fill(~is_it.to(places.device), -1e4).logsumexp(-1)
        return -(share * known).sum() / known.sum().clamp(min=1)

    def loss(self, view, batch, logits):
        labels = torch.from_numpy(view.labels[batch]).to(self.device)
        hard = (labels * 0.98 + 0.01).clamp(0, 1)
        if view.soft is None:
            return F.binary_cross_entropy_with_logits(logits, hard)
        soft = torch.from_numpy(view.soft[batch]).to(self.device)
        target = torch.where(labels >= 0, 0.3 * hard + 0.7 * soft.sigmoid(), soft.sigmoid())
        return F.binary_cross_entropy_with_logits(logits, target) + 0.03 * F.mse_loss(logits, soft)


def held_out(maker, own, tokens):
    """The pairs of documents that nothing was trained on, and an answer and the six nearest others for each question of the
    leaflets kept out."""
    pairs = maker.pairs
    examples = [Example(pairs.questions[q], *pairs.texts[t], pairs.labels[q, t], pairs.sets[q]) for q, t in maker.held_out]
    for one in own:
        kind = "conversations" if one.before else "leaflets"
        examples += [Example(one.read(), *text, 1, kind, tuple(one.golds)) for text in one.answers[:1]]
        examples += [Example(one.read(), *text, 0, kind) for text in one.others[:6]]
    return View(examples, tokens)


def prepared(arguments, device):
    """The views and what is measured on, as they were kept, or made and kept."""
    folder, seeds = arguments.out / "views", range(arguments.seed, arguments.seed + arguments.views)
    names = [folder / f"{seed}.npz" for seed in seeds] + [folder / "check.npz"]
    if not all(name.exists() for name in names):
        folder.mkdir(exist_ok=True)
        pairs = Pairs(arguments.pairs)
        mined = [[int(t) for t in row if t != 65535] for row in np.load(arguments.mined)["found"]]
        tokens, finder = Tokens(), encoder_of(read_base(arguments.finder or arguments.base), device)
        near = lambda asked: with_nearest(finder, asked, tokens, device) if asked else []
        asked, chance = leaflets(arguments.keep_out, arguments.learn), random.Random(arguments.seed)
        if arguments.new:
            known = leaflets(arguments.keep_out + arguments.new, arguments.learn)
            again = [one for one in known if one.before or chance.random() < arguments.again]
            asked = leaflets(arguments.keep_out, arguments.new) + again
        own = near(asked)
        maker = Maker(pairs, mined, own, arguments.others, arguments.whole, arguments.near)
        held_out(maker, near(leaflets(only=arguments.keep_out)), tokens).save(names[-1])
        for name, view in zip(names, views(maker, seeds, arguments.workers), strict=False):
            view.save(name)
    *made, check = map(View.load, names)
    return made, check


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--base", type=pathlib.Path, required=True)
    parser.add_argument("--pairs", type=pathlib.Path, required=True)
    parser.add_argument("--mined", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--views", type=int, default=8)
    parser.add_argument("--finder", type=pathlib.Path, help="the sentence encoder that finds texts near a question; else the base")
    parser.add_argument("--views-only", action="store_true", help="end when the views are made")
    parser.add_argument("--student-passes", type=int, help="instead of each student's own number")
    parser.add_argument("--student-seconds", type=float, help="instead of each student's own limit")
    parser.add_argument("--workers", type=int, default=1, help="processes that make views")
    parser.add_argument("--steps", type=int, default=0, help="at most so many a model, to try it out")
    parser.add_argument("--rows", type=int, help="only so many of a view, to try it out")
    parser.add_argument("--teacher-seconds", type=float, default=1e9)
    parser.add_argument("--students", nargs="*", default=list(STUDENTS), help="only these")
    parser.add_argument("--go-on", type=pathlib.Path, help="a judge as shipped: the one student begins from it, without teachers")
    parser.add_argument("--others", type=float, default=1.0, help="share of a view's examples that are not of our leaflets")
    parser.add_argument("--whole", nargs="*", default=[], help="sets of the pairs of which a view has all")
    parser.add_argument("--near", type=int, default=4, help="texts near a question of our leaflets that are drawn beside the nearest")
    parser.add_argument("--seed", type=int, default=1, help="of the first view")
    parser.add_argument("--rate", type=float, help="at which a judge goes on")
    parser.add_argument("--drop", type=float, default=0.0, help="dropout of a judge that goes on")
    parser.add_argument("--learn", nargs="*", help="only these folders of training/leaflets")
    parser.add_argument("--new", nargs="*", default=[], help="of these folders what a judge that goes on has not learned yet")
    parser.add_argument("--again", type=float, default=1.0, help="share of the single questions of the other folders")
    parser.add_argument("--keep-out", nargs="*", default=[], help="folders of training/leaflets to measure on and not to learn")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(arguments)
    made, check = prepared(arguments, trainer.device)
    for view in made + [check] if arguments.rows else []:
        parts = (view.rows, view.labels, view.kinds, view.marks)
        view.rows, view.labels, view.kinds, view.marks = (part[: arguments.rows] for part in parts)
    if arguments.views_only:
        return
    trainer.tell(views=len(made), rows=len(made[0].rows), held_out=len(check.rows), device=trainer.device)
    if arguments.go_on:
        go_on(arguments, trainer, made, check)
    else:
        from_base(arguments, trainer, made, check)


def go_on(arguments, trainer, made, check):
    """From a judge as shipped, by the labels; with more layers where it has fewer than the one to come."""
    (name,) = arguments.students
    begun, seconds = read_base(arguments.go_on), arguments.student_seconds or 1e9
    grows = layers_of(begun) < len(GROWN.get(name, ()))
    if grows:
        begun = grown({"judge": begun, "base": read_base(arguments.base)}, GROWN[name])
    torch.manual_seed(32 if grows else 31)
    layers, inner = range(layers_of(begun)), len(begun["encoder.layer.0.intermediate.dense.bias"])
    judge = Judge(len(layers), inner, drop=arguments.drop)
    start_from(judge, begun, layers)
    some = slice(None, None, LOOK_AT)

    def look(step, judge):
        save(arguments.out / f"{name}-so-far.f16.safetensors", tensors_of(judge))
        trainer.tell(step=step, **figures(check.kinds[some], check.labels[some], trainer.scores(judge, check.rows[some])))

    look(0, judge.to(trainer.device))
    passes = arguments.student_passes or (STUDENTS[name][2] if name in STUDENTS else 1)
    rate = arguments.rate or (GROWING_RATE if grows else GOING_ON_RATE)
    if "place.weight" not in begun:
        trainer.learn_to_place(judge, made[0])
    trainer.train(name, judge, made, passes, seconds, rate, 40, tokens=FEWER_TOKENS, look=look)
    tuned = tensors_of(judge)
    shares = {share: between(begun, tuned, share) for share in ((1.0,) if grows else SHARES)}
    for share, tensors in shares.items():
        save(arguments.out / f"{name}-{share}.f16.safetensors", tensors)
    for share, tensors in shares.items():
        start_from(judge, tensors, layers)
        trainer.tell(share=share, **figures(check.kinds, check.labels, trainer.scores(judge, check.rows)))


def grown(sources, plan):
    """A network with the layers of `plan`, everything else from the judge."""
    out = {name: value for name, value in sources["judge"].items() if not name.startswith("encoder.layer.")}
    for number, (source, layer) in enumerate(plan):
        begin = f"encoder.layer.{layer}."
        parts = ((name, value) for name, value in sources[source].items() if name.startswith(begin))
        out |= {name.replace(begin, f"encoder.layer.{number}."): value for name, value in parts}
    return out


def from_base(arguments, trainer, made, check):
    """Teachers first, then students of the labels and of them."""
    base, teachers = read_base(arguments.base), []
    for name, seed in TEACHERS.items():
        torch.manual_seed(seed)
        judge = Judge(6)
        start_from(judge, base, range(6))
        trainer.train(name, judge, made, 5, arguments.teacher_seconds, RATE, seed)
        trainer.tell(judge=name, **figures(check.kinds, check.labels, trainer.scores(judge, check.rows)))
        teachers.append(judge)
    both = np.mean([trainer.scores(judge, check.rows) for judge in teachers], axis=0)
    trainer.tell(judge="teachers", **figures(check.kinds, check.labels, both))
    learned = tensors_of(teachers[0])
    for number, (name, (layers, inner, passes, seconds)) in enumerate(STUDENTS.items()):
        if name not in arguments.students:
            continue
        torch.manual_seed(20 + number)
        judge = Judge(len(layers), inner, drop=0.05)
        start_from(judge, learned, layers)
        limit = arguments.student_seconds or seconds
        trainer.train(name, judge, made, arguments.student_passes or passes, limit, STUDENT_RATE, 30 + number,
                      teachers)
        trainer.tell(judge=name, **figures(check.kinds, check.labels, trainer.scores(judge, check.rows)))
        save(arguments.out / f"{name}.f16.safetensors", tensors_of(judge))


if __name__ == "__main__":
    main()
