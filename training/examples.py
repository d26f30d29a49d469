"""Examples to learn from: the pairs, and what is made of them. A view is one pass over them with everything drawn
anew: how the question is typed, what stands before the text, which sentences stand together."""

import pathlib
import random
import re
import tomllib

import pairs as reading
from batches import Example
from own import After
from typed import as_typed

ASPECTS = pathlib.Path(__file__).resolve().parent / "aspects.toml"
NAME = re.compile(r"\b(?:[A-Z][\w’'-]+(?: (?:of|the|de|von))?(?: [A-Z][\w’'-]+)*)|\b\d[\d,.]*\b")
OPPOSITES = dict(
    pair
    for a, b in [
        ("first", "last"), ("largest", "smallest"), ("most", "least"), ("before", "after"), ("more", "less"),
        ("highest", "lowest"), ("oldest", "youngest"), ("north", "south"), ("east", "west"), ("begin", "end"),
        ("increase", "decrease"), ("with", "without"), ("inside", "outside"), ("best", "worst"), ("win", "lose"),
        ("support", "oppose"), ("start", "stop"), ("high", "low"), ("long", "short"), ("early", "late"),
        ("same", "different"), ("include", "exclude"), ("allow", "forbid"), ("above", "below"), ("public", "private"),
        ("was", "wasn't"), ("did", "didn't"), ("is", "isn't"), ("were", "weren't"), ("does", "doesn't"),
    ]
    for pair in ((a, b), (b, a))
)
COMMON = {"The", "This", "That", "These", "In", "On", "At", "By", "For", "From", "It", "Its", "He", "She", "They", "His", "When",
          "While", "After", "Before", "As", "A", "An", "And", "But", "If", "Some", "Many", "Most", "All", "Other", "There"}
TITLES = ["Your guide to {x}", "{x}", "Information for patients: {x}", "About {x}", "Leaflet", "{x}: questions", ""]


class Maker:
    """Makes views; `mined` gives for each question texts found for it, best first, and `own` are questions of our own with
    answers and texts near them. Of the examples that are not made of `own`, nor of a question of the sets `whole`, a view has
    the share `others`; of the texts near a question of `own` the nearest and up to `near` more."""

    # How many questions of our own come after one that they have nothing to do with.
    after = 0.06

    def __init__(self, pairs, mined, own, others=1.0, whole=(), near=4):
        self.pairs, self.mined, self.own, self.share, self.near = pairs, mined, own, others, near
        self.whole = {asked for asked, name in zip(pairs.questions, pairs.sets, strict=True) if name in whole}
        self.used = [pair for pair in pairs.labels if not pairs.is_held_out(pair[1])]
        self.held_out = [pair for pair in pairs.labels if pairs.is_held_out(pair[1])]
        self.questions = sorted({question for question, _ in self.used})
        written = tomllib.loads(ASPECTS.read_text())
        self.subjects, self.aspects = written["subjects"], written["aspect"]
        self.diseases = sorted(t for t in pairs.by_title if t and any(
            pairs.sets[q] == "medquad" for text in pairs.by_title[t] for q in pairs.asked[text]))

    def view(self, seed):
        """Examples in an order by chance."""
        rng = random.Random(seed)
        out = []
        for make in (self.given, self.several, self.found, self.changed, self.written, self.near_misses, self.ours):
            for question, context, text, label, *golds in make(rng):
                if make == self.ours or question in self.whole or rng.random() < self.share:
                    write = lambda words: as_typed(words, rng)
                    typed = question.read(write) if isinstance(question, After) else write(question)
                    out.append(Example(typed, context, text, label, make.__name__, *golds))
        rng.shuffle(out)
        return out

    def context(self, text, rng):
        title = self.pairs.texts[text][0]
        title = "" if rng.random() < 0.15 else title
        kinds = {reading.kind(self.pairs.questions[question]) for question in self.pairs.asked[text]} - {None}
        if len(kinds) == 1 and rng.random() < 0.35:
            return ". ".join(part for part in (title, reading.KINDS[kinds.pop()][0]) if part)
        return title

    def given(self, rng):
        for question, text in self.used:
            label = self.pairs.labels[question, text]
            yield self.pairs.questions[question], self.context(text, rng), self.pairs.texts[text][1], label

    def several(self, rng):
        """Two or three sentences of a document as one text."""
        for question in self.questions:
            answers = [text for text in self.pairs.answers[question] if not self.pairs.is_held_out(text)]
            others = [text for text in self.pairs.others[question] if not self.pairs.is_held_out(text)]
            if not others or rng.random() < 0.4:
                continue
            title = self.pairs.texts[others[0]][0]
            more = [t for t in self.pairs.by_title[title] if self.pairs.labels.get((question, t)) is None]
            if self.pairs.sets[question] == "squad" and more:
                others = others + rng.sample(more, min(2, len(more)))
            rng.shuffle(others)
            taken = others[: rng.choice([1, 2, 2])]
            label = int(bool(answers) and rng.random() < 0.5)
            if label:
                answer = rng.choice(answers)
                if self.pairs.texts[answer][0] != title:
                    continue
                taken = taken[:2]
                taken.insert(rng.randrange(len(taken) + 1), answer)
            elif len(taken) < 2:
                continue
            body = " ".join(self.pairs.texts[text][1] for text in taken)
            yield self.pairs.questions[question], self.context(taken[0], rng), body, label

    def found(self, rng):
        """What the search finds: one that cannot answer, and two that no label speaks of."""
        for question in self.questions:
            near = [text for text in self.mined[question] if not self.pairs.is_held_out(text)]
            wrong = [text for text in near if not self.pairs.may_answer(question, text)]
            if wrong and (self.pairs.sets[question] != "stackfaq"):
                text = wrong[min(int(rng.expovariate(0.3)), len(wrong) - 1)]
                yield self.pairs.questions[question], self.context(text, rng), self.pairs.texts[text][1], 0
            for text in rng.sample(near, min(2, len(near))):
                yield self.pairs.questions[question], self.context(text, rng), self.pairs.texts[text][1], -1

    def changed(self, rng):
        """Questions with a name, a number or a word changed, so that their text no longer answers."""
        for question in self.questions:
            if self.pairs.sets[question] not in ("squad", "covidqa") or rng.random() < 0.3:
                continue
            answers = [text for text in self.pairs.answers[question] if not self.pairs.is_held_out(text)]
            if not answers:
                continue
            text = rng.choice(answers)
            title, body = self.pairs.texts[text]
            other = self.pairs.texts[rng.choice(self.pairs.by_title[title])][1]
            new = changed(self.pairs.questions[question], body, other, rng)
            if new:
                yield new, self.context(text, rng), body, 0

    def written(self, rng):
        """What leaflets say and what is asked of them, put together from `aspects.toml`."""
        for _ in range(24_000):
            aspect = rng.choice(self.aspects)
            group = rng.choice(aspect["of"])
            subject = rng.choice(self.subjects[group])
            rest = [one for one in self.aspects if group in one["of"] and one is not aspect]
            same = rng.random() < 0.5
            texts = [rng.choice(aspect["answers"])] if same else [rng.choice(rng.choice(rest)["answers"])]
            about, label = subject, int(same)
            after = aspect["name"] != "definition" and rng.random() < 0.3
            if same and rng.random() < (0.5 if after else 0.2):
                about = rng.choice(self.subjects[group])
                label = int(about == subject)
            if rng.random() < 0.35:
                texts.insert(rng.randrange(2), rng.choice(rng.choice(rest)["answers"]))
            title = rng.choice(TITLES).replace("{x}", bare(about))
            heading = aspect["name"].capitalize() if same and rng.random() < 0.25 else ""
            body = " ".join(filled(text, about) for text in texts)
            if label and title and rng.random() < 0.3:
                body = body.replace(about, "it").replace(about.capitalize(), "It")
            question = rng.choice(aspect["questions"])
            if after:
                asked_before = filled(rng.choice(rng.choice(rest)["questions"]), subject)
                question = After(filled(question, rng.choice(["it", "it", "that", "this"])), asked_before)
            else:
                question = filled(question, subject)
            yield question, joined(title, heading), body, label

    def near_misses(self, rng):
        """A question about a disease that its text does not speak of."""
        fits = [one for one in self.aspects if "illness" in one["of"]]
        for _ in range(9_000):
            title = rng.choice(self.diseases)
            text = rng.choice(self.pairs.by_title[title])
            body = self.pairs.texts[text][1]
            aspect = rng.choice(fits)
            if self.pairs.is_held_out(text) or re.search(rf"\b(?:{aspect['near']})", body, re.IGNORECASE):
                continue
            yield filled(rng.choice(aspect["questions"]), title), self.context(text, rng), body, 0

    def ours(self, rng):
        """Up to two answers to each question, and texts that are near it and answer nothing: the nearest, and some. A question
        of a conversation comes twice, with more of them; others may come after one that they have nothing to do with."""
        for at, (question, answers, others, golds, before) in enumerate(self.own):
            if not before and rng.random() < self.after:
                question = After(question, self.own[max(0, at - rng.randrange(1, 40))].question)
            elif before:
                question = After(question, before)
            for _ in range(2 if before else 1):
                for context, text in rng.sample(answers, min(2, len(answers))):
                    yield question, context, text, 1, tuple(golds)
                places = {min(int(rng.expovariate(0.12)), len(others) - 1) for _ in range(3 * self.near if before else self.near)}
                for near in sorted(places | set(range(3 if before or not answers else 1))):
                    yield question, *others[near], 0


def bare(subject):
    return re.sub(r"^an? ", "", subject).capitalize()


def filled(text, subject):
    text = text.replace("{x}", subject)
    return text[:1].upper() + text[1:] if text[:1].islower() and text.endswith((".", "?")) else text


def joined(*parts):
    return ". ".join(part for part in parts if part)


def changed(question, body, other, rng):
    """`question` with one thing in it made into another, None where nothing fits."""
    shared = [m for m in NAME.finditer(question) if m.start() > 0 and m.group() in body and m.group() not in COMMON]
    if shared and rng.random() < 0.75:
        match = rng.choice(shared)
        number = match.group()[0].isdigit()
        names = [name for name in NAME.findall(other) if name not in COMMON and name[0].isdigit() == number]
        new = [name for name in names if name not in body and name not in question]
        if new:
            return question[: match.start()] + rng.choice(new) + question[match.end() :]
    words = question.split(" ")
    places = [at for at, word in enumerate(words) if word in OPPOSITES]
    if not places:
        return None
    at = rng.choice(places)
    words[at] = OPPOSITES[words[at]]
    return " ".join(words)
