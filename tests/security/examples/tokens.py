"""Examples of tokens of the interface: drawn up, collected, revoked."""

from fivestep_web.core.permissions import Role
from tests.factories.accounts import user_with_role
from tests.factories.tokens import collected, drawn_up, wish_of
from tests.security.example import Example


def token_create():
    wish = wish_of(user_with_role(Role.HRO))
    fields = {"acts": ["list"], "kinds": ["task_book"], "year": "", "unit_id": ""}
    typed = {"name": wish.name, "owner_id": wish.owner_id, "expires_on": wish.expires_on.isoformat()}
    return Example(user_with_role(Role.ADM), data=fields | typed)


def token_revoke():
    token, _spelled = collected(user_with_role(Role.HRO))
    return Example(user_with_role(Role.ADM), {"token_id": token.id})


def own_collect():
    owner = user_with_role(Role.HRO)
    return Example(owner, {"token_id": drawn_up(owner).id}, status=200, stranger=user_with_role(Role.HRO))


def own_revoke():
    owner = user_with_role(Role.HRO)
    return Example(owner, {"token_id": drawn_up(owner).id}, stranger=user_with_role(Role.ADM))


UNSAFE = {
    "tokens.token_create": token_create,
    "tokens.token_revoke": token_revoke,
    "own_tokens.own_collect": own_collect,
    "own_tokens.own_revoke": own_revoke,
}
