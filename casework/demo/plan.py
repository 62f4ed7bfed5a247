"""Which story came when and how far it went; and the contacts that became no tip. A literal table, oldest first."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A tip: its story, how many hours ago the contact began, the channel, and its fate.

    Fates: new, taken, triaged (nobody asked yet); sent, received, asked (waiting for an answer); declined, expired,
    recalled (the next agency is to be chosen); accepted, working, cancelling (at work); withdrawn; closed.
    """

    story: str
    hours_ago: float
    channel: str
    fate: str


DAY = 24.0
TIPS = (
    Row("motel", 89 * DAY, "call", "closed"),
    Row("truck_stop", 87 * DAY, "text", "closed"),
    Row("school_training", 85 * DAY, "email", "closed"),
    Row("harvest", 83 * DAY, "call", "expired"),
    Row("locked_in", 80 * DAY, "call", "closed"),
    Row("partner_violence", 78 * DAY, "call", "closed"),
    Row("join", 75 * DAY, "web_form", "closed"),
    Row("nail_salon", 73 * DAY, "web_form", "closed"),
    Row("housekeeper", 70 * DAY, "call", "closed"),
    Row("wages", 68 * DAY, "call", "closed"),
    Row("restaurant", 66 * DAY, "text", "closed"),
    Row("online_images", 63 * DAY, "web_chat", "closed"),
    Row("interview", 60 * DAY, "email", "closed"),
    Row("forced_crime", 58 * DAY, "email", "declined"),
    Row("goods", 56 * DAY, "letter", "recalled"),
    Row("carnival", 54 * DAY, "call", "withdrawn"),
    Row("sales_crew", 52 * DAY, "walk_in", "closed"),
    Row("runaway", 50 * DAY, "transfer", "closed"),
    Row("tribal", 48 * DAY, "call", "expired"),
    Row("massage", 46 * DAY, "web_form", "closed"),
    Row("forced_marriage", 44 * DAY, "web_chat", "closed"),
    Row("hotel_staff", 42 * DAY, "call", "declined"),
    Row("fishing", 40 * DAY, "social", "working"),
    Row("au_pair", 38 * DAY, "web_chat", "closed"),
    Row("roofing", 36 * DAY, "call", "working"),
    Row("clinic", 34 * DAY, "email", "expired"),
    Row("elder", 32 * DAY, "call", "expired"),
    Row("motel", 30 * DAY, "text", "working"),
    Row("school_training", 28 * DAY, "email", "working"),
    Row("abroad", 26 * DAY, "email", "recalled"),
    Row("restaurant", 24 * DAY, "call", "cancelling"),
    Row("nail_salon", 22 * DAY, "call", "working"),
    Row("join", 20 * DAY, "email", "accepted"),
    Row("housekeeper", 18 * DAY, "call", "working"),
    Row("massage", 16 * DAY, "text", "declined"),
    Row("hotel_training", 15 * DAY, "email", "expired"),
    Row("partner_violence", 14 * DAY, "call", "accepted"),
    Row("runaway", 12 * DAY, "partner", "working"),
    Row("locked_in", 9 * DAY, "call", "accepted"),
    Row("sales_crew", 8 * DAY, "call", "withdrawn"),
    Row("airport", 7 * DAY, "transfer", "accepted"),
    Row("forced_marriage", 6 * DAY, "video_relay", "declined"),
    Row("truck_stop", 5 * DAY, "text", "accepted"),
    Row("goods", 4 * DAY, "letter", "triaged"),
    Row("tribal", 3 * DAY, "voicemail", "triaged"),
    Row("interview", 50.0, "email", "sent"),
    Row("school_training", 46.0, "email", "received"),
    Row("clinic", 42.0, "email", "sent"),
    Row("sales_crew", 38.0, "call", "asked"),
    Row("wages", 30.0, "call", "sent"),
    Row("join", 26.0, "web_form", "asked"),
    Row("partner_violence", 13.0, "call", "received"),
    Row("carnival", 11.0, "call", "triaged"),
    Row("hotel_staff", 9.0, "call", "sent"),
    Row("au_pair", 7.0, "relay", "taken"),
    Row("roofing", 5.0, "call", "received"),
    Row("elder", 3.0, "call", "taken"),
    Row("harvest", 1.5, "call", "new"),
    Row("airport", 0.7, "call", "new"),
    Row("fishing", 0.2, "social", "new"),
)

# (hours ago, channel, reason): ended in two keys.
NON_ACTIONABLE = tuple(
    (hours, channel, reason)
    for hours, channel, reason in (
        (88.2 * DAY, "call", "hang_up"), (84.1 * DAY, "call", "wrong_number"), (81.6 * DAY, "web_chat", "prank"),
        (77.3 * DAY, "call", "silent"), (72.4 * DAY, "text", "test"), (69.9 * DAY, "call", "hang_up"),
        (64.2 * DAY, "call", "out_of_scope"), (61.7 * DAY, "web_form", "abusive"), (55.5 * DAY, "call", "hang_up"),
        (51.3 * DAY, "call", "silent"), (47.8 * DAY, "call", "wrong_number"), (43.2 * DAY, "email", "out_of_scope"),
        (39.4 * DAY, "call", "hang_up"), (33.6 * DAY, "text", "prank"), (29.1 * DAY, "call", "hang_up"),
        (23.7 * DAY, "call", "wrong_number"), (17.2 * DAY, "web_chat", "abusive"), (11.9 * DAY, "call", "silent"),
        (6.3 * DAY, "call", "hang_up"), (2.4 * DAY, "call", "wrong_number"), (20.0, "call", "hang_up"),
        (8.5, "text", "prank"), (4.2, "call", "silent"), (0.9, "call", "hang_up"),
    )
)  # fmt: skip

# (hours ago, channel, request type, agency read out, need): answered without a tip.
ANSWERED = (
    (86.4 * DAY, "call", "general_information", "Example Training Institute", "education"),
    (79.2 * DAY, "web_chat", "referral", "Example Gulf Legal Aid", "legal"),
    (71.5 * DAY, "call", "high_risk", "Example Harbor Shelter", "shelter"),
    (65.8 * DAY, "email", "general_information", "Example Training Institute", "education"),
    (57.1 * DAY, "call", "referral", "Example Benefits Office", "benefits"),
    (49.6 * DAY, "text", "referral", "Example First Coast Interpreters", "language"),
    (41.3 * DAY, "call", "high_risk", "Example Second Dawn", "mental_health"),
    (35.2 * DAY, "web_form", "training_and_technical_assistance", "Example Training Institute", "education"),
    (27.7 * DAY, "call", "referral", "Example Open Door Congregation", "basic_needs"),
    (19.4 * DAY, "call", "referral", "Example Mangrove Immigration Clinic", "immigration_legal"),
    (13.1 * DAY, "web_chat", "general_information", "Example Training Institute", "education"),
    (7.7 * DAY, "call", "referral", "Example Peach Worker Center", "employment"),
    (28.0, "call", "referral", "Example Harbor Shelter", "emergency_shelter"),
    (6.1, "call", "high_risk", "Example Second Dawn", "mental_health"),
)
