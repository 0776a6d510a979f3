from fivestep_web.topics.rules import BUILT_IN_CATEGORIES, STATE_LABELS, TIER_LABELS, Tier, TopicState


def test_the_five_built_in_categories_stand_in_the_order_of_the_account():
    assert [code for code, _name in BUILT_IN_CATEGORIES] == [
        "leading_bodies",
        "personnel_reform",
        "primary_organizations",
        "talent_team",
        "self_building",
    ]


def test_every_state_and_tier_has_its_own_word():
    assert set(STATE_LABELS) == set(TopicState)
    assert set(TIER_LABELS) == set(Tier)
    assert len(set(STATE_LABELS.values())) == len(TopicState)
