"""What the pages for documents say (DOMAIN 10.5: who sees them, and for how long they are kept)."""

from pathlib import Path

from starlette.responses import HTMLResponse

from bots.web.page import Html, Reader, facts, join, page, sentences, tag, void
from bots.web.purposes import purpose
from locales import Text, _
from locales.language import moment
from services.documents import Document, Invitation, Over
from services.filecheck import MEGABYTE
from services.programme import Programme

SCRIPT = (Path(__file__).parent / "upload.js").read_text(encoding="utf-8")
ACCEPTED = "image/*,application/pdf"
BACK = {
    "line": _('Close this page and press "{button}" on LINE. It goes on there.')(button=_("I have sent it")),
    "slack": _("Close this page and go back to Slack. It goes on there."),
}
BACK_SOMEWHERE = _("Close this page and go back to the chat. It goes on there.")
NEW_LINK = _('Go back to the chat and press "{button}" there. You get a new link.')(button=_("Send a file"))

AGAIN = _("Please go back to the chat and press the button again. You get a new link.")


def asking(
    reader: Reader, invitation: Invitation, programme: Programme, refused: Text | None = None
) -> HTMLResponse:
    """The page that asks for a document; `refused` says why the last try could not be used."""
    say, asked = reader.say, purpose(invitation.purpose)
    parts = []
    if refused is not None:
        parts.append(
            tag(
                "section",
                tag("h2", say(_("This file could not be used"))),
                tag("p", say(refused)),
                class_="refused",
                role="alert",
            )
        )
    parts.append(
        tag(
            "section",
            tag("h2", say(_("What to send"))),
            tag("p", say(asked.what)),
            tag("ul", sentences("li", map(say, asked.minding))),
        )
    )
    parts.append(tag("section", _form(reader, invitation, programme)))
    parts.append(_who_sees(reader, programme))
    return page(reader, asked.title, *parts, status=200 if refused is None else 422, script=SCRIPT)


def _form(reader: Reader, invitation: Invitation, programme: Programme) -> Html:
    say, megabytes = reader.say, programme.limits.file_megabytes
    so_far = []
    if invitation.received:
        count = _("Received so far: {count}. Up to {at_most} can be sent.")
        so_far = [tag("p", say(count(count=invitation.received, at_most=invitation.at_most)))]
    return tag(
        "form",
        *so_far,
        tag("label", say(_("Choose a photo or a PDF")), for_="file"),
        void("input", type="file", name="file", id="file", accept=ACCEPTED, required=True),
        tag("output", for_="file"),
        tag("button", say(_("Send")), type="submit"),
        tag("p", say(_("JPEG, PNG or PDF, up to {at_most} MB, one file at a time.")(at_most=megabytes))),
        method="post",
        enctype="multipart/form-data",
        data_limit=megabytes * MEGABYTE,
        data_send=say(_("Send")),
        data_sending=say(_("Sending…")),
        data_chosen=say(_("Chosen: ")),
    )


def _who_sees(reader: Reader, programme: Programme) -> Html:
    limits = programme.limits
    lines = [
        _("Only the secretariat of the programme sees this, to review what you applied for."),
        _("It is kept encrypted for {years} years and then deleted.")(years=limits.retention_years),
        _("If an application is turned down, identity documents are deleted after {years} year(s).")(
            years=limits.rejected_retention_years
        ),
        _("This link is for you alone and works for 24 hours. Please do not pass it on."),
    ]
    return tag(
        "section",
        tag("h2", reader.say(_("Who sees it"))),
        tag("ul", sentences("li", map(reader.say, lines))),
        class_="quiet",
    )


def received(reader: Reader, invitation: Invitation, document: Document) -> HTMLResponse:
    """The receipt: enough to tell which file it was, without showing it again."""
    say = reader.say
    receipt = facts(
        {
            say(_("File")): document.name,
            say(_("Size")): say(_size(document.size)),
            say(_("Received at")): moment(document.received_at, reader.language),
            say(_("Receipt")): document.receipt,
        }
    )
    more = []
    if invitation.over is None:
        more = [tag("a", say(_("Send another file")), class_="button plain", href="")]
    return page(
        reader,
        _("Received. Thank you."),
        tag("section", receipt, class_="done"),
        tag("p", say(BACK.get(invitation.identity.channel, BACK_SOMEWHERE))),
        *more,
    )


def _size(size: int) -> Text:
    if size < MEGABYTE:
        return _("{amount} KB")(amount=max(1, size // 1024))
    return _("{amount} MB")(amount=f"{size / MEGABYTE:.1f}")


OVER = {
    Over.FULL: (
        _("All files have arrived"),
        _("This link has taken as many files as it could. There is nothing more to do here."),
    ),
    Over.EXPIRED: (_("This link has expired"), _("For your safety a link works for 24 hours only.")),
    Over.HANDED_IN: (
        _("This form was handed in already"),
        _("Nothing more can be added to it here. If something is missing, we ask you in the chat."),
    ),
}


def over(reader: Reader, invitation: Invitation) -> HTMLResponse:
    """Why a link takes no more files, and how to get a new one where one can be had."""
    assert invitation.over is not None
    title, why = OVER[invitation.over]
    way_on = BACK.get(invitation.identity.channel, BACK_SOMEWHERE)
    if invitation.over is Over.EXPIRED:
        way_on = NEW_LINK
    elif invitation.over is Over.FULL:
        way_on = _('To send one again, go back to the chat and press "{button}" there.')(
            button=_("Send a file")
        )
    return _notice(reader, title, why, way_on, status=410)


def unknown(reader: Reader) -> HTMLResponse:
    """There never was such a link."""
    return _notice(
        reader,
        _("We do not know this link"),
        _("Perhaps a part of it was lost on the way. Nothing was sent."),
        NEW_LINK,
        status=404,
    )


def no_file(reader: Reader) -> HTMLResponse:
    """There is nothing to show under this link."""
    return _notice(
        reader,
        _("There is no file here"),
        _("The link is not complete, or the file is no longer kept."),
        _("Please open the review again in Slack and press the button of the file."),
        status=404,
    )


def link_over(reader: Reader) -> HTMLResponse:
    """The link was good, some minutes ago."""
    return _notice(
        reader,
        _("This link is over"),
        _("For the safety of those who sent it, a file can be seen for 5 minutes."),
        _("Please open the review again in Slack and press the button of the file."),
        status=410,
    )


def sent_link_over(reader: Reader) -> HTMLResponse:
    """The link was sent to somebody in a chat, some days ago."""
    return _notice(
        reader,
        _("This link is over"),
        _("For your safety, what you were sent can be seen for 3 days."),
        _("Please write to us in the chat if you need it once more."),
        status=410,
    )


def no_paper(reader: Reader) -> HTMLResponse:
    """There is no paper to show under this link."""
    return _notice(
        reader,
        _("There is no file here"),
        _("The link is not complete, or the file is no longer kept."),
        AGAIN,
        status=404,
    )


def paper_link_over(reader: Reader) -> HTMLResponse:
    """The link to a paper was good, some minutes ago."""
    return _notice(
        reader,
        _("This link is over"),
        _("For your safety, a paper can be read for 5 minutes at a time."),
        AGAIN,
        status=410,
    )


def _notice(reader: Reader, title: Text, why: Text, way_on: Text, *, status: int) -> HTMLResponse:
    content = join([tag("p", reader.say(why)), tag("p", reader.say(way_on))])
    return page(reader, title, tag("section", content), status=status)
