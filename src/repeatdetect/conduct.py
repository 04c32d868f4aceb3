"""What a sentence says an official did: took part in what is complained of, or only handled the complaint.

DOMAIN rule: whoever the texts say took part (陪同, 签字, 收受) counts as accused; whoever was only written to, received
the petitioner, gave an instruction to investigate or leads the case does not. The first predicate after the mention
decides, since 批示要求查处他受贿 and 收了钱以后批示 differ in nothing but order. What fits neither list stays UNCLEAR, and the
caller recuses: a complaint must never reach the one it is about.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from repeatdetect import text


class Conduct(Enum):
    """What a mention of an official amounts to."""

    TOOK_PART = "took part"
    HANDLED = "handled"
    UNCLEAR = "unclear"


# what an official is called around the name; stripped before the words next to the mention are read
_RANK = (
    r"(?:党委|党工委|纪委监委|纪委|监委|纪工委|县委|市委|区委|政府|人民政府|人大|政协|政法委|组织部|宣传部|统战部|办公室|管委会|办事处|"
    r"常务|主要|分管|副书记|书记|副镇长|镇长|副乡长|乡长|副县长|县长|常委|委员|副主任|主任|局长|部长|主席|组长|领导|同志|一把手|"
    r"各位|我们|咱们|本|该|县|市|区|镇|乡|街道|[里上的副兼、和与及])"
)
_TITLES_BEFORE = re.compile(rf"(?:{_RANK})+$")
_TITLES_AFTER = re.compile(
    r"^(?:同志们?|书记|副书记|常委|委员|主任|镇长|乡长|县长|局长|主席|领导|他?本人|等[人几]?(?:领导|同志|人)?|一行|"
    r"[、和与及跟][^,、的]{1,6}?(?:书记|镇长|乡长|主任|常委|委员|局长|科长|同志|领导)(?:同志)?|\([^)]{0,20}\))+"
)

_LEADS = re.compile(
    r"(?:包案|包联|包保|包片|接访|接待|约访|督办|挂牌|挂点|联系|值班|值守|责任|牵头|化解|稳控|调查组|专案组|工作组|核查组)"
    r"(?:我们?的)?(?:县|区|市|镇|乡)?(?:领导|责任人|负责人|人员|人|组?长|干部)?(?:是|为|:|的是|叫)?$"
)
_ADDRESSED = re.compile(
    r"(?:尊敬的|敬爱的|致|呈|转呈|抄送|抄报|并报|同时报|主送|报送|恳请|恳求|请求|祈求|央求|希望|盼望|期盼|盼|望|感谢|多谢|谢谢|相信|劳烦|麻烦|拜托|转告|转达|求|请)[:,]?$"
)
# 望向书记、严常委重视: the others of a list of those who are asked
_ADDRESSED_LIST = re.compile(
    r"(?:尊敬的|致|呈|[恳请祈央]求|希望|盼望?|望|请)[:,]?(?:[^,、和与及跟]{2,10}?(?:书记|常委|主任|委员|领导|局长|[镇乡县]长)(?:同志)?[、和与及])+"
    rf"(?:{_RANK})*$"
)
_ADDRESS_AFTER = re.compile(r"^(?:[:]|您好|你好|亲启|收$|收阅|台鉴|钧鉴|已?阅|圈阅|批阅)")
_COPIED_TO = re.compile(r"(?:抄送|抄报|主送|报送|并报)[::]?[^,]*$")
# 打着王书记的旗号
_IN_WHOSE_NAME = re.compile(r"(?:打着|借着|假借|冒用|冒充|谎称|顶着)[^,]{0,4}$")
_INVITED = re.compile(
    r"^[^,]{0,4}?(?:吃|喝|客|饭|坐|唱|玩|洗|泡|按摩|游|钓|打牌|帮忙|帮他|关照|打招呼|打个招呼|出面|通融|批条|说情|签字|喝茶|到.{1,6}(?:吃|喝|玩))"
)
_BY_OTHERS = re.compile(
    r"(?:老板|承包(?:方|人|商)|公司|企业|包工头|开发商|施工(?:队|方)|支?书记?|主任|村长|会计|校长|院长|[他她])(?:们|就|都|又|还|常|经常|专门|曾)?请$"
)
# we went to the township, the deputy told us to wait: who answers those who turn to them handles the complaint
_TURNED_TO = re.compile(
    r"(?:^|,)(?![^,]*(?:支书|书记|主任|会计|村长|老板|经理|[他她]))(?=[^,]*[找去到上问看映])[^,]*?"
    r"(?:(?:[到去找]|上(?=[镇乡县区市]))(?:过|了)?[^,的]{0,3}(?:[镇乡县区市](?:政府|里|上)|街道|办事处|纪委|信访)[^,的]{0,8}|反映(?:过|了)?[^,]{0,4}|给[^,]{1,8}看(?:过|了)?),$"
)
_PETITIONER = re.compile(r"我|来[访电信]人|信访人|群众|村民|居民|业主|家长|大家")
_ANSWERED = re.compile(
    r"^(?:就|只|也|还|又|却|总是?|都|当[时场])?(?:[说讲](?!行|好|可以|没事|没问题|同意|放心|照)|答|让|叫|劝)"
)
_SILENCED = re.compile(r"闭嘴|再[告闹]|[别莫不](?:要|准|许)?(?:再)?[告闹说管]|抓|滚|少管|敢|撤|推|商量好|轮不到")
# 把镇长叫到单位谈话: who is summoned and spoken to is acted upon
_SUMMONED = re.compile(r"^(?:叫|喊|约|传)(?:到|去|来)?[^,]{0,8}?(?:谈[了过]?话|训[了过]?话|问话|训[了斥]|骂|批评)")
_REPORTED_TO = re.compile(r"(?:已[^,]{0,3}|单独|另行?|并|同时|及时|逐级|分别|上)报(?:告|送|请|给)?$")
# 得知后, 回来以后: an aside, what was done follows it
_MEANWHILE = re.compile(r"^[^,的]{1,8}(?:后|以后|之后|时|的时候)$")
# 量过一次地, 回去再没有下文: whoever left it at that was there to handle it
_LEFT_AT_THAT = re.compile(r"(?:^|,)[^,]{0,8}(?:再[无没]|没有?|也没有?|不见)[^,]{0,3}(?:下文|音信|回音|消息|音讯|动静)")
# a clause that goes on about the one just spoken of
_OWN_DOING = re.compile(
    r"^(?:就|都|当[天晚]|中午|晚上|夜里|事后|过后|完[了后]|临?走(?:的时候|时)|然后|接着|在[^,]{1,8}[家店楼馆庄船车]|[和跟与][他她]|其实|实际|背地里?|暗地里?|暗中|私下里?|早就?|自己|本人|[他她]|还|也|又|却|并|从中|转[手身])"
)
_SAID = re.compile(r"^(?:还|也|并|又|就|当场|当即|立[即刻])?(?:说|答应|表示|承诺|要求|安排|派|叫|让|劝)")
_STOP_DOING = re.compile(r"^[^,]{0,3}?(?:不要再|别再|停止|不要包庇|别包庇|不要袒护|收手)")
_GIVING = "送给|送到|送与|送了|塞给|孝敬|行贿|进贡"
_TOLD_TO = re.compile(
    rf"(?:向|跟|对|给|找|找过|找到|找了|到|去|寄给|交给|转给|递给|写给|发给|报告给|报给|反映给|反映到|告到|告诉|联系|联系过|致电|打给|问|问过|请示|求过|去过|打电话给|"
    rf"写信给|[求约面]?见[了过到]?|跪(?:过|求|求过)?|{_GIVING})$"
)
_GAVE = re.compile(rf"(?:{_GIVING})$")
_LETTER = re.compile(r"材料|信|诉状|报告")
_LOOKED = re.compile(r"看(?:过|了|一下|一眼)?")
_REPORT = re.compile(
    r"反映|汇报|报告|举报|控告|投诉|申诉|写信|写过|写了|[信话]访|来信|去信|寄|递(?:交|了|过|材料)?|信件|材料|提(?:出|过|了)?(?:[一二两三几\d]*[个条点次])?(?:意见|建议|要求|问题|诉求|异议|申请)|说(?:过|了|明|起|这|我)|讲(?:过|了|起)|告(?:状|过|诉|发)?|上访|求助|"
    r"哭诉|询问|问(?:过|了|起|这)?|要(?:个|一个)?(?:说法|答复|公道)|请愿|述说|诉说|诉(?:苦|求)|建议|要求(?:查|处理|解决|核查|调查|公开|退|答复)"
)
_PAID = re.compile(
    r"送(?![^,]{0,4}(?:材料|信|报告|诉状|状子|申请|件))|塞|行贿|孝敬|进贡|[\d一二两三四五六七八九十百千几]+(?:多|余)?[万元块]|现金|礼[品物金]|名烟|名酒|[烟酒]|购物卡|红包|好处|回扣|干股|股[份权金]|打(?:过|了|个)?招呼|疏通|通融|说情|走后门|求情|拉关系|活动|提成|分红|"
    r"吃[饭喝请]|喝[酒茶]|搞定|摆平"
)
_BRIEF = re.compile(
    r"^(?:了|过|家|家里|那里|那儿|办公室|办公室里|[^,]{0,4}?(?:\d+|[一二两三四五六七八九十几好多]+)(?:多)?[次回趟遍天]|的办公室|看(?:过|了)?|多次|无数次|几次|都没|没有|无)*$"
)

_CARE = (
    r"(?:查(?!无)|核(?!桃)|调查|复查|重新|处理|解决|整改|纠正|答复|回复|办理|办结|严肃|依法|依规|依纪|限期|公开|公示|化解|协调|调解|了解情况|"
    r"给.{0,6}(?:说法|交代|答复|公道|结果)|说法|交代|公道|回去等|等(?:结果|通知|消息|答复|几天|一等|等)|追究|追责|问责|立案|过问|督促|"
    r"信访|群众|来访|纪委|成立.{0,4}组|登记|受理|工作[队组]|专班|清[账查理]|记[下录]|[查严就]办|退还|清退|退给|做主)"
)
# a letter passed on to an organ is handling, passed on to whom it is about is a leak
_PASSED_ON = (
    r"[把将][^,]{0,6}(?:信|件|材料|举报|诉求)[^,]{0,4}(?:批|转|交|签|送)(?:办|送|交)?(?:给|到|至|由)?[^,]{0,6}"
    r"(?:纪工?委|监委|信访[办局室]|[局办站所委室科组]|部门)"
)
# handling verbs after which everything said is what the official said or wrote
_CARED = re.compile(
    r"批示(?!同意|给|准|免|拨|减|可以)|批转|批办|责成|督办|交办|转办|答复|回复|批复|表态|承诺|督促|过问|高度重视|重视|挂帅|"
    rf"(?:要求|指示|强调|表示|宣布|安排|派|让|叫|说|讲|答应|允诺|主持|召集|组织|带队|带着|带人|协调|开会|专门|亲自|约|找|打电话|听取|批(?!条|准|给))(?![^,]{{0,8}}(?:不用|不必|无需|不需|不许|不准|不要|别))[^,]{{0,16}}?{_CARE}|"
    r"(?:不知情|不知道|不清楚|不晓得|蒙在鼓里|被蒙|被骗|受骗|被瞒)|主持公道|做主|"
    r"(?:收[到了过下走]|接[到了过下走的]|看[到了过]|拿[了走过])[^,]{0,6}(?:信|材料|举报|反映|来电|电话|诉求|诉状|状子)|听(?:了|取)[^,]{0,8}(?:反映|诉求|汇报|情况)|"
    r"责令|勒令|严令|限令|打电话(?:让|叫|要求?|通知)(?![^,]{0,6}(?:不要|别|不许|不准))[^,]{0,6}(?:退|还|修|查|办|停|给(?:$|我|群众))|(?:让|叫|要|劝|喊)(?:我们?|咱们?|大家)(?:去|打官司|等|先|找|写(?!保证|检讨|悔过)|走|回|起诉|报警)|"
    r"(?:说|讲|要求|强调|宣布|规定|发(?:过|了)?文|通知)[^,]{0,4}(?:不[许准得能]|禁止|严禁)(?![^,]{0,8}(?:告|访|反映|举报|说出|声张|闹|动|查|问|看))|"
    r"化解|包案|包联|调度|批评(?:了|过)?|道(?:了|过)?[个]?歉|赔(?:了|个)?不是|叫停|停了|制止|签收|换了|免了他|撤了他|派人(?!砸|打|抓|拆|推|铲|扒|堵|跟|盯|上门)|"
    r"(?:要求|让|叫|责令)[^,]{0,8}(?:审计|报警|出警|停工|返工|说明|检讨|检查|清理|量)|问(?:过|了)?我们?|约(?:过|了)?(?:我|他|她|信访人|来访人|群众)[^,]{0,6}谈|(?:听得|记得|问得|态度)[^,]{0,3}(?:仔细|认真|详细|好|诚恳|和气)|"
    r"管不了|没办法|做不了主|辟了?谣|澄清|做(?:过|了)?[^,]{0,4}(?:笔录|记录)|成立[^,]{0,6}(?:组|专班)|约谈|点[了过][^,]{0,4}名|点名批评|通报|声明|与[^,]{0,4}无关|回了[^,]{0,4}(?:个字|句|条|信|短信)|(?:说)?(?:帮|替)(?:我们?|咱们?|大家)[^,]{0,4}(?:问|催|跑|争取|反映)|"
    rf"[让叫劝](?:我们?|大家|群众)(?:先|要)?(?:相信|理解|体谅|顾全|放心|耐心)|"
    rf"(?:得知|知道|听说|了解)(?:情况)?(?:后|以后|之后)[^,]{{0,4}}(?:叫|让|派|安排|通知)?[^,]{{0,8}}(?:给|帮|替)(?:我|她|他|咱|群众|村民)|"
    rf"(?:后|之后)[^,]{{0,4}}(?:叫|让|要求)(?:他|她|村里|社区)[^,]{{0,8}}[开退还给修补办改停拆清]|{_PASSED_ON}"
)
# handling that is an occasion: what is done on it counts for itself
_OCCASION = re.compile(
    r"接访|接待|约访|下访|回访|核[查实]|值班|剪彩|揭牌|奠基|调研|走访|检查|督导|视察|巡查|督查|慰问|看望|(?:来|到|去)(?:过|了)?[^,的]{0,8}(?:看(?:了|过|望|现场|情况)?|了解|开会|现场|座谈|宣讲|宣布|测[了量过]|量[了过]|勘[察测查])|"
    r"(?:来|到)(?:过|了)?(?:我们)?(?:村|组|社区|现场|工地|学校|医院|厂)(?:里|上)?(?:过|了)?$|开(?:过|了)?[^,]{0,4}(?:协调|座谈|调度|信访)会|暗访|录[了像]|取证|讲(?:过|了)?[^,]{0,6}课|讲话|作报告|宣读|上任|到任|调[来走离任]|退休|换届"
)
_NEW_SUBJECT = re.compile(r"我们?|咱们?|群众|村民|居民|大家|老百姓|他们|信访人|来访人|反映人|反映|举报|说|讲|问|提出")

# what is put into somebody's car, boat or house is a gift to them
_CARRIED = r"[车船后备厢箱](?:里|上|中)[^,]{0,6}(?:装|放|塞|抬|搬)|往[^,]{0,8}(?:[车船舱箱包家屋房袋]|办公室|手)(?:里|上|中|内)?[^,]{0,4}(?:抬|搬|装|拎|提|塞|放|扛|送|拿)"
_TOOK_PART = re.compile(
    rf"{_CARRIED}|"
    r"陪|在场|到场|作陪|出席|赴宴|赴约|签[字名了的发批过订]|画押|批[条了准给的过下示]|条子|字条|拍板|拍了板|拍的板|定[了下的死]|敲定|内定|钦定|指定|说了算|一言堂|一手|一支笔|同意|点(?:了)?头|默许|默认|授意|指使|暗示|示意|交代|吩咐|"
    r"打(?:过|了|个|来|的)?(?:招呼|电话)|说情|求情|通融|关照|照顾|开绿灯|保他|保着|护短|收[了受下过取钱礼到]|受贿|笑纳|拿[了走过到着去]|领[了走取]|分[了得到给掉过]|得了|得到|有份|占[了便用着]|要[了走过][^,]{0,6}[万元钱]|索[要取贿]|"
    r"吃[了饭喝请的过到]|吃喝|[杀宰](?:[了过只头条一两几]*)[鸡鸭鹅羊猪牛狗]|喝[了酒茶的过到]|家里?(?:住|过夜)|提前(?:告诉|通知|透露)|先告诉|走漏|宴|入(?:了)?股|干股|[占参持]股|股份|暗股|合伙|合作|包庇|包着|护着|袒护|偏袒|撑腰|保护伞|靠山|后台|罩|压[着下案了住]|捂|隐瞒|瞒报|"
    r"亲戚|亲家|亲属|亲信|女婿|儿子|儿媳|女儿|侄|外甥|[舅姨姑叔伯]|连襟|妻|老婆|爱人|夫人|媳妇|弟|哥|姐|妹|表亲|堂亲|同学|战友|结拜|把兄弟|情人|相好|司机|家里|家的|家人|关系(?:好|硬|密切|不一般|特殊)|"
    r"挪用|侵占|贪|放[高]?贷|高利|倒卖|走过场|走形式|就算(?:检查|验收|查)|截留|私分|套取|套[了出]|虚报|报销|报[了的]账|公车|专车|旅游|打牌|打麻将|麻将|赌|钓鱼|唱歌|好处|回扣|提成|红包|礼金|礼品|购物卡|烟|酒|送[了给礼钱过去来到]|行贿|受礼|塞|孝敬|进贡|"
    r"砸[了我]|打[伤我]|抓[了我人走]|推倒|铲[了平]|扒[了房]|勾结|串通|伙同|联手|一起(?!来?(?:核|查|调查|走访|慰问|接访))|一同|一道|共同|干的|搞的|安插|出面|站台|挂名|插手|干预|卡着|刁难|打击报复|报复|威胁|恐吓|骂|桌上|酒席|席[上间]|一条裤子|一个鼻孔|一伙|同流合污|狼狈为奸|沆瀣一气|官官相护|不闻不问|纵容|放任|睁一只眼|违规|违法|违纪|腐败|滥用|乱用|以权|问题|作风|强[拆占征迫行]"
)
_ACCUSED_BEFORE = re.compile(r"(?:反映|举报|控告|检举|状告|投诉|揭发|(?<![转报通警])告)(?:的是|的)?$")
_TOOK = r"(?:陪同|作陪|在场|签字|签名|批准|拍板|收钱|收礼|分钱|参与|同席|同桌|参加|入股)"
_HANDED_BY = re.compile(
    rf"{_TOOK}(?:的|者|人)?(?:还有|也有|有|是|为|:|包括|就是)?$"
    r"|(?:花钱|送钱|送礼|托关系|走关系)[^,]{0,4}[找托请求][的了过]?$"
)
# 签字的除了支书,还有一位,是
_BESIDE = re.compile(rf"{_TOOK}的人?[^,]{{0,3}}除了?[^,]{{1,12}},[^,]{{0,2}}有[^,]{{0,6}},?(?:就|那)?是?$")
# 王书记的小舅子: somebody else, unless what was given to them was meant for the official
_KIN = re.compile(
    rf"^(?:(?![跟和与同向对给在是帮替带叫让为把]|安排|提拔|介绍|推荐|照顾|批准|[{text.HAN}]{{0,2}}[我你他她了过])[{text.HAN}]{{2,3}})?(?:的(?:一个|远房|亲)*(?:亲|女婿|儿|女儿|侄|外甥|[小大]?[舅姨]|姑|叔|伯|连襟|妻|老婆|爱人|媳妇|丈夫|弟|哥|姐|妹|表[哥弟姐妹兄]|堂[哥弟姐妹兄]|"
    r"岳|父亲|母亲|孙|同学|战友|家属|家人)|[小大]舅子|[小大]姨子|女婿|儿子|女儿|侄[子女]|外甥|媳妇|老婆|妻子|亲戚)"
)
# 王书记的儿子结婚, 村里凑了一万
_FEAST = re.compile(r"结婚|出嫁|娶|满月|周岁|升学|乔迁|搬家|生日|办[酒席]|住院")
_TO_KIN = re.compile(
    r"股东|股份|干股|入股|名下|送|塞|孝敬|进贡|行贿|转[给到账]|打[给到]|汇[给到]|收[了过下受]|拿[了走]|分[了到得]"
)
# 拆除通知书被王书记叫停: what an official stops is the complaint's remedy
_STOPPED = re.compile(r"(?:拆除|执法|处罚|查封|罚款|立案|调查|检查|核查|通知书|举报信|材料|案子)[^。]*被$")
_STOPS = re.compile(r"^[^,]{0,8}?(?:叫停|[压拦按扣捂][了着下住回]|打回|撤[了回下])")
_STEERED = re.compile(r"(?:瞒着|背着|骗过?|蒙骗|欺骗|糊弄|忽悠)$")
_COVERED_UP = re.compile(
    # a letter that goes on to whom it is about, not to an organ: 交给了梁大柱
    r"(?:交|转|拿|递|还)?给了?(?!纪|监|信访|组织|上级|领导|专案|[调核][查实]|工作|经办|承办|分管|负责|办案|秘书|有关|相关|[我咱大群]|答复|说法|一个|个|他?们|"
    rf"[{text.HAN}]{{0,5}}(?:局|办|室|科|所|站|部|处|院|委|组|政府|书记|主任|同志|干部|警|[镇乡县]长))[{text.HAN}]{{2,4}}(?:$|[,了看])|[他她]给了(?!我|你)|"
    r"告诉了?(?!我|你|大家|群众|村民)[^,]{2,4}(?:$|,)|不要再?查|别再?查|停止调查|是[他她]的?亲?(?:弟|哥|姐|妹|侄|外甥|[小大]舅|女婿|同学|战友)|"
    r"压[着下住]|捂[着住]|包庇|袒护|偏袒|护着|泄露|透露|通风报信|走漏|撤(?:诉|访|案|信|了|回|掉)|老(?:朋友|熟人|同学|战友)|算了|到此为止|不[用要再]查|[把将][^,]{0,8}(?:信|材料|名字)[^,]{0,6}(?:给|转)|扣[下住着]|"
    # a letter handed in, and the next day the accused knows
    r"(?:第二天|隔天|次日|当[天晚]|没过?[几两]天|转[眼头]|回头|反手|立[刻马]|马上|前脚)[^,]{0,14}(?:拿着|知道|晓得|找上门|来骂|威胁|报复|批文|批复|中标|放行|验收|盖章|[给转交]了?[^,]{0,2}(?:对方|人家|他))"
)
# who looks for those who complained, or tells their names, does not look into the complaint
_RETALIATED = re.compile(
    r"(?:查|追究|追查|打听|通报(?!给)|公布|说出|处理)[^,]{0,8}?(?:举报人|上访人|信访人|反映人|告状的|写信的|举报的人|(?:是)?谁(?:写|告|举报|反映))|查我(?:们)?(?:家)?(?:$|,)"
)
_IN_CARE = re.compile(
    r"^的?(?:关心|重视|过问|督促|协调|批示|指示|推动)下|^的?(?:旗号|名义|名头|招牌|幌子)|^(?:给我们?)?的?(?:书面)?(?:回复|答复|批复|回信|信箱|热线|接待日|接访日|一封信|公开信)"
)
# 连镇长的话都不听
_DEFIED = re.compile(r"^的?[^,]{0,4}[都也]不")
_ABSENT = re.compile(
    r"^(?:当时|那天|都|总|老是?|也|正好)?(?:不在|没在|没有?[来空]|没时间|出差|外出|在开会|(?:去)?开会去?(?:了|$)|下乡|没见[到着]|没有?出面|休假)"
)
# 我们把材料送到监委, 古委员收下了
_PAPERS = re.compile(r"信|材料|诉状|状子|申请|报告")
_ACCEPTED = re.compile(r"^(?:亲自|亲手|当面)?(?:收下|接下|收|接|签收|拿走)(?:了|的|过去)?$")
# what people say who think well of an official; what else is done counts for itself
_PRAISED = re.compile(
    r"^[^,]{0,3}?(?:是[个位]?(?:真正的?)?(?:好|清|实干|务实|难得)[^,]{0,5}?(?:书记|干部|领导|常委|官|人)|为(?:我们|村里|群众|百姓|老百姓|大家|民)|"
    r"比(?:前任|上任|以前|原来)[^,]{0,4}[强好]|修[通好]了|办(?:了|过)?(?:很多|不少|许多)?(?:实事|好事)|清正|清廉|廉洁|公道|公正|正派|关心(?:群众|百姓|我们)|口碑|值得(?:信任|尊敬)|我们(?:都)?信(?:得过|任))"
)
# 可下面的村主任: a clause that speaks of somebody else
_OTHERS = re.compile(
    r"^(?:可是?|但是?|而|不过|只是|谁知)?(?:下面|底下|手下|村[里主支委会书长]|社区|支书|主任|会计|老板|办公室|工作人员|那[个些]?人)"
)


def conduct(sentence: str, start: int, end: int) -> Conduct:
    """What a sentence says of the official it mentions.

    Parameters
    ----------
    sentence : str
        Normalised (see ``text.normalise``), without a full stop inside.
    start, end : int
        Span of the mention: a name, or a name's alias with its title.

    Returns
    -------
    Conduct
        By the first of ``_RULES`` that applies, else by the first predicate that follows.
    """
    mention = _Mention.of(sentence, start, end)
    for rule in _RULES:
        if (found := rule(mention)) is not None:
            return found
    return _by_what_follows(mention)


class _Mention(NamedTuple):
    """An official in a sentence, and what stands around; clauses go from comma to comma.

    `ahead` and `rest` are the clauses before and after, `upto` is everything before the official; `before` and `after` are
    their own clause, `after` without titles behind the name. `bare` is `before` without titles, too, or where nothing
    else is in it a request that ends `ahead`.
    """

    ahead: str
    upto: str
    before: str
    bare: str
    after: str
    rest: str

    @staticmethod
    def of(sentence: str, start: int, end: int) -> _Mention:
        left, comma = sentence.rfind(",", 0, start) + 1, sentence.find(",", end)
        right = len(sentence) if comma < 0 else comma
        ahead, before = sentence[:left], sentence[left:start].replace(" ", "")
        bare, after = _TITLES_BEFORE.sub("", before), _TITLES_AFTER.sub("", sentence[end:right].replace(" ", ""))
        if not bare and _ADDRESSED.search(ahead):
            bare = ahead
        return _Mention(ahead, sentence[:start], before, bare, after, sentence[right + 1 :])

    @property
    def onwards(self) -> str:
        """Everything after the official."""
        return f"{self.after},{self.rest}"


def _retaliated(m: _Mention) -> Conduct | None:
    return Conduct.TOOK_PART if _RETALIATED.search(m.after) else None


def _leads_or_is_kin(m: _Mention) -> Conduct | None:
    """Of whoever leads the case what they do decides; of whose relative it is about, whether something was given to them."""
    kin, titled = _KIN.match(m.after), m.bare != m.before
    if (titled or not kin) and (_LEADS.search(m.before) or (titled and _LEADS.search(m.bare))):
        return _predicate(m.after, m.rest, Conduct.HANDLED)
    if not kin:
        return None
    given = _TO_KIN.search(m.before + m.after) or (_FEAST.search(m.after) and _PAID.search(m.rest))
    return Conduct.TOOK_PART if given else Conduct.HANDLED


def _accused(m: _Mention) -> Conduct | None:
    accused = (
        _HANDED_BY.search(m.bare)
        or _ACCUSED_BEFORE.search(m.bare)
        or _BESIDE.search(m.upto)
        or (_STOPS.match(m.after) and _STOPPED.search(m.upto))
    )
    return Conduct.TOOK_PART if accused else None


def _acted_upon(m: _Mention) -> Conduct | None:
    """Whoever is deceived, invoked, informed, summoned or away does nothing themselves."""
    passive = (
        _STEERED.search(m.bare)
        or _IN_WHOSE_NAME.search(m.bare)
        or _COPIED_TO.search(m.before)
        or (_REPORTED_TO.search(m.bare) and not _TOOK_PART.search(m.after))
        or (m.bare.endswith(("把", "将")) and _SUMMONED.match(m.after) and not _PAID.search(m.onwards))
        or _IN_CARE.match(m.after)
        or _ABSENT.match(m.after)
        or (m.bare.endswith("连") and _DEFIED.match(m.after))
    )
    return Conduct.HANDLED if passive else None


def _accepted(m: _Mention) -> Conduct | None:
    return _handled(m.rest) if _ACCEPTED.match(m.after) and _PAPERS.search(m.ahead) else None


def _addressed(m: _Mention) -> Conduct | None:
    """Whoever is only written to handled it; whoever is asked out, or asked to stop, took part."""
    if _ADDRESS_AFTER.match(m.after):
        return Conduct.HANDLED
    if _ADDRESSED_LIST.search(m.before):
        asked_out = bool(_INVITED.match(m.after))
    elif _ADDRESSED.search(m.bare):
        asked_out = m.bare.endswith("请") and bool(_INVITED.match(m.after) or _BY_OTHERS.search(m.bare))
    else:
        return None
    return Conduct.TOOK_PART if asked_out or _STOP_DOING.match(m.after) else Conduct.HANDLED


def _told(m: _Mention) -> Conduct | None:
    """Whoever is paid took part; whoever is told, looked for or shown something handles it."""
    told = _TOLD_TO.search(m.bare)
    if not told:
        return None
    paid, report = _PAID.search(m.after), _REPORT.search(m.after)
    gift = _GAVE.search(m.bare) and not _LETTER.search(m.bare)
    if gift or (paid and not (report and report.start() < paid.start())):
        return Conduct.TOOK_PART
    reported = report or (_REPORT.search(m.bare) and not _TOOK_PART.search(m.after))
    looked_for = told.group()[0] in "找到去联致问求请见约面跪转" and _BRIEF.match(m.after)
    shown = told.group() == "给" and _LOOKED.fullmatch(m.after)
    return _handled(m.rest) if reported or looked_for or shown else None


def _answered(m: _Mention) -> Conduct | None:
    if not (_ANSWERED.match(m.after) and _PETITIONER.search(m.ahead) and _TURNED_TO.search(m.ahead)):
        return None
    improper = _PAID.search(m.after) or _TOOK_PART.search(m.onwards) or _SILENCED.search(m.onwards)
    return None if improper else _handled(m.rest)


#: in the order in which they are asked
_RULES = (_retaliated, _leads_or_is_kin, _accused, _acted_upon, _accepted, _addressed, _told, _answered)


def _by_what_follows(m: _Mention) -> Conduct:
    """Conduct by the predicate; where only an aside follows in the clause, by that of the next."""
    after, rest = m.after, m.rest
    if rest and (not after.strip() or _MEANWHILE.match(after)):
        after, _, rest = rest.partition(",")
        if _NEW_SUBJECT.match(after):
            return Conduct.UNCLEAR
    return _predicate(after, rest, Conduct.UNCLEAR)


def _handled(rest: str) -> Conduct:
    """Conduct of somebody who got a complaint, by what follows: 材料交给了他, 他反手给了对方."""
    return Conduct.TOOK_PART if _COVERED_UP.search(rest) else Conduct.HANDLED


def _predicate(after: str, rest: str, default: Conduct) -> Conduct:
    """Conduct by the first predicate that follows a mention; `rest` is what follows its clause."""
    part, care = _TOOK_PART.search(after), _care(after)
    if part and (care is None or part.start() < care.start()):
        return Conduct.TOOK_PART
    if care is None:
        return _carried_on(rest.partition(",")[0], default)
    if care.re is _CARED:
        return _handled(f"{after},{rest}"[care.end() :])
    later = _TOOK_PART.search(after, care.end())
    own = later and not _NEW_SUBJECT.search(after, care.end(), later.start())
    return Conduct.TOOK_PART if own or _took_part_later(rest) else Conduct.HANDLED


def _care(after: str) -> re.Match[str] | None:
    """The first word of handling, an occasion for it or praise that is said of the official mentioned."""
    found = [m for pattern in (_CARED, _OCCASION, _PRAISED) if (m := pattern.search(after))]
    # 王书记主抓的项目要求整改: behind a 的 it is no longer the official who acts
    own = [m for m in found if m.start() <= 16 and "的" not in after[: m.start()]]
    return min(own, key=lambda m: m.start(), default=None)


def _carried_on(clause: str, default: Conduct) -> Conduct:
    """Conduct by the next clause, where that of the mention has no predicate."""
    part = _TOOK_PART.search(clause)
    if part and _OWN_DOING.match(clause):
        return Conduct.TOOK_PART
    said = not part and _SAID.match(clause) and _CARED.search(clause)
    return Conduct.HANDLED if said or _LEFT_AT_THAT.search(clause) else default


def _took_part_later(rest: str) -> bool:
    """Whether the clauses that follow an occasion, as long as they go on about the official, say so."""
    for clause in rest.split(","):
        if _NEW_SUBJECT.match(clause.strip()) or _OTHERS.match(clause.strip()):
            return False
        care, part = _CARED.search(clause), _TOOK_PART.search(clause)
        if care and not (part and part.start() < care.start()):
            return False
        if part:
            return True
    return False
