from pydantic import SecretStr

from api.checks import Checks
from footfall.errors import (
    DeliveryNotFoundError,
    DeliveryPendingError,
    FieldProblem,
    ForbiddenError,
    InvalidInputError,
)
from footfall.projection.cursor import decode_cursor, encode_cursor, place, place_from
from footfall.schedules.hook import Hook
from footfall.temporal.deliveries import DeliveryGateway, DeliveryState, DeliveryStatus, Place
from footfall.temporal.owner_hooks import OwnerHookGateway
from footfall.tokens import Principal
from footfall.webhooks.signature import owner_key


class Notifications:
    """The webhooks of owners and what was delivered to them, on behalf of someone."""

    def __init__(
        self,
        *,
        app: str,
        secret: SecretStr | None,
        checks: Checks,
        hooks: OwnerHookGateway,
        deliveries: DeliveryGateway,
    ) -> None:
        self._app = app
        self._secret = secret
        self._checks = checks
        self._hooks = hooks
        self._deliveries = deliveries

    async def read(self, who: Principal, owner: str | None) -> tuple[tuple[Hook, ...], str | None]:
        """Give an owner's webhooks, and the key that signs them; None without a secret.

        Raises:
            ForbiddenError: they are another's, and `who` is no admin.
        """
        owner = _owner(who, owner)
        return await self._hooks.read(owner), self._key(owner)

    async def replace(
        self,
        who: Principal,
        owner: str | None,
        hooks: tuple[Hook, ...],
        *,
        dry_run: bool = False,
    ) -> tuple[tuple[Hook, ...], str | None]:
        """Replace an owner's webhooks.

        Raises:
            ForbiddenError: they are another's, and `who` is no admin.
            InvalidInputError: the settings have no secret, or a target is private.
        """
        owner = _owner(who, owner)
        self._checks.hooks("hooks", hooks)
        if not dry_run:
            await self._hooks.put(owner, hooks)
        return hooks, self._key(owner)

    async def deliveries(
        self,
        who: Principal,
        *,
        status: DeliveryStatus | None,
        schedule_id: str | None,
        limit: int,
        cursor: str | None,
    ) -> tuple[list[DeliveryState], str | None]:
        """Give the latest deliveries to `who`, the newest first; to everyone, for admins.

        With them comes the cursor of the next page, if there is one.

        Raises:
            InvalidInputError: field ``cursor``; it is none of this list.
        """
        found = await self._deliveries.listed(
            owner=None if who.is_admin else who.user,
            status=status,
            schedule_id=schedule_id,
            limit=limit + 1,
            before=_place(cursor) if cursor is not None else None,
        )
        page = found[:limit]
        following = len(found) > limit
        return page, encode_cursor("deliveries", place(*page[-1].place)) if following else None

    async def delivery(self, who: Principal, delivery_id: str) -> DeliveryState:
        """Give one delivery.

        Raises:
            DeliveryNotFoundError: there is none that `who` may see.
        """
        found = await self._deliveries.find(delivery_id)
        if found is None or not (who.is_admin or found.delivery.notice.owner == who.user):
            raise DeliveryNotFoundError
        return found

    async def replay(
        self, who: Principal, delivery_id: str, *, dry_run: bool = False
    ) -> DeliveryState:
        """Deliver a notice once more, whether it was taken or not.

        Raises:
            DeliveryNotFoundError: there is none that `who` may see.
            DeliveryPendingError: it is under way.
        """
        found = await self.delivery(who, delivery_id)
        if found.status is DeliveryStatus.PENDING:
            raise DeliveryPendingError
        if dry_run:
            return found
        await self._deliveries.replay(found.delivery)
        return await self.delivery(who, delivery_id)

    def _key(self, owner: str) -> str | None:
        if self._secret is None:
            return None
        return owner_key(self._secret.get_secret_value(), app=self._app, owner=owner)


def _place(cursor: str) -> Place:
    try:
        return place_from(decode_cursor("deliveries", cursor))
    except OverflowError:
        raise InvalidInputError(
            FieldProblem("cursor", "This is no cursor of this list; begin without one."),
        ) from None


def _owner(who: Principal, owner: str | None) -> str:
    if owner is None or owner == who.user:
        return who.user
    if not who.is_admin:
        raise ForbiddenError("Only an admin may see and set the webhooks of another owner.")
    return owner
