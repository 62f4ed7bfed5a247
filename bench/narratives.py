"""Two hundred invented narratives with names, numbers and the rest planted where the marks must find them.

Made by a small program from templates, the same each time. Half of the names stand in no list of tips/reference/marking:
recall is measured on what the lists do not know too. Every person, number and address is fictional.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from string import Formatter

BY_HAND = Path(__file__).with_name("narratives_by_hand.txt")
SECOND_HAND = Path(__file__).with_name("narratives_second_hand.txt")
_PLANTED = re.compile(r"\[\[(?P<kind>\w+):(?P<words>[^\]]+)\]\]")
COUNT = 200
SEED = 200


@dataclass(frozen=True)
class Planted:
    """Characters `start` to `end` that must be marked, of a kind of tips.marking.NEUTRAL; `slot` names what was planted."""

    start: int
    end: int
    kind: str
    slot: str


@dataclass(frozen=True)
class Narrative:
    text: str
    planted: tuple[Planted, ...]


# Slot -> kind and values. A slot of a template may carry a number ("name2") to differ from its namesake.
SLOTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("name", (
        "Marcus", "Tamsin", "Okechukwu", "Brianna", "Thandiwe", "Wren", "Keisha", "Zbigniew", "Caitlin", "Ronaldinho", "Delphine",
        "Darnell", "Yevgenia", "Tyrone", "Ottilie", "Vanessa", "Mirabelle", "Jean-Paul", "O'Shea", "Anh-Thu", "D'Andre", "Quincy",
    )),
    "full": ("name", (
        "Marcus Whitfield", "Tamsin Abernathy", "Brianna Kowalczyk", "Luis Alberto Quispe", "María del Carmen Ortiz", "Xóchitl Zepeda",
        "Jean-Paul Desrosiers", "Svetlana Morozova", "Nguyen Van Hau", "Rosa Inés Villalobos", "J. R. Haverford", "Keisha Tolliver",
        "Zulma Chávez de León", "Diego St. Clair", "Mei-Ling Tsai", "Angel de la Rosa",
    )),
    "small": ("name", (
        "marcus", "maria", "keisha", "yolanda", "brandon", "tiffany lopez", "juan carlos", "xiomara", "jessica", "dmitri", "rosa maria",
        "tasha", "ernesto", "yesenia", "michael", "guadalupe hernandez", "ashley", "nayeli",
    )),
    "told": ("name", (
        "tamsin", "okechukwu", "zulma", "flaca", "el chino", "peanut", "smoke", "brisa", "delphine", "t-bone", "wren", "chuy", "memo",
        "nacho", "lil dre", "big mike", "candela", "thandiwe",
    )),
    "es_name": ("name", (
        "Guadalupe", "Xóchitl", "Zulma", "Brisa", "José Luis", "Nayeli", "Itzel", "Yamileth", "Evaristo", "Chayo", "Lupita", "Heriberto",
        "María Fernanda", "Ángel", "Socorro", "Wilmer", "Yareli", "Fredesvinda",
    )),
    "word": ("name", (
        "Hope", "Angel", "Rosa", "Grace", "Destiny", "Joy", "Star", "Candy", "Faith", "Luz", "Cruz", "Diamond", "Paz", "Precious",
        "Summer", "Milagros", "Sky", "Genesis",
    )),
    "nick": ("name", (
        "Slim", "Big Tony", "Lil Dre", "T-Bone", "Peanut", "King Rico", "Shorty", "Mama Jay", "Smoke", "Daddy D", "Queenie", "Red",
    )),
    "es_nick": ("name", ("Flaco", "Chino", "Güera", "Tuerto", "Chato", "Gordo", "Negra", "Pelón", "Tigre", "Patrona Chela", "Cuate", "Mosca")),
    "phone": ("number", (
        "954-555-0110", "(305) 555-0123", "+1 407 555 0144", "561.555.0165", "9545550117", "1-800-555-0199", "954 555 0188 ext 12",
        "+52 55 5555 0134", "305/555/0172", "011 503 5555 0148", "+1(786)555-0161",
    )),
    "phone_words": ("number", (
        "nine five four five five five zero one one two", "three oh five, five five five, oh one two three",
        "four zero seven five five five zero one four four", "nine fifty-four five fifty-five oh one ten",
        "seven eight six triple five zero one six one", "nine five four double five five oh one nine nine",
        "five six one dash five five five dash zero one six five",
    )),
    "es_phone_words": ("number", (
        "nueve cinco cuatro cinco cinco cinco cero uno uno dos", "tres cero cinco, cinco cinco cinco, cero uno dos tres",
        "siete ochenta y seis cinco cincuenta y cinco cero uno sesenta y uno", "cuatro cero siete cinco cinco cinco cero uno cuatro cuatro",
        "noventa y cinco cuarenta y cinco cincuenta y cinco cero uno", "cinco seis uno guion cinco cinco cinco guion cero uno seis cinco",
    )),
    "phone_hidden": ("number", (
        "nine5four 5five5 o1one2", "9 5 4 . 5 5 5 . 0 1 1 0", "95four-555-01one0", "9O5 5SS Ol23", "3-0-5-5-5-5-0-1-2-3", "(95 4) 55 50 11 0",
        "9*5*4*5*5*5*0*1*1*7", "954 five55 zero110", "３０５５５５０１２３", "9️⃣5️⃣4️⃣5️⃣5️⃣5️⃣0️⃣1️⃣1️⃣0️⃣",
    )),
    "plate": ("number", ("KLM 482", "DEM-3110", "ABC1234", "7DEM311", "48 JKL", "DMX 9Z2", "kilo lima mike four eight two", "D E M 3 1 1", "qrs 771")),
    "paper": ("number", ("A123456789", "G98765432", "123-45-6789", "C0123456", "X1234567A", "04/17/2009")),
    "address": ("address", (
        "4120 NW 7th Street, Apt 3", "12 Example Court", "987 S. Maple Ave", "1500 Old Dixie Hwy", "221 E 14th St #4B", "77 Biscayne Terrace Unit 9",
        "33 Whispering Pines Trail", "twelve forty Maple Street", "640 county road 21", "P.O. Box 4411", "8 Harbor View Lane, Lot 12",
        "19300 Collins Avenue", "452 oak lane",
    )),
    "room": ("address", ("room 214", "Room 9", "apt 5C", "unit 31", "trailer 12", "apartment two twelve", "room one oh seven", "lot 44")),
    "street": ("address", ("Maple Street", "Whispering Pines Road", "Biscayne Boulevard", "Old Mill Lane", "NW 27th Avenue", "magnolia drive")),
    "es_address": ("address", (
        "calle Luna 45", "Calle 8 número 1204, apartamento 3B", "avenida Juárez 120", "calle Benito Juárez número doce", "carretera vieja 33",
        "la esquina de Sol y Mar", "colonia Las Flores 12", "calle San Martín 501 interior 4",
    )),
    "es_room": ("address", ("cuarto 12", "habitación 214", "apartamento 3B", "cuarto número siete", "traila 9", "departamento 22")),
    "place": ("place", (
        "Lincoln High School", "Oakwood Elementary", "Sunset Motel", "Palm Breeze Inn", "Golden Lotus Spa", "Harbor Lights Bar", "Lucky Nails",
        "St. Brendan Church", "Green Valley Farms", "Tres Hermanos Restaurant", "Pine Ridge Middle School", "Blue Heron Apartments",
    )),
    "es_place": ("place", (
        "Escuela Benito Juárez", "Colegio San Martín", "Hotel Las Palmas", "Cantina El Gallo", "Iglesia Santa Rita", "Rancho Los Olivos",
        "escuela primaria Emiliano Zapata", "Restaurante La Paloma",
    )),
    "small_place": ("place", ("lincoln middle school", "oakwood elementary", "westview high", "pine ridge middle")),
    "handle": ("handle", ("@candy_real99", "@t.bone.atl", "@lil-dre305", "t.me/dulce_x", "https://onlyfans.com/dulcex", "instagram.com/rosa.ines", "www.massage.example.org", "hxxp://girls[.]example[.]com/ad/77")),
    "site_handle": ("handle", ("candyreal99", "tbone.atl", "dulce_x", "lildre305", "rosa.ines.v", "xxpeanutxx")),
    "email": ("handle", ("tamsin.a@mail.example", "rosa (at) correo dot com", "dre305@mail.example.com", "jr_haver at mail dot com", "zulma arroba correo punto com")),
    "kin": ("relative", (
        "mother", "father", "sister", "brother", "aunt", "uncle", "cousin", "grandmother", "daughter", "stepfather", "husband", "mom", "niece",
        "dad", "brother-in-law", "stepdad", "twin", "son", "wife", "godmother", "half-sister", "grandpa",
    )),
    "kin_own": ("relative", ("kids", "baby", "children", "little boy")),
    "es_kin": ("relative", (
        "mamá", "hermana", "tía", "prima", "hijo", "papá", "abuela", "padrastro", "cuñado", "sobrina", "esposo", "suegra", "hermanita", "tio",
        "mama", "hija", "primo", "madrina",
    )),
    "es_kin_own": ("relative", ("niños", "bebé", "niña")),
}  # fmt: skip

TEMPLATES: tuple[str, ...] = (
    # English, as an operator writes while listening.
    "Caller says her boyfriend {name} keeps her pay and picks customers at the {place}. She is in {room} now and wants a bed for tonight. "
    "Her {kin} does not know. Call back on {phone}, text only.",
    "{full} has worked at {place} for 7 months. Boss holds her passport ({paper}). She sends money to her {kin} and her {kin2} every week. "
    "She lives at {address} with five other workers.",
    "Neighbor reports three women driven from {address} every morning in a white van, plate {plate}. The driver is called {nick}. "
    "One of them told the neighbor that her name is {name}.",
    "A student, {name}, age 16, told her teacher that her {kin} takes her to parties on {street}. Men pay the {kin2}. She goes to {place}.",
    "Trucker saw a girl go from cab to cab at the truck stop off I-95. She said to call her {word}. The man with her was {nick}; he has a "
    "neck tattoo and drives a black Charger, tag {plate}.",
    "Caller, about 30, Spanish speaking, whispering. Says they owe 9,000 dollars for the trip. The recruiter is {full}, number {phone}. "
    "Her {kin} back home was threatened twice. There are 11 people in 2 rooms.",
    "Mr. {name} told the staff not to talk to anybody. {name2} tried to leave in March and he took her phone. Her {kin} called us from Ohio. "
    "The {kin2} can be reached at {phone}.",
    "Ad found online by a volunteer: new in town, call {phone_hidden}, ask for {word}. The picture looks like a missing girl. Same number is "
    "on {handle}.",
    "{word} said she is 17. {word2} is the other girl in the house, maybe younger. They sleep at {address}. The man is her {kin}'s friend.",
    "Hotel clerk: guest {full} pays cash for three rooms, always {room}. Different men each hour. He wrote the e-mail {email} on the card.",
    "Caller's name is {full}; safe name {word}. Do not leave voicemail. Her {kin} checks the phone. Her {kin_own} are 3 and 5. "
    "She asks if we hope to find a place that takes a dog.",
    "He made her post as {site} on Instagram under {site_handle}. Another girl, {name}, has {handle}. Both live near {street}.",
    "Worker at {place} reports unpaid wages since May. Supervisor {name} carries a gun. Address of the dorm: {address}. "
    "His cell is {phone_words}.",
    "Caller said: my {kin} sold me to {nick} when I was 13. I am 24 now. He has my {kin_own}. I want to talk to a lawyer, not the police.",
    "A nurse reports that a patient, {name}, came in with her {kin}, who answered every question. The patient wrote {phone} on her hand.",
    "They call him \"{nick}\" but his real name is {full}. He keeps the documents at {address}. We think {name2} is in danger.",
    "Voicemail, hard to hear: this is {name}, I am at {room}, please, the number is {phone_words}. End of message.",
    "The victim's {kin}, {name}, and her {kin2}, {name2}, both drove up from Georgia. They stay at the {place} on {street}.",
    "She met {nick} on Snapchat, his snap is {site_handle}. He picked her up behind {place} on a Tuesday at 3 pm. She is 15.",
    "Domestic worker for a family on {street}. Works 6 am to midnight, 7 days, 300 dollars a month. Employer {full}. Her visa papers "
    "are {paper}. She only gets to call her {kin} on Sundays.",
    # English, as people text: small letters, few stops.
    "hi my name is {small} i need help my bf wont let me leave he has my id and my {kin} is scared too im at the motel {room} pls dont call",
    "its {small} again. the guy goes by {told} he drives a grey van plate {plate} and he took {small2} yesterday",
    "can u help my {kin} she is with a man named {told} he makes her work at a club every nite her number is {phone_hidden}",
    "i think my neighbor is keeping a girl at {address} she told me to call her {told} and she cries at night. his name is {small}",
    "there are 4 of us we sleep in the shop. boss lady is called {told}. she has my passport. my {kin} in vietnam owes money. text me {phone}",
    "im 16 i go to {small_place} and this guy {told_as} wants pics or he tells my {kin}. his insta is {site_handle}",
    "her name is {told} she is 19. they take her to {street} at night. im her {kin}. please dont tell {small} i wrote",
    "yo {small} is getting beat by her pimp they call him {told}. he stay at {address} u can reach me {phone_hidden}",
    "my email is {email} dont use the phone. {small} reads it. my {kin} lives at {address}",
    "he said if i leave he will hurt {small} and my {kin_own}. we r 3 girls in {room}. im scared",
    # Spanish, as an operator writes.
    "La persona que llama dice que {es_name} trabaja en el {es_place} sin paga desde hace 8 meses. Vive en {es_address} con su {es_kin}. "
    "El encargado se llama {es_name2}.",
    "Llama una mujer de 27 años. Su {es_kin} la trajo con un coyote, {es_name}, y ahora debe 6 mil dólares. Duerme en el {es_room}. "
    "Su número es {es_phone_words}.",
    "Dice que al patrón le dicen el {es_nick} y que a ella la llaman {word}. Hay 12 personas en la casa de {es_address}. "
    "No quiere policía.",
    "Un vecino reporta a dos niñas en una casa. Una se llama {es_name} y la otra {es_name2}. El carro tiene placas {plate}. "
    "La {es_kin} de una de ellas trabaja de noche.",
    "{es_name} dijo que su {es_kin} y su {es_kin2} están amenazados en Honduras. El hombre es {full}, teléfono {phone}.",
    "La muchacha va a la {es_school}. Tiene 15 años. Su {es_kin} la lleva con un señor de apellido {es_surname} los viernes. "
    "El señor usa la cuenta {handle}.",
    "Sra. {es_surname} retiene los pasaportes ({paper}). Los trabajadores viven en {es_room}. Uno, {es_name}, pide que le llamen al "
    "{phone} después de las ocho.",
    # Spanish, small letters, without accents.
    "hola me llamo {small} y necesito ayuda mi {es_kin} me tiene en una casa en {es_address} por favor no llamen",
    "mi amiga se llama {told} la tienen en el {es_room} del hotel. el numero del senor es {es_phone_words}. yo soy su {es_kin}",
    "el le dicen {told} y maneja una camioneta blanca placas {plate}. se llevo a {small} y a sus {es_kin_own}",
    "soy {small} mi correo es {email} no tengo telefono. el jefe {es_name} me quito los papeles. extrano a mi {es_kin}",
    "trabajo con {small} en el campo. nos paga el {es_nick} cuando quiere. el numero de mi {es_kin} es {es_phone_words}",
    # Both languages in one.
    "Caller switches between English and Spanish. Says her {es_kin} {es_name} is with a man they call {nick}. He texts from {phone}. "
    "She works at {place}, lives on {street}.",
    "Text: i work at {es_place} con mi {es_kin}. the owner is {full}. nos debe 3 meses. call me at {phone_words} porfa",
    "Mother of the caller only speaks K'iche'. The caller, {es_name}, translates. Her {kin} {es_name2} has been gone since Friday. "
    "Last seen at {place} with {nick}.",
    # Loud, or without any sentence.
    "URGENT. GIRL SAYS HER NAME IS {loud}. SHE IS AT {loud_address}. HE HAS A GUN. CALL {phone}.",
    "Names: {full}, {name}, {name2}. Phones: {phone}, {phone2}. Plates: {plate}. Place: {place}, {address}.",
    "{name}: 19, from Georgia. {word}: 17, runaway. {nick}: the driver. {full}: owner of {place}.",
)  # fmt: skip

_MORE = {
    "loud": ("name", ("MARIA LOPEZ", "KEISHA", "GUADALUPE", "TIFFANY BROWN", "SVETLANA", "JESSICA")),
    "loud_address": ("address", ("4120 OAK STREET APT 3", "12 EXAMPLE COURT", "987 MAPLE AVE", "221 NW 14TH ST")),
    "es_surname": ("name", ("Villalobos", "Zepeda", "Quispe", "Gutiérrez", "Arredondo", "Del Toro")),
    "es_school": ("place", ("Escuela Benito Juárez", "Secundaria Emiliano Zapata", "Preparatoria Sor Juana", "escuela primaria Las Américas")),
    "told_as": ("name", ("marcus", "dmitri", "brandon", "ernesto", "michael", "malik")),
    "site": ("", ("a model", "a dancer", "single", "a student")),
}  # fmt: skip


def narratives() -> Iterator[Narrative]:
    """All of them; the templates take turns, the values are drawn anew each time."""
    random = Random(SEED)
    for number in range(COUNT):
        yield _filled(TEMPLATES[number % len(TEMPLATES)], random)


def _filled(template: str, random: Random) -> Narrative:
    text, planted, used = "", [], set[str]()
    for literal, slot, _, _ in Formatter().parse(template):
        text += literal
        if slot is None:
            continue
        kind, values = (SLOTS | _MORE)[slot.rstrip("0123456789")]
        value = random.choice([value for value in values if value not in used])
        used.add(value)
        if kind:
            planted.append(Planted(len(text), len(text) + len(value), kind, slot.rstrip("0123456789")))
        text += value
    return Narrative(text, tuple(planted))


def second_hand() -> Iterator[Narrative]:
    """Sixty short ones full of names of many languages. Nothing but names is planted in them."""
    return by_hand(SECOND_HAND)


def by_hand(path: Path = BY_HAND) -> Iterator[Narrative]:
    """The narratives of a file, which no template made."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, planted, at = "", [], 0
        for match in _PLANTED.finditer(line):
            text += line[at : match.start()]
            planted.append(Planted(len(text), len(text) + len(match["words"]), match["kind"], "by hand"))
            text += match["words"]
            at = match.end()
        yield Narrative(text + line[at:], tuple(planted))
