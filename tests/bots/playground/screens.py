"""What is on screens that show every element once: LINE messages, a rich menu, Slack messages, a Home, a modal."""

from typing import Any

Json = dict[str, Any]

PICTURE = "https://play.invalid/play/line-api/picture/shop"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, **more: Any) -> Json:
    return {"text": plain(text), "value": value} | more


def text(words: str, **more: Any) -> Json:
    return {"type": "text", "text": words} | more


def box(layout: str, *contents: Json, **more: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents)} | more


def postback(label: str, data: str) -> Json:
    return {"type": "postback", "label": label, "data": data, "displayText": label}


def button(label: str, style: str, data: str) -> Json:
    return {"type": "button", "style": style, "height": "sm", "action": postback(label, data)}


def fact(name: str, value: str) -> Json:
    return box(
        "horizontal",
        text(name, size="sm", color="#6B7280", flex=2),
        text(value, size="sm", flex=5, wrap=True),
        spacing="md",
    )


REVIEW_CARD = {
    "type": "bubble",
    "body": box(
        "vertical",
        text("登録内容の確認", weight="bold", size="lg"),
        text("3/12 まで進みました", size="xs", color="#6B7280"),
        {"type": "separator", "margin": "lg"},
        box(
            "vertical",
            fact("事業形態", "個人事業主"),
            fact("屋号", "山本菓子店"),
            fact("業種", "小売業"),
            fact("従業員", "5人以下"),
            fact("所在地", "兵庫県神戸市中央区三宮町1丁目 山本ビル2階"),
            margin="lg",
            spacing="sm",
        ),
        box(
            "vertical",
            box("vertical", {"type": "filler"}, backgroundColor="#0F766E", width="25%", height="6px"),
            backgroundColor="#E5E7EB",
            height="6px",
            cornerRadius="3px",
            margin="lg",
        ),
    ),
    "footer": box(
        "vertical",
        button("この内容で申し込む", "primary", "a=1"),
        button("直す", "link", "a=2"),
        spacing="sm",
    ),
    "styles": {"footer": {"separator": True}},
}


def proposal(name: str, price: str, own: str) -> Json:
    return {
        "type": "bubble",
        "size": "kilo",
        "hero": {
            "type": "image",
            "url": PICTURE,
            "size": "full",
            "aspectRatio": "20:9",
            "aspectMode": "cover",
        },
        "body": box(
            "vertical",
            box(
                "baseline",
                text(name, weight="bold", size="md", flex=0),
                text("ITコーディネータ", size="xs", color="#6B7280", margin="md"),
            ),
            fact("時給", price),
            fact("自己負担", own),
            {
                "type": "text",
                "size": "sm",
                "wrap": True,
                "maxLines": 2,
                "contents": [
                    {"type": "span", "text": "提案 ", "weight": "bold", "color": "#0F766E"},
                    {
                        "type": "span",
                        "text": "レジと在庫をつなぎ、毎日の数え直しをなくします。操作の練習も一緒に行います。",
                    },
                ],
            },
            spacing="sm",
        ),
        "footer": box(
            "horizontal",
            button("くわしく", "secondary", "p=1"),
            button("残す", "primary", "p=2"),
            spacing="sm",
        ),
    }


MESSAGES: list[tuple[str, Json]] = [
    ("bot", text("友だち追加ありがとうございます。\n会社のデジタル化を、専門家と一緒に進めませんか。")),
    ("bot", text("くわしくは https://play.invalid/guide をご覧ください。")),
    ("user", {"type": "sticker", "packageId": "446", "stickerId": "1993"}),
    (
        "bot",
        {
            "type": "template",
            "altText": "はじめますか",
            "template": {
                "type": "confirm",
                "text": "登録できるか、先に3つだけ確かめます。はじめますか？",
                "actions": [postback("はじめる", "start"), postback("あとで", "later")],
            },
        },
    ),
    ("user", text("はじめる")),
    ("user", {"type": "image"}),
    ("user", {"type": "file", "fileName": "開業届の写し.pdf", "fileSize": 482133}),
    (
        "bot",
        {
            "type": "template",
            "altText": "業種",
            "template": {
                "type": "buttons",
                "title": "業種",
                "text": "いちばん近いものを選んでください。",
                "thumbnailImageUrl": PICTURE,
                "actions": [
                    postback("小売業", "r"),
                    postback("飲食業", "f"),
                    postback("ほかの業種を見る", "m"),
                ],
            },
        },
    ),
    (
        "bot",
        {
            "type": "template",
            "altText": "支援",
            "template": {
                "type": "image_carousel",
                "columns": [
                    {"imageUrl": PICTURE, "action": postback(name, name)} for name in ("会計", "予約", "在庫")
                ],
            },
        },
    ),
    (
        "bot",
        {
            "type": "location",
            "title": "求人ステーションKOBE",
            "address": "神戸市中央区",
            "latitude": 34.6,
            "longitude": 135.1,
        },
    ),
    ("user", {"type": "text", "text": "取り消した文"}),
    ("bot", {"type": "flex", "altText": "登録内容の確認", "contents": REVIEW_CARD}),
    (
        "bot",
        {
            "type": "flex",
            "altText": "提案が3件あります",
            "contents": {
                "type": "carousel",
                "contents": [
                    proposal("佐藤 健一", "4,000円", "500円 / 時間"),
                    proposal("高橋 直樹", "5,500円", "2,000円 / 時間"),
                    proposal("伊藤 彩", "3,800円", "500円 / 時間"),
                ],
            },
        },
    ),
    ("bot", text("提案の締切はいつにしますか？\n下のボタンから選べます。")),
]

QUICK_REPLIES = [
    {
        "type": "action",
        "action": {
            "type": "datetimepicker",
            "label": "日付を選ぶ",
            "data": "d",
            "mode": "date",
            "initial": "2026-09-20",
            "min": "2026-09-09",
        },
    },
    {"type": "action", "action": postback("1週間後", "week")},
    {"type": "action", "action": postback("わからない", "unknown")},
    {"type": "action", "action": {"type": "message", "label": "もどる", "text": "もどる"}},
]

RICH_MENU = {
    "size": {"width": 1200, "height": 405},
    "selected": True,
    "name": "newcomer",
    "chatBarText": "メニュー",
    "areas": [
        {"bounds": {"x": n * 400, "y": 0, "width": 400, "height": 405}, "action": postback(name, name)}
        for n, name in enumerate(("登録をはじめる", "今の状況", "相談する"))
    ],
}


CARD = [
    {"type": "header", "block_id": "h", "text": plain("登録の確認  C-0012-7")},
    {
        "type": "section",
        "block_id": "s",
        "text": mrkdwn(
            "*山本菓子店* さんから登録の申込みがあります。\n> 毎日の在庫の数え直しを減らしたい\n担当: <@UCLERK>　<https://play.invalid/x|書類を見る>"
        ),
        "accessory": {
            "type": "overflow",
            "action_id": "o",
            "options": [option("履歴を見る", "log"), option("担当を変える", "take")],
        },
    },
    {
        "type": "section",
        "block_id": "f",
        "fields": [
            mrkdwn("*状態*\n審査中"),
            mrkdwn("*期限*\n9月10日(木)"),
            mrkdwn("*事業形態*\n個人事業主"),
            mrkdwn("*業種*\n小売業"),
        ],
    },
    {"type": "context", "block_id": "c", "elements": [mrkdwn("受付 9月8日(火) 9:41 · 2営業日以内に返答")]},
    {
        "type": "actions",
        "block_id": "a",
        "elements": [
            {
                "type": "button",
                "action_id": "open",
                "style": "primary",
                "text": plain("内容を見る"),
                "value": "12",
            },
            {"type": "button", "action_id": "return", "text": plain("差し戻す"), "value": "12"},
            {
                "type": "button",
                "action_id": "reject",
                "style": "danger",
                "text": plain("却下する"),
                "value": "12",
                "confirm": {
                    "title": plain("却下しますか？"),
                    "text": plain("申込者に理由をお知らせします。取り消せません。"),
                    "confirm": plain("却下する"),
                    "deny": plain("やめる"),
                    "style": "danger",
                },
            },
        ],
    },
]

HOME = {
    "id": "VHOME",
    "type": "home",
    "blocks": [
        {"type": "header", "block_id": "1", "text": plain("こんにちは、佐藤さん")},
        {
            "type": "section",
            "block_id": "2",
            "text": mrkdwn("登録は *承認済み* です。次は案件をさがしましょう。"),
            "accessory": {
                "type": "button",
                "action_id": "search",
                "style": "primary",
                "text": plain("案件をさがす"),
            },
        },
        {"type": "divider", "block_id": "3"},
        {
            "type": "section",
            "block_id": "4",
            "text": mrkdwn("*進行中の提案*"),
            "accessory": {
                "type": "static_select",
                "action_id": "sort",
                "placeholder": plain("並べ替え"),
                "options": [option("締切が近い順", "due"), option("新しい順", "new")],
            },
        },
        {
            "type": "section",
            "block_id": "5",
            "fields": [mrkdwn("*山本菓子店*\n在庫管理 · 返事待ち"), mrkdwn("*三宮食堂*\n予約管理 · 下書き")],
        },
        {
            "type": "image",
            "block_id": "6",
            "image_url": PICTURE,
            "alt_text": "しくみの図",
            "title": plain("支援の流れ"),
        },
        {
            "type": "rich_text",
            "block_id": "7",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "text", "text": "謝金は", "style": {"bold": True}},
                                {"type": "text", "text": "翌月末に振り込まれます"},
                            ],
                        }
                    ],
                }
            ],
        },
        {"type": "context", "block_id": "8", "elements": [mrkdwn("更新 9:41")]},
    ],
}


def field(key: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": key,
        "label": plain(label),
        "element": {"action_id": "answer"} | element,
    } | more


MODAL = {
    "id": "VFORM",
    "type": "modal",
    "title": plain("専門家の登録  1/3"),
    "submit": plain("次へ"),
    "close": plain("あとで"),
    "values": {},
    "errors": {"price": "500円以上で入力してください"},
    "blocks": [
        {"type": "section", "block_id": "x", "text": mrkdwn("入力した内容は、ページごとに保存されます。")},
        field("name", "お名前", {"type": "plain_text_input", "placeholder": plain("例: 佐藤 健一")}, hint=plain("戸籍のとおりに入力してください")),
        field("price", "時給（税込、円）", {"type": "number_input", "is_decimal_allowed": False, "initial_value": "300", "min_value": "0"}),
        field("email", "メール", {"type": "email_text_input", "initial_value": "sato@example.jp"}),
        field("site", "ウェブサイト", {"type": "url_text_input"}, optional=True),
        field("kind", "契約の形", {"type": "radio_buttons", "initial_option": option("個人", "person"), "options": [option("個人", "person"), option("会社に所属", "firm", description=plain("会社の同意書が必要です"))]}, dispatch_action=True),
        field("modes", "支援の方法", {"type": "checkboxes", "options": [option("訪問", "visit"), option("オンライン", "online"), option("電話", "phone")]}),
        field("pref", "都道府県", {"type": "static_select", "placeholder": plain("選んでください"), "option_groups": [{"label": plain("近畿"), "options": [option("兵庫県", "28"), option("大阪府", "27")]}, {"label": plain("関東"), "options": [option("東京都", "13")]}]}),
        field("areas", "得意な分野", {"type": "multi_static_select", "placeholder": plain("3つまで"), "max_selected_items": 3, "initial_options": [option("在庫管理", "stock")], "options": [option("会計", "books"), option("在庫管理", "stock"), option("予約", "booking"), option("勤怠", "time")]}),
        field("bank", "銀行", {"type": "external_select", "placeholder": plain("銀行名を入力"), "min_query_length": 1}),
        field("from", "開始できる日", {"type": "datepicker", "initial_date": "2026-10-01"}),
        field("at", "連絡のつく時刻", {"type": "timepicker", "initial_time": "09:30"}),
        field("about", "自己紹介", {"type": "plain_text_input", "multiline": True, "max_length": 200, "min_length": 10}),
        {"type": "actions", "block_id": "b", "elements": [{"type": "button", "action_id": "clear", "text": plain("下書きを消す")}]},
    ],
}  # fmt: skip
