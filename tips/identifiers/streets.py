"""Words of street addresses: types, directions, units, roads with numbers; English and Spanish."""

TYPES = {
    "street": "st", "st": "st", "str": "st", "calle": "st", "c/": "st", "avenue": "ave", "ave": "ave", "av": "ave",
    "aven": "ave", "avenida": "ave", "avda": "ave", "boulevard": "blvd", "blvd": "blvd", "boul": "blvd",
    "bulevar": "blvd", "blv": "blvd", "road": "rd", "rd": "rd", "camino": "rd", "drive": "dr", "dr": "dr",
    "drv": "dr", "lane": "ln", "ln": "ln", "court": "ct", "ct": "ct", "crt": "ct", "circle": "cir", "cir": "cir",
    "circ": "cir", "place": "pl", "pl": "pl", "terrace": "ter", "ter": "ter", "terr": "ter", "way": "way",
    "wy": "way", "parkway": "pkwy", "pkwy": "pkwy", "pky": "pkwy", "parkwy": "pkwy", "highway": "hwy", "hwy": "hwy",
    "carretera": "hwy", "carr": "hwy", "square": "sq", "sq": "sq", "trail": "trl", "trl": "trl", "loop": "loop",
    "alley": "aly", "aly": "aly", "callejon": "aly", "expressway": "expy", "expy": "expy", "freeway": "fwy",
    "fwy": "fwy", "plaza": "plz", "plz": "plz", "turnpike": "tpke", "tpke": "tpke", "causeway": "cswy",
    "cswy": "cswy", "crossing": "xing", "xing": "xing", "cove": "cv", "cv": "cv", "point": "pt", "pt": "pt",
    "crescent": "cres", "cres": "cres", "row": "row", "walk": "walk", "pike": "pike", "path": "path", "run": "run",
    "pass": "pass", "paseo": "paseo", "via": "via", "bend": "bnd", "bnd": "bnd", "ridge": "rdg", "rdg": "rdg",
    "manor": "mnr", "mews": "mews", "extension": "ext", "esplanade": "esp", "bypass": "byp", "byp": "byp",
}  # fmt: skip
# These stand before the street's name, and the house number behind it.
SPANISH_FIRST = frozenset(
    ["calle", "avenida", "av", "avda", "carretera", "carr", "camino", "paseo", "callejon", "bulevar", "via", "c/"]
)
DIRECTIONS = {
    "north": "n", "n": "n", "no": "n", "south": "s", "s": "s", "so": "s", "east": "e", "e": "e", "west": "w",
    "w": "w", "northeast": "ne", "ne": "ne", "northwest": "nw", "nw": "nw", "southeast": "se", "se": "se",
    "southwest": "sw", "sw": "sw", "norte": "n", "sur": "s", "este": "e", "oeste": "w", "nte": "n", "pte": "w",
    "poniente": "w", "oriente": "e", "ote": "e",
}  # fmt: skip
UNITS = {
    "apt": "unit", "apartment": "unit", "apto": "unit", "apartamento": "unit", "depto": "unit", "dpto": "unit",
    "departamento": "unit", "dept": "unit", "unit": "unit", "unidad": "unit", "ste": "unit", "suite": "unit",
    "rm": "unit", "room": "unit", "hab": "unit", "habitacion": "unit", "cuarto": "unit", "lot": "unit", "lote": "unit",
    "spc": "unit", "space": "unit", "trlr": "unit", "trailer": "unit", "slip": "unit", "interior": "unit",
    "int": "unit", "local": "unit", "oficina": "unit", "office": "unit", "ofc": "unit", "villa": "unit",
    "#": "unit", "bldg": "building", "building": "building", "edificio": "building", "edif": "building",
    "tower": "building", "torre": "building", "floor": "floor", "fl": "floor", "flr": "floor", "piso": "floor",
}  # fmt: skip
# Places on a road, as they are written -> what they count.
MARKS = {
    "mile marker": "mile", "mile post": "mile", "milepost": "mile", "mile": "mile", "miles": "mile", "milla": "mile",
    "mi": "mile", "mm": "mile", "mp": "mile", "kilometro": "km", "kilometer": "km", "km": "km", "exit": "exit",
    "salida": "exit",
}  # fmt: skip
SAID_UNITS = {"basement": "unit", "bsmt": "unit", "rear": "unit", "upstairs": "unit", "downstairs": "unit"}
# Short words inside a street's or town's name.
SHORT = {
    "st": "saint", "ste": "saint", "sta": "santa", "sto": "santo", "mt": "mount", "mtn": "mountain", "ft": "fort",
    "pt": "point", "mlk": "martin luther king", "ctr": "center", "centre": "center", "hts": "heights", "vly": "valley",
    "pk": "park", "spgs": "springs", "spg": "spring", "bch": "beach", "hbr": "harbor", "is": "island",
    "jct": "junction", "jr": "", "sgt": "sergeant", "gen": "general", "pres": "president",
}  # fmt: skip
TOWNS = {
    "nyc": "new york", "ny": "new york", "la": "los angeles", "sf": "san francisco", "philly": "philadelphia",
    "vegas": "las vegas", "dc": "washington", "new york city": "new york", "washington dc": "washington",
}  # fmt: skip
# Roads that have a number: how they are written -> what they are. "hwy" says nothing about whose road it is.
ROADS = [
    (r"(?:u\s?s|united states)(?:\s+(?:highway|hwy|route|rte|rt))?\s*(\d+[a-z]?)", "us"),
    (r"(?:state\s+(?:road|rd|route|rte|rt|highway|hwy)|s\s?r|s\s?h|carretera estatal)\s*(\d+[a-z]?)", "state"),
    (r"(?:county\s+(?:road|rd|route|rte|rt|highway|hwy)|co\s+(?:rd|road|hwy)|c\s?r|c\s?h)\s*(\d+[a-z]?)", "county"),
    (r"(?:interstate(?:\s+(?:highway|hwy))?|i)\s*(\d+[a-z]?)", "interstate"),
    (r"(?:farm\s+to\s+market(?:\s+(?:road|rd))?|f\s?m(?:\s+(?:road|rd))?)\s*(\d+)", "farm"),
    (r"(?:ranch\s+to\s+market(?:\s+(?:road|rd))?|r\s?m)\s*(\d+)", "ranch"),
    (r"(?:rural\s+(?:route|rte|rt)|r\s?r)\s*(\d+)", "rural"),
    (r"(?:highway|hwy|route|rte|rt|carretera|carr|autopista|ruta)\s*(\d+[a-z]?)", "road"),
]  # fmt: skip
