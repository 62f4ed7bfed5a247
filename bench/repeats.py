"""`python -m bench.repeats [TIPS]`: recall and precision of identifiers over planted repeats; opens no database.

Each tip has one identifier; one in twenty tells that of an earlier tip again, written or said in another way. A pair
counts as found when a key that the second asks for is one under which the first is kept.
"""

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable

from tips.identifiers import FORMS, asked, kept

TIPS = 50_000
REPEATED = 0.05
_ONES = "zero one two three four five six seven eight nine".split()
_NAMES = (
    "Ana Bob Carla Diego Elena Frank Gloria Hugo Irma Jorge Karen Luis Maria Nora Oscar Paula Raul Sara Tomas".split()
)
_STREETS = "Main Oak Palm Ocean Example Sample Harbor Orange Lake Hill Cedar Maple Pine Mango Coral Bay".split()
_TOWNS = ["Miami", "Tampa", "Naples", "Orlando", "Ocala", "Largo", "Sebring", "Immokalee"]
_TYPES = [("Street", "St"), ("Avenue", "Ave."), ("Boulevard", "Blvd"), ("Road", "Rd"), ("Drive", "Dr")]

Written = tuple[str, list[Callable[[], str]]]


def phone(dice: random.Random) -> Written:
    """An American number, and how it is said."""
    area, line = dice.choice(("305", "786", "239", "407", "813", "352")), f"{dice.randrange(2_000_000, 9_999_999)}"
    whole = area + line
    return f"({area}) {line[:3]}-{line[3:]}", [
        lambda: f"+1 {area}.{line[:3]}.{line[3:]}",
        lambda: " ".join(_ONES[int(digit)] for digit in whole),
        lambda: f"1{whole}",
        lambda: f"call me {area} {line[:3]} {line[3:]} any time",
        lambda: "".join(chr(0x660 + int(digit)) for digit in whole),
    ]


def plate(dice: random.Random) -> Written:
    """Letters and digits, with and without state."""
    letters = "".join(dice.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=3))
    digits = f"{dice.randrange(1000, 9999)}"
    return f"{letters}{digits}", [
        lambda: f"FL {letters}-{digits}",
        lambda: f"{letters.lower()} {digits}",
        lambda: f"Florida plate {letters} {digits}",
    ]


def handle(dice: random.Random) -> Written:
    """A name on a site."""
    name = f"{dice.choice(_NAMES)}_{dice.choice(_STREETS)}{dice.randrange(100_000)}"
    return f"@{name}", [
        lambda: f"https://www.instagram.com/{name.lower()}/?hl=en",
        lambda: f"ig: {name}",
        lambda: f"{name.upper()} on tiktok",
    ]


def address(dice: random.Random) -> Written:
    """A house in a town."""
    number, name, town = dice.randrange(1, 20_000), dice.choice(_STREETS), dice.choice(_TOWNS)
    long, short = dice.choice(_TYPES)
    return f"{number} N {name} {short}, {town}, FL", [
        lambda: f"{number} North {name} {long}, {town} Florida",
        lambda: f"{number} n {name.lower()} {short.lower()} apt 4, {town}",
    ]


def web(dice: random.Random) -> Written:
    """An advertisement."""
    page = dice.randrange(10_000_000)
    return f"https://www.example.org/ads/{page}", [
        lambda: f"hxxp://example[.]org/ads/{page}/?utm_source=x",
        lambda: f"EXAMPLE.org/ads/{page}#top",
    ]


KINDS: dict[str, Callable[[random.Random], Written]] = {
    "phone": phone,
    "plate": plate,
    "handle": handle,
    "address": address,
    "web": web,
}


def measure(tips: int, *, seed: int = 7) -> dict[str, tuple[float, float]]:
    """Kind -> (recall, precision) over strong forms; precision counts a pair as wrong when nobody planted it."""
    dice = random.Random(seed)
    kinds = list(KINDS)
    index: dict[tuple[str, str], list[int]] = defaultdict(list)
    told: dict[str, list[tuple[int, Written]]] = defaultdict(list)
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for tip in range(tips):
        kind = dice.choice(kinds)
        origin, written = tip, KINDS[kind](dice)
        text = written[0]
        if told[kind] and dice.random() < REPEATED:
            origin, written = dice.choice(told[kind])
            text = dice.choice(written[1])()
            planted[kind] += 1
        keys = [key for key in asked(kind, text) if FORMS[key.form].is_strong]
        hits = {hit for key in keys for hit in index[key.form, key.text]}
        found[kind] += origin != tip and origin in hits
        wrong[kind] += sum(hit != origin for hit in hits)
        if origin == tip:
            told[kind].append((tip, written))
            for key in kept(kind, text):
                index[key.form, key.text].append(tip)
    return {
        kind: (found[kind] / max(planted[kind], 1), found[kind] / max(found[kind] + wrong[kind], 1)) for kind in kinds
    }


def main(arguments: list[str]) -> int:
    """Print the table."""
    tips = int(arguments[0]) if arguments else TIPS
    print(f"{tips:,} tips, {REPEATED:.0%} planted repeats; strong forms only\nkind       recall  precision")
    for kind, (recall, precision) in measure(tips).items():
        print(f"{kind:9} {recall:7.3f} {precision:10.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
