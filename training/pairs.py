"""Reading the pairs, and what is known of their questions and texts."""

import collections
import gzip
import hashlib
import json

# Of these documents nothing is trained on: what the card tells is measured on them.
HELD_OUT = 16


class Pairs:
    """Questions and texts by number, and which text answers which question."""

    def __init__(self, path):
        self.questions, self.sets, self.texts, self.labels = [], [], [], {}
        questions, texts = {}, {}
        with gzip.open(path, "rt") as lines:
            for record in map(json.loads, lines):
                question = (record["set"], record["question"])
                text = (record["title"], record["text"])
                if question not in questions:
                    questions[question] = len(questions)
                    self.sets.append(record["set"])
                    self.questions.append(record["question"])
                if text not in texts:
                    texts[text] = len(texts)
                    self.texts.append(text)
                pair = (questions[question], texts[text])
                self.labels[pair] = max(self.labels.get(pair, 0), record["label"])
        self.answers = collections.defaultdict(list)
        self.others = collections.defaultdict(list)
        self.asked = collections.defaultdict(list)
        for (question, text), label in self.labels.items():
            (self.answers if label else self.others)[question].append(text)
            if label:
                self.asked[text].append(question)
        self.by_title = collections.defaultdict(list)
        for number, (title, _) in enumerate(self.texts):
            self.by_title[title].append(number)

    def is_held_out(self, text):
        """By the document, so that no sentence of a held-out document is seen."""
        title, body = self.texts[text]
        digest = hashlib.sha256((title or body).encode()).digest()
        return digest[0] % HELD_OUT == 0

    def may_answer(self, question, text):
        """Whether a text that no label speaks of could answer after all: about the same subject, and of the same
        kind or of one not known."""
        known = self.labels.get((question, text))
        if known is not None:
            return bool(known)
        title = self.texts[text][0].lower()
        asked = self.questions[question].lower()
        if self.sets[question] != "medquad":
            return self.sets[question] == "stackfaq" or not title
        about = {self.texts[one][0].lower() for one in self.answers[question] + self.others[question]}
        if not any(title in one or one in title for one in about) and title not in asked:
            return False
        kinds = {kind(self.questions[other]) for other in self.asked[text]}
        return not kinds or kind(self.questions[question]) in kinds or None in kinds


KINDS = {
    "symptoms": ("Symptoms", ("symptom", "signs")),
    "treatment": ("Treatment", ("treatment", "treat ", "therap")),
    "cause": ("Causes", ("cause", "genetic changes")),
    "inherited": ("Inheritance", ("inherited", "hered")),
    "frequency": ("How common it is", ("how many people",)),
    "outlook": ("Outlook", ("outlook", "prognos")),
    "diagnosis": ("Diagnosis", ("diagnos", "tests")),
    "prevention": ("Prevention", ("prevent",)),
    "risk": ("Who is at risk", ("at risk",)),
    "complications": ("Complications", ("complication",)),
    "research": ("Research", ("research", "clinical trial")),
    "stages": ("Stages", ("stages",)),
    "definition": ("Overview", ("what is", "what are", "(are)")),
}


def kind(question):
    """The kind of a question about a disease, None where its words do not say."""
    lower = question.lower()
    return next((name for name, (_, words) in KINDS.items() if any(word in lower for word in words)), None)
