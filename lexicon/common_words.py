#!/usr/bin/env python3
"""Makes common-words.txt from the vocabulary of the sentence encoder.

usage: common_words.py VOCAB.TXT > common-words.txt

The vocabulary (30,522 word pieces of English, Apache-2.0) stands roughly in the order of frequency. Taken are whole
words of three lower-case letters and more up to place LAST: everyday words stand before it, and after it more and
more names, foreign words and misspellings ("wat", place 28195). What follows is left out or added by hand.
"""
import re
import sys

LAST = 28_000
# Misspellings, chat spellings and fragments among the first words, which spelling should mend.
LEFT_OUT = set("""
    cuz tho dont didnt doesnt isnt wasnt wouldnt couldnt havent wont cant thats alot gonna wanna gotta kinda sorta lemme
    ain til nah yeah yep huh hmm mmm ugh oops whoa hav iss wat wot wen teh tha thi ot waz diff tak tel wil fot hav ther
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
""".split()


def main() -> None:
    kept = set(ADDED)
    with open(sys.argv[1], encoding="utf-8") as vocabulary:
        for place, line in enumerate(vocabulary):
            word = line.rstrip("\n")
            if place < LAST and re.fullmatch(r"[a-z]{3,}", word) and word not in LEFT_OUT:
                kept.add(word)
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
