"""Which thread of a DM is about what, so that letters go on in it and replies in it are understood."""

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base


class SlackThreadRow(Base):
    """The message in a channel that is the root of the thread about something of ours, such as "enquiry:12"."""

    __tablename__ = "slack_threads"
    about: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    ts: Mapped[str]
    __table_args__ = (Index("uq_slack_threads_channel", "channel", "ts", unique=True),)


_ROOT = text("SELECT ts FROM slack_threads WHERE about = :about AND channel = :channel")
_ABOUT = text("SELECT about FROM slack_threads WHERE channel = :channel AND ts = :ts")
_KEEP = text("""
    INSERT INTO slack_threads (about, channel, ts) VALUES (:about, :channel, :ts)
    ON CONFLICT (about, channel) DO UPDATE SET ts = excluded.ts
""")


async def root(connection: AsyncConnection, about: str, channel: str) -> str | None:
    """The time stamp of the message that a thread hangs from; None for a thread that was never begun."""
    found = await connection.execute(_ROOT, {"about": about, "channel": channel})
    return found.scalar_one_or_none()


async def about(connection: AsyncConnection, channel: str, ts: str) -> str | None:
    """What the thread under a message is about; None for a thread that is none of ours."""
    found = await connection.execute(_ABOUT, {"channel": channel, "ts": ts})
    return found.scalar_one_or_none()


async def keep(connection: AsyncConnection, about: str, channel: str, ts: str) -> None:
    """Keep which message a thread hangs from now."""
    await connection.execute(_KEEP, {"about": about, "channel": channel, "ts": ts})
