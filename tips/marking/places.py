"""Street addresses, rooms and named houses: whatever says where exactly. Towns and counties stay: they are coarse."""

import re
from collections.abc import Iterator

from tips.marking.spans import Span

_SUFFIX = (
    r"(?:st|street|ave?|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|pl|place|way|ter|terrace|cir|circle|pkwy|parkway"
    r"|trl|trail|hwy|highway|sq|square|loop|alley|row|crossing|xing|plaza)"
)
_CLEAR_SUFFIX = r"(?:street|avenue|ave|road|boulevard|blvd|drive|lane|terrace|parkway|court|circle|trail)"
_TENS = (
    r"ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred|thousand|one|two|three|four|five|six|seven|eight|nine|oh|zero"
)
_TENS_ES = (
    r"diez|once|doce|trece|catorce|quince|diecis[eé]is|diecisiete|dieciocho|diecinueve|veinte|veinti\w+|treinta|cuarenta"
    r"|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|\w+cientos|mil|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|y"
)
_NUMBER = rf"(?:\d{{1,6}}[A-Za-z]?(?:\s?[-/]\s?\d{{1,4}})?|(?:(?:{_TENS})[\s-]){{1,5}}(?=\S))"
_ORDINAL = r"\d{1,4}(?:st|nd|rd|th)"
_UNIT = (
    r"(?:[\s,]+(?:(?:apt|apartment|unit|suite|ste|lot|trailer|room|rm|floor|building|bldg|space|spc|depto|departamento"
    r"|apartamento|interior|int|piso)\.?\s?#?\s?[\w-]{1,6}|\#\s?[\w-]{1,6}))"
)
_DIRECTION = r"(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west|northeast|northwest|southeast|southwest)\.?\s)?"
_STREET_WORD = rf"(?:{_ORDINAL}|[^\W\d_][\w'’.-]*)"
_NOT_A_STREET = (
    r"(?!(?:the|a|an|this|that|her|his|my|our|their|every|each|same|one|two|main\sthing|in|on|at|of|and|or|to|from|across|down|up"
    r"|off|by|long|little|no|next|other|which|what|any|some|busy|dark|side|back|dirt|dead|quiet|whole|first|second)\s)"
)
_PATTERNS = (
    # 4120 NW 7th Street, Apt 3; twelve forty Maple Street
    re.compile(
        rf"\b{_NUMBER}\s*{_DIRECTION}{_STREET_WORD}(?:\s{_STREET_WORD}){{0,3}}?\s{_SUFFIX}\b\.?(?:\s(?:n|s|e|w|ne|nw|se|sw)\b)?{_UNIT}*",
        re.IGNORECASE,
    ),
    re.compile(rf"\b\d{{2,6}}\s{_DIRECTION}{_ORDINAL}\b{_UNIT}*", re.IGNORECASE),
    # on Maple Street; at the corner of Oak and 5th
    re.compile(
        rf"\b(?:on|at|to|of|in|near|from|down|off|over|along)\s(?P<it>{_NOT_A_STREET}{_DIRECTION}{_STREET_WORD}(?:\s{_STREET_WORD})?"
        rf"\s{_CLEAR_SUFFIX}\b{_UNIT}*)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:corner|intersection)\sof\s{_DIRECTION}{_STREET_WORD}(?:\s{_SUFFIX}\.?)?\s(?:and|&)\s{_DIRECTION}{_STREET_WORD}(?:\s{_SUFFIX}\b\.?)?",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:\d{1,6}\s)?(?:highway|hwy|route|rte|county\sroad|cr|sr|us|state\sroad)[\s-]?\d{1,4}\b,?\s(?:apt|unit|lot|#)\s?\w+",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b\d{2,6}\s(?:(?:old|n|s|e|w)\s)?(?:highway|hwy|route|rte|county\sroad|cr|state\sroad|us)[\s-]?\d{1,4}\b",
        re.IGNORECASE,
    ),
    re.compile(r"\bp\.?\s?o\.?\s?box\s?#?\s?\d+", re.IGNORECASE),
    # a room, a flat, a lot
    re.compile(
        r"\b(?:apt|apartment|unit|suite|room|rm|lot|trailer|cabin|building|bldg|habitaci[oó]n|cuarto|apartamento|apto|departamento"
        r"|depto|interior|traila|remolque|cabina|bodega)\.?\s(?:n[uú]mero\s|number\s|no\.?\s|#\s?)?#?"
        r"(?:\d{1,5}[A-Za-z]?|[A-Z]-?\d{1,4}|[A-Z](?=[\s,.;)]|$))\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:room|apartment|apt|unit|lot|trailer|cuarto|habitaci[oó]n|apartamento|departamento)\s(?:number\s|n[uú]mero\s)?"
        rf"(?:(?:{_TENS}|{_TENS_ES})(?:[\s-](?:{_TENS}|{_TENS_ES}))*)\b",
        re.IGNORECASE,
    ),
    # calle Luna 45; avenida Juárez número 120, apartamento 3B; esquina de Sol y Mar
    re.compile(
        rf"\b(?:calle|avenida|av|ave|carrera|callej[oó]n|paseo|camino|carretera|boulevard|bulevar|calzada|privada|colonia|col)\.?\s"
        rf"(?:(?:de|del|la|las|los|el|san|santa)\s)*[\w'’.-]+(?:\s(?:(?:de|del|la|las|los|el|san|santa)\s)*[A-ZÁÉÍÓÚÑ][\w'’.-]*){{0,3}}"
        rf"(?:,?\s(?:n[uú]mero|num|no|nro|#)\.?\s?(?:\d{{1,6}}\w?|(?:{_TENS_ES})(?:\s(?:{_TENS_ES}))*)|,?\s#?\d{{1,6}}[A-Za-z]?"
        rf"|\s(?:{_TENS_ES})(?:\s(?:{_TENS_ES}))*)?{_UNIT}*",
        re.IGNORECASE,
    ),
    re.compile(
        r"\besquina\s(?:de|con)\s(?:la\s|el\s|calle\s)*[\w'’-]+(?:\s(?:y|con)\s(?:la\s|el\s|calle\s)*[\w'’-]+)?",
        re.IGNORECASE,
    ),
    # FL 33101
    re.compile(r"\b[A-Z]{2}\s\d{5}(?:-\d{4})?\b"),
    # coordinates
    re.compile(r"-?\d{1,3}\.\d{3,},?\s-?\d{1,3}\.\d{3,}"),
)
_LARGE = r"[A-ZÁÉÍÓÚÑ][\w'’&-]*"
_HOUSE = (
    r"(?:Motel|Hotel|Inn|Suites|Lodge|Resort|School|Elementary|Middle|High|Academy|College|University|Church|Chapel|Temple|Mosque"
    r"|Parish|Clinic|Hospital|Bar|Club|Cantina|Lounge|Spa|Nails|Salon|Massage|Restaurant|Cafe|Diner|Grill|Farms?|Ranch|Orchards?"
    r"|Nursery|Dairy|Apartments|Estates|Village|Towers?|Manor|Trailer\sPark|Mobile\sHome\sPark|Mall|Laundromat|Truck\sStop|Travel"
    r"\sCent(?:er|re)|Daycare|Preschool|Cleaners|Poultry|Seafood|Roofing|Landscaping|Construction)"
)
_HOUSES = (
    re.compile(rf"\b(?:{_LARGE}\s(?:(?:of|de|del|la|las|los|the|and|&)\s)*){{1,3}}{_HOUSE}(?:\s{_HOUSE})*\b"),
    re.compile(
        rf"\b(?:Escuela|Colegio|Primaria|Secundaria|Preparatoria|Instituto|Iglesia|Parroquia|Capilla|Hotel|Motel|Hostal|Posada|Bar"
        rf"|Cantina|Rancho|Restaurante|Cl[ií]nica|Finca|Tienda|Taquer[ií]a|Pulga)\s(?:(?:Primaria|Secundaria|de|del|la|las|los|el|San"
        rf"|Santa|Nuestra|Señora)\s)*{_LARGE}(?:\s(?:(?:de|del|la|las|los|y)\s)*{_LARGE})*"
    ),
    # small letters: "goes to lincoln middle school", "va a la escuela benito juarez"
    re.compile(
        r"\b(?:to|at|from|of)\s(?P<it>(?!(?:the|a|an|her|his|my|our|their|this|that|high|middle|elementary|night|summer|public|private|local"
        r"|same|new|old|another|any|some|law|med|medical|beauty|trade|grade|primary|home|after)\s)[a-z'’-]+(?:\s[a-z'’-]+)?\s(?:elementary|middle|high)"
        r"(?:\sschool)?\b)",
    ),
    re.compile(
        r"\b(?:to|at)\s(?P<it>(?!(?:the|a|an|her|his|my|our|their|this|that)\s)[A-ZÁÉÍÓÚÑ][\w'’-]+(?:\s[A-ZÁÉÍÓÚÑ][\w'’-]+)?\s(?:elementary|middle|high|academy|school)\b(?:\sschool)?)",
    ),
    re.compile(
        r"\b(?:escuela|colegio|secundaria|primaria|preparatoria|iglesia|parroquia)\s(?:(?:primaria|secundaria|de|del|la|las|los|el|san|santa)\s)*"
        r"(?!(?:y|o|a|en|por|con|que|donde|cuando|de|del|la|los|las|el|para|p[uú]blica|privada|porque|cerca|desde|hoy|ayer|todos|cada|sin|pero"
        r"|cat[oó]lica|local|nocturna|est[aá]|es|le|se|no|ya)\b)[\wáéíóúñ'’-]{4,}(?:\s(?!(?:y|o|a|en|por|con|que|donde|cuando|de|del|la|los|para|porque|desde|cada"
        r"|pero|y|es|le|se|no|ya)\b)[\wáéíóúñ'’-]{4,})?",
        re.IGNORECASE,
    ),
)


def places(text: str) -> Iterator[Span]:
    """Every stretch that is an address or a room ("address"), or a house by its name ("place")."""
    for kind, patterns in (("address", _PATTERNS), ("place", _HOUSES)):
        for pattern in patterns:
            group = "it" if "it" in pattern.groupindex else 0
            for match in pattern.finditer(text):
                yield Span(match.start(group), match.start(group) + len(match.group(group).rstrip(" ,.;-")), kind)
