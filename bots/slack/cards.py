"""Where each card stands in Slack, so that it is brought up to date there and not posted again."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base


class SlackCardRow(Base):
    """The message in a channel that is the card of a record."""

    __tablename__ = "slack_cards"
    kind: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    ts: Mapped[str]


_FIND = text("SELECT ts FROM slack_cards WHERE kind = :kind AND ref = :ref AND channel = :channel")
_ABOUT = text("SELECT kind || ':' || ref FROM slack_cards WHERE channel = :channel AND ts = :ts")
_KEEP = text("""
    INSERT INTO slack_cards (kind, ref, channel, ts) VALUES (:kind, :ref, :channel, :ts)
    ON CONFLICT (kind, ref, channel) DO UPDATE SET ts = excluded.ts
""")


async def find(connection: AsyncConnection, kind: str, ref: str, channel: str) -> str | None:
    """The time stamp of a card's message, which names it; None for a card that was never posted."""
    found = await connection.execute(_FIND, {"kind": kind, "ref": ref, "channel": channel})
    return found.scalar_one_or_none()


async def about(connection: AsyncConnection, channel: str, ts: str) -> str | None:
    """Which card a message is, such as "handoff:12"; None for one that is no card."""
    found = await connection.execute(_ABOUT, {"channel": channel, "ts": ts})
    return found.scalars().first()


async def keep(connection: AsyncConnection, kind: str, ref: str, channel: str, ts: str) -> None:
    """Keep where a card stands now."""
    await connection.execute(_KEEP, {"kind": kind, "ref": ref, "channel": channel, "ts": ts})
