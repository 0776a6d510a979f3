"""What every form has in common."""

from fivestep_web.core.forms import to_choose


def test_nothing_is_chosen_before_a_person_does_so_unless_there_is_nothing_else():
    assert [str(choice.label) for choice in to_choose([(1, "甲"), (2, "乙")])] == ["请选择", "甲", "乙"]
    assert [choice.label for choice in to_choose([(1, "甲")])] == ["甲"]
    assert [choice.value for choice in to_choose([])] == [""]
