"""The page's server: this machine only, one browser, and nothing that another site could make it do.

Who starts it is shown an address with a token. The token opens the page once and becomes a cookie that no script
reads and no other site sends; every change also needs a header that only the page itself knows. Requests to another
host name than the one given, or from another origin, are refused before anything else is looked at.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from repeatdetect.contradictions import DIFFERENT, LATER, SAME
from repeatdetect.errors import RepeatDetectError
from repeatdetect.review.picture import Desk
from repeatdetect.review.session import Session, Standing

LARGEST = 16_384  # bytes of a request
LONGEST_WHY = 1_000  # characters of a reason
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_WORDS = {SAME: "同一事项", DIFFERENT: "不同事项", LATER: "待定"}

Call = Callable[[Request], Awaitable[Response]]


class Gate:
    """Who may come in.

    Parameters
    ----------
    host : str
        The only ``Host`` that is answered, e.g. ``127.0.0.1:8500``.

    Attributes
    ----------
    token : str or None
        Opens the page once; None when it was used.
    csrf : str
        What the header ``X-Review`` of every change must hold.
    """

    def __init__(self, host: str) -> None:
        self.host, self.origin = host, f"http://{host}"
        self.token: str | None = secrets.token_urlsafe(32)
        self.csrf = secrets.token_urlsafe(32)
        self.cookie = f"review-{host.rpartition(':')[2]}"  # browsers share cookies between ports
        self._pass = secrets.token_urlsafe(32)

    def refusal(self, request: Request) -> str:
        """Why a request is refused; '' when it may pass."""
        headers = request.headers
        if headers.get("host") != self.host:
            return "主机名不符"
        if headers.get("origin", self.origin) != self.origin:
            return "来源不符"
        if request.method != "GET" and headers.get("origin") != self.origin:
            return "来源不明"
        if request.method != "GET" and not _equal(headers.get("x-review"), self.csrf):
            return "缺少校验值"
        if request.url.path != "/" and not self.known(request):
            return "未经授权"
        return ""

    def known(self, request: Request) -> bool:
        """Whether the browser has been let in before."""
        return _equal(request.cookies.get(self.cookie), self._pass)

    def admit(self, request: Request) -> Response | None:
        """Exchange the token of an address for the cookie; None when it is not the token, or was used."""
        if self.token is None or not _equal(request.query_params.get("token"), self.token):
            return None
        self.token = None
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, self._pass, httponly=True, samesite="strict", path="/")
        return answer


def _equal(given: str | None, expected: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


def application(session: Session, desk: Desk, gate: Gate, *, masked: bool) -> Starlette:
    """The page, its script and style, and the few calls the script makes.

    Parameters
    ----------
    session : Session
    desk : Desk
    gate : Gate
    masked : bool
        Whether the page says that identities are hidden.
    """
    web = files("repeatdetect.review") / "web"
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        (web / "page.html").read_text(encoding="utf-8")
    )
    assets = {name: (web / name).read_text(encoding="utf-8") for name in ("review.js", "review.css")}

    async def page(request: Request) -> Response:
        if "token" in request.query_params and (admitted := gate.admit(request)):
            return admitted
        if not gate.known(request):
            return _refused("地址中的口令不对或已用过，请关闭后重新运行 repeatdetect review")
        html = template.render(csrf=gate.csrf, who=session.who, place=session.place, masked=masked)
        return Response(html, media_type="text/html")

    async def asset(request: Request) -> Response:
        name = request.url.path.lstrip("/")
        return Response(assets[name], media_type="text/javascript" if name.endswith("js") else "text/css")

    async def state(_: Request) -> Response:
        return await _told(lambda: _state(desk, session.standing()))

    async def answer(request: Request) -> Response:
        said = await _body(request)
        left, right, word, why = (str(said.get(name, "")) for name in ("left", "right", "word", "why"))
        return await _told(lambda: _state(desk, session.answer(left, right, word, " ".join(why.split())[:LONGEST_WHY])))

    async def undo(_: Request) -> Response:
        return await _told(lambda: _state(desk, session.undo()))

    async def score(_: Request) -> Response:
        pair = session.standing().pair
        return await _told(lambda: _score(desk, pair.left, pair.right, pair.probability) if pair else None)

    async def guard(request: Request, call: Call) -> Response:
        refusal = gate.refusal(request)
        if not refusal and int(request.headers.get("content-length") or 0) > LARGEST:
            refusal = "请求过大"
        response = _refused(refusal) if refusal else await call(request)
        response.headers.update(_HEADERS)
        return response

    return Starlette(
        routes=[
            Route("/", page),
            *(Route(f"/{name}", asset) for name in assets),
            Route("/state", state),
            *(Route(f"/{call.__name__}", call, methods=["POST"]) for call in (answer, undo, score)),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)],
    )


def _refused(why: str) -> Response:
    return PlainTextResponse(f"拒绝访问：{why}。\n", 403)


async def _body(request: Request) -> dict[str, Any]:
    try:
        said = await request.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


async def _told(work: Callable[[], Any]) -> Response:
    """What a call found, or why it could not be done."""
    try:
        return JSONResponse(await run_in_threadpool(work))
    except RepeatDetectError as error:
        return JSONResponse({"error": f"{error.message}。{error.hint}"}, 409)


def _state(desk: Desk, standing: Standing) -> dict[str, Any]:
    """What the page shows now. Of the pair on the table no score; of the answered one the program's view."""
    pair, last = standing.pair, standing.last
    return {
        "answered": standing.answered, "left": standing.left, "postponed": standing.postponed,
        "pair": desk.picture(pair.left, pair.right) if pair else None,
        "last": last and {
            "left": last.pair.left, "right": last.pair.right, "word": _WORDS[last.word], "settled": last.settled,
            "probability": None if last.word == LATER else last.pair.probability,
        },
    }  # fmt: skip


def _score(desk: Desk, left: str, right: str, probability: float) -> dict[str, Any]:
    return {"probability": probability, "grounds": desk.grounds(left, right)}
