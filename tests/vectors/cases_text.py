"""Steps 1 to 3: the text, its version, its digits."""

from tests.vectors import scene
from tests.vectors.cases import Cases
from tests.vectors.scene import ORIGIN, REFERENCE_JSON, REFERENCE_PAYLOAD, REFERENCE_TEXT, SIGNER, attestation, payload
from tests.vectors.wire import text_of, token_text

HOST = ORIGIN.upper()
DIGITS = REFERENCE_TEXT.partition("/#")[2]
"""The version digit and the number of the reference."""
NUMBER = DIGITS[1:]


def foreign() -> Cases:
    """Step 1."""
    cases = Cases("5.1")
    for name, comment, text in (
        ("empty", "nothing at all", ""),
        ("a-word", "no address", "bonjour"),
        ("digits-only", "the digits without an origin", DIGITS),
        ("no-fragment", "the digits in the path instead of the fragment", f"{HOST}/{DIGITS}"),
        ("no-slash", "the fragment without the slash before it", f"{HOST}#{DIGITS}"),
        ("query", "a query between slash and fragment, so that /# does not occur", f"{HOST}/?a=b#{DIGITS}"),
        ("path", "a path before the fragment", f"{HOST}/X/#{DIGITS}"),
        ("two-slashes", "the text before /# ends in a slash, which no listed origin does", f"{HOST}//#{DIGITS}"),
        ("other-host", "another host", f"HTTPS://VERIF.OTHER.EXAMPLE/#{DIGITS}"),
        ("longer-host", "our host as the beginning of another", f"{HOST}.EVIL.EXAMPLE/#{DIGITS}"),
        ("subdomain", "a host below ours", f"HTTPS://X.{HOST[8:]}/#{DIGITS}"),
        ("suffix-host", "a host that ends like ours", f"HTTPS://EVIL-{HOST[8:]}/#{DIGITS}"),
        ("final-dot", "a final dot makes another name", f"{HOST}./#{DIGITS}"),
        ("port", "a port that no listed origin bears", f"{HOST}:8443/#{DIGITS}"),
        ("default-port", "the default port is written where none is listed", f"{HOST}:443/#{DIGITS}"),
        (
            "missing-port",
            "the listed origin has a port, the text has none",
            f"HTTPS://VERIF-2.WORKINFRANCE.EXAMPLE/#{DIGITS}",
        ),
        ("userinfo", "our host as user name of another", f"{HOST}@EVIL.EXAMPLE/#{DIGITS}"),
        ("userinfo-ours", "a user name before our host", f"HTTPS://A:B@{HOST[8:]}/#{DIGITS}"),
        ("http", "http instead of https", f"HTTP://{HOST[8:]}/#{DIGITS}"),
        ("no-scheme", "the host without its scheme", f"{HOST[8:]}/#{DIGITS}"),
        ("backslash", "a backslash for a slash", f"{HOST}\\#{DIGITS}"),
        ("leading-space", "a space before the address", f" {REFERENCE_TEXT}"),
        ("leading-newline", "a newline before the address", f"\n{REFERENCE_TEXT}"),
        ("space-in-origin", "a space behind the host", f"{HOST} /#{DIGITS}"),
        ("byte-order-mark", "a byte order mark before the address: not ASCII", f"\ufeff{REFERENCE_TEXT}"),
        (
            "first-of-two",
            "the origin is what stands before the first /#, whatever follows",
            f"HTTPS://EVIL.EXAMPLE/#/{REFERENCE_TEXT}",
        ),
        ("nothing-after", "no digit after /#", f"{HOST}/#"),
        ("letter-after", "a letter where the version digit stands", f"{HOST}/#x{DIGITS}"),
        ("space-after", "a space where the version digit stands", f"{HOST}/# {DIGITS}"),
        ("minus-after", "a minus sign where the version digit stands", f"{HOST}/#-{DIGITS}"),
        ("slash-after", "a slash where the version digit stands", f"{HOST}/#/{DIGITS}"),
        ("arabic-version", "an Arabic-Indic version digit: not ASCII", f"{HOST}/#\u0661{NUMBER}"),
        ("arabic-digits", "an Arabic-Indic digit in the number: not ASCII", REFERENCE_TEXT[:-1] + "\u0663"),
        ("full-width-digits", "a full-width digit in the number: not ASCII", REFERENCE_TEXT[:-1] + "\uff13"),
        ("superscript-digit", "a superscript two in the number: not ASCII", REFERENCE_TEXT[:-1] + "\u00b2"),
        ("kelvin-sign", "U+212A lower-cases to k, but is not ASCII", REFERENCE_TEXT.replace("K", "\u212a", 1)),
        ("dotless-i", "U+0131 upper-cases to I, but is not ASCII", REFERENCE_TEXT.replace("I", "\u0131", 1)),
        ("cyrillic-host", "a Cyrillic letter in the host: not ASCII", REFERENCE_TEXT.replace("E", "\u0415", 1)),
        ("no-break-space-end", "a no-break space at the end: not ASCII", REFERENCE_TEXT + "\u00a0"),
        ("lone-surrogate", "half a character: not ASCII", REFERENCE_TEXT + "\ud83d"),
        ("2d-doc", "another French code on paper", "DC04FR0AXT4A0E840E8A0101FR43PREFECTURE"),
    ):
        cases.add(f"foreign-{name}", comment, text, "foreign", "grey")
    return cases


def version() -> Cases:
    """Step 2."""
    cases = Cases("5.2")
    for digit in "023456789":
        cases.add(f"version-{digit}", f"format version {digit}", f"{HOST}/#{digit}{NUMBER}", "unsupported", "grey")
    cases.add("version-2-alone", "a later version may be of any length", f"{HOST}/#2", "unsupported", "grey")
    cases.add("version-2-letters", "a later version may hold anything", f"{HOST}/#2-a_b\n", "unsupported", "grey")
    return cases


def malformed() -> Cases:
    """Step 3."""
    cases = Cases("5.3")
    longest = str(10**2101)
    fill = "9" * 5000
    for name, comment, digits in (
        ("nothing", "nothing after the version digit", ""),
        ("one-digit", "one digit", "1"),
        ("231-digits", "a digit too few", "1" + "0" * 230),
        ("232-digits-of-another-byte", "long enough, but the first byte is not 01", "1" + "0" * 231),
        ("2101-digits-of-another-byte", "as long as allowed, but the first byte is not 01", "9" * 2101),
        ("2102-digits", "a digit too many", longest),
        ("5000-digits", "more digits than Python converts by default", fill),
        ("leading-zero", "a zero before the number", "0" + NUMBER),
        ("leading-zero-same-length", "a zero instead of the first digit", "0" + NUMBER[1:]),
        ("underscore", "int() of Python takes underscores", NUMBER[:10] + "_" + NUMBER[10:]),
        ("plus", "int() of Python takes a plus sign", "+" + NUMBER),
        ("minus", "a minus sign", "-" + NUMBER),
        ("final-newline", "$ of a pattern accepts a final newline", NUMBER + "\n"),
        ("final-return", "a scanner's final carriage return belongs to the edge, not to the core", NUMBER + "\r"),
        ("final-space", "a final space", NUMBER + " "),
        ("inner-space", "a space among the digits", NUMBER[:20] + " " + NUMBER[20:]),
        ("tabulator", "a tabulator before the digits", "\t" + NUMBER),
        ("letter", "a letter among the digits", NUMBER[:20] + "A" + NUMBER[21:]),
        ("hexadecimal", "a hexadecimal number", "0x" + "1" * 240),
        ("exponent", "a number with an exponent", NUMBER[:-3] + "e10"),
        ("decimal-point", "a decimal point", NUMBER[:-3] + ".00"),
        ("nul", "a NUL at the end", NUMBER + "\0"),
        ("second-fragment", "a second fragment behind the number", NUMBER + "/#1" + NUMBER),
        ("query-behind", "a query behind the number", NUMBER + "?a=b"),
    ):
        cases.add(f"malformed-{name}", comment, f"{HOST}/#1{digits}", "malformed", "red")
    filler = b"\x40" * 801
    for first in (0, 2, 255):
        text = text_of(ORIGIN, SIGNER.kid, bytes(64), REFERENCE_PAYLOAD, first=first)
        cases.add(
            f"malformed-first-byte-{first:02x}", f"the first byte is {first:02x}, not 01", text, "malformed", "red"
        )
    for size in (0, 1, 23, 801):
        comment = f"a rightly signed payload of {size} bytes"
        cases.add(f"malformed-payload-{size}", comment, token_text(ORIGIN, SIGNER, filler[:size]), "malformed", "red")
    for size in (24, 800):
        comment = f"a payload of {size} bytes is read on: its content is what is wrong"
        cases.invalid(f"payload-{size}", comment, filler[:size], spec="5.6a")
    full = dict(k3="É" * 80, k4="Ệ" * 80, k7="Ô" * 80, k9="Œ" * 66, k12=None, k11=None)
    cases.authentic(
        "payload-800-right",
        "an attestation of exactly 800 bytes",
        payload(attestation(**full, k13="9" * 16)),
        {
            "family_name": "É" * 80,
            "given_names": "Ệ" * 80,
            "employer": {"name": "Ô" * 80, "siret": "81234567800013"},
            "job": "Œ" * 66,
            "residence_permit": "9" * 16,
        },
        without=("workplaces", "hours"),
        spec="5.12",
    )
    text = token_text(ORIGIN, SIGNER, payload(attestation(**full, k13="9" * 17)))
    cases.add(
        "malformed-payload-801-right", "an attestation of 801 bytes that breaks no other rule", text, "malformed", "red"
    )
    return cases


def origins() -> Cases:
    """Step 1 passed in every way it may be."""
    cases = Cases("5.1")
    right = dict(key=SIGNER, claims=REFERENCE_JSON, age=scene.AGE)
    cases.add("origin-upper", "the text as it is printed", REFERENCE_TEXT, "valid", "green", **right)
    cases.add("origin-lower", "the origin in lower case", f"{ORIGIN}/#{DIGITS}", "valid", "green", **right)
    cases.add(
        "origin-mixed",
        "the origin in mixed case",
        f"HtTpS://Verif.WorkInFrance.eXample/#{DIGITS}",
        "valid",
        "green",
        **right,
    )
    cases.add(
        "origin-second",
        "another listed origin, with a port",
        f"{scene.SECOND_ORIGIN}/#{DIGITS}",
        "valid",
        "green",
        **right,
    )
    cases.add(
        "origin-local",
        "a listed http origin of this machine",
        f"{scene.LOCAL_ORIGIN.upper()}/#{DIGITS}",
        "valid",
        "green",
        **right,
    )
    return cases
