import time
from http import HTTPStatus

from pydantic import SecretStr
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from footfall.schedules.notice import Delivery
from footfall.webhooks.sender import RefusedTargetError, Sender, UnreachableError
from footfall.webhooks.signature import owner_key, signature

GONE = "Gone"
REFUSED = "RefusedTarget"
UNREACHABLE = "Unreachable"
BAD_ANSWER = "BadAnswer"
"""Types of the errors of a delivery."""


class WebhookActivities:
    """The activity of an API that posts notices."""

    def __init__(self, sender: Sender, *, secret: SecretStr, attempts: int) -> None:
        self._sender = sender
        self._secret = secret
        self._attempts = attempts

    @activity.defn(name="post_webhook")
    async def post_webhook(self, delivery: Delivery) -> int:
        """Post a notice once, signed with the owner's key, and give the status of the answer.

        Raises:
            ApplicationError: the receiver did not take it; not to be retried where it is gone
                (410), the target is private, or it was tried often enough.
        """
        body = delivery.notice.model_dump_json().encode()
        timestamp = int(time.time())
        key = owner_key(
            self._secret.get_secret_value(), app=delivery.app, owner=delivery.notice.owner
        )
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Footfall",
            "Footfall-Notice-Id": delivery.notice.id,
            "Footfall-Timestamp": str(timestamp),
            "Footfall-Signature": signature(key, timestamp, body),
        }
        try:
            status = await self._sender.post(delivery.url, body, headers)
        except RefusedTargetError as error:
            raise self._failure(REFUSED, str(error), final=True) from error
        except UnreachableError as error:
            raise self._failure(UNREACHABLE, str(error)) from error
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return status
        if status == HTTPStatus.GONE:
            raise self._failure(GONE, "the receiver is gone (410)", final=True)
        raise self._failure(BAD_ANSWER, f"the receiver answered {status}")

    def _failure(self, kind: str, message: str, *, final: bool = False) -> ApplicationError:
        attempt = activity.info().attempt
        return ApplicationError(
            f"Attempt {attempt}: {message}",
            type=kind,
            non_retryable=final or attempt >= self._attempts,
            category=ApplicationErrorCategory.BENIGN,
        )
