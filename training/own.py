"""Pairs of our own: the questions of `training/leaflets` and the texts that they are asked of. Nothing of `tests/quality` is
read, so that ranking and confidence can be fitted on questions which no model has seen."""

import json
import pathlib
import re
import typing

LEAFLETS = pathlib.Path(__file__).resolve().parent / "leaflets"
ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“(])")
# Most characters of the question before that the program puts behind a question.
LONGEST_BEFORE = 200
MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


class After(typing.NamedTuple):
    """A question of a conversation, and the one before it."""

    question: str
    before: str

    def read(self, write=lambda text: text):
        """Both as the program puts them together, each as `write` writes it."""
        words = write(self.before).strip().rstrip("?!. ")
        end = words[-LONGEST_BEFORE:]
        return f"{write(self.question)} ({end if end == words else end.partition(' ')[2]})"


class Asked(typing.NamedTuple):
    """A question, the texts that answer it, the others, each with what stands above it, the strings that answer, and the
    question before it in a conversation."""

    question: str
    answers: list
    others: list
    golds: list
    before: str = ""

    def read(self):
        return After(self.question, self.before).read() if self.before else self.question


def plain(text):
    return " ".join(text.translate(MARKS).casefold().split())


def texts_of(path):
    """Context and sentences of each block of a document."""
    title, heading, lead_in, out = path.stem.replace("-", " ").capitalize(), "", "", []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)", path.read_text()):
        lines = [line.strip() for line in block.strip().splitlines() if line.strip()]
        if not lines:
            continue
        is_heading = lines[0].startswith("#") or (
            len(lines) <= 2 and len(lines[0]) < 70 and not lines[0].endswith((".", ":", "?", "!"))
            and not ITEM.match(block) and (len(lines) == 1 or set(lines[1]) <= set("=-~")))
        if is_heading:
            words = lines[0].lstrip("# ").strip()
            title, heading = (words, "") if lines[0].startswith("# ") else (title, words)
            lead_in = ""
            continue
        item = bool(ITEM.match(block))
        body = ITEM.sub("", " ".join(lines)).replace("**", "")
        context = ". ".join(part for part in (title, heading, lead_in if item else "") if part)
        out.append((context, SENTENCE.split(body)))
        if not item:
            lead_in = body if body.endswith(":") and len(body) < 200 else ""
    return out


def windows(sentences):
    yield " ".join(sentences)
    if len(sentences) > 1:
        yield from sentences
    if len(sentences) > 2:
        yield from (" ".join(pair) for pair in zip(sentences, sentences[1:], strict=False))


def leaflets(but=(), only=None):
    """What is asked of the leaflets; without the folders named in `but`, or of those in `only`."""
    folders = sorted(path for path in LEAFLETS.iterdir() if path.is_dir())
    wanted = [path for path in folders if path.name not in but and (only is None or path.name in only)]
    return [pair for folder in wanted for pair in pairs_of(folder, folder / "corpus")]


def pairs_of(folder, corpus):
    """What is asked of a set's corpus."""
    out = []
    texts = [(context, window) for path in sorted(corpus.iterdir()) if path.suffix in (".md", ".txt")
             and path.stem != "README" for context, sentences in texts_of(path) for window in windows(sentences)]
    for file in ("answerable", "unanswerable", "conversations"):
        path = folder / f"{file}.jsonl"
        for line in path.read_text().splitlines() if path.exists() else ():
            record = json.loads(line)
            *before, last = record.get("turns", [record])
            gold = [plain(text) for text in last.get("gold", [])]
            answers = [text for text in texts if any(one in plain(text[1]) for one in gold)]
            others = [text for text in texts if not any(one in plain(text[1]) for one in gold)]
            if answers or not gold:
                out.append(Asked(last["question"], answers, others, gold, before[-1]["question"] if before else ""))
    return out
