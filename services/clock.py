"""The only place that reads a clock: programme time, which can be turned, and wall time, which cannot."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def wall() -> datetime:
    """Real time, aware UTC: for signatures, reply tokens, leases, back-off and retry keys."""
    return datetime.now(UTC)


def in_tokyo(moment: datetime) -> datetime:
    """The same moment as people in Japan read it."""
    return moment.astimezone(TOKYO)


class Clock:
    """Programme time: real time plus an offset that all processes share through the database (DESIGN 13.2)."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Programme time, aware UTC: for rules, deadlines, reminders and what is shown."""
        return wall() + self.offset

    def today(self) -> date:
        """The date in Tokyo."""
        return in_tokyo(self.now()).date()


class FrozenClock(Clock):
    """Programme time that stands still, for tests of a single moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self.at
