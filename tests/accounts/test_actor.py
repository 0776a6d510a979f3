from datetime import date

from fivestep_web.accounts.queries import get_actor
from fivestep_web.core.permissions import Permission, Role
from tests.factories.accounts import user_with_role
from tests.factories.org import UnitFactory

TODAY = date(2026, 3, 31)


def test_roles_come_from_the_posts_held_that_day(db):
    user = user_with_role(
        Role.SHD, Role.HRO, title="科长", valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 30)
    )
    assert get_actor(user, date(2026, 3, 30)).roles == {Role.SHD, Role.HRO}
    assert get_actor(user, TODAY).roles == frozenset()
    assert get_actor(user, date(2025, 12, 31)).roles == frozenset()


def test_the_actor_is_named_by_unit_and_title(db):
    user = user_with_role(Role.SHD, unit=UnitFactory(name="组织科"), title="科长", name="张某甲")
    actor = get_actor(user, TODAY)
    assert (actor.name, actor.position) == ("张某甲", "组织科科长")


def test_a_leader_is_in_charge_of_the_units_led_now(db):
    led, other = UnitFactory(), UnitFactory()
    actor = get_actor(user_with_role(Role.DEP, charge=(led,)), TODAY)
    assert actor.charge == {led.id}
    assert actor.may_for(Permission.LETTER_READ, unit_id=led.id)
    assert not actor.may_for(Permission.LETTER_READ, unit_id=other.id)
