"""Experts of the story, and how far they have come, in one line each."""

from collections.abc import Mapping
from typing import Any

from tests.pictures import jpeg
from tests.town import Desk, Town

YOU = {
    "full_name": "高橋 涼",
    "kana": "たかはし りょう",
    "born_on": "昭和60年4月1日",
    "affiliation": "freelance",
    "postal_code": "１５０－０００１",
}
CONTACT = {
    "street": "1-2-3",
    "phone": "０９０－１２３４－５６７８",
    "email": "ryo@takahashi.example",
    "email_again": "ryo@takahashi.example",
}
OFFER = {
    "areas": ["EC", "INVENTORY_PROD"],
    "modes": ["online", "visit"],
    "regions": ["東京都", "兵庫県"],
    "hourly_price": "４千円",
}
EXPERIENCE = {
    "career": "小売業の情報システム部門で10年、在庫管理を担当しました。",
    "track_record": "菓子店のネット販売を3社で立ち上げから支援しました。",
    "matched": "no",
    "wants_matching": "yes",
}
QUALIFICATION = {
    "qualification": "IT_ENGINEER_EXAM",
    "qualification_number": "AP-2015-10-01234",
    "qualification_date": "平成27年12月18日",
}
ACCOUNT = {"account_kind": "1", "account_number": "７６５４３２１", "account_holder": "タカハシ リヨウ"}
CLOSING = {"phase1_paid": "0", "consent": ["2021-10-19"]}
PAGES = (YOU, CONTACT, OFFER, EXPERIENCE)


def link(desk: Desk, question: str) -> str:
    """Where the button beside a question leads."""
    for block in desk.modal["blocks"]:
        if block.get("accessory") and question in block["text"]["text"]:
            return str(block["accessory"]["url"])
    raise AssertionError(f"no link for {question!r}: {desk.sees()}")


async def uploads(desk: Desk, question: str, *files: str) -> None:
    """Send files through the link beside a question, and say so."""
    for name in files:
        assert await desk.stage.upload(link(desk, question), jpeg(name)) == 200
    await desk.presses("送りました")


async def finds(desk: Desk, key: str, typed: str) -> list[str]:
    """What a list offers for what is typed into it."""
    block = next(b["block_id"] for b in desk.modal["blocks"] if b.get("block_id", "").startswith(f"{key}@"))
    options = await desk.stage.slack.options(desk.user, desk.modal["id"], block, typed)
    return [option["text"]["text"] for option in options]


async def begins(town: Town, name: str = "高橋 涼") -> Desk:
    """Somebody who has opened the first page."""
    desk = town.desk(name)
    await desk.opens_home()
    return await desk.presses("登録をはじめる", where="home")


async def comes_to_bank(desk: Desk, answers: Mapping[str, Any] | None = None) -> Desk:
    """Fill every page up to the bank account; `answers` differ from the story's."""
    changed = answers or {}
    for page in PAGES:
        await desk.submits({key: changed.get(key, value) for key, value in page.items()})
    await desk.fills(QUALIFICATION)
    await uploads(desk, "資格の証書", "certificate")
    await desk.submits()
    await desk.fills({"identity_kind": "DRIVERS_LICENCE"})
    await uploads(desk, "本人確認書類を", "front", "back")
    await uploads(desk, "顔写真を", "face")
    await desk.submits()
    await finds(desk, "bank", "三菱UFJ")
    await desk.fills({"bank": "0005"})
    await finds(desk, "bank_branch", "しんじゅく")
    await desk.fills({"bank_branch": "0005-341"})
    await desk.fills({key: changed.get(key, value) for key, value in ACCOUNT.items()})
    await uploads(desk, "通帳の", "cover", "spread")
    return desk


async def applicant(town: Town, name: str = "高橋 涼", **answers: Any) -> Desk:
    """An expert who has applied."""
    desk = await comes_to_bank(await begins(town, name), answers)
    await desk.submits()
    return await desk.submits(CLOSING)


async def expert(town: Town, clerk: Desk, name: str = "高橋 涼", **answers: Any) -> Desk:
    """An expert whose registration is complete, at the Home."""
    desk = await applicant(town, name, **answers)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    await desk.opens_home()
    return desk
