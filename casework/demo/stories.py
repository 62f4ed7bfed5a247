"""The invented situations of the demo: what was told, how it is coded, and whom the desk asks. A literal table."""

from dataclasses import dataclass, field
from typing import Any

from casework.demo.people import POLICE, SHELTER
from casework.offering import BASES
from tips.told import IdentifierTold, PersonTold, PlaceTold

SPOKEN, WRITTEN, THREE_WAY, DANGER, MANDATE, POLICY, NOBODY = BASES

BROWARD = PlaceTold(state="FL", county="Broward", postal_code="33301")
MIAMI = PlaceTold(state="FL", county="Miami-Dade", postal_code="33101")
PALM_BEACH = PlaceTold(state="FL", county="Palm Beach", postal_code="33401")
ORLANDO = PlaceTold(state="FL", county="Orange", postal_code="32801")
COLLIER = PlaceTold(state="FL", county="Collier", postal_code="34102")
ATLANTA = PlaceTold(state="GA", county="Fulton", postal_code="30303")
HOUSTON = PlaceTold(state="TX", county="Harris", postal_code="77002")
RIVER = PlaceTold(state="FL", county="Okeechobee", tribal_land="Example River Nation")


@dataclass(frozen=True)
class Ask:
    """One referral of a story. `why` is needed where no rule proposes the agency or the rules hold it back."""

    receiver: str
    need: str
    pillar: str
    purpose: str
    basis: str = SPOKEN
    why: str = "The person asked for this agency by name"


@dataclass(frozen=True)
class Story:
    """A situation that a contact told. `account` is what others may read: it names nobody."""

    narrative: str
    account: str
    request_type: str
    urgency: str
    place: PlaceTold
    asks: tuple[Ask, ...]
    persons: tuple[PersonTold, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    identifiers: tuple[IdentifierTold, ...] = ()
    level: str = "moderate"


def _victim(age: str = "adult", *, languages: tuple[str, ...] = ("English",), name: str = "", phone: str = "",
            safe: dict[str, Any] | None = None, in_contact: bool = False, **facts: Any) -> PersonTold:  # fmt: skip
    identity = {key: value for key, value in (("name", name), ("phone", phone)) if value}
    return PersonTold(
        facts={"role": "potential_victim", "age": age, **facts},
        is_in_contact=in_contact,
        languages=languages,
        identity=identity,
        safe_contact=safe or {},
    )


def _trafficker(description: str, age: str = "adult") -> PersonTold:
    return PersonTold(facts={"role": "potential_trafficker", "age": age}, identity={"description": description})


SELF = {"caller_type": "potential_victim", "knows_how": "self", "danger": "none"}
SEEN = {"caller_type": "community_member", "knows_how": "observation", "danger": "unknown"}
TEXT_ONLY = {"may_call": "no", "may_text": "yes", "hours": "10 to 12"}
CALL_LATE = {"may_call": "yes", "may_text": "no", "hours": "after 20:00"}

STORIES: dict[str, Story] = {
    "motel": Story(
        "Caller says a boyfriend keeps her pay and picks her customers at a motel near the interstate. She wants a bed "
        "for tonight, and no police.",
        "An adult is in commercial sex at a motel under somebody else's control, and wants a safe bed.",
        "crisis", "P1", BROWARD,
        (Ask(SHELTER, "emergency_shelter", "protection", "Offer a safe bed tonight"),
         Ask("Example Lantern Victim Services", "case_management", "protection", "Stand by her in the next weeks")),
        (_victim(name="Demo Alma", phone="954-555-0110", safe=TEXT_ONLY, in_contact=True, wants_help="yes",
                 wants_law_enforcement="no", consent="spoken", needs=["emergency_shelter", "case_management"]),
         _trafficker("Drives a grey van")),
        {"exploitation": ["commercial_sex"], "venues": ["hotel_motel"], "force_fraud_coercion": "yes",
         "help_within_24_hours": "yes"},
        SELF, (IdentifierTold("plate", "DEMO 110"),), "high",
    ),
    "nail_salon": Story(
        "A customer saw two workers asleep in the back room of a nail salon. One said that she owes the owner for the "
        "journey and may not go out alone.",
        "Two workers of a nail salon live in its back room; a debt to the owner is named.",
        "tip", "P2", BROWARD,
        (Ask(POLICE, "investigation", "prosecution", "Look into what was told, within your powers", POLICY,
             "Two supervisors find the report credible"),
         Ask("Example Gulf Legal Aid", "legal", "protection", "Be ready to give advice", POLICY)),
        (_victim(languages=("Vietnamese",)), _victim("unknown", languages=("Vietnamese",))),
        {"exploitation": ["labor"], "venues": ["shop"], "industries": ["health_beauty"], "force_fraud_coercion": "yes"},
        SEEN, (IdentifierTold("business", "Example Nails"),),
    ),
    "harvest": Story(
        "Six pickers say the crew leader holds their passports and takes the bus fare out of pay. They came with work "
        "visas for the season.",
        "Six seasonal farm workers; a crew leader holds papers and pay.",
        "tip", "P2", COLLIER,
        (Ask("Example Orange Grove Farmworker Law", "legal", "protection", "Give legal advice in the field"),
         Ask(SHELTER, "shelter", "protection", "Keep six places for the end of the week")),
        (_victim(languages=("Spanish",), in_contact=True, name="Demo Benito", phone="239-555-0111", safe=CALL_LATE,
                 wants_help="yes", consent="spoken", needs=["legal", "shelter"]),
         _victim(languages=("Spanish",), wants_help="yes", consent="spoken")),
        {"exploitation": ["labor"], "venues": ["farm"], "industries": ["agriculture"], "force_fraud_coercion": "yes",
         "worker_programs": ["h2a"]},
        {**SELF, "language": "Spanish", "interpreter": "connected"}, (), "high",
    ),
    "housekeeper": Story(
        "A housekeeper sleeps in the laundry room of a family home and has had no day off since spring. A neighbour "
        "lets her use the phone on Sundays.",
        "A domestic worker lives where she works, without days off; reachable through a neighbour on Sundays.",
        "tip", "P2", MIAMI,
        (Ask(SHELTER, "shelter", "protection", "Offer a safe place"),
         Ask("Example Gulf Legal Aid", "legal", "protection", "Give advice on wages and options")),
        (_victim(languages=("Portuguese",), in_contact=True, name="Demo Clara", safe={"never": False, "may_call": "no",
                 "may_text": "no"}, wants_help="yes", consent="spoken", needs=["shelter", "legal"]),),
        {"exploitation": ["labor"], "venues": ["residence"], "industries": ["domestic_work"],
         "force_fraud_coercion": "yes", "employer_kinds": ["private_household"]},
        {**SELF, "language": "Portuguese", "interpreter": "connected"}, (), "high",
    ),
    "runaway": Story(
        "A shelter worker says a girl of 16 who left a group home came back with a new phone; a man waits outside.",
        "A person of 16 away from care; an older man provides for her and waits outside.",
        "crisis", "P1", BROWARD,
        (Ask(POLICE, "investigation", "prosecution", "Enter the missing report and look for her", MANDATE),
         Ask("Example Child Protection of Florida", "safety_planning", "protection", "See to her safety", MANDATE)),
        (_victim("13_to_17", missing="yes", in_care="yes", with_trafficker_now="unknown", needs=["safety_planning"]),),
        {"exploitation": ["commercial_sex"], "venues": ["online"]},
        {"caller_type": "service_provider", "knows_how": "direct", "danger": "ongoing"}, (), "high",
    ),
    "online_images": Story(
        "A teacher says pupils pass on pictures of a classmate and that somebody outside the school asks for more of "
        "them. Nobody sent us any picture.",
        "Pictures of a pupil are passed on; somebody outside the school presses for more.",
        "crisis", "P1", BROWARD,
        (Ask(POLICE, "investigation", "prosecution", "Take it on with the cyber unit", MANDATE,
             "The school's officer asked for it"),),
        (_victim("13_to_17", needs=["mental_health"]),),
        {"exploitation": ["commercial_sex"], "venues": ["online"], "online_child_material": ["imagery", "enticement"]},
        {"caller_type": "professional", "knows_how": "indirect", "danger": "none"}, (), "high",
    ),
    "locked_in": Story(
        "Whispering caller is locked in a flat with two others, hears a man at the door, and asks for police.",
        "Three people are locked in and in danger; the person asked for police.",
        "crisis", "P0", BROWARD,
        (Ask(POLICE, "extraction", "prosecution", "Go there now", DANGER),
         Ask(SHELTER, "emergency_shelter", "protection", "Keep a bed for tonight", SPOKEN)),
        (_victim(in_contact=True, name="Demo Dalia", phone="954-555-0112", wants_help="yes", consent="spoken",
                 wants_law_enforcement="yes", in_contact_now="yes", needs=["extraction", "emergency_shelter"]),
         _victim("unknown"), _victim("unknown")),
        {"exploitation": ["commercial_sex"], "venues": ["residence"], "force_fraud_coercion": "yes",
         "help_within_24_hours": "yes"},
        {**SELF, "danger": "life"}, (IdentifierTold("address", "12 Example Court, Apt 3"),), "high",
    ),
    "restaurant": Story(
        "A cook works 80 hours a week for room and board and is told that debts will fall on his family if he leaves.",
        "A restaurant cook works for room and board; his family is threatened.",
        "referral", "P2", PALM_BEACH,
        (Ask(SHELTER, "case_management", "protection", "Help him to plan the next weeks"),
         Ask("Example Gulf Legal Aid", "legal", "protection", "Give legal advice")),
        (_victim(languages=("Mandarin",), in_contact=True, name="Demo Enzo", phone="561-555-0113", safe=CALL_LATE,
                 wants_help="yes", wants_law_enforcement="no", consent="spoken", needs=["case_management", "legal"]),),
        {"exploitation": ["labor"], "venues": ["restaurant"], "industries": ["food_service"],
         "force_fraud_coercion": "yes"},
        {**SELF, "language": "Mandarin", "interpreter": "connected"}, (), "high",
    ),
    "massage": Story(
        "Neighbours of a massage business see the same three women carried from door to door in a van each morning.",
        "Three workers of a massage business are driven to and fro and seem never alone.",
        "tip", "P2", BROWARD,
        (Ask(POLICE, "investigation", "prosecution", "Look into the business and its money", POLICY,
             "A supervisor finds the report credible"),),
        (_victim("unknown"), _victim("unknown")),
        {"exploitation": ["commercial_sex"], "venues": ["massage_business"], "industries": ["massage"],
         "force_fraud_coercion": "unknown"},
        SEEN, (IdentifierTold("web", "massage.example.org"),),
    ),
    "truck_stop": Story(
        "A driver saw a young woman go from cab to cab at a truck stop while a man counted what she brought.",
        "A young woman is sent from cab to cab at a truck stop; a man takes what she gets.",
        "tip", "P2", BROWARD,
        (Ask(POLICE, "investigation", "prosecution", "Send a patrol that knows what to look for", POLICY,
             "A supervisor finds the report credible"),
         Ask("Example State Police of Florida", "investigation", "prosecution", "Watch the stops on that road",
             POLICY, "A supervisor finds the report credible")),
        (_victim("may_be_minor"),),
        {"exploitation": ["commercial_sex"], "venues": ["truck_stop"]},
        {**SEEN, "caller_type": "employer_or_business"}, (IdentifierTold("plate", "DEMO 311"),),
    ),
    "sales_crew": Story(
        "A young man sells cleaning things from door to door, was left in a strange town, and has no money home.",
        "A young adult was left behind by a travelling sales crew, without money.",
        "referral", "P3", PALM_BEACH,
        (Ask(SHELTER, "shelter", "protection", "A bed until his family is reached"),),
        (_victim("18_to_20", in_contact=True, name="Demo Felix", phone="561-555-0114", safe=TEXT_ONLY, wants_help="yes",
                 consent="spoken", needs=["shelter", "transportation"]),),
        {"exploitation": ["labor"], "venues": ["street"], "industries": ["sales_crew"], "force_fraud_coercion": "yes"},
        SELF,
    ),
    "tribal": Story(
        "An aunt says her niece was taken from the reservation to parties in town and fears to say by whom.",
        "A young woman of the nation is taken to parties in town; the family asks for advocates of the nation.",
        "tip", "P2", RIVER,
        (Ask("Example River Nation Victim Services", "safety_planning", "protection", "Meet the family"),
         Ask("Example River Nation Police", "investigation", "prosecution", "Look into it", POLICY,
             "A supervisor finds the report credible")),
        (_victim("18_to_20", wants_help="unknown", needs=["safety_planning"]),),
        {"exploitation": ["commercial_sex"], "tribal_land": "yes", "force_fraud_coercion": "unknown"},
        {"caller_type": "relative", "knows_how": "indirect", "danger": "unknown"},
    ),
    "carnival": Story(
        "A ride worker of a travelling fair says the boss keeps wages until the season ends and locks the trailer.",
        "A fair worker's wages are kept back and the trailer is locked at night.",
        "tip", "P2", ORLANDO,
        (Ask("Example Gulf Legal Aid", "legal", "protection", "Give advice on wages"),
         Ask(SHELTER, "case_management", "protection", "Call him back at a safe hour")),
        (_victim(in_contact=True, languages=("Spanish",), name="Demo Gil", phone="407-555-0115", safe=CALL_LATE,
                 wants_help="yes", consent="spoken", needs=["legal", "case_management"]),),
        {"exploitation": ["labor"], "venues": ["carnival"], "industries": ["carnival"], "force_fraud_coercion": "yes"},
        {**SELF, "language": "Spanish", "interpreter": "connected"},
    ),
    "forced_marriage": Story(
        "A student of 19 was told that she flies home to be married in two weeks, and that her papers were sent ahead.",
        "A young adult fears a marriage abroad against her will; her papers were sent ahead.",
        "referral", "P2", MIAMI,
        (Ask(SHELTER, "safety_planning", "protection", "Plan with her before the flight"),
         Ask("Example Mangrove Immigration Clinic", "immigration_legal", "protection", "Give advice on her papers")),
        (_victim("18_to_20", in_contact=True, name="Demo Hana", phone="305-555-0116", safe=TEXT_ONLY, wants_help="yes",
                 wants_law_enforcement="no", consent="written", needs=["safety_planning", "immigration_legal"]),),
        {"exploitation": ["forced_marriage"], "cross_border": "yes", "force_fraud_coercion": "yes"},
        SELF, (), "high",
    ),
    "forced_crime": Story(
        "A public defender asks for help for a client who carried packets because people threatened her sister.",
        "A person with an open case was made to carry packets under threat; her lawyer speaks for her.",
        "referral", "P2", BROWARD,
        (Ask("Example Justice Vacatur Clinic", "legal", "protection", "Join the defence"),
         Ask(SHELTER, "case_management", "protection", "Stand by her outside of the court")),
        (_victim(name="Demo Iris", wants_help="yes", consent="written", did_criminal_acts="yes",
                 needs=["legal", "case_management"]),),
        {"exploitation": ["forced_criminality"], "force_fraud_coercion": "yes"},
        {"caller_type": "defense_counsel", "knows_how": "direct", "danger": "none"}, (), "high",
    ),
    "airport": Story(
        "Gate staff saw a man answer for two girls and hold all boarding passes. The flight leaves in two hours.",
        "Two girls travel with a man who speaks for them; the flight leaves soon.",
        "crisis", "P1", BROWARD,
        (Ask(POLICE, "extraction", "prosecution", "Meet them at the gate", MANDATE, "Airport police are on the line"),),
        (_victim("may_be_minor"), _victim("13_to_17")),
        {"exploitation": ["unclear"], "venues": ["airport"], "industries": ["transport"]},
        {"caller_type": "employer_or_business", "knows_how": "observation", "danger": "unknown"},
    ),
    "elder": Story(
        "A home nurse says that a man with dementia signs over his pension while strangers use his flat by night.",
        "A vulnerable adult's flat and pension are used by others.",
        "high_risk", "P2", PALM_BEACH,
        (Ask("Example Adult Protection of Florida", "safety_planning", "protection", "See to his safety", MANDATE),),
        (_victim("21_or_over", vulnerable_adult="yes", controlled_by_guardian="unknown", needs=["safety_planning"]),),
        {"exploitation": ["unclear"], "venues": ["residence"], "other_concerns": ["fraud"]},
        {"caller_type": "professional", "knows_how": "observation", "danger": "none"},
    ),
    "wages": Story(
        "A line worker was not paid for five weeks. She may leave when she likes and nobody threatens her.",
        "Unpaid wages at a plant; no signs of force.",
        "high_risk", "P3", ATLANTA,
        (Ask("Example Labor Department of Georgia", "labor_inspection", "prevention", "Look into unpaid wages"),
         Ask("Example Peach Worker Center", "employment", "prevention", "Help her to write the claim")),
        (_victim(languages=("Spanish",), in_contact=True, name="Demo Juana", phone="404-555-0117", wants_help="yes",
                 consent="spoken", needs=["employment"]),),
        {"exploitation": ["none"], "venues": ["factory"], "industries": ["manufacturing"],
         "force_fraud_coercion": "no"},
        {**SELF, "language": "Spanish"}, (), "none",
    ),
    "partner_violence": Story(
        "Caller wants to leave a violent partner. Nobody makes her work. She asks for a shelter that takes her dog.",
        "A person leaves a violent partner and asks for a shelter; no sign of trafficking.",
        "high_risk", "P2", BROWARD,
        (Ask(SHELTER, "emergency_shelter", "protection", "Offer a safe place, with a dog"),),
        (_victim(in_contact=True, name="Demo Kira", phone="954-555-0118", safe=TEXT_ONLY, wants_help="yes",
                 consent="spoken", needs=["emergency_shelter"]),),
        {"exploitation": ["none"], "other_concerns": ["domestic_violence"]},
        {**SELF, "danger": "ongoing"}, (), "none",
    ),
    "clinic": Story(
        "A clinic asks where a patient can get counselling after she left a cantina where she had to drink.",
        "A person who left a cantina asks for counselling.",
        "referral", "P3", HOUSTON,
        (Ask("Example Bluebonnet Clinic", "mental_health", "protection", "Offer counselling", WRITTEN),
         Ask("Example Lone Star Advocates", "case_management", "protection", "Stand by her", WRITTEN)),
        (_victim(languages=("Spanish",), wants_help="yes", consent="written", needs=["mental_health"]),),
        {"exploitation": ["commercial_sex"], "venues": ["bar_cantina"], "force_fraud_coercion": "yes"},
        {"caller_type": "service_provider", "knows_how": "direct", "danger": "none"}, (), "high",
    ),
    "goods": Story(
        "A purchaser says that shirts from a new supplier come from a plant whose workers may not leave the grounds.",
        "Imported shirts are said to come from a plant that workers may not leave.",
        "tip", "P3", ATLANTA,
        (Ask("Example Field Office, stand-in for HSI", "investigation", "prevention", "Look into the goods", NOBODY,
             "The office passes goods on to the border"),),
        (),
        {"exploitation": ["labor"], "goods": "imported", "goods_given": ["reasons", "description"],
         "cross_border": "yes"},
        {"caller_type": "employer_or_business", "knows_how": "indirect", "danger": "none"},
        (IdentifierTold("business", "Example Shirts Ltd"),),
    ),
    "fishing": Story(
        "A deckhand writes from a boat in port: no pay since February, papers with the captain, sails again on Friday.",
        "A deckhand without pay or papers; the boat sails again on Friday.",
        "tip", "P1", MIAMI,
        (Ask(SHELTER, "shelter", "protection", "Offer a safe place before the boat sails"),
         Ask("Example County Sheriff's Office", "investigation", "prosecution", "Speak with the captain", SPOKEN)),
        (_victim(languages=("Tagalog",), in_contact=True, name="Demo Leo", safe=TEXT_ONLY, wants_help="yes",
                 wants_law_enforcement="yes", consent="spoken", needs=["shelter"]),),
        {"exploitation": ["labor"], "venues": ["fishing_vessel", "port"], "industries": ["fishing"],
         "force_fraud_coercion": "yes"},
        {**SELF, "language": "Tagalog"}, (IdentifierTold("business", "Boat Example Star"),), "high",
    ),
    "hotel_staff": Story(
        "A night clerk saw the same man rent three rooms for different young women, always in cash, do not disturb.",
        "One man rents rooms for several young women, in cash.",
        "tip", "P2", BROWARD,
        (Ask(POLICE, "investigation", "prosecution", "Look into what was told, within your powers", POLICY,
             "A supervisor finds the report credible"),),
        (_victim("unknown"), _trafficker("Tall, in his forties, a blue cap")),
        {"exploitation": ["commercial_sex"], "venues": ["hotel_motel"], "industries": ["hospitality"],
         "force_fraud_coercion": "unknown"},
        {**SEEN, "caller_type": "employer_or_business"},
    ),
    "au_pair": Story(
        "An exchange visitor cares for five children from six to midnight and is told her visa ends if she complains.",
        "An exchange visitor works far over her hours and is told her visa depends on silence.",
        "tip", "P2", PALM_BEACH,
        (Ask(SHELTER, "case_management", "protection", "Help her to plan the next weeks"),
         Ask("Example Gulf Legal Aid", "immigration_legal", "protection", "Give advice on her visa")),
        (_victim("18_to_20", languages=("French",), in_contact=True, name="Demo Marie", phone="561-555-0119",
                 safe=TEXT_ONLY, wants_help="yes", consent="spoken", needs=["case_management", "immigration_legal"]),),
        {"exploitation": ["labor"], "venues": ["residence"], "industries": ["domestic_work"],
         "force_fraud_coercion": "yes", "worker_programs": ["j1"], "employer_kinds": ["private_household"]},
        {**SELF, "language": "French"}, (), "high",
    ),
    "roofing": Story(
        "After the storm a crew was brought in for roofs, sleeps in the van, and has not seen a pay slip.",
        "A storm repair crew sleeps in its van and is not paid.",
        "tip", "P2", BROWARD,
        (Ask(POLICE, "investigation", "prosecution", "Visit the site with an interpreter", SPOKEN),
         Ask(SHELTER, "basic_needs", "protection", "Food and a place to wash")),
        (_victim(languages=("Spanish",), in_contact=True, name="Demo Nico", phone="954-555-0120", safe=CALL_LATE,
                 wants_help="yes", wants_law_enforcement="yes", consent="spoken", needs=["basic_needs"]),),
        {"exploitation": ["labor"], "venues": ["construction_site"], "industries": ["construction"],
         "force_fraud_coercion": "yes"},
        {**SELF, "language": "Spanish"}, (), "high",
    ),
    "school_training": Story(
        "A school counsellor asks for an hour of training for her colleagues before the holidays.",
        "A school asks for training for its staff.",
        "training_and_technical_assistance", "P4", BROWARD,
        (Ask(SHELTER, "training", "prevention", "Teach what to look for and whom to call", NOBODY,
             "The shelter trains schools of its county"),
         Ask("Example Training Institute", "training", "prevention", "Send the course for schools", NOBODY)),
        (),
        {"requests": ["training"]},
        {"caller_type": "professional", "knows_how": "unknown", "danger": "none"}, (), "none",
    ),
    "hotel_training": Story(
        "A hotel group wants posters and a course for the front desks of its nine houses.",
        "A hotel group asks for material and a course.",
        "training_and_technical_assistance", "P4", ORLANDO,
        (Ask("Example Training Institute", "training", "prevention", "Send the course for hotels", NOBODY),),
        (),
        {"requests": ["training"]},
        {"caller_type": "employer_or_business", "knows_how": "unknown", "danger": "none"}, (), "none",
    ),
    "join": Story(
        "A congregation with forty volunteers asks how it can take part in the county's task force.",
        "A congregation offers volunteers and asks to take part.",
        "training_and_technical_assistance", "P4", BROWARD,
        (Ask(POLICE, "cooperation", "partnership", "Invite them to the next meeting of the task force", NOBODY,
             "The police host the task force"),
         Ask("Example Sunshine Task Force", "cooperation", "partnership", "Say what volunteers can do", NOBODY)),
        (),
        {"requests": ["join", "task_force"]},
        {"caller_type": "organization", "knows_how": "unknown", "danger": "none"}, (), "none",
    ),
    "interview": Story(
        "A university asks for an interview on how referrals work and for last year's figures.",
        "A university asks for an interview and for figures.",
        "general_information", "P4", ORLANDO,
        (Ask("Example Training Institute", "information", "prevention", "Answer what was asked", NOBODY,
             "The institute keeps the figures"),),
        (),
        {"requests": ["information", "statistics"]},
        {"caller_type": "media", "knows_how": "unknown", "danger": "none"}, (), "none",
    ),
    "abroad": Story(
        "A woman in another country asks for help for her brother, who was promised office work there and is kept in a "
        "compound that cheats people online.",
        "A man is kept abroad in a compound that cheats people online; the family asks what can be done.",
        "tip", "P2", PlaceTold(country="KH"),
        (Ask("Example Northern Hotline", "cooperation", "partnership", "Reach the hotline of that country", SPOKEN),
         Ask("Example Field Office, stand-in for the FBI", "investigation", "prosecution", "Reach its office abroad",
             POLICY,
             "A supervisor finds the report credible")),
        (_victim("21_or_over", wants_help="unknown"),),
        {"exploitation": ["forced_criminality"], "location": "outside_us", "us_link": "yes", "cross_border": "yes",
         "force_fraud_coercion": "yes"},
        {"caller_type": "relative", "knows_how": "indirect", "danger": "unknown"},
    ),
}  # fmt: skip
