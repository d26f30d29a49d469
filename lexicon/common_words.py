#!/usr/bin/env python3
"""Makes common-words.txt from the vocabulary of the sentence encoder.

usage: common_words.py VOCAB.TXT > common-words.txt

The vocabulary (30,522 word pieces of English, Apache-2.0) stands roughly in the order of frequency. Taken are whole
words of three lower-case letters and more up to place LAST: everyday words stand before it, and after it more and
more names, foreign words and misspellings ("wat", place 28195). Some before it are left out; what is to be added
stands in right-words.txt.
"""
import pathlib
import re
import sys

LAST = 28_000
# Misspellings, chat spellings and fragments among the first words, which spelling should mend.
LEFT_OUT = set("""
    cuz tho dont didnt doesnt isnt wasnt wouldnt couldnt havent wont cant thats alot gonna wanna gotta kinda sorta lemme
    ain til hav iss wat wot wen teh tha thi ot waz diff tak tel wil fot hav ther mmm
""".split())


def main() -> None:
    pieces = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").split()
    kept = {word for word in pieces[:LAST] if re.fullmatch(r"[a-z]{3,}", word) and word not in LEFT_OUT}
    print("# Common English words, which spelling leaves alone. Made by common_words.py; do not edit, more words")
    print("# stand in right-words.txt. Origin: the vocabulary of the sentence encoder all-MiniLM-L6-v2 (that of")
    print("# BERT, uncased English), Apache License 2.0, cut as the script says. Any number of words a line.")
    line = ""
    for word in sorted(kept):
        if len(line) + len(word) > 118:
            print(line.rstrip())
            line = ""
        line += word + " "
    print(line.rstrip())


if __name__ == "__main__":
    main()
