import warnings
from difflib import get_close_matches
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from holidays import country_holidays
from holidays.registry import COUNTRIES

from footfall.triggers.clock import day_number
from footfall.triggers.problem import listed, quote

_COUNTRY_CODE = 2
_LONGEST = 64
_MEANT = {"uk": "GB", "england": "GB-ENG", "scotland": "GB-SCT", "wales": "GB-WLS"}
_QUIET = Lock()
"""Held while warnings are ignored, since Python keeps one list of their filters for all threads."""


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


def find_region(written: str) -> str | None:
    """Give the code of a country or region whose public holidays are known, or None.

    It is an ISO 3166 code: a country's ("DE") or a subdivision's ("DE-BE"), as the holidays
    library knows them (https://holidays.readthedocs.io), and may be written in any case.
    """
    if len(written) > _LONGEST:
        return None
    country, dash, part = written.partition("-")
    country = country.upper()
    if country not in _countries():
        return None
    if not dash:
        return country
    parts = {code.lower(): code for code in _names_of_parts(country)}
    code = parts.get(part.lower())
    return f"{country}-{code}" if code else None


def region_problem(written: str) -> str:
    """Say what is wrong with a region that is not known, and what to write instead."""
    shown, short = quote(written), written[:_LONGEST].lower()
    country, _, part = short.partition("-")
    if country.upper() in _countries():
        parts = _names_of_parts(country.upper())
        some = f"it knows {listed(sorted(parts), 'and')}" if parts else f"write {country.upper()!r}"
        return f"{shown} is no region of {country.upper()!r}; {some}"
    meant = _MEANT.get(country)
    if meant and part:
        meant = find_region(f"{meant}-{part}")
    by_name = {name.lower(): code for code, name in _countries().items()}
    if meant is None and (near := get_close_matches(short, by_name, n=1, cutoff=0.8)):
        meant = by_name[near[0]]
    hint = f"did you mean {meant!r}?" if meant else "use an ISO code such as 'DE' or 'DE-BE'"
    return f"{shown} is no country or region with known public holidays; {hint}"


@lru_cache(maxsize=4096)
def holidays_in(region: str, year: int) -> frozenset[int]:
    """Give the public holidays of a region in a year, as days since the Unix epoch.

    There are none in a year for which the library has no data.
    """
    country, _, part = region.partition("-")
    calendar: Any
    with _QUIET, warnings.catch_warnings():
        # The library warns of years that it knows in part only; those are asked for, too.
        warnings.simplefilter("ignore")
        calendar = country_holidays(country, subdiv=part or None, years=year)
    return frozenset(map(day_number, calendar))


def region_name(region: str) -> str:
    """Give the name of a country or region, such as "Berlin"; its code if it has no name."""
    country, _, part = region.partition("-")
    return _names_of_parts(country)[part] if part else _countries()[country]
