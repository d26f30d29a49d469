"""Microsoft's login and its bot connector as far as Ibid calls them and is called by them, over real HTTP.

They are services and cannot be installed where these tests run. What they publish, sign, take and refuse is written
after MicrosoftDocs/bot-docs, `articles/rest-api/bot-framework-rest-connector-authentication.md` and
`bot-framework-rest-connector-api-reference.md`.
"""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from simulators import Call, Json, Refused, Response, Simulator, must

ISSUER = "https://api.botframework.com"


@dataclass
class Key:
    """A pair of keys; the channels are those that it is endorsed for."""

    kid: str
    channels: list[str]
    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def listed(self) -> Json:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        named = {"kid": self.kid, "x5t": self.kid, "use": "sig", "endorsements": self.channels}
        return {"kty": "RSA", "n": public["n"], "e": public["e"]} | named

    def public_pem(self) -> bytes:
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, kind)

    def sign(self, claims: Json, alg: str = "RS256") -> str:
        headers = {"kid": self.kid, "x5t": self.kid}
        match alg:
            case "none":
                return jwt.encode(claims, None, algorithm="none", headers=headers)
            case "HS256":  # The library does not do this.
                signed = f"{base64url({'typ': 'JWT', 'alg': alg} | headers)}.{base64url(claims)}"
                return f"{signed}.{base64url(hmac.digest(self.public_pem(), signed.encode(), hashlib.sha256))}"
            case _:
                return jwt.encode(claims, self.private, algorithm=alg, headers=headers)


TEAMS = Key("teams-1", ["msteams"])
WEB = Key("web-1", ["directline", "webchat"])


def base64url(what: Json | bytes) -> str:
    raw = what if isinstance(what, bytes) else json.dumps(what).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Login(Simulator):
    """Publishes the keys, and gives access tokens to one client."""

    APP = "2f8e7a10-5b1c-4c57-9d0e-bf3cc9a2f5de"
    #: What stands for something else in a form.
    CLIENT_SECRET = "bot-client-secret~T4k8+x/%&= 9"
    DISCOVERY = "/v1/.well-known/openidconfiguration"
    KEYS = "/v1/.well-known/keys"
    TOKEN = "/botframework.com/oauth2/v2.0/token"

    def __init__(self) -> None:
        self.keys = [TEAMS, WEB]  # Those that are published.
        self.tokens: list[str] = []  # In the order in which they were given.
        self.revoked: set[str] = set()
        self.keys_take_secs = 0.0
        super().__init__()

    def times(self, path: str) -> int:
        with self.lock:
            return sum(1 for call in self.calls if call.path == path)

    def revoke(self) -> None:
        """No token that was given so far is good any more."""
        self.revoked |= set(self.tokens)

    def read(self, raw: bytes, content_type: str | None) -> Any:
        if raw and content_type != "application/x-www-form-urlencoded":
            raise Refused(400, {"error": "invalid_request"})
        return dict(parse_qsl(raw.decode(), strict_parsing=True)) if raw else None

    def admit(self, call: Call) -> None:
        must("authorization" not in call.headers, "a token that is for another", 400)

    def route(self, call: Call) -> Callable[[], Response]:
        match call.method, call.path:
            case "GET", self.DISCOVERY:
                return lambda: (200, self._discovery())
            case "GET", self.KEYS:
                return self._keys
            case "POST", self.TOKEN:
                self._check(call.body)
                return self._give
            case _:
                raise Refused(404, {"error": "not found"})

    def _discovery(self) -> Json:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": self.url + self.KEYS,
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def _keys(self) -> Response:
        time.sleep(self.keys_take_secs)
        return 200, {"keys": [key.listed() for key in self.keys]}

    def _check(self, form: dict[str, str]) -> None:
        if form["grant_type"] != "client_credentials":
            raise Refused(400, {"error": "unsupported_grant_type"})
        if (form["client_id"], form["client_secret"]) != (self.APP, self.CLIENT_SECRET):
            raise Refused(401, {"error": "invalid_client"})
        if form["scope"] != f"{ISSUER}/.default":
            raise Refused(400, {"error": "invalid_scope"})

    def _give(self) -> Response:
        token = f"access-token-{uuid.uuid4().hex}"
        self.tokens.append(token)
        return 200, {"token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600, "access_token": token}


class Connector(Simulator):
    """Teams, and what else is said to the bot; replies are taken with an access token of the login."""

    USER = {"id": "29:1Anna", "name": "Anna"}
    BOT = {"id": f"28:{Login.APP}", "name": "Ibid"}

    def __init__(self, login: Login) -> None:
        self.login = login
        self.activities: list[Json] = []  # What the bot sent, but that it types.
        self.sent: list[str] = []  # Signed tokens.
        super().__init__()

    @property
    def service(self) -> str:
        return f"{self.url}/emea/"

    def open(self) -> str:
        """The name of a conversation."""
        return f"19:{self.number()}/clinic@thread.v2"

    def activity(self, conversation: str, kind: str = "message", **more: Any) -> Json:
        return {
            "type": kind,
            "id": f"f:{self.number()}",
            "timestamp": "2026-11-02T09:30:00.1234567Z",
            "serviceUrl": self.service,
            "channelId": "msteams",
            "from": self.USER,
            "conversation": {"id": conversation},
            "recipient": self.BOT,
        } | more

    def claims(self, **more: Any) -> Json:
        now = int(time.time())
        return {"iss": ISSUER, "aud": Login.APP, "nbf": now - 60, "exp": now + 3600, "serviceurl": self.service} | more

    def write(self, conversation: str, text: str, key: Key = TEAMS, **more: Any) -> Response:
        return self.tell_of(self.activity(conversation, text=text, **more), key.sign(self.claims()))

    def turn(self, conversation: str, state: str) -> Response:
        """Tells how it goes with a hand-over."""
        event = self.activity(conversation, "event", name="handoff.status", value={"state": state})
        return self.tell_of(event, TEAMS.sign(self.claims()))

    def tell_of(self, activity: Json, token: str, hook: str | None = None) -> Response:
        self.sent.append(token)
        return self.tell(activity, {"authorization": f"Bearer {token}"}, hook)

    def admit(self, call: Call) -> None:
        if self._token(call) not in self.login.tokens:
            raise Refused(401, {"error": {"code": "Unauthorized", "message": "no token"}})

    def _token(self, call: Call) -> str:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        return token if scheme == "Bearer" else ""

    def route(self, call: Call) -> Callable[[], Response]:
        match call.method, [unquote(part) for part in call.path.split("/")]:
            case "POST", ["", "emea", "v3", "conversations", conversation, "activities", *answered] if len(answered) <= 1:
                self._check(call.body, conversation, answered)
                if call.body["type"] == "typing":  # When it comes, and whether, is a matter of speed.
                    return lambda: (201, {"id": ""})
                call.conversation = conversation
                return lambda: self._take(call)
            case _:
                raise Refused(404, {"error": {"code": "NotFound", "message": call.path}})

    def _check(self, body: Json, conversation: str, answered: list[str]) -> None:
        must(body["type"] in ["message", "event", "typing"], "type", 400)
        must(body["conversation"]["id"] == conversation, "conversation", 400)
        must((body["from"], body["recipient"]) == (self.BOT, self.USER), "from whom to whom", 400)
        must([body["replyToId"]] == answered if answered else "replyToId" not in body, "replyToId", 400)
        must(body["type"] != "message" or bool(body["text"]) and body["textFormat"] == "markdown", "text", 400)

    def _take(self, call: Call) -> Response:
        if self._token(call) in self.login.revoked:
            return 401, {"error": {"code": "Unauthorized", "message": "the token is revoked"}}
        self.activities.append(call.body)
        return 201, {"id": f"f:{self.number()}"}

    def bot(self, conversation: str, kind: str = "message") -> list[Json]:
        return [one for one in self.activities if one["conversation"]["id"] == conversation and one["type"] == kind]

    def replies(self, conversation: str) -> list[str]:
        return [one["text"] for one in self.bot(conversation)]
