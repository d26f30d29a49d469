"""Microsoft's bot service, which signs what it says and wants access tokens.

It cannot be installed here, so this is Ibid against `microsoft.Login` and `microsoft.Connector`, which name the
documentation that they were written after. Tokens are signed by PyJWT, which is not what checks them.
"""

import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from desk import free_port, until
from microsoft import TEAMS, WEB, Connector, Key, Login
from office import HANDED_OVER, KEY, OTHER_QUESTION, OTHER_QUOTE, PERSON, PUBLIC_URL, QUESTION, QUOTE, put_one_page
from server import Server
from simulators import Json, Response, refuse

ADDRESS_SECRET = "bots-address-secret-c6e1"
SKEW_SECS = 300  # `SKEW_SECS` in src/adapters/token.rs.
RETRY_AFTER_SECS = 5  # More than Ibid waits by itself, which is 1 s and until it looks again.

CONFIG = """\
[server]
public_url = "{public_url}"

[deliveries]
first_retry_secs = 1

[desks.bots]
kind = "botframework"
signed = true
url = "{connector}"
account = "{app}"
token_file = "bots.secret"
secret = "{address_secret}"
keys_url = "{login}{discovery}"
token_url = "{login}{token}"
hand_over_to = "nurses"
"""


class Bots:
    """A login, a connector, and an Ibid that speaks with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.locked_out = self.crowded = ""
        self.login = Login()
        self.desk = Connector(self.login)
        self.ibid = Server(folder, deliveries_key=KEY)
        self.ibid.log = (folder / "ibid.log").open("w")
        self.ibid.environment["RUST_LOG"] = "debug"
        self.ibid.host = f"127.0.0.1:{free_port()}"
        put_one_page(folder)
        (folder / "bots.secret").write_text(f"{Login.CLIENT_SECRET}\n")
        config = CONFIG.format(
            public_url=PUBLIC_URL, connector=self.desk.url, login=self.login.url, app=Login.APP,
            address_secret=ADDRESS_SECRET, discovery=Login.DISCOVERY, token=Login.TOKEN,
        )  # fmt: skip
        (folder / "config.toml").write_text(config)
        self.desk.hook = f"{self.ibid.url}/hooks/bots"

    def start(self) -> None:
        self.ibid.start()
        until(lambda: self.login.times(Login.KEYS), "keys fetched at the start")

    def begin(self) -> None:
        """Begins what takes its time: the login and the connector fail once."""
        self.locked_out, self.crowded = self.desk.open(), self.desk.open()
        self.login.failures[""] = [refuse(503)]
        self.desk.failures[self.crowded] = [refuse(503, retry_after=str(RETRY_AFTER_SECS))]
        self.desk.write(self.locked_out, QUESTION)
        until(lambda: self.login.times(Login.TOKEN), "login")
        self.desk.write(self.crowded, QUESTION)

    def stop(self) -> None:
        self.ibid.kill()
        self.desk.stop()
        self.login.stop()

    def log_text(self) -> str:
        return (self.folder / "ibid.log").read_text()

    def wrong(self) -> list[str]:
        """What Ibid sent that is not taken."""
        told = self.login.wrong + self.desk.wrong
        self.login.wrong.clear()
        self.desk.wrong.clear()
        return told


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bots]:
    bots = Bots(tmp_path_factory.mktemp("bots"))
    bots.start()
    bots.begin()
    yield bots
    bots.stop()


@pytest.fixture
def bots(running: Bots) -> Iterator[Bots]:
    yield running
    assert running.wrong() == [], "Microsoft does not take this"


@pytest.fixture
def desk(bots: Bots) -> Connector:
    return bots.desk


@pytest.fixture
def new_bots(tmp_path: Path) -> Iterator[Bots]:
    """Others: a call that is signed with an unknown key has a server look for keys once a minute."""
    bots = Bots(tmp_path)
    bots.start()
    yield bots
    bots.stop()
    assert bots.wrong() == [], "Microsoft does not take this"


def answered(desk: Connector, conversation: str, times: int = 1) -> list[str]:
    return until(lambda: (found := desk.replies(conversation))[times - 1 :] and found, f"{times} replies")


def nothing_more(desk: Connector) -> None:
    """Whatever was told before is dealt with when a later question in another conversation has its answer."""
    conversation = desk.open()
    assert desk.write(conversation, QUESTION) == (200, "{}")
    answered(desk, conversation)


def test_a_signed_message_is_answered_once_as_a_reply_with_quote_and_link(bots: Bots, desk: Connector) -> None:
    conversation = desk.open()
    activity = desk.activity(conversation, text=f"<at>Ibid</at> {QUESTION}")
    assert desk.tell_of(activity, TEAMS.sign(desk.claims())) == (200, "{}")
    answered(desk, conversation)
    nothing_more(desk)
    (reply,) = desk.bot(conversation)
    assert reply["replyToId"] == activity["id"]
    assert f"> {QUOTE}" in reply["text"] and f"]({PUBLIC_URL}/documents/" in reply["text"]
    (call,) = desk.written(conversation)
    assert call.path.endswith(f"/activities/{quote(activity['id'], safe='')}")
    assert call.headers["authorization"] == f"Bearer {bots.login.tokens[-1]}"


def test_one_access_token_does_for_several_replies(bots: Bots, desk: Connector) -> None:
    conversations = [desk.open() for _ in range(4)]
    nothing_more(desk)
    given = bots.login.times(Login.TOKEN)
    for conversation in conversations:
        desk.write(conversation, QUESTION)
    for conversation in conversations:
        answered(desk, conversation)
    assert bots.login.times(Login.TOKEN) == given
    written = [desk.written(conversation)[0] for conversation in conversations]
    assert {call.headers["authorization"] for call in written} == {f"Bearer {bots.login.tokens[-1]}"}


def test_a_channel_speaks_by_a_key_of_its_own(desk: Connector) -> None:
    conversation = desk.open()
    assert desk.write(conversation, QUESTION, WEB, channelId="webchat") == (200, "{}")
    answered(desk, conversation)


FORGED = Key(TEAMS.kid, TEAMS.channels)  # Whoever makes a key can give it any name.


def now() -> int:
    return int(time.time())


def without(claims: Json, name: str) -> Json:
    return {key: value for key, value in claims.items() if key != name}


def with_claims_of(signed: str, other: str) -> str:
    header, _, signature = signed.split(".")
    return f"{header}.{other.split('.')[1]}.{signature}"


#: Tokens of which some point is at its limit, or written in another way.
RIGHT: dict[str, Callable[[Connector], str]] = {
    "expired 4 minutes ago": lambda desk: TEAMS.sign(desk.claims(exp=now() - SKEW_SECS + 60)),
    "valid in 4 minutes": lambda desk: TEAMS.sign(desk.claims(nbf=now() + SKEW_SECS - 60)),
    "without a beginning": lambda desk: TEAMS.sign(without(desk.claims(), "nbf")),
    "its place as documented": lambda desk: TEAMS.sign(without(desk.claims(serviceUrl=desk.service), "serviceurl")),
    "its place without a slash": lambda desk: TEAMS.sign(desk.claims(serviceurl=desk.service.rstrip("/"))),
}

#: Tokens that are right in all points but one.
WRONG: dict[str, Callable[[Connector], str]] = {
    "another audience": lambda desk: TEAMS.sign(desk.claims(aud="11111111-5b1c-4c57-9d0e-bf3cc9a2f5de")),
    "another issuer": lambda desk: TEAMS.sign(desk.claims(iss="https://api.botframework.example")),
    "expired": lambda desk: TEAMS.sign(desk.claims(exp=now() - SKEW_SECS - 10)),
    "not valid yet": lambda desk: TEAMS.sign(desk.claims(nbf=now() + SKEW_SECS + 60)),
    "without an end": lambda desk: TEAMS.sign(without(desk.claims(), "exp")),
    "another key of this name": lambda desk: FORGED.sign(desk.claims()),
    "changed afterwards": lambda desk: with_claims_of(TEAMS.sign(desk.claims(exp=1)), TEAMS.sign(desk.claims())),
    "alg none": lambda desk: TEAMS.sign(desk.claims(), "none"),
    "alg HS256 with the public key": lambda desk: TEAMS.sign(desk.claims(), "HS256"),
    "alg RS512": lambda desk: TEAMS.sign(desk.claims(), "RS512"),
    "another place": lambda desk: TEAMS.sign(desk.claims(serviceurl=f"{desk.url}/apac/")),
    "no place": lambda desk: TEAMS.sign(without(desk.claims(), "serviceurl")),
    "the key of another channel": lambda desk: WEB.sign(desk.claims()),
}


def test_a_token_may_be_written_so_and_a_clock_be_off_by_four_minutes(desk: Connector) -> None:
    conversations = {right: desk.open() for right in RIGHT}
    told = {
        right: desk.tell_of(desk.activity(name, text=QUESTION), RIGHT[right](desk))[0]
        for right, name in conversations.items()
    }
    assert told == dict.fromkeys(RIGHT, 200)
    for name in conversations.values():
        answered(desk, name)


def test_a_wrong_token_is_refused_and_not_answered(desk: Connector) -> None:
    conversations = {wrong: desk.open() for wrong in WRONG}
    told = {
        wrong: desk.tell_of(desk.activity(name, text=QUESTION), WRONG[wrong](desk))[0]
        for wrong, name in conversations.items()
    }
    assert told == dict.fromkeys(WRONG, 401)
    nothing_more(desk)
    assert [wrong for wrong, name in conversations.items() if desk.replies(name)] == []


def is_refused(desk: Connector, tell: Callable[[Json], Response]) -> None:
    conversation = desk.open()
    status, body = tell(desk.activity(conversation, text=QUESTION))
    assert status == 401, body
    nothing_more(desk)
    assert not desk.replies(conversation)


def test_without_a_token_nothing_happens(desk: Connector) -> None:
    is_refused(desk, lambda activity: desk.tell(activity, {}))


def test_the_secret_in_the_address_does_not_help(desk: Connector) -> None:
    address = f"{desk.hook}/{ADDRESS_SECRET}"
    is_refused(desk, lambda activity: desk.tell(activity, {}, address))
    is_refused(desk, lambda activity: desk.tell_of(activity, FORGED.sign(desk.claims()), address))


def test_a_channel_that_the_key_is_not_endorsed_for_is_refused(desk: Connector) -> None:
    token = TEAMS.sign(desk.claims())
    is_refused(desk, lambda activity: desk.tell_of(activity | {"channelId": "telegram"}, token))


def test_an_activity_that_names_another_place_than_its_token_is_refused(desk: Connector) -> None:
    token = TEAMS.sign(desk.claims())
    is_refused(desk, lambda activity: desk.tell_of(activity | {"serviceUrl": f"{desk.url}/apac/"}, token))


def test_a_key_that_is_published_later_is_found(new_bots: Bots) -> None:
    login, desk = new_bots.login, new_bots.desk
    login.keys.append(Key("teams-2", ["msteams"]))
    conversation = desk.open()
    assert desk.write(conversation, QUESTION, login.keys[-1]) == (200, "{}")
    answered(desk, conversation)
    assert login.times(Login.DISCOVERY) == login.times(Login.KEYS) == 2


def test_keys_that_nobody_knows_are_not_looked_for_each_time(new_bots: Bots) -> None:
    login, desk = new_bots.login, new_bots.desk
    unknown = Key("", ["msteams"])

    def told(number: int, **claims: str) -> int:
        unknown.kid = f"unknown-{number}"
        return desk.tell_of(desk.activity(desk.open(), text=QUESTION), unknown.sign(desk.claims(**claims)))[0]

    assert [told(number, aud="another") for number in range(3)] == [401] * 3
    assert login.times(Login.KEYS) == 1, "at the start"
    assert [told(number) for number in range(20)] == [401] * 20
    assert login.times(Login.DISCOVERY) == login.times(Login.KEYS) == 2
    nothing_more(desk)
    assert len(desk.activities) == 1


def test_calls_that_come_together_wait_for_the_same_new_key(new_bots: Bots) -> None:
    login, desk = new_bots.login, new_bots.desk
    login.keys.append(Key("teams-2", ["msteams"]))
    login.keys_take_secs = 0.5
    conversations = [desk.open() for _ in range(3)]
    with ThreadPoolExecutor(len(conversations)) as threads:
        told = list(threads.map(lambda name: desk.write(name, QUESTION, login.keys[-1])[0], conversations))
    assert told == [200, 200, 200]


def test_what_comes_again_is_answered_once(desk: Connector) -> None:
    conversation = desk.open()
    activity = desk.activity(conversation, text=QUESTION)
    for _ in range(3):
        assert desk.tell_of(activity, TEAMS.sign(desk.claims())) == (200, "{}")
    answered(desk, conversation)
    desk.tell_of(activity, TEAMS.sign(desk.claims()))
    nothing_more(desk)
    assert len(desk.replies(conversation)) == len(desk.written(conversation)) == 1


def test_a_login_that_is_down_is_asked_again(bots: Bots, desk: Connector) -> None:
    answered(desk, bots.locked_out)
    assert bots.login.times(Login.TOKEN) == len(bots.login.tokens) + 1
    assert len(desk.written(bots.locked_out)) == 1


def test_a_connector_that_is_crowded_gets_the_time_that_it_asks_for(bots: Bots, desk: Connector) -> None:
    answered(desk, bots.crowded)
    nothing_more(desk)
    first, second = desk.written(bots.crowded)
    assert RETRY_AFTER_SECS - 1 <= second.at - first.at <= RETRY_AFTER_SECS + 4
    assert len(desk.replies(bots.crowded)) == 1


def test_an_access_token_that_is_refused_is_replaced(bots: Bots, desk: Connector) -> None:
    answered(desk, bots.crowded)  # Nothing else needs a token from here on.
    bots.login.revoke()
    given = bots.login.times(Login.TOKEN)
    conversation = desk.open()
    desk.write(conversation, QUESTION)
    answered(desk, conversation)
    nothing_more(desk)
    old, new = [call.headers["authorization"] for call in desk.written(conversation)]
    assert [old, new] == [f"Bearer {token}" for token in bots.login.tokens[-2:]]
    assert bots.login.times(Login.TOKEN) == given + 1
    assert len(desk.replies(conversation)) == 1


def test_a_person_who_is_asked_for_has_the_conversation_from_accepting_to_completing_it(desk: Connector) -> None:
    conversation = desk.open()
    desk.write(conversation, PERSON)
    (event,) = until(lambda: desk.bot(conversation, "event"), "hand-over")
    assert (event["name"], event["value"]) == ("handoff.initiate", {"skill": "nurses"})
    desk.write(conversation, QUESTION)  # Most channels never say that somebody has it.
    handed_over, answer = answered(desk, conversation, 2)
    assert handed_over == HANDED_OVER and QUOTE in answer
    assert desk.turn(conversation, "accepted") == (200, "{}")
    desk.write(conversation, QUESTION)  # A person has it now.
    nothing_more(desk)
    assert desk.replies(conversation) == [handed_over, answer]
    assert desk.turn(conversation, "completed") == (200, "{}")
    desk.write(conversation, OTHER_QUESTION)
    assert OTHER_QUOTE in answered(desk, conversation, 3)[2]
    assert len(desk.bot(conversation, "event")) == 1


def test_no_secret_and_no_token_is_in_the_log_or_in_what_is_refused(bots: Bots, desk: Connector) -> None:
    nothing_more(desk)  # It holds a token.
    bots.login.revoke()
    conversation = desk.open()
    desk.write(conversation, QUESTION)
    is_refused(desk, lambda activity: desk.tell_of(activity, FORGED.sign(desk.claims())))
    answered(desk, conversation)
    log = bots.log_text()
    assert "not sent yet" in log and "the desk does not take our token" in log, "it is the log of that"
    with urllib.request.urlopen(f"{bots.ibid.url}/metrics", timeout=10) as response:
        metrics = response.read().decode()
    answers = "".join(body for _, body in desk.hooks)
    assert "not_authorised" in answers and "ibid_desk_calls_rejected_total" in metrics
    secrets = [Login.CLIENT_SECRET, quote(Login.CLIENT_SECRET, safe=""), ADDRESS_SECRET, *bots.login.tokens]
    # The signature is what nobody else can make.
    secrets += [part for token in desk.sent for part in [token, token.rpartition(".")[2]] if part]
    for place in [log, answers, metrics]:
        assert not [secret for secret in secrets if secret in place]
