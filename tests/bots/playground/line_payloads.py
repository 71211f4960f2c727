"""Messages and rich menus LINE takes, together using every property of every object."""

from typing import Any

Obj = dict[str, Any]

PICTURE = "https://example.jp/a.png"
PLACED: Obj = {
    "position": "absolute",
    "offsetTop": "10px",
    "offsetBottom": "5%",
    "offsetStart": "sm",
    "offsetEnd": "none",
}

POSTBACK: Obj = {
    "type": "postback",
    "label": "はい",
    "data": "a=1",
    "displayText": "はい",
    "inputOption": "openKeyboard",
    "fillInText": "私は",
}
SAYING: Obj = {"type": "message", "label": "相談", "text": "相談したい"}
LINK: Obj = {
    "type": "uri",
    "label": "見る",
    "uri": "https://example.jp/%E3%81%82?q=1#x",
    "altUri": {"desktop": "https://example.jp/pc"},
}
CALL: Obj = {"type": "uri", "label": "電話", "uri": "tel:+81-78-000-0000"}
DATE: Obj = {
    "type": "datetimepicker",
    "label": "日付",
    "data": "d",
    "mode": "date",
    "initial": "2026-04-02",
    "min": "2026-04-01",
    "max": "2027-03-31",
}
TIME: Obj = {"type": "datetimepicker", "label": "時刻", "data": "t", "mode": "time", "initial": "09:30"}
MOMENT: Obj = {
    "type": "datetimepicker",
    "label": "日時",
    "data": "m",
    "mode": "datetime",
    "min": "2026-04-01t09:00",
    "max": "2026-04-01T18:00",
}
COPY: Obj = {"type": "clipboard", "label": "写す", "clipboardText": "A-123"}
OLD_POSTBACK: Obj = {"type": "postback", "label": "旧", "data": "x", "text": "旧"}

QUICK_REPLY: Obj = {
    "items": [
        {"type": "action", "imageUrl": PICTURE, "action": POSTBACK},
        *({"type": "action", "action": action} for action in (SAYING, LINK, DATE, TIME, MOMENT, COPY)),
        {"type": "action", "action": {"type": "camera", "label": "カメラ"}},
        {"type": "action", "action": {"type": "cameraRoll", "label": "写真"}},
        {"type": "action", "action": {"type": "location", "label": "場所"}},
    ]
}

BOX: Obj = {
    "type": "box",
    "layout": "horizontal",
    "contents": [
        {
            "type": "image",
            "url": PICTURE,
            "flex": 1,
            "margin": "md",
            "align": "start",
            "gravity": "center",
            "size": "full",
            "aspectRatio": "20:13",
            "aspectMode": "cover",
            "backgroundColor": "#FFFFFF",
            "action": LINK,
            "animated": True,
            **PLACED,
        },
        {"type": "separator", "margin": "lg", "color": "#000000"},
        {"type": "filler", "flex": 2},
    ],
    "backgroundColor": "#FFFFFF80",
    "borderColor": "#000000",
    "borderWidth": "semi-bold",
    "cornerRadius": "8px",
    "width": "50%",
    "maxWidth": "300px",
    "height": "40px",
    "maxHeight": "100%",
    "flex": 0,
    "spacing": "xs",
    "margin": "3px",
    "paddingAll": "10%",
    "paddingTop": "lg",
    "paddingBottom": "1px",
    "paddingStart": "none",
    "paddingEnd": "xxl",
    "action": POSTBACK,
    "justifyContent": "space-between",
    "alignItems": "center",
    "background": {
        "type": "linearGradient",
        "angle": "90deg",
        "startColor": "#FFFFFF",
        "endColor": "#000000",
        "centerColor": "#888888",
        "centerPosition": "10%",
    },
    **PLACED,
}
TEXT: Obj = {
    "type": "text",
    "text": "こんにちは",
    "adjustMode": "shrink-to-fit",
    "flex": 1,
    "margin": "md",
    "size": "3xl",
    "scaling": True,
    "align": "end",
    "gravity": "top",
    "wrap": True,
    "lineSpacing": "4px",
    "maxLines": 2,
    "weight": "bold",
    "color": "#112233",
    "action": SAYING,
    "style": "italic",
    "decoration": "underline",
    **PLACED,
}
SPANS: Obj = {
    "type": "text",
    "contents": [
        {
            "type": "span",
            "text": "強調",
            "size": "12px",
            "color": "#112233",
            "weight": "regular",
            "style": "normal",
            "decoration": "line-through",
        }
    ],
}
BASELINE: Obj = {
    "type": "box",
    "layout": "baseline",
    "contents": [
        {
            "type": "icon",
            "url": PICTURE,
            "margin": "sm",
            "size": "lg",
            "aspectRatio": "1:1",
            "scaling": False,
            **{name: value for name, value in PLACED.items() if name != "offsetBottom"},
        },
        {"type": "text", "text": "見出し"},
    ],
}
BUTTON: Obj = {
    "type": "button",
    "action": POSTBACK,
    "flex": 1,
    "margin": "md",
    "height": "sm",
    "style": "primary",
    "color": "#00AA00",
    "gravity": "bottom",
    "adjustMode": "shrink-to-fit",
    "scaling": True,
    **PLACED,
}
STYLE: Obj = {"backgroundColor": "#FFFFFF", "separator": True, "separatorColor": "#000000"}
BUBBLE: Obj = {
    "type": "bubble",
    "size": "mega",
    "direction": "ltr",
    "header": {"type": "box", "layout": "vertical", "contents": []},
    "hero": {"type": "image", "url": PICTURE},
    "body": {"type": "box", "layout": "vertical", "contents": []},
    "footer": {"type": "box", "layout": "vertical", "contents": []},
    "styles": {"header": STYLE, "hero": STYLE, "body": STYLE, "footer": STYLE},
    "action": LINK,
}
FILM: Obj = {
    "type": "bubble",
    "size": "kilo",
    "hero": {
        "type": "video",
        "url": "https://example.jp/a.mp4",
        "previewUrl": PICTURE,
        "altContent": {"type": "image", "url": PICTURE},
        "aspectRatio": "1.51:1",
        "action": LINK,
    },
}
SMALL_BUBBLE: Obj = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": []}}


def template(template: Obj) -> Obj:
    return {"type": "template", "altText": "選んでください", "template": template}


def flex(contents: Obj) -> Obj:
    return {"type": "flex", "altText": "ご案内", "contents": contents}


def holding(component: Obj) -> Obj:
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [component]}}


AREA: Obj = {"x": 0, "y": 0, "width": 520, "height": 520}
COLUMN: Obj = {
    "thumbnailImageUrl": PICTURE,
    "imageBackgroundColor": "#FFFFFF",
    "title": "題",
    "text": "文",
    "defaultAction": LINK,
    "actions": [POSTBACK, SAYING],
}

GOOD: dict[str, Obj] = {
    "text": {
        "type": "text",
        "text": "😀$ こんにちは",
        "emojis": [{"index": 2, "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}],
        "quoteToken": "abc",
        "quickReply": QUICK_REPLY,
        "sender": {"name": "事務局", "iconUrl": PICTURE},
    },
    "textV2": {
        "type": "textV2",
        "text": "{who}さん {{}} {all} {smile}",
        "substitution": {
            "who": {"type": "mention", "mentionee": {"type": "user", "userId": "U" + "0" * 32}},
            "all": {"type": "mention", "mentionee": {"type": "all"}},
            "smile": {"type": "emoji", "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "002"},
        },
        "quoteToken": "abc",
    },
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988", "quoteToken": "abc"},
    "image": {"type": "image", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE},
    "video": {
        "type": "video",
        "originalContentUrl": "https://example.jp/a.mp4",
        "previewImageUrl": PICTURE,
        "trackingId": "v1",
    },
    "audio": {"type": "audio", "originalContentUrl": "https://example.jp/a.m4a", "duration": 1000},
    "location": {
        "type": "location",
        "title": "神戸",
        "address": "中央区",
        "latitude": 34.69,
        "longitude": 135,
    },
    "imagemap": {
        "type": "imagemap",
        "baseUrl": "https://example.jp/map",
        "altText": "地図",
        "baseSize": {"width": 1040, "height": 1040},
        "actions": [
            {"type": "message", "area": AREA, "label": "左", "text": "左"},
            {"type": "uri", "area": AREA, "label": "右", "linkUri": "https://example.jp/"},
            {"type": "clipboard", "area": AREA, "label": "写す", "clipboardText": "A-1"},
        ],
        "video": {
            "originalContentUrl": "https://example.jp/a.mp4",
            "previewImageUrl": PICTURE,
            "area": AREA,
            "externalLink": {"linkUri": "https://example.jp/", "label": "続き"},
        },
    },
    "buttons": template(
        {
            "type": "buttons",
            "thumbnailImageUrl": PICTURE,
            "imageAspectRatio": "rectangle",
            "imageSize": "cover",
            "imageBackgroundColor": "#FFFFFF",
            "title": "題",
            "text": "文",
            "defaultAction": LINK,
            "actions": [POSTBACK, CALL, OLD_POSTBACK, MOMENT],
        }
    ),
    "confirm": template({"type": "confirm", "text": "よいですか", "actions": [POSTBACK, SAYING]}),
    "carousel": template(
        {
            "type": "carousel",
            "columns": [COLUMN, COLUMN],
            "imageAspectRatio": "square",
            "imageSize": "contain",
        }
    ),
    "image_carousel": template(
        {
            "type": "image_carousel",
            "columns": [{"imageUrl": PICTURE, "action": {"type": "postback", "data": "x"}}],
        }
    ),
    "bubble": flex(BUBBLE),
    "box": flex(holding(BOX)),
    "words": flex(holding(TEXT)),
    "spans": flex(holding(SPANS)),
    "baseline": flex(holding(BASELINE)),
    "button": flex(holding(BUTTON)),
    "film": flex(FILM),
    "bubbles": flex({"type": "carousel", "contents": [SMALL_BUBBLE, SMALL_BUBBLE]}),
    "coupon": {"type": "coupon", "couponId": "01JYNW8JMQVFBNWF1APF8Z3FS7", "deliveryTag": "spring"},
}

RICH_MENU: Obj = {
    "size": {"width": 1200, "height": 405},
    "selected": True,
    "name": "登録済み",
    "chatBarText": "メニュー",
    "areas": [
        {"bounds": {"x": 0, "y": 0, "width": 600, "height": 405}, "action": POSTBACK},
        {
            "bounds": {"x": 600, "y": 0, "width": 600, "height": 405},
            "action": {
                "type": "richmenuswitch",
                "label": "次へ",
                "richMenuAliasId": "next-1",
                "data": "to=next",
            },
        },
    ],
}
