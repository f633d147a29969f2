"""The vocabulary of field names: what each says of its values, and what records of a kind are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.world import phrases
from mockserver.world.people import provider
from mockserver.world.scenes import COMPANIES, PEOPLE, Scene

Json = Any
MISSING: Any = object()  # the name says nothing
Maker = Callable[[Scene], Json]


def _one(choices: Sequence[Json]) -> Maker:
    return lambda scene: scene.dice.pick(choices)


def _weighed(choices: Mapping[str, float]) -> Maker:
    return lambda scene: scene.dice.weighted(choices)


def _between(low: int, high: int, step: int = 1) -> Maker:
    return lambda scene: scene.dice.between(low // step, high // step) * step


def filled(template: str, scene: Scene) -> str:
    """A phrase with its places filled in for the scene."""
    if "{" not in template:
        return template
    agent = scene.backdrop.crowd("agents").person(scene.number % 12).first if "{agent}" in template else ""
    first = scene.person.first if "{first}" in template else ""
    return template.format(first=first, agent=agent, company=scene.company.name if "{company}" in template else "")


def _phrase(choices: Sequence[str]) -> Maker:
    return lambda scene: filled(scene.dice.pick(choices), scene)


def _money(scene: Scene) -> float:
    """Amounts as people agree on them: round ones, small ones more often."""
    size = scene.dice.pick((10, 50, 50, 100, 100, 100, 500, 1000))
    return scene.dice.between(3, 60) * size


def _job(scene: Scene) -> str:
    if scene.backdrop.locale.startswith("en"):
        return scene.dice.weighted(phrases.JOBS)
    jobs = provider("job", scene.backdrop.locale).jobs
    return str(scene.dice.pick(tuple(jobs)))


def _name(scene: Scene) -> str:
    """What `name` means depends on what the record is."""
    if scene.subject in PEOPLE:
        return scene.person.name
    if scene.subject in COMPANIES:
        return scene.company.name
    return str(_titled(scene, scene.person.name if _plain(scene.subject) else MISSING))


def _plain(subject: str) -> bool:
    return subject in ("", "profile", "signer", "speaker", "host", "inviter", "creditor", "cardholder")


def _title(scene: Scene) -> str:
    return _job(scene) if scene.subject in PEOPLE else _titled(scene, MISSING)


def _titled(scene: Scene, otherwise: Json) -> Json:
    words = TITLES.get(scene.subject)
    if words is not None:
        choice = words[scene.number % len(words)] if scene.subject in _IN_TURN else scene.dice.pick(words)
        return filled(choice, scene)
    if otherwise is not MISSING:
        return otherwise
    return f"{scene.dice.pick(phrases.WORDS)} {scene.subject.replace('_', ' ') or 'entry'}".capitalize()


_IN_TURN = frozenset(
    ("stage", "pipeline", "role", "status", "priority", "tag", "label", "team", "category", "department")
)

TITLES: dict[str, Sequence[str]] = {
    "deal": phrases.DEALS,
    "opportunity": phrases.DEALS,
    "quote": phrases.DEALS,
    "order": phrases.DEALS,
    "stage": phrases.STAGES,
    "pipeline": phrases.PIPELINES,
    "tag": phrases.TAGS,
    "label": phrases.TAGS,
    "campaign": phrases.CAMPAIGNS,
    "sequence": phrases.CAMPAIGNS,
    "product": phrases.PRODUCTS,
    "plan": phrases.PRODUCTS,
    "item": phrases.PRODUCTS,
    "service": phrases.PRODUCTS,
    "task": phrases.TASKS,
    "activity": phrases.TASKS,
    "todo": phrases.TASKS,
    "project": phrases.PROJECTS,
    "board": phrases.PROJECTS,
    "workspace": phrases.TEAMS,
    "goal": phrases.PROJECTS,
    "portfolio": phrases.PROJECTS,
    "ticket": phrases.TICKETS,
    "issue": phrases.TICKETS,
    "case": phrases.TICKETS,
    "note": phrases.SUBJECTS,
    "message": phrases.SUBJECTS,
    "thread": phrases.SUBJECTS,
    "conversation": phrases.SUBJECTS,
    "email": phrases.SUBJECTS,
    "meeting": phrases.SUBJECTS,
    "event": phrases.SUBJECTS,
    "call": phrases.SUBJECTS,
    "article": phrases.SUBJECTS,
    "comment": phrases.SUBJECTS,
    "team": phrases.TEAMS,
    "group": phrases.TEAMS,
    "department": phrases.DEPARTMENTS,
    "list": phrases.CAMPAIGNS,
    "segment": phrases.CAMPAIGNS,
    "folder": tuple(word.replace("-", " ").capitalize() for word in phrases.FILES),
    "file": tuple(f"{word}.pdf" for word in phrases.FILES),
    "document": tuple(f"{word}.pdf" for word in phrases.FILES),
    "attachment": tuple(f"{word}.pdf" for word in phrases.FILES),
    "role": ("Admin", "Editor", "Viewer", "Billing"),
    "category": phrases.PRODUCTS,
    "industry": ("Software", "Healthcare", "Retail", "Energy"),
    "status": ("Open", "In progress", "Waiting", "Done"),
    "priority": ("Low", "Normal", "High"),
    "source": tuple(phrases.SOURCES),
    "pet": ("Luna", "Milo", "Bella", "Max", "Coco", "Rocky", "Nala", "Simba"),
    "country": ("Germany", "France", "Spain", "Canada"),
}

_MEANINGS: dict[str, Maker] = {
    "first name/given name/forename/given/firstname/fname": lambda s: s.person.first,
    "last name/family name/surname/family/lastname/lname": lambda s: s.person.last,
    "full name/fullname/contact name/customer name/user name display/author name/owner name/sender name/"
    "recipient name/signer name"
    "/display name/real name/person name/cardholder name/name on card": lambda s: s.person.name,
    "name/label": _name,
    "middle name": lambda s: s.backdrop.crowd("middle").person(s.number).first,
    "nickname/nick": lambda s: s.person.first.lower(),
    "initials": lambda s: (s.person.first[:1] + s.person.last[:1]).upper(),
    "prefix/salutation/honorific": lambda s: "Ms." if s.person.female else "Mr.",
    "gender/sex": lambda s: "female" if s.person.female else "male",
    "age": _between(21, 67),
    "username/user name/login/handle/screen name/alias": lambda s: s.person.local,
    "email/email address/e mail/mail/contact email/work email/primary email/billing email/reply to": lambda s: s.email,
    "phone/phone number/telephone/tel/mobile/mobile phone/mobile number/cell/cell phone/fax/work phone/"
    "home phone/whatsapp/sms number"
    "/from number/to number/caller id": lambda s: s.phone,
    "company/company name/organization/organisation/organization name/org name/org/account name/employer/"
    "business name/vendor/merchant"
    "/agency/brand": lambda s: s.company.name,
    "domain/email domain/company domain/hostname/host": lambda s: s.company.domain,
    "website/url/web site/homepage/home page/web url/site/link/href/web/permalink/html url/company url": lambda s: (
        f"https://www.{s.company.domain}/"
    ),
    "industry/sector": lambda s: s.company.industry,
    "employees/employee count/company size/number of employees/headcount": lambda s: s.company.employees,
    "job title/jobtitle/position title/job/occupation/profession/job position": _job,
    "title": _title,
    "department": _one(phrases.DEPARTMENTS),
    "team/team name": _one(phrases.TEAMS),
    (
        "street/street address/address line 1/address 1/line 1/line1/address1/street 1/street name/address street"
    ): lambda s: s.place.street,
    ("address/full address/formatted address/mailing address/billing address/shipping address/location"): lambda s: (
        s.place.address
    ),
    "address line 2/address 2/line 2/street 2/suite/unit number": lambda s: f"Suite {s.dice.between(2, 40) * 10}",
    "city/town/locality/address city": lambda s: s.place.city,
    "state/region/province/administrative area/county/state name": lambda s: s.place.region,
    "state code/region code/province code/address state": lambda s: s.place.region_code,
    ("zip/zip code/zipcode/postal code/postcode/post code/postalcode/address zip/address postal code"): lambda s: (
        s.place.postcode
    ),
    "country/country name": lambda s: s.place.country,
    "country code/iso country/address country": lambda s: s.place.country_code,
    "currency/currency code": lambda s: s.place.currency,
    "timezone/time zone/tz": lambda s: s.place.timezone,
    "locale": lambda s: s.backdrop.locale.replace("_", "-"),
    "language/lang/language code": lambda s: s.backdrop.locale[:2],
    "lat/latitude": lambda s: round(30 + s.dice.below(2_000_000) / 100_000, 5),
    "lng/lon/long/longitude": lambda s: round(-120 + s.dice.below(4_000_000) / 100_000, 5),
    "ip/ip address/remote addr": lambda s: f"203.0.113.{s.dice.between(1, 254)}",
    "user agent": lambda s: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "amount/value/price/total/subtotal/total amount/amount due/deal value/cost/budget/revenue/"
    "annual revenue/balance/unit price/fee"
    "/expected value/net/gross/unit amount/total price/grand total": _money,
    "tax/vat/discount/shipping cost": lambda s: s.dice.between(1, 20) * 5,
    "quantity/qty/seats": _between(1, 25),
    "percent/percentage/probability/confidence/progress/win probability": _between(5, 95, 5),
    "rate/ratio": lambda s: s.dice.between(1, 99) / 100,
    "score/lead score/rating/points/rank": _between(10, 95),
    "count/total count/num/size/length/number of items": _between(1, 40),
    "duration/duration seconds/call duration/seconds": _between(25, 1500),
    "duration minutes/minutes": _between(5, 90, 5),
    "position/order/sort order/display order/index/ordinal/sequence number": lambda s: s.index + 1,
    "unread count/message count/comment count/reply count/open count/click count/attempts/retries": _between(0, 6),
    "version/revision": _between(1, 5),
    "year": _between(2023, 2025),
    "month": _between(1, 12),
    "day": _between(1, 28),
    "hour": _between(8, 18),
    "subject/topic/email subject/headline/heading/subject line": _phrase(phrases.SUBJECTS),
    "body/message/content/text/body text/plain text/message body/comment/comments/reply/snippet/preview/"
    "last message/excerpt"
    "/text body/question": _phrase(phrases.MESSAGES),
    ("html/html body/body html/html content/html text/html notes"): lambda s: (
        f"<p>{filled(s.dice.pick(phrases.MESSAGES), s)}</p>"
    ),
    "notes/note/remark/remarks/internal notes/memo/bio/about/background": _one(phrases.NOTES),
    (
        "description/summary/details/detail/desc/explanation/instructions/purpose/objective/overview/abstract/reason"
    ): _one(phrases.DESCRIPTIONS),
    "transcript/transcription/call transcript": _phrase(phrases.TRANSCRIPT),
    "task/todo/task name/action item/next step/next steps": _one(phrases.TASKS),
    "deal name/opportunity name/deal title": _phrase(phrases.DEALS),
    "product/product name/plan name/item name/product interest": _one(phrases.PRODUCTS),
    "project/project name": _one(phrases.PROJECTS),
    "campaign/campaign name/utm campaign": _one(phrases.CAMPAIGNS),
    "tag/tags/label name/labels/keyword/keywords": _one(phrases.TAGS),
    "source/lead source/origin/utm source/referrer/channel/medium": _weighed(phrases.SOURCES),
    "stage/stage name/process stage/deal stage/pipeline stage/lifecycle stage": _one(phrases.STAGES[:5]),
    "pipeline/pipeline name": _one(phrases.PIPELINES),
    "status/state name": _weighed({"active": 6, "pending": 2, "inactive": 1}),
    "priority/severity/urgency": _weighed({"normal": 5, "high": 2, "low": 2}),
    "role": _weighed({"member": 6, "editor": 3, "admin": 1}),
    "direction": _weighed({"outbound": 3, "inbound": 2}),
    "color/colour/hex color": _one(phrases.COLORS),
    "color name": _one(phrases.COLOR_NAMES),
    "file name/filename/attachment name/original filename": lambda s: f"{s.dice.pick(phrases.FILES)}.pdf",
    "extension/file extension/file type": lambda s: "pdf",
    "mime type/content type/media type/mimetype": lambda s: "application/pdf",
    "file size/filesize/bytes/byte size/size bytes": _between(20_000, 2_000_000),
    "avatar/avatar url/photo/photo url/picture/image/image url/profile image/profile picture/thumbnail/"
    "thumbnail url/logo/logo url/icon"
    "/icon url/small image": lambda s: (
        f"https://images.example/{s.person.local if s.subject in PEOPLE else s.company.domain[:-8]}.png"
    ),
    ("recording url/recording/audio url/call recording/voicemail url"): lambda s: (
        f"https://recordings.example/{s.dice.below(1 << 48):012x}.mp3"
    ),
    "video url": lambda s: f"https://videos.example/{s.dice.below(1 << 48):012x}.mp4",
    "download url/file url/attachment url/pdf url/invoice url": lambda s: (
        f"https://files.example/{s.dice.pick(phrases.FILES)}.pdf"
    ),
    ("callback url/webhook url/redirect uri/redirect url/endpoint url/target url/endpoint"): lambda s: (
        f"https://hooks.{s.company.domain}/events"
    ),
    "linkedin/linkedin url/linkedin profile": lambda s: (
        f"https://linkedin.example/in/{s.person.local.replace('.', '-')}"
    ),
    "twitter/twitter handle/facebook/instagram": lambda s: f"@{s.person.local.replace('.', '')}",
    "slug/permalink slug/url slug": lambda s: f"{s.dice.pick(phrases.WORDS)}-{s.subject or 'entry'}-{s.number + 1}",
    "sku/product code/item code/part number": lambda s: f"SKU-{s.dice.between(10_000, 99_999)}",
    "code/reference/reference number/number": lambda s: f"{(s.subject or 'ref')[:3].upper()}-{1000 + s.number}",
    "invoice number": lambda s: f"INV-{10_000 + s.number}",
    "order number": lambda s: f"ORD-{10_000 + s.number}",
    "hash/checksum/sha/sha1/etag/digest/md5": lambda s: "".join(f"{s.dice.below(1 << 40):010x}" for _ in range(4)),
    ("token/access token/api key/secret/refresh token/client secret/signature"): lambda s: "".join(
        f"{s.dice.below(1 << 60):015x}" for _ in range(2)
    ),
    "error/error message/message text error": lambda s: "The request could not be completed.",
    "birthday/birth date/date of birth/dob/birthdate": lambda s: (
        f"{1960 + s.dice.below(44)}-{s.dice.between(1, 12):02d}-{s.dice.between(1, 28):02d}"
    ),
}
MEANINGS: dict[tuple[str, ...], Maker] = {
    tuple(name.split()): maker for listed, maker in _MEANINGS.items() for name in listed.split("/")
}
