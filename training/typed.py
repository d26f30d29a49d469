"""Questions as people type them: slips, spelling by ear, no capitals, no marks, a story before and thanks after."""

BY_EAR = [
    ("ph", "f"), ("tion", "shun"), ("ee", "ea"), ("ea", "ee"), ("ie", "ei"), ("ei", "ie"), ("ck", "k"), ("ll", "l"),
    ("ss", "s"), ("mm", "m"), ("nn", "n"), ("tt", "t"), ("rr", "r"), ("y", "i"), ("c", "k"), ("s", "z"), ("que", "k"),
    ("ough", "uff"), ("ance", "ence"), ("ence", "ance"), ("able", "ible"), ("er", "or"), ("ou", "ow"), ("ai", "ay"),
]
SHORT = {
    "you": "u", "are": "r", "what": "wat", "please": "pls", "because": "bc", "and": "n", "to": "2", "for": "4",
    "with": "w", "your": "ur", "before": "b4", "doctor": "dr", "appointment": "appt", "operation": "op",
    "information": "info", "medicine": "meds", "hospital": "hosp", "do not": "dont", "cannot": "cant",
}
LAY = {
    "physician": "doctor", "surgery": "operation", "medication": "pills", "abdomen": "belly", "fatigue": "tiredness",
    "hypertension": "high blood pressure", "inherited": "passed on", "diagnosed": "found", "treatments": "cures",
    "symptoms": "signs", "treatment": "help", "prevent": "stop", "causes": "brings on", "frequency": "how often",
}
BEFORE = [
    "hi, ", "hello there. ", "good morning, ", "sorry to bother you but ", "quick question: ", "just wondering, ",
    "My mother was told about this last week and we are all worried. ", "I have an appointment on Monday. ",
    "I read your leaflet twice and still don't get it. ", "My husband asks: ", "We live far away and he is 78. ",
    "The nurse said something about it but I forgot. ", "I am new here. ", "Dear team, ", "ok so ", "please tell me ",
]
AFTER = [
    " thanks", " Thank you in advance!", " please", " I am really worried.", " cheers", " Many thanks, Anna",
    " I can't find it anywhere.", " Nobody told us.", " It keeps me awake at night.", " or not?",
]


def slip(word, rng):
    """One slip of the finger."""
    at, kind = rng.randrange(len(word) - 1), rng.random()
    if kind < 0.35:
        return word[:at] + word[at + 1 :]
    if kind < 0.7:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at] + word[at:]


def by_ear(word, rng):
    fits = [(a, b) for a, b in BY_EAR if a in word]
    if not fits:
        return word
    a, b = rng.choice(fits)
    return word.replace(a, b, 1)


def as_typed(question, rng):
    """`question` as somebody may type it; a third of them as they are."""
    if rng.random() < 0.3:
        return question
    text = question
    if rng.random() < 0.6:
        text = text.rstrip(" ?.")
    if rng.random() < 0.5:
        text = text.lower()
    if rng.random() < 0.12:
        for long, lay in LAY.items():
            text = text.replace(long, lay)
    words = text.split(" ")
    if rng.random() < 0.1:
        words = [SHORT.get(word.lower(), word) for word in words]
    for at, word in enumerate(words):
        if len(word) > 4 and rng.random() < 0.04:
            words[at] = slip(word, rng) if rng.random() < 0.6 else by_ear(word, rng)
    text = " ".join(words)
    if rng.random() < 0.08:
        text = rng.choice(BEFORE) + text
    if rng.random() < 0.06:
        text += rng.choice(AFTER)
    return text
