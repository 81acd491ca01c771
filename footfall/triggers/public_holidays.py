from difflib import get_close_matches
from functools import cache, lru_cache

from holidays import country_holidays
from holidays.registry import COUNTRIES

from footfall.triggers.clock import day_number
from footfall.triggers.problem import listed, quote

_COUNTRY_CODE = 2


@cache
def _countries() -> dict[str, str]:
    """Give the names of the countries by their ISO 3166 codes of two letters."""
    return {
        codes[1]: module.replace("_", " ").title()
        for module, codes in COUNTRIES.items()
        if len(codes[1]) == _COUNTRY_CODE
    }


@cache
def _names_of_parts(country: str) -> dict[str, str]:
    """Give the names of a country's subdivisions by their codes; a code has at least itself."""
    calendar = country_holidays(country)
    names = {code: f"{country}-{code}" for code in calendar.subdivisions}
    aliases: dict[str, str] = getattr(calendar, "subdivisions_aliases", {})
    # Where a part has several names, the first is the usual one.
    return names | {code: name for name, code in reversed(aliases.items()) if code in names}


def region_problem(region: str) -> str | None:
    """Say what is wrong with a country or region whose public holidays are wanted.

    It is an ISO 3166 code: a country's ("DE") or a subdivision's ("DE-BE"), as the holidays
    library knows them (https://holidays.readthedocs.io).
    """
    country, _, part = region.partition("-")
    if country not in _countries():
        near = get_close_matches(country.upper(), _countries(), n=1, cutoff=0.9)
        hint = f"did you mean {near[0]!r}?" if near else "use an ISO code such as 'DE' or 'DE-BE'"
        return f"{quote(region)} is no country or region with known public holidays; {hint}"
    parts = _names_of_parts(country)
    if part in parts or "-" not in region:
        return None
    some = f"it knows {listed(sorted(parts), 'and')}" if parts else f"write {country!r}"
    return f"{quote(region)} is no region of {country!r}; {some}"


@lru_cache(maxsize=4096)
def holidays_in(region: str, year: int) -> frozenset[int]:
    """Give the public holidays of a region in a year, as days since the Unix epoch."""
    country, _, part = region.partition("-")
    calendar = country_holidays(country, subdiv=part or None, years=year)
    return frozenset(map(day_number, calendar))


def region_name(region: str) -> str:
    """Give the name of a country or region, such as "Berlin"; its code if it has no name."""
    country, _, part = region.partition("-")
    return _names_of_parts(country)[part] if part else _countries()[country]
