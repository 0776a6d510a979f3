"""Names in the order of their surnames' strokes."""

import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.documents.strokes import sort_by_strokes

# surnames with their strokes as 《通用规范汉字笔顺规范》 writes them: 横 1, 竖 2, 撇 3, 点 4, 折 5
STROKES = """
    丁12 于112 万153 马551 王1121 韦1152
    毛3115 文4134 方4153 尹5113 孔5215 邓5452
    石13251 龙13534 叶25112 田25121 史25134 白32511
    冯41551 皮53254 吕251251 朱311234 乔313432 任323121
    向325251 刘413422 江441121 汤441533 安445531 许453112
    阮521135 孙521234 严1224313 苏1225344 杜1234121 李1234521
    杨1234533 吴2511134 何3212512 汪4411121 沙4412343 沈4414535
    宋4451234 张5153154 陆5211252 陈5215234 武11212154 范12244155
    林12341234 欧13453534 罗25221354 金34112431 周35121251 郑43113452
    孟52125221 赵121213434 胡122513511 侯325131134 姜431121531 姚531341534
    袁1212513534 夏1325111354 顾1355132534 钱3111511534 铁3111531134 徐3323411234
    高4125125251 郭4125152152 唐4135112251 黄12212512134 崔25232411121 梁44153441234
    韩122511121152 曾432524312511 谢453251113124 雷1452444425121 廖41354154134333 谭45125221251112
    薛1223251514143112 魏31234531325113554
"""
# the beginning of the third part of 《通用规范汉字表》, in the order of strokes; 21 of its characters are not
# in GB 13000.1; four are left out that the older standard counts or writes otherwise
THIRD_PART = (
    "亍尢彳卬殳毌邘戋圢氕伋仝冮氿汈氾忉宄讱扞圲圫芏芃朳朸邨吒吖屼屾辿钆仳伣伈癿甪邠犴冱邡闫汋䜣讻孖纩玒玓玘玚"
    "刬坜坉扽坋扺㧑毐芰芣苊芘芴芠芤杕杙杄杧杩尪尨轪坒旴旵呙㕮岍岠岜呇觃岙伾㑇伭佖伲佁飏狃闶汧汫沄沘汭㳇沇忮忳忺"
    "祃诇邲诎诐屃岊阽䢺阼妧妘纮驲纻纼玤玞玱玟邽邿坥坰坬坽弆耵䢼茋苧苾苠枅㭎枘枍矼矻匼旿昇昄昒昈咉咇咍岵岽岨岞峂"
    "㟃囷钐钔钖牥佴垈侁侹佸佺隹㑊侂佽侘郈舠郐郃攽肭肸肷狉狝饳忞於炌炆泙沺泂泜泃泇怊峃穸祋祊鸤弢弨陎卺乸妭姈迳叕"
    "驵䌹驺绋绐砉耔㛃玶珇珅珋玹珌玿韨垚垯垙垲埏垍耇鿍垎垴垟垞挓垵垏拶荖荁荙荛茈茽荄茺荓茳茛荭㭕柷柃柊枹栐柖郚剅"
    "䴓迺厖砆砑砄耏奓䶮轵轷轹轺昺昽盷咡咺昳昣哒昤昫昡咥昪虷虸哃峘耑峛峗峧帡钘钜钪钬钭矧秬俫舁俜俙俍垕衎舣弇侴鸧"
    "䏡胠胈胩胣朏飐訄饻庤疢炣炟㶲洭洘洓洿㳚泚浈浉洸洑洢洈洚洺洨浐㳘洴洣恔宬窀扂袆祏祐祕叚陧陞娀姞姱姤姶姽枲绖骃"
    "彖骉恝珪珛珹琊玼珖珽珦珫珒珢珕珝埗垾垺埆垿埌埇莰茝鄀莶莝䓖莙栻"
)
HAN = st.characters(min_codepoint=0x3400, max_codepoint=0x3134F, categories=["Lo"])


def in_order(*names):
    return sort_by_strokes(reversed(names), name=str)


def test_surnames_go_by_the_number_of_their_strokes_then_by_the_kinds_in_turn():
    surnames = {found[1]: found[2] for found in re.finditer(r"(\D)(\d+)", "".join(STROKES.split()))}
    assert in_order(*surnames) == sorted(surnames, key=lambda one: (len(surnames[one]), surnames[one]))
    assert len(surnames) == 80


def test_characters_stand_as_in_the_table_of_the_state_council_also_rare_ones():
    assert "".join(in_order(*THIRD_PART)) == THIRD_PART


@pytest.mark.parametrize(
    "names",
    [
        ("王一", "王二", "王三", "王某甲"),
        ("王勇", "王毅", "王小某"),
        ("田史", "田史白", "田白史"),
        ("李　明", "李 强", "李 明月", "李　明霞"),
        (
            "万俟某",
            "上官某",
            "长孙某甲",
            "公孙某",
            "东方某",
            "令狐某",
            "单于某",
            "皇甫某",
            "夏侯某",
            "诸葛某",
        ),
        ("司某", "司大某", "司马某", "司马一某", "司空某", "司徒某"),
        ("林某", "欧某某", "欧阳某", "欧阳某甲", "罗某"),
        ("司马", "司马某"),
        ("阿不力孜", "阿不都·某", "阿某甲·买某"),
    ],
)
def test_single_surnames_and_single_given_names_go_first(names):
    assert in_order(*names) == list(names)


@pytest.mark.parametrize(
    "names",
    [
        ("〇某", "丁某"),
        ("吉某", "行某", "㐂某", "𠮷某", "杜某"),
        ("王𬍛", "王鿍", "王䶮", "王𬱖", "王龘"),
        ("麻某", "𰻝某", "龘某", "𪚥某", "\ue000某"),
        ("李某", "李某", "李某"),
        ("葛\U000e0100某", "葛大某", "葛\ufe00小某"),
    ],
)
def test_rare_characters_stand_by_their_strokes(names):
    assert in_order(*names) == list(names)


def test_equal_names_keep_their_order():
    people = [("王某甲", 1), ("丁某甲", 2), ("王某甲", 3)]
    assert sort_by_strokes(people, name=lambda person: person[0]) == [people[1], people[0], people[2]]


@given(names=st.lists(st.text(HAN, min_size=1, max_size=4), unique=True), chance=st.randoms())
def test_the_order_does_not_depend_on_that_before(names, chance):
    shuffled = chance.sample(names, len(names))
    assert sort_by_strokes(shuffled, name=str) == sort_by_strokes(names, name=str)


def test_sorting_leaves_logging_and_the_working_directory_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = logging.getLogger("kept")
    sort_by_strokes(["王", "丁"], name=str)
    assert not kept.disabled
    assert list(tmp_path.iterdir()) == []
