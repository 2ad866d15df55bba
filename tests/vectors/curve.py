"""Ed25519 arithmetic (RFC 8032 §5.1), slow and plain: to make the signatures that strict verification must refuse."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
IDENTITY = (0, 1)


def add(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points, affine coordinates."""
    (x1, y1), (x2, y2) = first, second
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P
    return x, y


def times(scalar: int, point: tuple[int, int]) -> tuple[int, int]:
    """The multiple of a point."""
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def lift(y: int, odd: int) -> tuple[int, int]:
    """The point with this y and the parity of its x. Raises ValueError when there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        raise ValueError("no point has this y")
    return (P - x if x and x & 1 != odd else x), y


BASE = lift(4 * pow(5, -1, P) % P, 0)


def encode(point: tuple[int, int]) -> bytes:
    """The canonical 32 bytes of a point."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def order_eight() -> tuple[int, int]:
    """A point of order 8: L times some point outside the prime-order subgroup."""
    y = 2
    while True:
        try:
            point = times(L, lift(y, 0))
        except ValueError:
            y += 1
            continue
        if times(4, point) != IDENTITY:
            return point
        y += 1


def challenge(encoded_r: bytes, public: bytes, message: bytes) -> int:
    """The scalar k of RFC 8032 §5.1.6 step 4."""
    return int.from_bytes(hashlib.sha512(encoded_r + public + message).digest(), "little") % L


def secret_scalar(seed: bytes) -> int:
    """The scalar of a seed, RFC 8032 §5.1.5."""
    raw = bytearray(hashlib.sha512(seed).digest()[:32])
    raw[0] &= 248
    raw[31] = raw[31] & 127 | 64
    return int.from_bytes(raw, "little")


def with_chosen_r(seed: bytes, public: bytes, message: bytes, nonce: int, encoded_r: bytes) -> bytes:
    """A signature whose R is the given bytes and whose S = nonce + k·a: it holds for lenient verifiers
    when R is nonce·B up to what they ignore.
    """
    k = challenge(encoded_r, public, message)
    return encoded_r + ((nonce + k * secret_scalar(seed)) % L).to_bytes(32, "little")
