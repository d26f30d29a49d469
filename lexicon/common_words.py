#!/usr/bin/env python3
"""Makes common-words.txt from the vocabulary of the sentence encoder.

usage: common_words.py VOCAB.TXT > common-words.txt

VOCAB.TXT may also be a common-words.txt made before, to which words are to be added.

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
    hummus houmous croissant croissants espresso latte cappuccino smoothie smoothies milkshake decaf marmalade porridge muesli granola
    rhubarb zucchini courgette courgettes aubergine aubergines eggplant chickpeas lentils quinoa couscous tofu falafel kebab sushi
    ramen kimchi sauerkraut gherkin gherkins radish beetroot turnip parsnip leek leeks celery fennel kale rocket coriander parsley
    oregano thyme turmeric ginger cinnamon nutmeg paprika mozzarella parmesan cheddar ricotta salami prosciutto chorizo bacon
    sausages meatballs gravy mayonnaise ketchup mustard biscuit biscuits cookies muffin muffins brownie brownies doughnut bagel
    bagels cereal crisps popcorn nachos tortilla tortillas lemonade cordial prawn prawns haddock mackerel sardines tuna salmon
    blueberries raspberries strawberries cranberries clementine clementines satsuma tangerine apricot apricots plums prunes raisins
    sultanas almonds walnuts cashews pistachios hazelnuts peanuts oats oatmeal margarine lard
    duvet pillow pillows mattress cushion recliner stairlift bathtub washbasin dishwasher hoover vacuuming ironing laundry
    detergent shampoo conditioner deodorant toothpaste toothbrush mouthwash mascara lipstick moisturiser moisturizer hairspray
    hairdryer razor shaving waxing tweezers tissues nappies diapers pram pushchair stroller cot dummy pacifier
    lorry van minibus motorbike moped scooter tyre tyres kerb pavement roundabout motorway petrol campsite caravan
    trampoline trampolining snorkelling snorkeling scuba diving skiing snowboarding kickboxing karate judo badminton squash netball
    rugby cricket golfing bowling gardening mowing lawnmower shovelling knitting crochet sewing choir
    plumber electrician welder bricklayer roofer carpenter mechanic cleaner caretaker receptionist matron chaplain porter porters
    janitor barista waitress waiter cashier apprentice lecturer landlord tenant
    puppy puppies kitten kittens hamster hamsters guinea budgie parrot goldfish tortoise wasp wasps hornet midges bedbugs fleas
    ticks headlice ladybird spider spiders
    wheezy achy dodgy grotty peckish shattered wobbly shaky clammy sweaty snotty gunk gunky phlegmy crampy twitchy
    mortified daft queasy pinkish brownish yellowish whitish furry fuss fussing panicking overdoing overslept mumble mumbles splutter
    splutters gargle gargling flannel teaspoon teaspoons tablespoon tumbler thermometer floppy sleepover helpings cuddle
    knickers underwear dryer spurting gadget cooker armchair stroll lunchbox crossword twitches belch belching
    nagging fretting boredom chattering oozing festering
    binning cubicle envelope signatures loads fancied fiddle fiddly
    poorly rubbish whining moaning grumpy fussy clingy moody weepy tearful
""".split()


def read(path: str) -> list:
    """The words of a list, of whatever form."""
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def main() -> None:
    kept = set(ADDED)
    for word in read(sys.argv[1])[:LAST]:
        if re.fullmatch(r"[a-z]{3,}", word) and word not in LEFT_OUT:
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
