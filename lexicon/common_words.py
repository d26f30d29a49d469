#!/usr/bin/env python3
"""Makes common-words.txt from the vocabulary of the sentence encoder and lists of English words.

usage: common_words.py VOCAB.TXT [WORDS...] > common-words.txt

VOCAB.TXT may also be a common-words.txt made before, to which words are to be added. WORDS are lists of one word a
line; the shipped file has SCOWL's American and British lists of size 50 (wamerican and wbritish of Debian). Of these,
what is left out: forms of a word that is there, whose stem tells them; a British spelling whose American one is there,
so that it can be put as the documents have it; chat spellings; and names, which have capitals.

The vocabulary (30,522 word pieces of English, Apache-2.0) stands roughly in the order of frequency. Taken are whole
words of three lower-case letters and more up to place LAST: everyday words stand before it, and after it more and
more names, foreign words and misspellings ("wat", place 28195). What follows is left out or added by hand.
"""
import pathlib
import re
import sys

LAST = 28_000
# Misspellings, chat spellings and fragments among the first words, which spelling should mend.
LEFT_OUT = set("""
    cuz tho dont didnt doesnt isnt wasnt wouldnt couldnt havent wont cant thats alot gonna wanna gotta kinda sorta lemme
    ain til hav iss wat wot wen teh tha thi ot waz diff tak tel wil fot hav ther
""".split())
# Everyday words of patients and kitchens that the vocabulary holds only in pieces.
ADDED = """
    diarrhea appointment appointments vomiting nausea dizzy itchy swollen headache headaches heartburn tummy belly poo
    pee wee toilet pills tablets chemo gluten vegan vegetarian yogurt yoghurt broccoli banana bananas avocado spinach
    grapefruit parking wheelchair insurance copay helpline website email emails online wifi voicemail smartphone
    grandma grandpa granddaughter grandson grandchildren stepmother stepfather babysitter childcare hairdresser
    tattoo piercing sunscreen sunbathing jogging cycling swimming yoga pilates massage sauna tampon condom pimple
    lasagna lasagne spaghetti pizza burger omelette pancake pancakes recipe recipes weekday weekdays biopsies
    ultrasound scans scanner sedated sedation anesthetic anaesthetic antibiotic antibiotics painkiller painkillers
    worried worries scared anxious sleepy tiredness breathless wheezing sneezing coughing snoring bruise bruises
    bruising rash rashes blister blisters stitches bandage bandages crutches dentures hearing eyesight eyelid earache
    sore soreness cramp cramps cramping constipated bloated bloating burping farting gassy queasy feverish refund refunds login warranty dashboard crunchy modem modems planner stylish
    kilo kilos kilogram kilograms gram grams litre litres wort haha hahaha hehe lol lmao omg yikes hooray yay hiya yep nope nah
    yeah hmm huh ugh oops aww whoa phew ouch cheers
""".split()


# British letters and the American ones.
BRITISH = [("our", "or"), ("is", "iz"), ("ys", "yz"), ("ae", "e"), ("oe", "e"), ("ll", "l"), ("re", "er"), ("ogue", "og"), ("ce", "se")]
# What a word ends with, and what its base ends with instead.
FORMS = [("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"), ("ly", ""), ("ness", ""),
         ("er", ""), ("ers", ""), ("less", ""), ("able", ""), ("iness", "y"), ("ily", "y")]


def is_form(word: str, known: set) -> bool:
    """Whether a word is a form of a known one of five letters or more."""
    bases = (word[: -len(end)] + base for end, base in FORMS if word.endswith(end))
    return any(len(base) >= 5 and base in known for base in bases)


def is_british(word: str, known: set) -> bool:
    """Whether the American spelling of a word is known."""
    return any(word[: at.start()] + there + word[at.end():] in known
               for here, there in BRITISH for at in re.finditer(here, word) if at.start() > 0 or here in ("ae", "oe"))


def read(path: str) -> list:
    """The words of a list, of whatever form."""
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def more_words(paths: list, kept: set) -> set:
    """What the lists add."""
    american, *others = [{word for word in read(path) if re.fullmatch(r"[a-z]{3,}", word)} for path in paths]
    for other in others:
        known = american | kept
        american |= {word for word in other if not is_british(word, known)}
    chat = pathlib.Path(__file__).with_name("chat-spellings.txt").read_text(encoding="utf-8")
    typed = {word.strip() for line in chat.splitlines() if "=" in line for word in line.split("=")[0].split(",")}
    known = american | kept
    return {word for word in american - typed - LEFT_OUT if not is_form(word, known)}


def main() -> None:
    kept = set(ADDED)
    for word in read(sys.argv[1])[:LAST]:
        if re.fullmatch(r"[a-z]{3,}", word) and word not in LEFT_OUT:
            kept.add(word)
    if sys.argv[2:]:
        kept |= more_words(sys.argv[2:], kept)
    print("# Common English words, which spelling leaves alone. Made by common_words.py; do not edit, put your own")
    print("# words into a file of additions. Origin: the vocabulary of the sentence encoder all-MiniLM-L6-v2 (that of")
    print("# BERT, uncased English), Apache License 2.0, cut and completed as the script says. Any number of words a line.")
    line = ""
    for word in sorted(kept):
        if len(line) + len(word) > 118:
            print(line.rstrip())
            line = ""
        line += word + " "
    print(line.rstrip())


if __name__ == "__main__":
    main()
