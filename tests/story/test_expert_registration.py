"""An expert registers in Slack, page by page, and the secretariat reviews it."""

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
    "phone": "０９０−１２３４−５６７８",
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
ACCOUNT = {
    "bank": "0005",
    "bank_branch": "0005-341",
    "account_kind": "1",
    "account_number": "７６５４３２１",
    "account_holder": "タカハシ リヨウ",
}


async def uploads(desk: Desk, *files: str, which: int = 0) -> None:
    """Send files through the links of the page, and say so."""
    for name in files:
        assert await desk.town.upload(desk.link("書類を送る"), jpeg(name)) == 200
    await desk.presses("送りました")


async def test_an_expert_registers(town: Town) -> None:
    clerk = await town.clerk()
    desk = town.desk()
    await desk.opens_home()
    await desk.presses("登録をはじめる", where="home")
    for page in (YOU, CONTACT, OFFER, EXPERIENCE):
        await desk.submits(page)
    await desk.submits(QUALIFICATION)
    print("Q", desk.sees(), desk.errors())
    await uploads(desk, "cert")
    await desk.submits()
    print("ID", desk.sees(), desk.errors())
    await desk.fills({"identity_kind": "MY_NUMBER_CARD"})
    print("ID", desk.sees(), desk.errors())
