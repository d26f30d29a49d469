"""How well a judge tells answers from other texts."""

import collections

import numpy as np


def auroc(labels, scores):
    """The chance that an answer is above another text; ties half."""
    labels, scores = np.asarray(labels), np.asarray(scores)
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    sorted_scores = scores[order]
    first = np.searchsorted(sorted_scores, sorted_scores, "left")
    last = np.searchsorted(sorted_scores, sorted_scores, "right")
    ranks[order] = (first + last + 1) / 2
    positive = labels > 0.5
    good, bad = positive.sum(), (~positive).sum()
    if not good or not bad:
        return float("nan")
    return float((ranks[positive].sum() - good * (good + 1) / 2) / (good * bad))


def figures(keys, labels, scores):
    """AUROC and accuracy for each key and over all."""
    out = {}
    groups = collections.defaultdict(list)
    for at, key in enumerate(keys):
        groups[key].append(at)
        groups["all"].append(at)
    for key, places in sorted(groups.items()):
        own, given = np.asarray(labels)[places], np.asarray(scores)[places]
        accuracy = float(((given > 0) == (own > 0.5)).mean())
        out[key] = {"pairs": len(places), "auroc": round(auroc(own, given), 4), "accuracy": round(accuracy, 4)}
    return out
