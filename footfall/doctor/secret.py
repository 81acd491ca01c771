from footfall.config import Settings
from footfall.doctor.finding import Finding
from footfall.errors import ConfigurationError
from footfall.tokens import TokenVerifier, read_dev_secret


def secret_finding(settings: Settings) -> Finding:
    """Look whether the API can check tokens with these settings."""
    part = "configuration"
    jwt = settings.jwt
    try:
        if jwt.lacks_secret and read_dev_secret(settings.data_dir) is not None:
            message = f"It is valid; tokens are signed with the secret of {settings.data_dir}."
            remedy = "In production set FOOTFALL_JWT_SECRET, or the key of whoever issues tokens."
            return Finding(part, "ok", message, remedy)
        TokenVerifier(jwt)
    except ConfigurationError as error:
        # Workers need no secret, and this may be the machine of one.
        return Finding(part, "warning", error.message, "Only the API needs it.")
    return Finding(part, "ok", "It is valid.")
