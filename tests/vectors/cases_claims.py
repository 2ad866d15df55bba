"""Step 6c: labels, types, ranges and patterns, both sides of each."""

from tests.vectors.cases import Cases
from tests.vectors.scene import EXP, IAT, NBF, NOW, REFERENCE, attestation, payload
from tests.vectors.wire import item

LIMIT = 253_370_764_800


def wrong() -> Cases:
    """What breaks a rule of the tables."""
    cases = Cases("5.6c")

    def inner(name: str, comment: str, **changes: object) -> None:
        cases.invalid(f"claims-{name}", comment, payload(attestation(**changes)))

    for key in (1, 2, 3, 5, 6, 7, 9, 10, 14, 15):
        inner(f"without-{key}", f"the required key {key} is missing", **{f"k{key}": None})
    for key in (0, 24, 255, -1):
        inner(f"key-{key}".replace("--", "-minus-"), f"the key {key} is not defined", **{f"k{key}": 0})
    cases.invalid("claims-text-key", "a text key", payload(REFERENCE | {"kind": 1}))
    cases.invalid("claims-key-2-64", "the key 2^64 − 1", payload(REFERENCE | {(1 << 64) - 1: 1}))
    labels = {4: EXP, 5: NBF, 6: IAT, -65537: REFERENCE}
    for label in labels:
        left = {key: value for key, value in labels.items() if key != label}
        if label == -65537:
            left[-65538] = REFERENCE  # without it the payload would be too short for step 3
        cases.invalid(f"labels-without-{label}".replace("--", "-minus-"), f"the label {label} is missing", item(left))
    for label, value in (
        (1, "https://issuer.example"),
        (2, "subject"),
        (7, b"id"),
        (65535, {}),
        (-65538, {}),
        ("exp", EXP),
    ):
        cases.invalid(
            f"labels-more-{label}".replace("--", "-minus-"),
            f"the label {label} is not defined",
            item(labels | {label: value}),
        )
    for name, value in (
        ("array", [EXP, NBF, IAT, REFERENCE]),
        ("bytes", bytes(40)),
        ("text", "a" * 40),
        ("map-of-text", {"a" * 40: 1}),
    ):
        cases.invalid(f"payload-{name}", "the payload is not the map of claims", item(value))
    for name, value in (
        ("array", [1] * 30),
        ("bytes", bytes(30)),
        ("text", "a" * 30),
        ("number", 1),
        ("empty-map", {}),
    ):
        cases.invalid(f"attestation-{name}", "the attestation is not a map with the required keys", payload(value))

    for name, comment, times in (
        ("exp-limit", "exp is the year 9999", dict(exp=LIMIT)),
        ("exp-2-63", "exp is 2^63", dict(exp=1 << 63)),
        ("nbf-is-exp", "nbf equals exp: not a second of validity", dict(nbf=EXP)),
        ("nbf-after-exp", "nbf is later than exp", dict(nbf=EXP + 1)),
        ("nbf-negative", "nbf is before 1970", dict(nbf=-1)),
        ("iat-negative", "iat is before 1970", dict(iat=-1)),
        ("iat-limit", "iat is the year 9999", dict(iat=LIMIT)),
        ("exp-text", "exp is a text", dict(exp=str(EXP))),
        ("nbf-bytes", "nbf is a byte string", dict(nbf=b"\x69")),
        ("iat-array", "iat is an array", dict(iat=[IAT])),
    ):
        cases.invalid(f"times-{name}", comment, payload(REFERENCE, **times))

    for key, what in ((2, "number"), (16, "replaced-number")):
        for value in (0, 999_999_999, 10_000_000_000, -4829130571, 1 << 53, "4829130571"):
            inner(f"{what}-{value}", f"key {key} is not 1000000000..9999999999", **{f"k{key}": value})
    for key, what, most in (
        (3, "family-name", 80),
        (4, "given-names", 80),
        (7, "employer-name", 80),
        (9, "job", 80),
        (13, "residence-permit", 20),
    ):
        inner(f"{what}-empty", "the text is empty", **{f"k{key}": ""})
        inner(f"{what}-{most + 1}", f"the text has {most + 1} code points", **{f"k{key}": "A" * (most + 1)})
        inner(f"{what}-bytes", "a byte string instead of a text", **{f"k{key}": b"ABC"})
        inner(f"{what}-number", "a number instead of a text", **{f"k{key}": 9912345678})
    inner("family-name-81-wide", "81 code points of two bytes", k3="É" * 81)
    for name, value in (
        ("empty", ""),
        ("three-digits", "199"),
        ("five-digits", "19960"),
        ("final-minus", "1996-"),
        ("one-digit-month", "1996-3-14"),
        ("one-digit-day", "1996-03-4"),
        ("without-minus", "19960314"),
        ("final-newline", "1996-03-14\n"),
        ("leading-space", " 1996-03-14"),
        ("french", "14/03/1996"),
        ("arabic", "\u0661\u0669\u0669\u0666"),
        ("full-width", "１９９６"),
        ("negative", "-1996"),
        ("time", "1996-03-14T00"),
    ):
        inner(f"birth-date-{name}", f"{value!a} is no birth date", k5=value)
    inner("birth-date-number", "a number instead of a text", k5=1996)
    for name, value in (
        ("lower", "vnm"),
        ("two", "VN"),
        ("four", "VNMX"),
        ("digit", "VN1"),
        ("empty", ""),
        ("final-newline", "VNM\n"),
        ("accent", "VNÉ"),
        ("full-width", "ＶＮＭ"),
        ("space", "VN "),
    ):
        inner(f"nationality-{name}", f"{value!a} is not three capital letters", k6=value)
    inner("nationality-bytes", "a byte string instead of a text", k6=b"VNM")
    for name, value in (("10-14", 10**14), ("negative", -1), ("text", "81234567800013"), ("2-53", 1 << 53)):
        inner(f"siret-{name}", "the SIRET is not a uint below 10^14", k8=value)
    for name, value in (
        ("count-0", [0, 1]),
        ("count-1000000", [1_000_000, 1]),
        ("count-negative", [-1, 1]),
        ("count-text", ["35", 1]),
        ("empty", []),
        ("number", 3500),
        ("bytes", b"\x01\x02"),
    ):
        inner(f"hours-{name}", "the hours are not [1..999999, 1..3]", k11=value)
    for name, value in (
        ("empty", []),
        ("nine", [f"0{digit}" for digit in range(1, 10)]),
        ("twice", ["75", "92", "75"]),
        ("text", "75"),
        ("numbers", [75]),
        ("bytes", [b"75"]),
        ("one-digit", ["7"]),
        ("2c", ["2C"]),
        ("lower", ["2a"]),
        ("969", ["969"]),
        ("990", ["990"]),
        ("9711", ["9711"]),
        ("space", ["75 "]),
        ("newline", ["75\n"]),
        ("nested", [["75"]]),
        ("map", {0: "75"}),
        ("arabic", ["\u0667\u0665"]),
    ):
        inner(f"workplaces-{name}", "the workplaces are not 1..8 distinct département codes", k12=value)
    for name, value in (
        ("empty", ""),
        ("one-digit", "7"),
        ("2c", "2C"),
        ("lower", "2a"),
        ("969", "969"),
        ("979a", "979A"),
        ("0971", "0971"),
        ("075", "075"),
        ("newline", "75\n"),
        ("space", " 75"),
        ("arabic", "\u0667\u0665"),
        ("number", 75),
        ("bytes", b"75"),
        ("array", ["75"]),
    ):
        inner(f"department-{name}", "this is no département code", k14=value)
    for name, value in (
        ("list-0", [0, 5]),
        ("list-1000", [1000, 5]),
        ("index-2-20", [1, 1 << 20]),
        ("index-negative", [1, -1]),
        ("list-negative", [-1, 5]),
        ("one", [1]),
        ("three", [1, 5, 0]),
        ("empty", []),
        ("text", "1,5"),
        ("list-text", ["1", 5]),
        ("map", {1: 5}),
        ("number", 1),
    ):
        inner(f"status-{name}", "the status is not [1..999, 0..1048575]", k15=value)
    for key in (20, 21, 22, 23):
        inner(f"additive-{key}-negative", "an additive claim is a uint or a text", **{f"k{key}": -1})
    for name, value in (
        ("2-53", 1 << 53),
        ("bytes", b"more"),
        ("array", [1]),
        ("map", {}),
        ("201", "A" * 201),
        ("bidi", "A\u202eB"),
        ("space", "A "),
        ("nfd", "E\u0301"),
    ):
        inner(f"additive-{name}", "an additive claim is a uint, or 0..200 code points under the text rule", k20=value)
    return cases


def right() -> Cases:
    """The last values that are still right, and what only the issuer checks."""
    cases = Cases("5.12")

    def inner(
        name: str, comment: str, changes: dict, json: dict, without: tuple[str, ...] = (), more: bool = False
    ) -> None:
        keys = {f"k{key}": value for key, value in changes.items()}
        cases.authentic(f"right-{name}", comment, payload(attestation(**keys)), json, without=without, more=more)

    for code, word in ((2, "AT"), (3, "AT-SAISONNIER")):
        inner(f"kind-{code}", f"kind {code}", {1: code}, {"kind": word})
    for code, word in (
        (1, "CDI"),
        (3, "APPRENTISSAGE"),
        (4, "PROFESSIONNALISATION"),
        (5, "DOCTORAL"),
        (6, "SAISONNIER"),
        (7, "PROMESSE"),
    ):
        inner(f"contract-{code}", f"contract {code}", {10: code}, {"contract": word})
    for value in (1_000_000_000, 9_999_999_999, 4_829_130_572):
        inner(f"number-{value}", "verifiers do not look at the check digit", {2: value}, {"number": str(value)})
        inner(f"replaces-{value}", "it replaces another attestation", {16: value}, {"replaces": str(value)})
    inner(
        "names-80",
        "80 code points of two and three bytes",
        {3: "É" * 80, 4: "Ệ" * 80},
        {"family_name": "É" * 80, "given_names": "Ệ" * 80},
    )
    inner("name-1", "a name of one letter", {3: "O"}, {"family_name": "O"})
    inner("no-given-names", "no given names: some people have none", {4: None}, {}, without=("given_names",))
    inner("permit-20", "20 code points", {13: "9" * 20}, {"residence_permit": "9" * 20})
    inner("birth-year", "only the year of birth is known", {5: "1996"}, {"birth_date": "1996"})
    inner("birth-month", "only the month of birth is known", {5: "1996-03"}, {"birth_date": "1996-03"})
    inner("birth-impossible", "verifiers do not check the calendar", {5: "1996-13-45"}, {"birth_date": "1996-13-45"})
    inner("nationality-zzz", "verifiers have no list of countries", {6: "ZZZ"}, {"nationality": "ZZZ"})
    for value, text in ((0, "00000000000000"), (1, "00000000000001"), (10**14 - 1, "99999999999999")):
        inner(
            f"siret-{value}",
            "leading zeros are implied; verifiers do not compute Luhn",
            {8: value},
            {"employer": {"name": "SOCIÉTÉ EXEMPLE SAS", "siret": text}},
        )
    inner(
        "no-siret",
        "a private employer has no SIRET",
        {8: None, 7: "Mme Exemple"},
        {"employer": {"name": "Mme Exemple"}},
    )
    for hours, json in (
        ([1, 1], {"count": 0.01, "per": "week"}),
        ([15167, 2], {"count": 151.67, "per": "month"}),
        ([1750, 1], {"count": 17.5, "per": "week"}),
        ([999_999, 3], {"count": 9999.99, "per": "year"}),
        ([3500, 1], {"count": 35, "per": "week"}),
        ([29, 1], {"count": 0.29, "per": "week"}),
    ):
        inner(
            f"hours-{hours[0]}-{hours[1]}",
            "hundredths of an hour, without needless decimals in JSON",
            {11: hours},
            {"hours": json},
        )
    without = ("hours", "workplaces", "residence_permit", "given_names")
    inner(
        "least",
        "only what is required",
        {4: None, 8: None, 11: None, 12: None, 13: None},
        {"employer": {"name": "SOCIÉTÉ EXEMPLE SAS"}},
        without,
    )
    eight = ["92", "75", "2A", "2B", "971", "988", "00", "99"]
    inner(
        "workplaces-8",
        "eight codes in the record's order; verifiers do not know which codes exist",
        {12: eight},
        {"workplaces": eight},
    )
    for value in (0, (1 << 53) - 1, "", "A" * 200, "Été 2026"):
        name = str(value)[:12].replace(" ", "-") or "empty"
        inner(
            f"additive-{name}", "additive claims are not shown; one says that there is more", {20: value}, {}, more=True
        )
    inner("additive-all", "all four additive claims", {20: 1, 21: "a", 22: 3, 23: "b"}, {}, more=True)
    for index in (0, 7, 131_070, 1_048_574):
        inner(
            f"index-{index}",
            "an entry that is 0 beside others that are not",
            {15: [1, index]},
            {"status": {"list": 1, "index": index}},
        )

    for department, hours, zone in (
        ("971", 4, "America/Guadeloupe"),
        ("972", 4, "America/Guadeloupe"),
        ("977", 4, "America/Guadeloupe"),
        ("978", 4, "America/Guadeloupe"),
        ("973", 3, "America/Cayenne"),
        ("974", -4, "Indian/Reunion"),
        ("975", 3, "America/Miquelon"),
        ("976", -3, "Indian/Mayotte"),
        ("986", -12, "Pacific/Wallis"),
        ("987", 10, "Pacific/Tahiti"),
        ("988", -11, "Pacific/Noumea"),
        ("2B", -1, "Europe/Paris"),
        ("984", -1, "Europe/Paris, for want of another"),
    ):
        first, after = NBF + 3600 + hours * 3600, EXP + 3600 + hours * 3600
        cases.authentic(
            f"right-zone-{department}",
            f"midnight of {zone}: UTC {-hours:+d} h in winter",
            payload(attestation(k14=department), nbf=first, exp=after),
            {"department": department},
        )
    cases.authentic(
        "right-summer",
        "in Paris the first day begins at UTC +2 h, the last ends at +1 h",
        payload(REFERENCE, nbf=1_767_567_600 - 200 * 86_400 - 3600),
        {"valid_from": "2025-06-19"},
    )
    cases.authentic(
        "right-moved-clock",
        "not midnight any more after a change of law: an hour late, the same days are shown",
        payload(REFERENCE, nbf=NBF + 3600, exp=EXP + 3600),
    )
    cases.authentic(
        "right-one-second",
        "a validity of one second",
        payload(REFERENCE, nbf=NOW, exp=NOW + 1),
        {"valid_from": "2026-02-02", "valid_until": "2026-02-01"},
    )
    cases.authentic(
        "right-exp-highest",
        "exp is the highest time there is",
        payload(REFERENCE, exp=LIMIT - 1),
        {"valid_until": "9998-12-31"},
    )
    cases.authentic(
        "right-epoch",
        "nbf and iat are 0",
        payload(REFERENCE, nbf=0, iat=0),
        {"valid_from": "1970-01-01", "issued_at": "1970-01-01T00:00:00Z"},
    )
    return cases
