"""What could not be delivered is seen and repaired by the secretariat."""

from tests.town import Town


async def test_the_secretariat_sends_a_refused_letter_again(town: Town) -> None:
    clerk = await town.clerk()
    phone = town.phone()
    town.line.fail_next("/v2/bot/message/reply", 403)
    await phone.adds_us()
    assert phone.messages == []
    await clerk.opens_home()
    assert "届かなかったお知らせ：1件" in clerk.sees("home")
    await clerk.presses("もう一度送る", where="home")
    await town.ouentai.sweep()
    await town.idle()
    assert "ようこそ" in phone.last
    await clerk.opens_home()
    assert "届かなかったお知らせ" not in clerk.sees("home")


async def test_an_outsider_repairs_nothing(town: Town) -> None:
    clerk, phone = await town.clerk(), town.phone()
    town.line.fail_next("/v2/bot/message/reply", 403)
    await phone.adds_us()
    await clerk.opens_home()
    await town.slack.leave(clerk.user, town.channel)
    await town.idle()
    await clerk.presses("もう一度送る", where="home")
    await town.ouentai.sweep()
    await town.idle()
    assert phone.messages == []
