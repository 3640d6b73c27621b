"""The console in a real browser: every page, narrow and wide, light and dark, in both languages, against the CLI's word."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import pathlib
import re
import time
from urllib.parse import quote, urlsplit

import html5lib
import pytest

import world as demo
from browser import Browser

PICTURES = os.environ.get("PORTVAKT_TEST_PICTURES")
HOSTILE = "<script>alert('x')</script>\"&'{{=<% %>=}}"


def people_of(world: demo.World) -> list[demo.Client]:
    return [client for client in world.clients.values() if client.key_id]


def fill(world: demo.World) -> None:
    """Traffic: tokens, refusals, a grant that ends soon, a client whose name attacks every page."""
    for client in people_of(world):
        for _ in range(3):
            world.token(demo.Grant.of(client, world.issuer).signed())
    client = people_of(world)[0]
    for scope in ("acme:missing.read", "portvakt:operator"):
        world.token(demo.Grant.of(client, world.issuer, scope=scope).signed())
    access = next(row for row in world.json("access", "list")["items"] if row["consumer_orgno"] == client.organisation)
    world.on_data(
        "access", "grant", access["scope"], access["consumer_orgno"], "--reason", HOSTILE,
        "--until", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 5 * 86_400)),
    )
    world.on_data("client", "create", "--org", client.organisation, "--name", HOSTILE, "--scope", client.scopes[0])


@pytest.fixture(scope="module")
def console():
    with demo.scratch() as folder:
        world = demo.World(pathlib.Path(folder) / "data").make().start()
        try:
            fill(world)
            yield world
        finally:
            assert world.stop() == 0, world.tail()


@pytest.fixture(scope="module")
def browser(console):
    with demo.scratch() as folder:
        browser = Browser(pathlib.Path(folder))
        try:
            browser.language("en")
            log_in(browser, console)
            yield browser
        finally:
            browser.close()


def link(world: demo.World, *arguments: str) -> str:
    """A link; to the port that the test gave the server, which the configuration does not know."""
    parts = urlsplit(world.json("web", *arguments)["url"])
    return f"{base(world)}{parts.path}?{parts.query}"


def log_in(browser: Browser, world: demo.World, *arguments: str) -> None:
    address = link(world, *arguments)
    assert browser.open(address) == 200
    assert browser.evaluate("document.querySelectorAll('form[method=post]').length") == 1
    browser.act("document.querySelector('form[action=\"/console/login\"] button').click()")
    assert browser.evaluate("location.pathname") == "/console"


def base(world: demo.World) -> str:
    return f"http://127.0.0.1:{world.admin_port}"


def pages(world: demo.World) -> list[str]:
    """Every page, with the subjects that have most to show."""
    client = people_of(world)[0]
    scope = world.json("scope", "list")["items"][0]["scope"]
    owner = world.json("scope", "show", client.scopes[0])["owner_orgno"]
    sequence = world.json("audit", "search", "--event", "token_refused")["items"][0]["sequence"]
    return [
        "", "/access", "/access?never_used=1&sort=until&descending=1", "/access?org=1", "/scopes",
        f"/scope?scope={quote(client.scopes[0])}", f"/scope?scope={quote(scope)}", "/organisations",
        "/organisations?q=kommune", f"/organisation?org={client.organisation}", f"/organisation?org={owner}",
        "/clients", f"/client?client={client.id}", "/delegations", "/keys", "/audit", "/audit?code=MP-999",
        f"/access?scope={quote(client.scopes[0])}&at=2026-01-01",
        f"/record?sequence={sequence}", "/proof", "/proof?sequence=1", "/proof?jti=unknown", "/nothing",
    ]


EXPECTED = {"/access?org=1": 400, "/nothing": 404}


def name_of(page: str) -> str:
    return re.sub(r"[^a-z]+", "-", page.lower()).strip("-")[:40] or "overview"


# Whether the page is as it should be, told by the page itself.
LOOK = """(() => {
  const faults = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) {
    const culprit = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
      && getComputedStyle(e).position !== 'absolute').map(e => e.tagName + '.' + e.className).slice(0, 5);
    faults.push(`scrolls sideways: ${wide} > ${innerWidth}: ${culprit}`);
  }
  let level = 0;
  for (const heading of document.querySelectorAll('h1,h2,h3,h4')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push(`heading out of order: ${heading.textContent}`);
    level = next;
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  if (new Set(ids).size !== ids.length) faults.push(`an id twice: ${ids}`);
  if (document.scripts.length) faults.push('a script');
  if (document.querySelector('[style]')) faults.push('a style attribute');
  for (const field of document.querySelectorAll('input:not([type=hidden]),select'))
    if (!field.labels.length) faults.push(`no label: ${field.name}`);
  for (const one of document.querySelectorAll('a,button'))
    if (!(one.getAttribute('aria-label') || one.textContent).trim()) faults.push(`no name: ${one.outerHTML}`);
  const parse = text => { const v = text.match(/[\\d.]+/g).map(Number); return v.length < 4 ? [...v, 1] : v; };
  const light = ([r, g, b]) => { const c = [r, g, b].map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * c[0] + .7152 * c[1] + .0722 * c[2]; };
  const ground = element => { for (let e = element; e; e = e.parentElement) { const v = parse(getComputedStyle(e).backgroundColor); if (v[3] > 0) return v; } return [255, 255, 255, 1]; };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility() || element.tagName === 'TITLE' || element.tagName === 'title') continue;
    const style = getComputedStyle(element);
    const ink = parse(element.namespaceURI.endsWith('svg') ? style.fill : style.color), under = ground(element);
    const [a, b] = [light(ink), light(under)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    const key = `${ink}/${under}`;
    if (ratio < 4.5 && !seen.has(key)) { seen.add(key); faults.push(`contrast ${ratio.toFixed(2)}: ${element.tagName}.${element.className} ${element.textContent.slice(0, 20)}`); }
  }
  return faults;
})()"""


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_can_be_read(console, browser, width, scheme):
    browser.language("nb" if scheme == "dark" else "en")
    browser.window(width)
    browser.scheme(scheme)
    faults = []
    try:
        for page in pages(console):
            browser.said.clear()
            status = browser.open(f"{base(console)}/console{page}")
            if status != EXPECTED.get(page, 200):
                faults.append(f"{page}: status {status}")
            faults += [f"{page}: {fault}" for fault in browser.evaluate(LOOK)]
            # A browser itself says that a page was not found: that is no message of ours.
            faults += [f"{page}: says {text}" for text in browser.said if "Failed to load resource" not in text]
            if PICTURES:
                browser.picture(pathlib.Path(PICTURES) / f"{name_of(page)}-{width}-{scheme}.png")
    finally:
        browser.language("en")
    assert not faults, "\n".join(faults)


def get(world: demo.World, path: str, cookie: str | None = None, language: str = "en", method: str = "GET", **more):
    connection = http.client.HTTPConnection("127.0.0.1", world.admin_port, timeout=30)
    fields = {"Accept-Language": language} | ({"Cookie": cookie} if cookie else {}) | more.pop("headers", {})
    connection.request(method, path, headers=fields, **more)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def session(world: demo.World, *arguments: str) -> str:
    """The cookie of a new session, made without a browser."""
    code = urlsplit(link(world, *arguments)).query.removeprefix("code=")
    answer, _ = get(
        world, "/console/login", method="POST", body=f"code={code}",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status == 303, answer.status
    return answer.headers["Set-Cookie"].split(";")[0]


def test_every_page_is_valid_html_in_both_languages(console):
    cookie = session(console)
    for language, code in (("en", "en"), ("nb-NO,nb;q=0.9", "nb")):
        for page in pages(console):
            answer, text = get(console, f"/console{page}", cookie, language)
            assert answer.status == EXPECTED.get(page, 200), page
            html5lib.HTMLParser(strict=True).parse(text)
            assert f'<html lang="{code}">' in text
            assert answer.headers["Content-Language"] == code
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    _, english = get(console, "/console", cookie, "en")
    _, norwegian = get(console, "/console", cookie, "nb")
    assert "Needs attention" in english and "Krever oppmerksomhet" in norwegian


def test_what_others_wrote_is_never_markup(console):
    cookie = session(console)
    found = 0
    for page in pages(console) + [f"/clients?q={quote('<script>')}", f"/organisations?q={quote(HOSTILE)}"]:
        _, text = get(console, f"/console{page}", cookie)
        assert "<script" not in text, page
        found += "&lt;script&gt;" in text
    assert found >= 4


def test_every_link_is_reached_by_the_keyboard(console, browser):
    browser.window(1280)
    for page in ("", "/access", "/keys", f"/organisation?org={people_of(console)[0].organisation}"):
        browser.open(f"{base(console)}/console{page}")
        wanted = browser.evaluate(
            "[...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,summary')]"
            ".filter(e => e.checkVisibility()).length"
        )
        browser.evaluate("window.reached = new Set(); document.body.focus()")
        first = True
        for _ in range(wanted + 12):
            browser.press("Tab", 9)
            name = browser.evaluate(
                "(() => { const e = document.activeElement; if (e === document.body) return null;"
                " reached.add(e); const s = getComputedStyle(e);"
                " const r = e.querySelector('rect') ? parseFloat(getComputedStyle(e.querySelector('rect')).strokeWidth) : 0;"
                " return [e.className.baseVal ?? e.className, s.outlineStyle !== 'none' || r > 2 || e.type === 'date', e.outerHTML.slice(0, 80)]; })()"
            )
            if name is None:
                continue
            assert name[1], f"{page}: no visible focus: {name[2]}"
            if first:
                assert name[0] == "skip", f"{page}: the first is {name}"
                first = False
        # A day is entered in several places of one field.
        assert browser.evaluate("reached.size") >= wanted, page


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_numbers_are_those_of_the_command_line(console):
    cookie = session(console)

    def rows(page: str) -> list[dict]:
        answer, text = get(console, f"/console/{page}", cookie)
        assert answer.status == 200, text
        return json.loads(text)["items"]

    def same(ours: list[dict], theirs: list[dict], keys: list[str]) -> None:
        def cut(items):
            return sorted(json.dumps([item[key] for key in keys]) for item in items)
        assert ours and cut(ours) == cut(theirs)

    same(
        rows("access.json"), console.json("access", "list")["items"],
        ["scope", "consumer_orgno", "consumer_name", "created", "until", "reason", "origin"],
    )
    same(rows("scopes.json"), console.json("scope", "list")["items"], ["scope"])
    same(
        rows("clients.json"), console.json("client", "list")["items"],
        ["client_id", "client_name", "client_orgno", "scopes", "keys", "nearest_key_expiry", "state"],
    )
    same(
        rows("delegations.json"), console.json("delegation", "list")["items"],
        ["id", "consumer_orgno", "supplier_orgno", "scopes", "since", "until", "last_used"],
    )
    same(rows("keys.json"), console.json("keys", "list")["items"], ["kid", "alg", "state", "created", "signs_from"])
    issued, refused = console.ledger("token_issued"), console.ledger("token_refused")
    code = refused[0]["code"]
    same(rows(f"audit.json?code={code}"), [entry for entry in refused if entry["code"] == code], ["sequence", "time"])
    # The chart, the list of codes and the ledger count the same.
    _, text = get(console, "/console", cookie)
    summary = re.search(r'<p class="note">([^<]*) tokens issued, ([^<]*) requests refused', text)
    assert (number(summary[1]), number(summary[2])) == (len(issued), len(refused))
    # Uses of grants are tokens of the ledger.
    for row in rows("access.json"):
        tokens = [
            entry for entry in issued
            if row["scope"] in entry["scopes"] and entry["consumer"] == row["consumer_orgno"]
        ]
        assert row["tokens_30d"] == len(tokens), row
        assert row["last_token"] == max((entry["time"] for entry in tokens), default=None), row


def test_files_hold_the_rows_of_the_page(console):
    cookie = session(console)
    answer, text = get(console, "/console/access.csv?sort=consumer&descending=1", cookie)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="portvakt-access.csv"' in answer.headers["Content-Disposition"]
    listed = list(csv.DictReader(io.StringIO(text)))
    _, document = get(console, "/console/access.json?sort=consumer&descending=1", cookie)
    items = json.loads(document)["items"]
    assert [row["consumer_orgno"] for row in listed] == [item["consumer_orgno"] for item in items]
    assert [item["consumer_orgno"] for item in items] == sorted(
        (item["consumer_orgno"] for item in items), reverse=True
    )
    _, page = get(console, "/console/access?sort=consumer&descending=1", cookie)
    assert 'href="/console/access.csv?descending=1&amp;sort=consumer"' in page


def test_what_is_not_understood_says_so(console):
    cookie = session(console)
    for page, words in [
        ("/access?org=12", "is no organisation number"), ("/access?colour=red", "`colour`"),
        ("/access?sort=colour", "`colour`"), ("/access?offset=-1", "offset"), ("/clients?scope=x", "is no scope name"),
        ("/access?org=1&org=2", "twice"), ("/audit?trace=zz", "is no trace id"), ("/access?at=yesterday", "is no time"),
        ("/access?never_used=maybe", "never_used"), ("/scopes.csv?x=%zz", "cannot be read"),
    ]:
        answer, text = get(console, f"/console{page}", cookie)
        assert answer.status == 400, page
        assert words in text.replace("&#39;", "'"), (page, text[-3000:])


def test_as_of_a_day_shows_what_was(console):
    """A grant that was withdrawn today is there as of now and not any more; as of a day before the world, nothing is."""
    cookie = session(console)
    before = json.loads(get(console, "/console/access.json", cookie)[1])["items"]
    gone = next(row for row in before if row["reason"] != HOSTILE)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1)
    console.on_data("access", "revoke", gone["scope"], gone["consumer_orgno"], "--yes")
    try:
        def has(query: str) -> bool:
            items = json.loads(get(console, f"/console/access.json{query}", cookie)[1])["items"]
            return any(
                (row["scope"], row["consumer_orgno"]) == (gone["scope"], gone["consumer_orgno"]) for row in items
            )
        assert not has("")
        assert has(f"?at={moment}")
        assert not has("?at=2020-01-01")
    finally:
        console.on_data("access", "grant", gone["scope"], gone["consumer_orgno"])


def test_an_organisation_sees_itself_alone(console):
    """No page, file or address of an organisation's session names a client, grant or entry of others."""
    client = people_of(console)[0]
    cookie = session(console, "--org", client.organisation)
    everything = session(console)
    owned = {row["scope"] for row in console.json("scope", "list", "--org", client.organisation)["items"]}
    foreign = [other for other in console.clients.values() if other.organisation != client.organisation]
    assert foreign
    for page in pages(console) + [f"/client?client={other.id}" for other in foreign]:
        answer, text = get(console, f"/console{page}", cookie)
        assert answer.status in (200, 400, 404)
        for other in foreign:
            shown = text.replace(quote(other.id), "") if f"client={other.id}" in page else text
            assert other.id not in shown and other.id[:8] not in shown, (page, other.name)
    for page in ("access", "clients", "audit", "delegations"):
        items = json.loads(get(console, f"/console/{page}.json", cookie)[1])["items"]
        whole = json.loads(get(console, f"/console/{page}.json", everything)[1])["items"]
        # The one delegation of the world is its own.
        assert len(items) < len(whole) or page == "delegations", page
        for row in items:
            parties = {row.get(key) for key in ("consumer_orgno", "supplier_orgno", "client_orgno", "consumer", "supplier")}
            assert client.organisation in parties or row.get("scope") in owned, row
        text = get(console, f"/console/{page}.csv", cookie)[1]
        assert not any(other.id in text for other in foreign), page
    refused = next(entry for entry in console.ledger("token_issued") if entry["consumer"] != client.organisation)
    assert get(console, f"/console/record?sequence={refused['sequence']}", cookie)[0].status == 404
    for other in foreign:
        assert get(console, f"/console/client?client={other.id}", cookie)[0].status == 404


def test_a_link_opens_once_and_a_session_ends_with_its_form(console):
    code = urlsplit(link(console)).query.removeprefix("code=")
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    def post(path: str, body: str, **headers: str):
        return get(console, path, method="POST", body=body, headers=form | headers)

    # Looking at the link uses nothing up; nor does a form from elsewhere.
    for _ in range(2):
        assert get(console, f"/console/login?code={code}")[0].status == 200
    assert post("/console/login", f"code={code}", **{"Sec-Fetch-Site": "cross-site"})[0].status == 403
    assert post("/console/login", f"code={code}", Origin="https://elsewhere.example")[0].status == 403
    answer, _ = post("/console/login", f"code={code}")
    assert answer.status == 303
    field = answer.headers["Set-Cookie"]
    assert "HttpOnly" in field and "SameSite=Strict" in field and "Path=/console" in field
    cookie = field.split(";")[0]
    assert code not in cookie
    assert post("/console/login", f"code={code}")[0].status == 403
    answer, text = get(console, "/console", cookie)
    assert answer.status == 200
    word = re.search(r'name="word" value="([^"]+)"', text)[1]
    # Only the session's own form ends it, and only POST does.
    post("/console/logout", "word=guessed", Cookie=cookie)
    post("/console/logout", f"word={word}", Cookie=cookie, **{"Sec-Fetch-Site": "same-site"})
    assert get(console, "/console/logout", cookie)[0].status == 405
    assert get(console, "/console", cookie)[0].status == 200
    answer, _ = post("/console/logout", f"word={word}", Cookie=cookie)
    assert answer.status == 303 and "Max-Age=0" in answer.headers["Set-Cookie"]
    answer, _ = get(console, "/console", cookie)
    assert (answer.status, answer.headers["Location"]) == (303, "/console/login")
    made, opened, ended = (console.ledger(f"console_{kind}")[-1] for kind in ("link_made", "logged_in", "logged_out"))
    assert made["actor"] == opened["actor"] == ended["actor"] and "@" in made["actor"]
    assert code not in json.dumps([made, opened, ended])


def test_without_a_session_there_is_the_way_in_and_the_style_alone(console):
    for page in pages(console):
        answer, text = get(console, f"/console{page}")
        assert (answer.status, answer.headers["Location"], text) == (303, "/console/login", ""), page
    answer, _ = get(console, "/console/style.css")
    assert answer.status == 200 and answer.headers["ETag"]
    assert get(console, "/console/style.css", headers={"If-None-Match": answer.headers["ETag"]})[0].status == 304
    assert get(console, "/console/login")[0].status == 200
    assert get(console, "/console", method="POST", body="")[0].status == 405
