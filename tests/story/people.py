"""The people of the story, and how far they have come, in one line each."""

from tests.pictures import jpeg
from tests.town import Desk, Phone, Town

SOLE = (
    ("tap", "個人事業主"),
    ("say", "菓匠やまもと"),
    ("say", "山本 あき"),
    ("tap", "小売業"),
    ("tap", "5人以下"),
    ("say", "６５０－０００１"),
    ("say", "４丁目2-1"),
    ("say", "０７８ー３３１ー８１８１"),
    ("say", "aki@yamamoto.example"),
    ("tap", "未マッチング"),
    ("tap", "ない・今回がはじめて"),
    ("tap", "同意する"),
)
"""What a sole proprietor answers: twelve questions, six of them typed."""


async def answers(phone: Phone, *steps: tuple[str, str]) -> None:
    """Answer question after question, by tapping or typing."""
    for how, what in steps:
        await (phone.taps(what) if how == "tap" else phone.says(what))


async def newcomer(town: Town, name: str = "山本 あき") -> Phone:
    """Somebody who has added us and begun to register."""
    phone = town.phone(name)
    await phone.adds_us()
    await phone.taps("登録をはじめる", "すべてはい")
    return phone


async def applicant(town: Town, name: str = "山本 あき") -> Phone:
    """A sole proprietor who has applied."""
    phone = await newcomer(town, name)
    await answers(phone, *SOLE)
    assert await phone.uploads("書類を送る", jpeg("tax return")) == 200
    assert await phone.uploads("書類を送る", jpeg("identity")) == 200
    await phone.taps("この内容で申請する")
    return phone


async def owner(town: Town, clerk: Desk, name: str = "山本 あき") -> Phone:
    """A sole proprietor whose registration is complete."""
    phone = await applicant(town, name)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    return phone
