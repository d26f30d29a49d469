"""Checks the quality sets and the leaflets to learn from: golds are in their documents, ids and questions stand once, labels are known.

Run from anywhere: `python3 tests/quality/validate.py`. Prints the counts; ends with status 1 if anything is wrong.
Python 3.11, standard library only.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LEAFLETS = ROOT / "training" / "leaflets"
CORPORA = {"page": ROOT / "corpus", "clinic": HERE / "clinic" / "corpus", "hospital": HERE / "hospital" / "corpus"}
HALVES = ("fit", "check")
FILES = ("answerable", "unanswerable", "conversations", "safety", "smalltalk")
LABELS = {"safety": {"crisis", "emergency", "none"}, "smalltalk": {"small_talk", "handoff"}}
CORPUS_FILES = {".md", ".txt"}
ARTICLES = HERE / "encyclopedia"


def fold(text):
    """Text with case, white space, curly apostrophes and Markdown emphasis folded away."""
    text = text.replace("\u2019", "'").replace("\u2018", "'")
    text = re.sub(r"\*+|__|(?<!\w)_|_(?!\w)|`", "", text)
    return " ".join(text.casefold().split())


def question_key(text):
    """What two questions share that differ only in case, white space and punctuation."""
    return " ".join(re.findall(r"\w+", fold(text))) or text.strip()


def read(path):
    """Rows of a JSON Lines file, each with its place."""
    with path.open(encoding="utf-8") as lines:
        return [(f"{path.relative_to(ROOT)}:{n}", json.loads(line)) for n, line in enumerate(lines, 1)]


def documents(folder):
    """Folded text of each document by name, without a README beside them."""
    paths = sorted(p for p in folder.iterdir() if p.suffix in CORPUS_FILES and p.name != "README.md")
    return {p.name: fold(p.read_text(encoding="utf-8")) for p in paths}


def check_golds(place, gold, texts):
    """Faults of a list of golds."""
    if not gold or not isinstance(gold, list):
        return [f"{place}: no gold"]
    faults = []
    for string in gold:
        if not any(fold(string) in text for text in texts.values()):
            faults.append(f"{place}: not in the corpus: {string!r}")
    return faults


def check_row(place, kind, row, texts):
    """Faults of one row of a set."""
    if kind == "conversations":
        turns = row.get("turns", [])
        faults = [] if 2 <= len(turns) <= 4 else [f"{place}: {len(turns)} turns"]
        for turn in turns:
            # A greeting, or a last turn that nothing answers, has none.
            if "gold" in turn:
                faults += check_golds(place, turn.get("gold"), texts)
        return faults
    faults = [] if row.get("question", "").strip() else [f"{place}: no question"]
    if len(row.get("question", "")) > 1000:
        faults.append(f"{place}: longer than 1000 characters")
    if kind == "answerable":
        faults += check_golds(place, row.get("gold"), texts)
    if kind in LABELS and row.get("expect") not in LABELS[kind]:
        faults.append(f"{place}: label {row.get('expect')!r}")
    return faults


def keys_of(kind, row):
    """What must stand once: the question, or for a conversation its turns together."""
    if kind == "conversations":
        return " / ".join(question_key(turn["question"]) for turn in row["turns"])
    return question_key(row["question"])


def check_set(folders, texts):
    """Faults of one set whose parts lie in `folders`, by name, and its counts by part and file."""
    faults, counts, ids, questions = [], Counter(), {}, {}
    for part, folder in folders.items():
        for kind in FILES:
            path = folder / f"{kind}.jsonl"
            if not path.exists():
                continue
            rows = read(path)
            if [row["id"] for _, row in rows] != sorted(row["id"] for _, row in rows):
                faults.append(f"{path.relative_to(ROOT)}: not sorted by id")
            for place, row in rows:
                counts[part, kind] += 1
                counts[part, kind, row.get("expect")] += 1
                faults += check_row(place, kind, row, texts)
                for seen, key, what in ((ids, row["id"], "id"), (questions, keys_of(kind, row), "question")):
                    if key in seen:
                        faults.append(f"{place}: {what} stands already at {seen[key]}")
                    seen[key] = place
    return faults, counts


def check_articles(folder):
    """Faults of the sets over many articles in `folder`, and its counts by half."""
    articles = {}
    for path in sorted((folder / "corpus").glob("*.jsonl")):
        articles.update({row["_id"]: fold(row["text"]) for _, row in read(path)})
    faults, counts, seen = [], Counter(articles=len(articles)), {}
    for half in HALVES:
        grades = {}
        with (folder / half / "qrels.tsv").open(encoding="utf-8") as lines:
            for query, article, grade in (line.rstrip("\n").split("\t") for line in list(lines)[1:]):
                grades.setdefault(query, {})[article] = int(grade)
                if article not in articles:
                    faults.append(f"{half}/qrels.tsv: no article {article!r}")
        for kind in ("queries", "queries_unanswerable"):
            for place, row in read(folder / half / f"{kind}.jsonl"):
                counts[half, kind] += 1
                for key in (row["_id"], question_key(row["text"])):
                    if key in seen:
                        faults.append(f"{place}: stands already at {seen[key]}")
                    seen[key] = place
                if kind == "queries":
                    good = [name for name, grade in grades.get(row["_id"], {}).items() if grade >= 2]
                    texts = {name: articles[name] for name in good if name in articles}
                    faults += check_golds(place, row["meta"].get("answers"), texts)
    return faults, counts


def main():
    """Checks every set and prints what there is."""
    faults = []
    for area, corpus in CORPORA.items():
        if not corpus.is_dir():
            faults.append(f"{area}: no corpus")
            continue
        found, counts = check_set({half: HERE / area / half for half in HALVES}, documents(corpus))
        faults += found
        print(area)
        for kind in FILES:
            for label in (None, *sorted(LABELS.get(kind, ()))):
                key = (kind,) if label is None else (kind, label)
                fit, check = counts[("fit", *key)], counts[("check", *key)]
                if fit or check:
                    print(f"  {' '.join(key):26} fit {fit:4}  check {check:4}  together {fit + check:4}")
    found, counts = check_articles(ARTICLES)
    faults += found
    print(f"encyclopedia: {counts['articles']} articles")
    for kind in ("queries", "queries_unanswerable"):
        fit, check = counts["fit", kind], counts["check", kind]
        print(f"  {kind:26} fit {fit:4}  check {check:4}  together {fit + check:4}")
    print("training/leaflets")
    for folder in sorted(LEAFLETS.iterdir()):
        found, counts = check_set({"all": folder}, documents(folder / "corpus"))
        faults += found
        kinds = ("answerable", "unanswerable", "conversations")
        print(f"  {folder.name:12}", *(f"{kind} {counts['all', kind]:4}" for kind in kinds), sep="  ")
    print("\n".join(faults) if faults else "all well")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
