import hashlib
import hmac

VERSION = "v1"


def owner_key(secret: str, *, app: str, owner: str) -> str:
    """Give the key that signs the webhooks of an owner: 64 hexadecimal digits.

    It is derived from the app's secret, so that no owner can forge another's webhooks, and
    nothing has to be stored.
    """
    text = f"footfall webhooks {VERSION}\n{app}\n{owner}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signature(key: str, timestamp: int, body: bytes) -> str:
    """Give the value of `Footfall-Signature` for a body that is sent at a Unix time in seconds.

    It is the HMAC-SHA256 (RFC 2104) of the timestamp, a full stop and the body.
    """
    text = str(timestamp).encode() + b"." + body
    return f"{VERSION}={hmac.new(key.encode(), text, hashlib.sha256).hexdigest()}"
