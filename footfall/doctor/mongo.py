from footfall.config import Settings
from footfall.doctor.finding import Finding, of_clock
from footfall.errors import FootfallError
from footfall.mongo.reaching import server_time
from footfall.schedules.schedule import utc_now


async def mongo_findings(settings: Settings) -> list[Finding]:
    """Look at MongoDB, where one is configured; nothing is written."""
    if settings.mongodb_uri is None:
        message = "None is configured: each API keeps its lists in memory."
        return [Finding("MongoDB", "ok", message)]
    before = utc_now()
    try:
        at = await server_time(settings.mongodb_uri.get_secret_value(), settings.mongodb_database)
    except FootfallError as error:
        remedy = "Start it, or correct FOOTFALL_MONGODB_URI; without it lists are kept in memory."
        return [Finding("MongoDB", "broken", error.message, remedy)]
    after = utc_now()
    ahead = at - min(max(at, before), after)
    return [Finding("MongoDB", "ok", "It answers."), of_clock("MongoDB", ahead)]
